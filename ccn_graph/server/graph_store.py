"""The read side of the SPARQL 1.1 Graph Store HTTP Protocol: a graph by its name."""

from __future__ import annotations

import urllib.parse

from starlette.types import Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.rdf import requests
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.problem import problem
from ccn_graph.server.sparql_endpoint import Endpoint

#: All of a graph; which one, the protocol's own dataset parameter says.
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class GraphStore:
    """`?graph=IRI` or `?default` (section 4.2): turned into a query over that one graph."""

    def __init__(self, endpoint: Endpoint, served: Served) -> None:
        """Answer through `endpoint`; the graphs that exist are those that are `served`."""
        self._endpoint = endpoint
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            wanted = [("query", _EVERYTHING), *self._graph(scope)]
        except QueryError as error:
            scope["outcome"] = error.code
            await problem(error)(scope, receive, send)
            return
        scope = dict(scope) | {"query_string": urllib.parse.urlencode(wanted).encode()}
        await self._endpoint(scope, receive, send)

    def _graph(self, scope: Scope) -> list[tuple[str, str]]:
        if scope["method"] not in ("GET", "HEAD"):
            raise QueryError("method-not-allowed", "the graphs are read-only; use GET or HEAD")
        parameters: dict[str, list[str]] = {}
        for name, value in requests.parse(scope["query_string"]):
            parameters.setdefault(name, []).append(value)
        names = parameters.get("graph", [])
        if "default" in parameters and not names:
            return []
        if len(names) != 1 or "default" in parameters:
            raise QueryError("bad-request", "name one graph: ?graph=IRI, or ?default")
        if names[0] not in self._served.statistics.graphs:
            raise QueryError("not-found", f"there is no graph <{names[0]}>; the service description lists all")
        return [("default-graph-uri", names[0])]
