"""Tables that readers take away: as Excel and CSV files with names in their language and IRIs beside the names."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ccn_graph.files import workbook
from ccn_graph.pages.offers import XLSX
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.rdf.requests import Page
from ccn_graph.text.spreadsheet_guard import inert
from ccn_graph.text.today import today as date_of_today

CSV = "text/csv; charset=utf-8"

#: The forms in which a table can be had.
FORMS = ("xlsx", "csv")

#: The first day that Excel counts rightly.
_FIRST_DAY = datetime.date(1900, 3, 1)

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: `kind` is `iri`, `date`, `number` or `text`; `name` is what programs call it."""

    name: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class DownloadTable:
    """A table: in its rows IRIs, dates as the data write them, numbers and texts, each as a text; empty for nothing."""

    name: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: Sequence[Sequence[str]]
    question: str = ""
    """The question that asks for more of this kind; with its `conditions`."""
    conditions: Mapping[str, str] = field(default_factory=dict)


def page(context: RenderContext, sheet: DownloadTable, form: str) -> Page:
    """Make the file of a table, `xlsx` or `csv`."""
    if form == "xlsx":
        return download(f"{sheet.name}.xlsx", XLSX, excel(context, sheet.title, sheet.columns, sheet.rows))
    return download(f"{sheet.name}.csv", CSV, labelled_csv(context, sheet.columns, sheet.rows))


def download(name: str, content_type: str, body: bytes) -> Page:
    """Return a file to be kept under a name; the day stands in front of its ending."""
    stem, _, ending = name.partition(".")
    shown = f"{stem}-{date_of_today().isoformat()}.{ending}"
    headers = (("content-disposition", f'attachment; filename="{shown}"'), ("x-robots-tag", "noindex"))
    return Page(content_type, body, headers=headers)


def excel(context: RenderContext, title: str, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook: names as readers know them first, dates and numbers as such, IRIs in columns behind."""
    headings: list[str] = []
    for column in columns:
        headings += [column.heading, *([f"{column.heading} (IRI)"] if column.kind == "iri" else [])]
    lines = ([cell for pair in zip(columns, row, strict=True) for cell in _cells(context, *pair)] for row in rows)
    return workbook.write(title, headings, lines)


def labelled_csv(context: RenderContext, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV file for R or pandas: plain names of columns, and beside each IRI its label."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    shown, lines = labelled(context, columns, rows)
    writer.writerow([column.name for column in shown])
    for line in lines:
        writer.writerow([_plain(column, value) for column, value in zip(shown, line, strict=True)])
    return text.getvalue().encode()


def labelled(
    context: RenderContext, columns: Sequence[TableColumn], rows: Iterable[Sequence[str]]
) -> tuple[list[TableColumn], list[list[str]]]:
    """Return columns and rows with a column of labels behind each of IRIs, as texts."""
    shown: list[TableColumn] = []
    for column in columns:
        shown += [column, *([TableColumn(f"{column.name}Label", column.heading)] if column.kind == "iri" else [])]
    lines: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        for column, value in zip(columns, row, strict=True):
            line += [value, context.label(value) if value else ""] if column.kind == "iri" else [value]
        lines.append(line)
    return shown, lines


def is_number(value: str) -> bool:
    """Tell whether a text is a number that programs read without loss."""
    return bool(_NUMBER.fullmatch(value))


def _plain(column: TableColumn, value: str) -> str:
    return value if column.kind == "iri" or (column.kind == "number" and is_number(value)) else inert(value)


def _cells(context: RenderContext, column: TableColumn, value: str) -> list[workbook.Cell]:
    if column.kind == "iri":
        return [context.label(value) if value else None, value or None]
    if not value:
        return [None]
    if column.kind == "number" and _NUMBER.fullmatch(value):
        return [float(value) if "." in value else int(value)]
    if column.kind == "date" and _DAY.fullmatch(value):
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            return [value]
        return [day if day >= _FIRST_DAY else value]
    return [value]
