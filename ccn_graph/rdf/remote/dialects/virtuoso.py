"""Virtuoso 7 (OpenLink)."""

from __future__ import annotations

from collections.abc import Mapping

from ccn_graph.rdf.remote.dialects.dialect import Dialect


def _incomplete(head: Mapping[str, str]) -> str:
    # It cuts at ResultSetMaxRows (of rows it says so, of graphs not) and when its time is up.
    if "x-sparql-maxrows" not in head and head.get("x-sql-state") != "S1TAT":
        return ""
    return head.get("x-sql-message", f"it gives {head.get('x-sparql-maxrows')} rows at most")


DIALECT = Dialect(
    title="Virtuoso",
    path=r"(?:/sparql(?:-auth|-graph-crud(?:-auth)?)?)?/?$",
    addresses=("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
    timeout=("timeout", 1_000),
    describing='DEFINE sql:describe-mode "CBD"\n',
    # It says the names again in a header, which nobody reads if it is longer.
    most_names=60_000,
    limit_header="x-sparql-maxrows",
    incomplete=_incomplete,
    # They run its own language.
    functions=("bif:", "sql:"),
    # A row with 1 if it holds, no row if not.
    boolean="__ASK_RETVAL",
)
