"""Oxigraph, the engine of this package, as a server."""

from __future__ import annotations

from ccn_graph.rdf.remote.dialects.dialect import Dialect

DIALECT = Dialect(
    title="Oxigraph",
    path=r"(?:/(?:query|sparql|update|store))?/?$",
    addresses=("/query", "/update", "/store"),
    native=True,
)
