"""What the rows of a table state: generating RDF from tabular data, minimal mode (W3C, section 6.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.files.tables import Sheet, TableRow
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.csvw.metadata import Column, Table
from ccn_graph.rdf.csvw.uri_template import Template

Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell, by row and column (1 is the first, 0 for none), that cannot be taken as it stands."""

    row: int
    column: int
    error: CellError


@dataclass(frozen=True, slots=True)
class CellStatement:
    """One statement, and the column that makes it (0: a virtual one); `suppressed` ones are not for the output."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    value: Value
    column: int
    suppressed: bool


def heading_faults(table: Table, sheet: Sheet) -> Iterator[CellFault]:
    """Compare the headings of a table with what the mapping says: the same columns in the same order."""
    described = table.real
    for place, column in enumerate(described):
        heading = sheet.header.cells[place].strip() if place < len(sheet.header.cells) else ""
        if heading not in column.titles:
            yield CellFault(sheet.header.number, place + 1, CellError(
                "table-heading",
                f"対応付けではこの列の見出しは {column.titles[0]} である ({table.path.name} {column.line}行)",
                f"the mapping calls this column {column.titles[0]} ({table.path.name}, line {column.line})", heading,
            ))  # fmt: skip
    for place in range(len(described), len(sheet.header.cells)):
        yield CellFault(sheet.header.number, place + 1, CellError(
            "table-heading", "対応付けにない列である。述べないなら \"suppressOutput\": true を付けて書く",
            'the mapping has no such column; describe it, with "suppressOutput": true if it states nothing',
            sheet.header.cells[place],
        ))  # fmt: skip


class Conversion:
    """Turns the rows of one table into statements."""

    def __init__(self, table: Table) -> None:
        """Take the table as its metadata describe it."""
        self._table = table
        self._places = {column.name: column.number - 1 for column in table.real}
        self._properties = {
            column.property: ox.NamedNode(column.property) for column in table.columns if column.property
        }
        self._terms: dict[str, ox.NamedNode] = {}
        templates = [template for column in table.columns for template in (column.about, column.value) if template]
        used = {name for template in templates for name in template.variables}
        self._used = [column for column in table.real if column.name in used]

    def key(self, row: TableRow) -> str:
        """Return what tells a row from the others: the cells of the primary key, else its number."""
        if not self._table.key:
            return str(row.number)
        return "|".join(_cell(row, self._places[name]).strip() for name in self._table.key)

    def statements(
        self, row: TableRow, also: Mapping[str, str], faults: list[CellFault], columns: Sequence[Column] | None = None
    ) -> Iterator[CellStatement]:
        """Yield what a row states in `columns` (default: all), with the values `also` for templates.

        Nothing comes of a template of which a variable has no value. What is wrong is added to `faults`.
        """
        values = self._values(row, also)
        for column in self._table.columns if columns is None else columns:
            text = _cell(row, column.number - 1) if column.number else ""
            if text.strip() in column.nulls or not text:
                text = column.default
            if not text and column.number:
                if column.required:
                    faults.append(CellFault(row.number, column.number, CellError(
                        "table-cell", "必須のセルが空である", "a required cell is empty"
                    )))  # fmt: skip
                continue
            try:
                yield from self._of_cell(column, text, values)
            except CellError as error:
                faults.append(CellFault(row.number, column.number, error))

    def _values(self, row: TableRow, also: Mapping[str, str]) -> dict[str, str]:
        values = {"_row": str(row.number - 1), "_sourceRow": str(row.number)}
        for column in self._used:
            text = _cell(row, column.number - 1)
            text = column.default if text.strip() in column.nulls or not text else text
            if text:
                values[column.name] = text.strip()
        return values | dict(also)

    def _of_cell(self, column: Column, text: str, values: Mapping[str, str]) -> Iterator[CellStatement]:
        if not column.property:
            return
        subject = self._node(column.about, values, column)
        if subject is None:
            return
        predicate = self._properties[column.property]
        for value in self._objects(column, text, values):
            yield CellStatement(subject, predicate, value, column.number, column.suppressed)

    def _objects(self, column: Column, text: str, values: Mapping[str, str]) -> Iterator[Value]:
        if column.value:
            node = self._node(column.value, values, column)
            if node is not None:
                yield node
            return
        parts = text.split(column.separator) if column.separator else [text]
        for part in (part.strip() if column.separator else part for part in parts):
            if not part:
                continue
            if column.language and column.datatype.base == "string":
                yield ox.Literal(part, language=column.language)
            else:
                yield column.datatype.literal(part)

    def _node(self, template: Template | None, values: Mapping[str, str], column: Column) -> ox.NamedNode | None:
        if template is None or not template.variables <= values.keys():
            return None
        iri = template.expand({**values, "_name": column.name})
        node = self._terms.get(iri)
        if node is None:
            expanded = namespaces.expand(iri) if iri.startswith(("http://", "https://", "urn:")) else None
            if expanded is None:
                raise CellError(
                    "table-cell", "ここからできるIRIが正しくない", "what comes of this is no absolute IRI", iri
                )
            node = self._terms[iri] = ox.NamedNode(expanded)
        return node


def _cell(row: TableRow, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
