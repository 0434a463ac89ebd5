"""A public knowledge graph of city networks in which every statement rests on a named document.

>>> import ccn_graph
>>> graph = ccn_graph.load()
>>> rows = ccn_graph.ask(graph, "networks-of-city", city="kobe")
>>> rows.columns[0]
'network'
>>> [finding for finding in ccn_graph.check(graph) if finding.severity.name == "VIOLATION"]
[]
"""

from ccn_graph.graph.graph import Graph, load
from ccn_graph.graph.questions import Question, Rows, ask
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, Severity

__all__ = ["Finding", "Graph", "Question", "Rows", "Severity", "ask", "check", "load"]
__version__ = "0.1.0"
