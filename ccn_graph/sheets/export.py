"""The way back: what is on record as the sheet that would say it, and the empty sheet to be filled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, CellError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets import guide
from ccn_graph.sheets.columns import Column, Home, SheetKind, Value
from ccn_graph.sheets.kinds import ORDER, TITLES
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.sheets.template import Template

_MATCHED = {"geonames": "geonames.org", "wikidata": "wikidata.org"}
_PARTED = re.compile(r"[;；、\n]")


@dataclass(frozen=True, slots=True)
class ExportSheet:
    """A sheet to be written: its name, its headings, what each column takes, and its rows."""

    title: str
    headings: tuple[str, ...]
    guide: tuple[str, ...]
    permitted: Mapping[int, Sequence[str]]
    rows: tuple[tuple[str, ...], ...] = ()


def forms(graph: Graph, kinds: Sequence[SheetKind], language: str) -> list[ExportSheet]:
    """Return empty sheets of some kinds, in a language."""
    assert graph.project is not None
    facts = Facts(graph)
    return [_form(kind, Template(kind, graph.project, facts), facts, language) for kind in kinds]


def filled(graph: Graph, kinds: Sequence[SheetKind], language: str, document: str = "") -> list[ExportSheet]:
    """Return the sheets that say what is on record, of one document if it is given; of several kinds those with rows.

    Raises CcnError for a document that has no file.
    """
    assert graph.project is not None
    facts = Facts(graph)
    paths = {read.path.stem: read.path for read in graph.documents}
    if document and document.removeprefix("doc:") not in paths:
        raise CcnError(f"there is no document '{document}'; `ccn-graph find` gives the short name of one")
    files = [paths[document.removeprefix("doc:")]] if document else [paths[name] for name in sorted(paths)]
    writer = _Writer(facts, Resolver(facts), language, files, graph.project.data / "registers")
    sheets = []
    for kind in sorted(kinds, key=lambda kind: ORDER.index(kind.name)):
        form = _form(kind, Template(kind, graph.project, facts), facts, language)
        rows = tuple(writer.rows(kind))
        if rows or len(kinds) == 1:
            sheets.append(ExportSheet(form.title, form.headings, (), form.permitted, rows))
    return sheets


def _form(kind: SheetKind, template: Template, facts: Facts, language: str) -> ExportSheet:
    limits = {place: guide.permitted(column, facts, language) for place, column in enumerate(kind.columns)}
    return ExportSheet(
        TITLES[kind.name][language], tuple(heading.names[language] for heading in template.headings),
        tuple(guide.described(kind, column, facts, language) for column in kind.columns),
        {place: values for place, values in limits.items() if values},
    )  # fmt: skip


class _Writer:
    """Spells what the files say of things as the cells that would say it."""

    def __init__(
        self, facts: Facts, resolver: Resolver, language: str, documents: Sequence[Path], registers: Path
    ) -> None:  # fmt: skip
        self._facts, self._resolver, self._language = facts, resolver, language
        self._documents, self._registers = documents, registers
        self._spelled: dict[tuple[str, tuple[str, ...]], str] = {}

    def rows(self, kind: SheetKind) -> Iterator[tuple[str, ...]]:
        """Return the rows of every thing of a kind: one for its register, or for each document that speaks of it."""
        # Participants of events are written with the events.
        things = [] if kind.name == "participants" else sorted(
            (thing for thing in self._facts.things.values() if thing.classes & set(kind.classes)),
            key=lambda thing: thing.iri,
        )  # fmt: skip
        for thing in things:
            files = [path for path in self._documents if self._typed(thing, path)]
            register = self._registers / f"{kind.register}.ttl"
            if kind.name == "documents":
                files = [path for path in files if path.stem == namespaces.slug(thing.iri)]
            elif kind.register and (files or len(self._documents) > 1) and self._typed(thing, register):
                yield from self._of(kind, thing, register, Home.REGISTER)
            for path in files:
                yield from self._of(kind, thing, path, Home.DOCUMENT)

    def _typed(self, thing: Thing, path: Path) -> bool:
        return any(statement.place.path == path for statement in thing.said.get(namespaces.RDF_TYPE, ()))

    def _of(self, kind: SheetKind, thing: Thing, path: Path, home: Home) -> Iterator[tuple[str, ...]]:
        """Write what one file says of a thing: one row, and more where a cell cannot hold several values."""
        cells: dict[str, list[str]] = {"id": [namespaces.slug(thing.iri)]}
        if home is Home.DOCUMENT and kind.column("document"):
            cells["document"] = [path.stem]
        for column in kind.columns:
            if column.value is Value.CLASS:
                cells[column.name] = [self._class(thing, column)]
            elif column.home is home:
                values = [
                    statement.value
                    for statement in thing.said.get(column.predicate, ())
                    if statement.place.path == path
                ]
                cells[column.name] = self._texts(column, [value for value in values if _belongs(column, value)])
        always = {"id", "document", "class", "locator", *kind.needed}
        for number in range(max(len(texts) for texts in cells.values())):
            row = {
                name: texts[number] if number < len(texts) else texts[0] if name in always and texts else ""
                for name, texts in cells.items()
            }
            yield tuple(row.get(column.name, "") for column in kind.columns)

    def _class(self, thing: Thing, column: Column) -> str:
        own = thing.classes.intersection(column.classes)
        narrow = max(own, key=lambda name: len(self._facts.classes_above(name)), default="")
        names = self._facts.things[narrow].said.get(namespaces.PREFIXES["rdfs"] + "label", ()) if narrow else ()
        labels = [statement.value for statement in names if isinstance(statement.value, ox.Literal)]
        return next((label.value for label in labels if label.language == self._language), namespaces.slug(narrow))

    def _texts(self, column: Column, values: Sequence[Object]) -> list[str]:
        """Return the cells that hold some values: one with all of them where the column can be parted again."""
        texts = [self._text(column, value) for value in values]
        parts = column.value is not Value.TEXT or column.name.startswith("altLabel@")
        if len(texts) > 1 and parts and not any(_PARTED.search(text) for text in texts):
            return ["; ".join(texts)]
        return texts

    def _text(self, column: Column, value: Object) -> str:
        if isinstance(value, ox.NamedNode):
            if column.value is Value.THING:
                return self._name(value.value, column.classes)
            slug = namespaces.slug(value.value.rstrip("/"))
            return slug if column.name in _MATCHED else value.value
        assert isinstance(value, ox.Literal)
        return f"{value.value}@{value.language}" if column.value is Value.LOCAL_TEXT else value.value

    def _name(self, iri: str, classes: tuple[str, ...]) -> str:
        """Name a thing by its label where that leads back to it, else by its short name."""
        if (iri, classes) not in self._spelled:
            thing = self._facts.things.get(iri)
            facts = thing.said.get(namespaces.PREF_LABEL, ()) if thing else ()
            labels = [fact.value.value for fact in facts if getattr(fact.value, "language", "") == self._language]  # type: ignore[union-attr]
            names = [label for label in labels if not _PARTED.search(label)]
            fitting = (name for name in [*names, namespaces.slug(iri)] if self._leads_back(name, classes, iri))
            self._spelled[iri, classes] = next(fitting, namespaces.curie(iri))
        return self._spelled[iri, classes]

    def _leads_back(self, name: str, classes: Iterable[str], iri: str) -> bool:
        try:
            return self._resolver.find(name, tuple(classes)) == iri
        except CellError:
            return False


def _belongs(column: Column, value: Object) -> bool:
    """Tell whether a value of a property stands in a column: several columns may share one property."""
    language = (value.language or "") if isinstance(value, ox.Literal) else ""
    if column.value is Value.LOCAL_TEXT:
        return bool(language) and language not in ("ja", "en", "ja-hira")
    if column.name in _MATCHED:
        return isinstance(value, ox.NamedNode) and _MATCHED[column.name] in value.value
    return language == column.language.lower()
