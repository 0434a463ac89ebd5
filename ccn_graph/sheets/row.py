"""One row of a sheet, read against what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.errors import CellError, ColumnError
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets import cell
from ccn_graph.sheets.columns import Column, Home, SheetKind, Value
from ccn_graph.sheets.name_resolution import Resolver, identifier, sort

_CCN = namespaces.CCN
_COUNTRY, _PLACE = (_CCN + "Country",), (_CCN + "Place",)


@dataclass
class SheetRow:
    """A row: its number, the text of its cells by the name of their column, and how to read them."""

    row: int
    kind: SheetKind
    cells: dict[str, str]
    resolver: Resolver
    #: Columns whose cells cannot be taken as they stand.
    faulty: frozenset[str] = frozenset()
    _near: list[str] | None = field(default=None, repr=False)

    def values(self, name: str) -> list[Object]:
        """Read the cell of a column; empty if there is none. Raises ColumnError."""
        column, text = self.kind.column(name), self.cells.get(name, "")
        assert column is not None, name
        try:
            if name == self.kind.who:
                return [ox.NamedNode(iri) for iri in self._who(column, text)]
            near = self.near() if name in self.kind.placed else []
            return cell.values(column, text, self.resolver, near) if text else []
        except CellError as fault:
            raise ColumnError(name, fault) from fault

    def things(self, name: str) -> list[str]:
        """Read a column that names things, as IRIs. Raises ColumnError."""
        return [value.value for value in self.values(name) if isinstance(value, ox.NamedNode)]

    def thing(self, name: str) -> str:
        """Read a column that names one thing, empty if it names none. Raises ColumnError."""
        return next(iter(self.things(name)), "")

    def text(self, name: str) -> str:
        """Read a column that holds one literal, empty if it holds none. Raises ColumnError."""
        return next((value.value for value in self.values(name) if isinstance(value, ox.Literal)), "")

    def written(self) -> Iterator[Column]:
        """Return the columns that the row fills, that can be taken and that are written, in their order."""
        codes = {"municipalCode", "geonames"} & {name for name in self.cells if self.cells[name]}
        for column in self.kind.columns:
            by_code = column.name == self.kind.who and codes
            if (
                column.home is not Home.HINT
                and column.name not in self.faulty
                and (self.cells.get(column.name) or by_code)
            ):
                yield column

    def near(self) -> list[str]:
        """Return the country and prefecture of the row. Raises ColumnError for one that is not on record."""
        if self._near is None:
            near: list[str] = []
            for name, classes in (("country", _COUNTRY), ("prefecture", _PLACE)):
                if text := self.cells.get(name):
                    try:
                        near.append(self.resolver.find(text, classes, near))
                    except CellError as fault:
                        raise ColumnError(name, fault) from fault
            self._near = near
        return self._near

    def codes(self) -> set[str]:
        """Return the identifiers of the row in the form the resolver knows. Raises ColumnError."""
        codes = set()
        for name, value in (
            ("municipalCode", Value.CODE),
            ("geonames", Value.GEONAMES),
            ("wikidata", Value.WIKIDATA),
        ):
            if text := self.cells.get(name):
                try:
                    column = Column(name, "", value, Home.HINT)
                    codes |= {identifier(node) for node in cell.values(column, text, self.resolver)}
                except CellError as fault:
                    # A code short of a digit may be open, but not among those on record.
                    numbers = self.resolver.municipal_codes(text)
                    if value is not Value.CODE or len(numbers) != 1:
                        raise ColumnError(name, fault) from fault
                    codes |= numbers
        return codes

    def _who(self, column: Column, text: str) -> list[str]:
        """Resolve a member by name and by identifier, which must not speak of two."""
        codes = self.codes()
        coded = {iri for code in codes for iri in self.resolver.fitting(self.resolver.by_code(code), column.classes)}
        if len(coded) > 1:
            both = ", ".join(sorted(codes))
            raise CellError("code", "コードどうしが別のものを指す", "the codes mean different things", both)
        if not text:
            return sorted(coded)
        try:
            named = cell.things(column, text, self.resolver, self.near())
        except CellError:
            # An identifier says which one is meant where the name alone does not.
            if coded:
                return sorted(coded)
            raise
        if codes and len(named) == 1 and (coded - set(named) or self.resolver.differs(named[0], codes)):
            raise CellError(
                "contradiction", "名前とコードが別のものを指す。どちらかを直す",
                "the name and the code mean different things; correct one of the two",
                f"{text} / {', '.join(sorted(codes, key=sort))}",
            )  # fmt: skip
        return named
