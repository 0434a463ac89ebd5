"""A table document: a long list that is kept as it came, with a head, a mapping and reviewed links.

It is a directory `data/tables/NAME` with the head `NAME.ttl`, the mapping `csv-metadata.json` (CSV on the Web), the
table that this names, and `links.csv`. Rows that are linked to a thing on record state what the mapping says of them,
in the graph of the document; other rows are kept as candidates: counted, to be found, nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CellError, SheetError, SourceError
from ccn_graph.files import spreadsheets
from ccn_graph.files.tables import Sheet, TableRow
from ccn_graph.graph import links
from ccn_graph.graph.links import Link, Links
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.csvw import conversion, metadata
from ccn_graph.rdf.csvw.conversion import CellFault, CellStatement, Conversion
from ccn_graph.rdf.csvw.metadata import Column, Table
from ccn_graph.rdf.parsing import FileKind, PlacedFault, SourceFile, Statement
from ccn_graph.text.normalisation import kept

#: Variables of templates that stand for the city of a row: its slug and its IRI.
CITY, CITY_IRI = "_city", "_cityUrl"
VARIABLES = frozenset({CITY, CITY_IRI})

_P, _CCN = namespaces.PREFIXES, namespaces.CCN
_TYPE = ox.NamedNode(namespaces.RDF_TYPE)
_LABEL, _LOCATOR = ox.NamedNode(_CCN + "nameInTable"), ox.NamedNode(_CCN + "locator")
_WITHIN = ox.NamedNode(_CCN + "within")
_NOTATION = ox.NamedNode(_P["skos"] + "notation")
_REGISTERS = ox.NamedNode(namespaces.GRAPH_REGISTERS)

#: Properties of the city of a row, in columns that state nothing -> what they are for.
NAMES = {_P["skos"] + "prefLabel", _P["skos"] + "altLabel", _P["rdfs"] + "label"}
COUNTRY, REGION = _P["schema"] + "addressCountry", _P["schema"] + "addressRegion"

#: Of rows for these reasons or none is not settled, yet, whether they are of a city on record.
_CANDIDATES = {"", "ambiguous"}

#: Longer locators are cut: a record of so many rows is told by the first of them.
_MOST_PLACES = 5


@dataclass(slots=True)
class TableDocument:
    """A table document as it was read."""

    name: str
    table: Table
    sheet: Sheet
    links: Links
    conversion: Conversion
    described: tuple[Column, ...]
    """Columns that describe the city of a row without stating it."""
    stated: tuple[Column, ...]
    faults: list[PlacedFault] = field(default_factory=list)

    def described_by(self, row: TableRow, columns: Sequence[Column] | None = None) -> list[CellStatement]:
        """Return what a row says of its city, whichever it is, in some of the columns (default: all that do)."""
        also = {CITY: "row", CITY_IRI: self.iri(row)}
        return list(self.conversion.statements(row, also, [], self.described if columns is None else columns))

    def iri(self, row: TableRow) -> str:
        """Return the IRI of a row (RFC 7111: the fragment counts the rows of the file)."""
        return f"{_P['doc']}{self.name}#row={row.number}"

    def locator(self, row: TableRow) -> str:
        """Say where a row stands: the sheet, the row, and what its source calls it."""
        sheet = self.sheet.title or self.table.file.name
        key = self.conversion.key(row)
        return f"{sheet}, row {row.number}" + (f", {' '.join(self.table.key)} {key}" if self.table.key else "")

    def cell_faults(self, faults: Iterable[CellFault]) -> None:
        """Note what is wrong with cells of the table."""
        self.faults += (PlacedFault(self.table.file, fault.row, fault.column, fault.error) for fault in faults)


def open_(mapping: Path) -> TableDocument:
    """Read mapping, table and links. Raises SourceError, with the line, for what cannot be read at all."""
    table = metadata.read(mapping, VARIABLES)
    try:
        sheet = spreadsheets.read(table.file)
        linked = links.read(mapping.parent / links.NAME)
    except SheetError as error:
        raise SourceError(error.path, error.line, error.message["en"], error.message["ja"]) from error
    described = tuple(column for column in table.columns if column.suppressed and column.property)
    stated = tuple(column for column in table.columns if not column.suppressed)
    document = TableDocument(mapping.parent.name, table, sheet, linked, Conversion(table), described, stated)
    document.cell_faults(conversion.heading_faults(table, sheet))
    document.faults += linked.faults
    return document


def read(mapping: Path, before: Sequence[SourceFile], *, all_rows: bool = False) -> list[SourceFile]:
    """Read a table document into what its rows state, given the registers among the sources read `before`.

    With `all_rows`, a city is made of every candidate, in a source of its own. Raises SourceError as `open_` does.
    """
    document = open_(mapping)
    countries = _notations(before)
    reading = _Reading(document, countries, all_rows)
    statements = [] if document.faults and not document.sheet.rows else list(reading.statements())
    beside = {path: _digest(path) for path in (mapping, document.links.path) if path.exists()}
    ground = _ground(countries, all_rows)
    graph = ox.NamedNode(_P["graph"] + document.name)
    file = document.table.file
    sources = [SourceFile(
        file, FileKind.TABLE, graph, tuple(statements), _digest(file), beside=beside, ground=ground,
        faults=tuple(document.faults),
    )]  # fmt: skip
    if reading.minted:
        sources.append(SourceFile(
            file, FileKind.REGISTER, _REGISTERS, tuple(reading.minted), _digest(file), beside=beside, ground=ground
        ))  # fmt: skip
    return sources


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _ground(countries: Mapping[str, ox.NamedNode], all_rows: bool) -> str:
    text = " ".join(f"{code}={place.value}" for code, place in sorted(countries.items()))
    return hashlib.sha256(f"{all_rows} {text}".encode()).hexdigest()[:16]


def _notations(before: Iterable[SourceFile]) -> dict[str, ox.NamedNode]:
    """Return the places of two-letter codes (ISO 3166-1)."""
    return {
        fact.object.value: fact.subject
        for read in before
        if read.kind is FileKind.REGISTER
        for fact in read.statements
        if fact.predicate == _NOTATION and isinstance(fact.object, ox.Literal) and len(fact.object.value) == 2
        and isinstance(fact.subject, ox.NamedNode)
    }  # fmt: skip


class _Reading:
    """The rows of a table while they become statements."""

    def __init__(self, document: TableDocument, countries: Mapping[str, ox.NamedNode], all_rows: bool) -> None:
        self._document, self._countries, self._all_rows = document, countries, all_rows
        self._graph = ox.NamedNode(_P["graph"] + document.name)
        self._self = ox.NamedNode(_P["doc"] + document.name)
        self._naming = [column for column in document.described if column.property in {*NAMES, COUNTRY}]
        self.minted: list[Statement] = []
        self._slugs: set[str] = set()
        self._known: set[tuple[object, object, object]] = set()
        self._places: dict[ox.NamedNode, list[tuple[int, str]]] = defaultdict(list)

    def statements(self) -> Iterator[Statement]:
        document = self._document
        linked = candidates = 0
        seen: dict[str, int] = {}
        for row in document.sheet.rows:
            key = document.conversion.key(row)
            if key in seen and document.table.key:
                document.cell_faults([CellFault(row.number, 1, CellError(
                    "table-row", f"この行の主キーは{seen[key]}行と同じである", f"row {seen[key]} has the same key", key
                ))])  # fmt: skip
            seen[key] = row.number
            link = document.links.of.get(key)
            if link and link.city:
                linked += 1
                yield from self._stated(row, link.city)
            else:
                candidates += not link or link.how in _CANDIDATES
                yield from self._unlinked(row, link)
        yield from self._located()
        yield from self._counts(linked, candidates)
        self._idle(seen)

    def _stated(self, row: TableRow, city: str) -> Iterator[Statement]:
        """Yield what a row states of a city."""
        faults: list[CellFault] = []
        also = {CITY: namespaces.slug(city), CITY_IRI: city}
        subjects: dict[ox.NamedNode, None] = {}
        for statement in self._document.conversion.statements(row, also, faults, self._document.stated):
            if statement.predicate == _LOCATOR:
                self._places[statement.subject].append(
                    (row.number, f"{getattr(statement.value, 'value', '')} ({self._key(row)})")
                )
                continue
            subjects[statement.subject] = None
            fact = (statement.subject, statement.predicate, statement.value)
            if fact not in self._known:
                self._known.add(fact)
                yield Statement(
                    statement.subject,
                    statement.predicate,
                    statement.value,
                    self._graph,
                    row.number,
                    _column(statement.column),
                )
        for subject in subjects:
            if not self._places[subject] or self._places[subject][-1][0] != row.number:
                self._places[subject].append((row.number, self._document.locator(row)))
        self._document.cell_faults(faults)

    def _key(self, row: TableRow) -> str:
        return f"row {row.number}, {self._document.conversion.key(row)}"

    def _located(self) -> Iterator[Statement]:
        """Yield where each record stands: of one that several rows make, their places together."""
        for subject, places in self._places.items():
            more = len(places) - _MOST_PLACES
            text = "; ".join(place for _, place in places[:_MOST_PLACES]) + (f"; {more} more rows" if more > 0 else "")
            yield Statement(subject, _LOCATOR, ox.Literal(kept(text)), self._graph, places[0][0])

    def _unlinked(self, row: TableRow, link: Link | None) -> Iterator[Statement]:
        why = link.how if link else ""
        if self._all_rows and why in _CANDIDATES:
            yield from self._mint(row, self._document.described_by(row))
            return
        if why not in _CANDIDATES:
            return
        described = self._document.described_by(row, self._naming)
        if not described:
            return
        subject = ox.NamedNode(self._document.iri(row))
        yield self._statement(subject, _TYPE, ox.NamedNode(_CCN + "TableRow"), row)
        yield from (self._statement(subject, name, value, row) for name, value in self._called(described))
        if why:
            yield self._statement(subject, ox.NamedNode(_CCN + "unlinked"), ox.Literal(why), row)

    def _called(self, described: Iterable[CellStatement]) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
        for statement in described:
            if statement.predicate.value in NAMES and isinstance(statement.value, ox.Literal):
                yield _LABEL, ox.Literal(kept(statement.value.value))
            elif statement.predicate.value == COUNTRY and statement.value.value in self._countries:
                yield _WITHIN, self._countries[statement.value.value]

    def _mint(self, row: TableRow, described: list[CellStatement]) -> Iterator[Statement]:
        """Make a city of a row, for research: named after the table and the row, and on record nowhere else."""
        slug = "-".join(re.findall("[a-z0-9]+", f"{self._document.name} {self._document.conversion.key(row)}".lower()))
        city = ox.NamedNode(_P["city"] + (f"{slug}-{row.number}" if slug in self._slugs else slug))
        self._slugs.add(slug)
        facts: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [(_TYPE, ox.NamedNode(_CCN + "City"))]
        facts += self._called(described)
        facts += (
            (statement.predicate, statement.value)
            for statement in described
            if statement.predicate.value.startswith(_P["wgs"])
        )
        self.minted += (Statement(city, name, value, _REGISTERS, row.number) for name, value in facts)
        yield from self._stated(row, city.value)

    def _statement(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal, row: TableRow
    ) -> Statement:  # fmt: skip
        return Statement(subject, predicate, value, self._graph, row.number)

    def _counts(self, linked: int, candidates: int) -> Iterator[Statement]:
        rows = len(self._document.sheet.rows)
        header = self._document.sheet.header.number
        for name, count in (("rows", rows), ("linkedRows", linked), ("candidateRows", candidates)):
            yield Statement(self._self, ox.NamedNode(_CCN + name), ox.Literal(count), self._graph, header)

    def _idle(self, seen: Mapping[str, int]) -> None:
        for key, link in self._document.links.of.items():
            if key not in seen:
                self._document.faults.append(PlacedFault(self._document.links.path, link.line, 1, CellError(
                    "table-link", "表にこの行はない", "the table has no such row", key
                )))  # fmt: skip


def _column(number: int) -> str:
    return str(number) if number else ""
