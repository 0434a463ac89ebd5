"""The records a sheet makes: values with the row each comes from, merged by file and IRI."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CellError, shortened
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets.known_things import Facts, Said, Thing
from ccn_graph.validation.finding import shown

_LOCATOR = namespaces.CCN + "locator"
_DECIMAL = namespaces.PREFIXES["xsd"] + "decimal"


@dataclass(frozen=True, slots=True)
class Stated:
    """A value, and the row and column of the sheet that state it."""

    value: Object
    row: int
    column: str = ""
    #: Which table of the file it stands in.
    table: int = 0


@dataclass
class SheetRecord:
    """What the sheet says of one thing in one file."""

    path: Path
    iri: str
    class_: str
    row: int
    #: Predicates in the order in which they are written.
    order: tuple[str, ...]
    #: Predicates that take several values, or several in one language.
    many: frozenset[str]
    #: Stands at the top of its file.
    head: bool = False
    #: Which table of the file begins it.
    table: int = 0
    values: dict[str, list[Stated]] = field(default_factory=dict)

    def state(self, predicate: str, new: Stated) -> None:
        """Add a value. Raises CellError if an earlier row gives another one where there can be one only."""
        values = self.values.setdefault(predicate, [])
        if any(same(stated.value, new.value) for stated in values):
            return
        if predicate == _LOCATOR and values:
            values[0] = replace(values[0], value=_wider(values[0].value, new.value) or values[0].value)
            return
        for stated in values:
            if predicate not in self.many and rivals(stated.value, new.value):
                raise CellError(
                    "contradiction", f"{stated.row}行目は「{_text(stated.value)}」とする。どちらか一つにする",
                    f"row {stated.row} says '{_text(stated.value)}'; keep one of the two", _text(new.value),
                )  # fmt: skip
        values.append(new)

    def new(self, facts: Facts) -> tuple[dict[str, list[Stated]], list[tuple[int, tuple[int, str, CellError]]]]:
        """Return what the file does not say yet; and by table, row and column, where it says otherwise."""
        thing = facts.things.get(self.iri)
        fresh: dict[str, list[Stated]] = {}
        faults: list[tuple[int, tuple[int, str, CellError]]] = []
        class_, types = ox.NamedNode(self.class_), self._there(thing, namespaces.RDF_TYPE)
        if types and not any(statement.value == class_ for statement in types):
            faults.append((self.table, (self.row, "class", _contradiction(types[0], class_))))
        for predicate in self.order:
            there = self._there(thing, predicate)
            for stated in self.values.get(predicate, ()):
                if predicate == _LOCATOR and there:
                    if wider := _wider(there[0].value, stated.value):
                        fresh[predicate] = [replace(stated, value=wider)]
                elif not any(same(statement.value, stated.value) for statement in there):
                    other = None if predicate in self.many else _other(there, stated.value)
                    if other:
                        faults.append((stated.table, (stated.row, stated.column, _contradiction(other, stated.value))))
                    else:
                        fresh.setdefault(predicate, []).append(stated)
        return fresh, faults

    def _there(self, thing: Thing | None, predicate: str) -> list[Said]:
        """Return what the file itself says already."""
        return [
            statement
            for statement in (thing.said.get(predicate, ()) if thing else ())
            if statement.place.path == self.path
        ]


def same(term: Object, other: Object) -> bool:
    """Tell whether two values are one: coordinates to the digits they share, anything else letter by letter."""
    if isinstance(term, ox.Literal) and isinstance(other, ox.Literal) and term.datatype.value == _DECIMAL:
        digits = min(len(value.value.partition(".")[2]) for value in (term, other))
        return other.datatype == term.datatype and _rounded(term, digits) == _rounded(other, digits)
    return term == other


def _rounded(value: ox.Literal, digits: int) -> Decimal:
    return Decimal(value.value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def rivals(term: Object, other: Object) -> bool:
    """Tell whether two values cannot stand side by side where one is allowed: texts in two languages can."""
    languages = [value.language if isinstance(value, ox.Literal) else None for value in (term, other)]
    return languages[0] == languages[1]


def _other(there: Iterable[Said], value: Object) -> Said | None:
    return next((statement for statement in there if rivals(statement.value, value)), None)


def _contradiction(other: Said, value: Object) -> CellError:
    place = f"{shown(other.place.path)}:{other.place.line}"
    return CellError(
        "contradiction", f"{place} は「{_text(other.value)}」とする。どちらかを直す",
        f"{place} says '{_text(other.value)}'; correct one of the two", _text(value),
    )  # fmt: skip


def _wider(term: Object, other: Object) -> Object | None:
    """Return a locator that names the places of both, as the house does: 冒頭, l. 12; 沿革, l. 52.

    None if the first names them all.
    """
    assert isinstance(term, ox.Literal)
    assert isinstance(other, ox.Literal)
    places = term.value.split("; ")
    added = [place for place in other.value.split("; ") if place not in places]
    return ox.Literal("; ".join([*places, *added])) if added else None


def _text(value: Object) -> str:
    return (
        namespaces.curie(value.value)
        if isinstance(value, ox.NamedNode)
        else shortened(str(getattr(value, "value", value)))
    )
