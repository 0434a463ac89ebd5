"""The answer to a question as a file: for programs, for spreadsheets, and for both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pyoxigraph as ox

from ccn_graph.graph.questions import Question
from ccn_graph.pages import answer_table, bibliography, offers, parquet, sheet
from ccn_graph.pages.citation import Work
from ccn_graph.pages.form import Form
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.sheet import TableColumn
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import formats
from ccn_graph.rdf.requests import Page
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.text.spreadsheet_guard import inert, number

#: Endings of the files.
ENDINGS = ("csv", "json", "excel.csv", "labelled.csv", "xlsx", "parquet", *bibliography.FORMS)


def page(site: Site, context: RenderContext, question: Question, filled: Form, ending: str, work: Work) -> Page:
    """Answer a question as the file with an ending; say what is missing if this server cannot write it (406)."""
    if ending == "parquet" and not parquet.can_write():
        detail = context.text("question.parquet-missing")
        return Page.problem(406, "not-acceptable", context.text("error.not-acceptable"), detail)
    answer = site.engine.query(question.query(site.labels, filled.settings))
    format_ = formats.named(ending, formats.SOLUTIONS) if ending in ("csv", "json") else None
    if format_ is not None:
        return sheet.download(f"{question.name}.{ending}", format_.content_type, answer.serialize(format_))
    rows = list(answer.rows())
    site.labels.know(answer_table.things(rows))
    if ending == "excel.csv":
        return sheet.download(f"{question.name}.csv", sheet.CSV, _spreadsheet(context, question, rows))
    columns = [TableColumn(column.name, column.heading[context.language], column.kind) for column in question.columns]
    texts = [[_text(value) for value in row] for row in rows]
    if ending in bibliography.FORMS:
        media_type, write = bibliography.FORMS[ending]
        items = bibliography.of_answer(site, context, work, (text for row in texts for text in row))
        return sheet.download(f"{question.name}.{ending}", f"{media_type}; charset=utf-8", write(items).encode())
    if ending == "parquet":
        body = parquet.write(sheet.labelled(context, columns, texts))
        return sheet.download(f"{question.name}.parquet", offers.PARQUET, body)
    if ending == "xlsx":
        title = question.title[context.language]
        return sheet.download(f"{question.name}.xlsx", offers.XLSX, sheet.excel(context, title, columns, texts))
    return sheet.download(f"{question.name}.csv", sheet.CSV, sheet.labelled_csv(context, columns, texts))


def _spreadsheet(context: RenderContext, question: Question, rows: Iterable[Row]) -> bytes:
    """Write what a person reads in a spreadsheet: headings and names in their language, and IRIs beside the names."""
    text = io.StringIO()
    writer = csv.writer(text)
    headings: list[str] = []
    for column in question.columns:
        headings += [column.heading[context.language]]
        headings += [f"{column.heading[context.language]} (IRI)"] if column.kind == "iri" else []
    writer.writerow(headings)
    for row in rows:
        line: list[str] = []
        for column, value in zip(question.columns, row, strict=True):
            line += _written(context, value) if column.kind == "iri" else [_harmless(value)]
        writer.writerow(line)
    # Excel takes a CSV file for the local encoding unless it begins with a byte order mark.
    return ("\ufeff" + text.getvalue()).encode()


def _written(context: RenderContext, value: Term | None) -> list[str]:
    if isinstance(value, ox.NamedNode):
        return [inert(context.label(value.value)), value.value]
    return [_harmless(value), ""]


def _harmless(value: Term | None) -> str:
    text = _text(value)
    return number(text) if isinstance(value, ox.Literal) else inert(text)


def _text(value: Term | None) -> str:
    return "" if value is None else str(getattr(value, "value", value))
