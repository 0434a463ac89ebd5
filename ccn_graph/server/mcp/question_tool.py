"""Asks a question, or any query, and gives its rows page by page, each with what it rests on and how it stands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from ccn_graph.errors import QueryError, QuestionError
from ccn_graph.files import house
from ccn_graph.graph.questions import Question, term
from ccn_graph.graph.rows import plain
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.query_file import Parameter
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.server.mcp import row_standing
from ccn_graph.server.mcp.row_evidence import RowEvidence, Witness
from ccn_graph.server.mcp.tool_list import MOST_IN_ALL, MOST_ROWS, ROWS
from ccn_graph.text.today import today as date_of_today

#: No cell of an answer is longer for an agent.
_LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows are wanted, and the language of their labels."""

    offset: int
    limit: int
    language: str

    @staticmethod
    def of(arguments: Mapping[str, Any]) -> Window:
        """Read it from the arguments of a tool. Raises QueryError."""
        offset, limit = arguments.get("offset", 0), arguments.get("limit", ROWS)
        if not isinstance(offset, int) or not isinstance(limit, int) or offset < 0 or not 1 <= limit <= MOST_ROWS:
            raise QueryError("bad-request", f"limit lies from 1 to {MOST_ROWS}, and offset is not negative")
        return Window(offset, limit, "ja" if arguments.get("language") == "ja" else "en")

    def page(self, rows: Sequence[Any], *, whole: bool = True) -> dict[str, Any]:
        """Say which of all rows are given, and how to come to the next."""
        end = min(self.offset + self.limit, len(rows))
        return {
            "total": len(rows), "total_is_exact": whole, "offset": self.offset, "returned": max(0, end - self.offset),
            "next_offset": end if end < len(rows) else None,
            "capped": not whole,
        }  # fmt: skip

    def cut(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows that are wanted."""
        return rows[self.offset : self.offset + self.limit]


def ask(site: Site, question: Question, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Ask a question with the arguments of its tool. Raises QueryError."""
    window = Window.of(arguments)
    if question.name in site.unfit:
        raise QueryError("engine-unfit", f"this engine does not answer it rightly: {site.unfit[question.name]}")
    settings = {
        parameter.name: _setting(site, parameter, arguments[parameter.name])
        for parameter in question.parameters
        if parameter.name in arguments
    }
    try:
        query = question.query(site.labels, settings)
        bound = {
            parameter.name: _bound(site, parameter, settings.get(parameter.name)) for parameter in question.parameters
        }
    except QuestionError as error:
        raise QueryError("bad-request", str(error)) from error
    header = {
        "question": question.name, "title": question.title[window.language], "asked": question.text[window.language],
        "method": question.method[window.language], "parameters": bound,
    }  # fmt: skip
    things = [value for value in bound.values() if value.startswith(namespaces.BASE)]
    return header | rows_of(site, house.at_home(query), window, things)


def rows_of(site: Site, query: str, window: Window, things: Sequence[str] = ()) -> dict[str, Any]:
    """Give the rows of a query that are wanted; `things` are those that it is asked about."""
    answer = site.engine.query(query)
    names = answer.variables or ("subject", "predicate", "object")
    rows = list(itertools.islice(answer.rows(), MOST_IN_ALL + 1))
    whole = len(rows) <= MOST_IN_ALL
    if rows and len(rows[0]) == 1 and len(names) != 1:
        # ASK has one row of one cell.
        names = ("answer",)
    wanted = window.cut(rows[:MOST_IN_ALL])
    site.labels.know({cell.value for row in wanted for cell in row if isinstance(cell, ox.NamedNode)})
    witness = Witness(site, things)
    written = [_row(site, names, row, witness, window.language) for row in wanted]
    documents = {place["document"] for row in written for place in row["evidence"]}
    return {
        "data_version": site.statistics.version, "columns": list(names),
        **window.page(rows[:MOST_IN_ALL], whole=whole),
        "rows": written,
        "states": {
            state: meaning[window.language]
            for state, meaning in row_standing.STATES.items()
            if any(row["state"] == state for row in written)
        },
        "documents": {iri: _document(site, iri, window.language) for iri in sorted(documents)},
    }  # fmt: skip


def _row(site: Site, names: Sequence[str], row: Row, witness: Witness, language: str) -> dict[str, Any]:
    values = {name: _cell(site, cell, language) for name, cell in zip(names, row, strict=True) if cell is not None}
    evidence: RowEvidence = witness.of(names, row)
    things = [cell.value for cell in row if isinstance(cell, ox.NamedNode)]
    around = [*things, *witness.given]
    places = [{"document": document, "locator": locator} for document, locator in evidence.places]
    return {
        "values": values,
        "document": places[0]["document"] if places else None,
        "locator": places[0]["locator"] if places else None,
        "evidence": places, "evidence_kind": evidence.how, "evidence_total": evidence.count,
        "data_version": site.statistics.version,
        "state": row_standing.state(values, evidence.how),
        "contradictions": row_standing.contradictions(site, around),
        "coverage": row_standing.coverage(site, around),
    }  # fmt: skip


def _cell(site: Site, cell: Term, language: str) -> Any:
    if isinstance(cell, ox.NamedNode):
        return {"iri": cell.value, "label": site.labels.of(cell.value, language)}
    value = plain(cell)
    return value[:_LONGEST_CELL] if isinstance(value, str) else value


def _document(site: Site, iri: str, language: str) -> dict[str, str]:
    return {"title": site.labels.of(iri, language), "short_name": namespaces.shortened(iri)}


def _setting(site: Site, parameter: Parameter, value: Any) -> str:
    """Return a value as a question takes it; a name that only one thing of the kind has stands for that thing."""
    text = str(value)[:300]
    try:
        term(parameter, text, site.labels)
    except QuestionError:
        named = {hit.thing for hit in site.search.named(text) if hit.kind == parameter.kind}
        return named.pop() if len(named) == 1 else text
    return text


def _bound(site: Site, parameter: Parameter, value: str | None) -> str:
    if value is not None:
        return term(parameter, value, site.labels).value
    if parameter.kind == "today":
        return date_of_today().isoformat()
    return namespaces.expand(parameter.default) or parameter.default.partition("^^")[0].strip('"')
