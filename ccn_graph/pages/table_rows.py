"""The rows of a table document on its page: what linked rows state, and the candidates, both page by page."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from ccn_graph.pages import facets, foreign_values
from ccn_graph.pages.description import read_own
from ccn_graph.pages.facets import Shown
from ccn_graph.pages.sections import Section, Subject
from ccn_graph.rdf import namespaces, query_file

_RECORDS = query_file.own("pages", "records_of_a_table")
_CANDIDATES = query_file.own("pages", "candidates_of_a_table")
_ONE_CANDIDATE = _CANDIDATES.replace("WHERE {", "WHERE {\n  VALUES ?row { UNDEF }", 1)

#: Numbers of pages and rows have fewer digits.
_DIGITS = 8

#: How many candidates may be sought through: a name sought is in the address of the page.
_LONGEST = 100


def section(subject: Subject) -> Section:
    """Return the rows of the document that the page is about; `q` seeks candidates by their name, `row` shows one."""
    graph = ox.NamedNode(namespaces.PREFIXES["graph"] + namespaces.slug(subject.iri))
    count = {name: foreign_values.whole(_text(subject, name)) for name in ("rows", "linkedRows", "candidateRows")}
    records = _page(subject, "records", _RECORDS, graph)
    sought = subject.context.request.one("q").strip()[:_LONGEST]
    row = _row(subject)
    if row:
        sought = ""
    candidates = _page(subject, "page", _ONE_CANDIDATE if row else _CANDIDATES, graph, sought, row)
    read = {record.iri: record for record in read_own(subject.site.engine, (row["record"] for row in records.items))}
    subject.site.labels.know({row["country"] for row in candidates.items if "country" in row})
    shown = [read[row["record"]] for row in records.items if row["record"] in read]
    values = {"count": count, "records": records, "shown": shown, "candidates": candidates, "sought": sought}
    values["one"] = bool(row)
    return Section("table_rows", values)


def _row(subject: Subject) -> list[ox.NamedNode]:
    """Return the row that is asked for with `row`, its number in the table: the address of a row asks for it."""
    number = subject.context.request.one("row")
    asked = number.isascii() and number.isdigit() and len(number) < _DIGITS
    return [ox.NamedNode(f"{subject.iri}#row={number}")] if asked else []


def _text(subject: Subject, name: str) -> str:
    value = subject.itself.one(name)
    return value.text if value else "0"


def _page(
    subject: Subject, parameter: str, query: str, graph: ox.NamedNode, sought: str | None = None,
    row: Sequence[ox.NamedNode] = (),
) -> Shown[dict[str, str]]:  # fmt: skip
    """Return one page of what a query finds; only its rows are asked for, and how many there are in all."""
    values: dict[str, list[ox.NamedNode | ox.Literal]] = {"graph": [graph]}
    values |= {"row": list(row)} if row else {}
    values |= {"sought": [ox.Literal(sought)]} if sought is not None else {"document": [ox.NamedNode(subject.iri)]}
    name = query.split("SELECT")[1].split("?")[1].split()[0]
    where = query[query.index("WHERE") : query.index("ORDER BY")]
    counting = f"{query[: query.index('SELECT')]}SELECT (COUNT(DISTINCT ?{name}) AS ?count) {where}"
    count = foreign_values.whole(subject.site.select(counting, **values)[0]["count"])
    pages = max(1, -(-count // facets.FEW))
    wanted = subject.context.request.one(parameter)
    number = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < _DIGITS else 1
    limits = f"LIMIT {facets.FEW} OFFSET {(number - 1) * facets.FEW}"
    return Shown(subject.site.select(query + limits, **values), count, number, pages)
