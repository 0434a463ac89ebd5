"""A public knowledge graph of city networks in which every statement rests on a named document.

>>> import ccn_graph
>>> graph = ccn_graph.load()
>>> rows = ccn_graph.ask(graph, "networks-of-city", city="kobe")
>>> rows.columns[0]
'network'
>>> [finding for finding in ccn_graph.check(graph) if finding.severity.name == "VIOLATION"]
[]
"""

import importlib
from typing import TYPE_CHECKING

__all__ = ["Connection", "Finding", "Graph", "Question", "Rows", "Severity", "ask", "check", "connect", "load"]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from ccn_graph.graph.connection import Connection, connect
    from ccn_graph.graph.graph import Graph, load
    from ccn_graph.graph.questions import Question, ask
    from ccn_graph.graph.rows import Rows
    from ccn_graph.validation.check import check
    from ccn_graph.validation.finding import Finding, Severity
else:
    _MODULES = {
        "Connection": "graph.connection",
        "Finding": "validation.finding",
        "Graph": "graph.graph",
        "Question": "graph.questions",
        "Rows": "graph.rows",
        "Severity": "validation.finding",
        "ask": "graph.questions",
        "check": "validation.check",
        "connect": "graph.connection",
        "load": "graph.graph",
    }

    def __getattr__(name):
        """Import what the package offers when it is first asked for (PEP 562): the command loads only what it needs."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        offered = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = offered
        return offered

    def __dir__():
        """Return the names of what is offered, imported or not."""
        return sorted({*globals(), *__all__})
