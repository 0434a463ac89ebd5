"""`python -m ccn_graph` is `ccn-graph`."""

from ccn_graph.cli.main import main

main()
