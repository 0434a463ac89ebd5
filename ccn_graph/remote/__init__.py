"""Graph stores on other machines: any server of SPARQL 1.1, asked by workers and filled by `ccn-graph publish`."""
