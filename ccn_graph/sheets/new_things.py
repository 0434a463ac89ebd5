"""Whether what a row adds may be on record already, under a name that is a little other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ccn_graph.errors import CellError, ColumnError
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import cell
from ccn_graph.sheets.columns import Column, Home, Value
from ccn_graph.sheets.ground import Ground
from ccn_graph.sheets.known_things import Thing
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.sheets.row import SheetRow

_TWIN = (
    "似た名前のものが登録にある。同じものなら短い名前の列にその短い名前を、別のものなら「同じでないもの」の列にそれを書く",
    "something of a like name is on record; if it is that, write its short name in the column of short names,"
    " and if it is another thing, in the column 'different from'",
)
_NAMES = ("prefLabel@en", "prefLabel@ja", "title@en", "title@ja", "titleTranslated@en", "titleTranslated@ja")
_DAYS = ("start", "plannedStart", "issued")
_RELATIVES = ("host", "publisher", "editionOf")


def twins(ground: Ground, entry: SheetRow, iri: str) -> list[str]:
    """Return the things that the one which a row adds may be, and that the row does not tell from it.

    Raises ColumnError for a cell that cannot be read.
    """
    if entry.kind.column("differentFrom") is None:
        return []
    placed = entry.kind.column("within") is not None
    near, codes = ([*entry.near(), *entry.things("within")], entry.codes()) if placed else ([], set())
    spot = [entry.text(name) for name in ("lat", "long") if placed and entry.cells.get(name)]
    other = set(_different(ground, entry))
    candidates = ground.twins().of(_names(entry), entry.kind.classes, near, codes, spot)
    candidates += [same for same in ground.twins().at(entry.cells.get("url", "")) if same not in candidates]
    return [
        twin for twin in candidates
        if twin not in other and twin != iri and not _is_apart(entry, ground.facts.things[twin])
    ]  # fmt: skip


def warning(entry: SheetRow, candidates: list[str], resolver: Resolver) -> CellError:
    """Say which things a new one may be."""
    return CellError("near-twin", *_TWIN, " / ".join(_names(entry)[:2]), resolver.shown(candidates))


def is_of_file(thing: Thing, path: Path) -> bool:
    """Tell whether only a file says what a thing is."""
    return all(statement.place.path == path for statement in thing.said.get(namespaces.RDF_TYPE, ()))


def _names(entry: SheetRow) -> list[str]:
    names = [entry.cells[name] for name in _NAMES if entry.cells.get(name)]
    names += entry.cells.get("altLabel@en", "").split(";") + entry.cells.get("altLabel@ja", "").split(";")
    return [name for name in names if name.strip()]


def _is_apart(entry: SheetRow, thing: Thing) -> bool:
    """Tell whether days, hosts or publishers tell a thing of a like name from the one that a row adds."""
    for name in _DAYS:
        column = entry.kind.column(name)
        if column and entry.cells.get(name) and (theirs := thing.texts(column.predicate)):
            ours = entry.text(name)
            if not any(ours.startswith(day) or day.startswith(ours) for day in theirs):
                return True
    for name in _RELATIVES:
        column = entry.kind.column(name)
        there = thing.iris(column.predicate) if column and entry.cells.get(name) else []
        if there and not set(entry.things(name)) & set(there):
            return True
    return False


def _different(ground: Ground, entry: SheetRow) -> Iterator[str]:
    column = Column("differentFrom", "", Value.THING, Home.HINT, entry.kind.classes, many=True)
    for text in (entry.cells.get("differentFrom", ""), ";".join(ground.different)):
        try:
            yield from cell.things(column, text, ground.resolver) if text else ()
        except CellError as fault:
            raise ColumnError("differentFrom", fault) from fault
