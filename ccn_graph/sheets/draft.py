"""From the rows of a sheet to records: which thing each row speaks of, and what it says of it in which file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CellError, ColumnError
from ccn_graph.files.tables import Sheet
from ccn_graph.graph.graph import Place
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import cell, identity, iri_minting, new_things
from ccn_graph.sheets.columns import Column, Home, SheetKind
from ccn_graph.sheets.ground import Ground
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.name_resolution import sort
from ccn_graph.sheets.reading import Found, SheetReader
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.sheets.row import SheetRow
from ccn_graph.sheets.template import class_names
from ccn_graph.text import dates
from ccn_graph.text.normalisation import kept

_P = namespaces.PREFIXES
_CCN = namespaces.CCN


class Draft:
    """The records of a table, and the faults that keep them from being written."""

    def __init__(
        self, ground: Ground, kind: SheetKind, sheet: Sheet, columns: Mapping[int, Column], number: int = 0
    ) -> None:
        """Read every row: first which thing it speaks of, since rows may name each other, then what it says.

        `number` counts the tables of a file.
        """
        self.kind, self.sheet, self._ground, self._number = kind, sheet, ground, number
        self.facts, self.resolver, self.records = ground.facts, ground.resolver, ground.records
        self.faults: list[Found] = []
        self.remarks: list[Found] = []
        if ground.document and kind.column("document") and (fault := ground.missing(ground.document)):
            self.faults.append((sheet.header.number, "document", fault))
            return
        reader = SheetReader(kind, sheet, columns, self.resolver)
        entries = list(reader.entries())
        self.faults, self.remarks = reader.faults, reader.remarks
        whole = [entry for entry in entries if not entry.faulty]
        named = [(entry, iri, class_) for entry in self._in_order(whole) for iri, class_ in self._named(entry)]
        for entry, iri, class_ in sorted(named, key=lambda item: item[0].row):
            self._record(entry, iri, class_)
        done = {entry.row for entry, _, _ in named}
        for entry in entries:
            if entry.row not in done:
                # What else is wrong with the row is told at once.
                self._stated(entry)
        distinct = {(row, name, fault.rule, fault.value): (row, name, fault) for row, name, fault in self.faults}
        self.faults = list(distinct.values())

    def _in_order(self, entries: list[SheetRow]) -> list[SheetRow]:
        """Name earlier spells of a membership before later ones, and countries before what lies in them."""

        def begin(entry: SheetRow) -> str:
            try:
                return entry.text("start") or entry.text("asOf") or entry.text("end")
            except ColumnError:
                return ""

        def depth(entry: SheetRow) -> int:
            try:
                return -self.kind.classes.index(self._class(entry))
            except ColumnError:
                return 0

        match self.kind.name:
            case "memberships":
                return sorted(entries, key=begin)
            case "places":
                return sorted(entries, key=depth)
        return entries

    def _named(self, entry: SheetRow) -> Iterator[tuple[str, str]]:
        try:
            class_ = self._class(entry)
            iri = self._identity(entry, class_)
        except ColumnError as error:
            self.faults.append((entry.row, error.column, error.fault))
        except CellError as fault:
            self.faults.append((entry.row, "id" if fault.rule == "id" else "", fault))
        else:
            if iri not in self.facts.things:
                self._warn_of_twins(entry, iri)
                self._announce(entry, iri, class_)
            elif self.kind.name == "memberships":
                self._state(entry, iri, ("start", "end", "asOf"))
            yield iri, class_ if entry.cells.get("class") else self._known_class(iri, class_)

    def _warn_of_twins(self, entry: SheetRow, iri: str) -> None:
        """Show what is on record under a name like that of a new thing; the row must say that it is another."""
        try:
            twins = new_things.twins(self._ground, entry, iri)
        except ColumnError as error:
            self.faults.append((entry.row, error.column, error.fault))
            return
        if twins:
            here = all(new_things.is_of_file(self.facts.things[twin], self.sheet.path) for twin in twins)
            (self.remarks if here else self.faults).append(
                (entry.row, "differentFrom", new_things.warning(entry, twins, self.resolver))
            )

    def _known_class(self, iri: str, otherwise: str) -> str:
        """Return the class that a thing on record has, the narrowest of those a row can be of."""
        thing = self.facts.things.get(iri)
        own = thing.classes.intersection(self.kind.classes) if thing else ()
        return max(own, key=lambda name: len(self.facts.classes_above(name)), default=otherwise)

    def _announce(self, entry: SheetRow, iri: str, class_: str) -> None:
        """Let the rows after it, and the second reading, know of a thing that a row adds."""
        self.facts.add(iri, namespaces.RDF_TYPE, ox.NamedNode(class_), Place(self.sheet.path, entry.row))
        self._state(entry, iri, tuple(column.name for column in self.kind.columns if column.home is not Home.HINT))
        self.resolver.add(self.facts.things[iri])
        if self.kind.column("differentFrom"):
            self._ground.twins().add(self.facts.things[iri])

    def _state(self, entry: SheetRow, iri: str, names: Iterable[str]) -> None:
        for name in names:
            column = self.kind.column(name)
            try:
                values = entry.values(name) if column else []
            except ColumnError:
                # The second reading reports it, when all things of the sheet are known.
                continue
            for value in values:
                assert column is not None
                self.facts.add(iri, column.predicate, value, Place(self.sheet.path, entry.row))

    def _identity(self, entry: SheetRow, class_: str) -> str:
        """Tell which thing a row speaks of. Raises ColumnError or CellError."""
        if entry.cells.get("id"):
            return _P[self.kind.prefix] + iri_minting.checked(entry.cells["id"])
        if self.kind.name == "events":
            return self._edition(entry)
        if named := identity.NAMED.get(self.kind.name):
            return named(self.facts, entry, class_)
        return self._registered(entry, class_)

    def _class(self, entry: SheetRow) -> str:
        column = self.kind.column("class")
        if column is None or not entry.cells.get("class"):
            return self.kind.classes[0]
        try:
            return cell.class_of(column, entry.cells["class"], class_names(self.facts, column.classes))
        except CellError as fault:
            raise ColumnError("class", fault) from fault

    def _edition(self, entry: SheetRow) -> str:
        series, ordinal = entry.thing("editionOf"), entry.text("ordinal")
        if series and ordinal:
            return iri_minting.event(self.facts, series, ordinal)
        name = iri_minting.slugged(entry.cells.get("prefLabel@en", ""))
        raise CellError(
            "id", "シリーズと回次がない行事には短い名前が要る",
            "an event without series and ordinal needs a short name", "", name,
        )  # fmt: skip

    def _registered(self, entry: SheetRow, class_: str) -> str:
        names = [entry.cells[name] for name in ("prefLabel@en", "prefLabel@ja") if entry.cells.get(name)]
        placed = self.kind.column("within") is not None
        near = self._places(entry) if placed else []
        codes = entry.codes() if placed else set()
        registered = self.resolver.known(names, sorted(codes, key=sort), self.kind.classes, near)
        if registered:
            return registered
        around = [place for start in near for place in self.facts.around(start)]
        return iri_minting.from_names(self.facts, self.kind.prefix, names[:1], around, class_)

    def _places(self, entry: SheetRow) -> list[str]:
        return [*entry.near(), *entry.things("within")]

    def _record(self, entry: SheetRow, iri: str, class_: str) -> None:
        """Write down what a row says, in its register and in every document it names."""
        stated = self._stated(entry)
        stated += self._printed(entry, stated)
        try:
            files = self._ground.files(entry, iri, any(column.home is Home.DOCUMENT for column, _ in stated))
            within = self.kind.column("within")
            near = entry.near() if within and not entry.cells.get("within") else []
            # That a city of a prefecture on record lies in its country says nothing new.
            if within and near and near[-1] not in self.facts.around(iri):
                stated.append((within, ox.NamedNode(near[-1])))
        except ColumnError as error:
            self.faults.append((entry.row, error.column, error.fault))
            return
        for path, home in files:
            record = self._at(path, iri, class_, entry.row)
            if self.kind.name == "participations":
                self._participant(entry, path)
            for column, value in stated:
                if column.home is home:
                    try:
                        record.state(column.predicate, Stated(value, entry.row, column.name, self._number))
                    except CellError as fault:
                        self.faults.append((entry.row, column.name, fault))

    def _stated(self, entry: SheetRow) -> list[tuple[Column, ox.NamedNode | ox.Literal]]:
        """Read every cell of a row that is written; the faults of all of them are told at once."""
        stated: list[tuple[Column, ox.NamedNode | ox.Literal]] = []
        for column in entry.written():
            try:
                values = entry.values(column.name)
            except ColumnError as error:
                self.faults.append((entry.row, error.column, error.fault))
            else:
                stated += [(column, value) for value in values if isinstance(value, ox.NamedNode | ox.Literal)]
        return stated

    def _participant(self, entry: SheetRow, path: Path) -> None:
        """Say with the event, too, that somebody took part in it."""
        names = {"participant": entry.thing("party"), "locator": entry.cells.get("locator", "")}
        record = self._at(path, entry.thing("event"), _CCN + "Event", entry.row)
        if names["participant"] and names["locator"]:
            record.state(
                _CCN + "participant", Stated(ox.NamedNode(names["participant"]), entry.row, "party", self._number)
            )
            record.state(
                _CCN + "locator", Stated(ox.Literal(kept(names["locator"])), entry.row, "locator", self._number)
            )

    def _printed(
        self, entry: SheetRow, stated: Iterable[tuple[Column, ox.NamedNode | ox.Literal]]
    ) -> list[tuple[Column, ox.NamedNode | ox.Literal]]:  # fmt: skip
        """Keep the words of a fiscal year, which its interval does not repeat, where the row says none."""
        column = self.kind.column("datePrinted@ja")
        if column is None or any(other.predicate == column.predicate for other, _ in stated):
            return []
        words = [kept(entry.cells[name.name]) for name, value in stated if _is_interval(value)]
        printed = next((text for text in words if "年度" in text), "")
        return [(column, ox.Literal(printed, language="ja"))] if printed else []

    def _at(self, path: Path, iri: str, class_: str, row: int) -> SheetRecord:
        # Participants are lines of an event, and stand where they would in a sheet of events.
        columns = KINDS["events" if class_ == _CCN + "Event" else self.kind.name].columns
        new = SheetRecord(
            path, iri, class_, row, tuple(dict.fromkeys(column.predicate for column in columns if column.predicate)),
            frozenset(column.predicate for column in columns if column.many), head=self.kind.name == "documents",
            table=self._number,
        )  # fmt: skip
        record = self.records.setdefault((path, iri), new)
        if record.class_ != class_:
            class_name = namespaces.slug(record.class_)
            ja, en = f"{record.row}行目は種別を {class_name} とする", f"row {record.row} says its class is {class_name}"
            self.faults.append((row, "class", CellError("contradiction", ja, en)))
        return record


def _is_interval(value: object) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value == dates.INTERVAL
