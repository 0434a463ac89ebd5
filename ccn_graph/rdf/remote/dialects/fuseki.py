"""Apache Jena Fuseki."""

from __future__ import annotations

from ccn_graph.rdf.remote.dialects.dialect import Dialect

DIALECT = Dialect(
    title="Fuseki",
    path=r"(?:/(?:sparql|query|update|data))?/?$",
    addresses=("/sparql", "/update", "/data"),
    timeout=("timeout", 1),
)
