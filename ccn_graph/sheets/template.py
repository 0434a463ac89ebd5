"""The headings of a sheet: taken from the shapes and the vocabulary, accepted in either language."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.graph.labels import nearest
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets.columns import Column, SheetKind, Value
from ccn_graph.sheets.known_things import Facts
from ccn_graph.text.languages import Bilingual
from ccn_graph.text.normalisation import folded

_SH = namespaces.PREFIXES["sh"]
_RDFS_LABEL = namespaces.PREFIXES["rdfs"] + "label"
_OTHER_LANGUAGE: Bilingual = {"ja": "その他の言語", "en": "other language"}
_LANGUAGE_NAMES: dict[str, Bilingual] = {
    "ja": {"ja": "日本語", "en": "Japanese"},
    "en": {"ja": "英語", "en": "English"},
}

#: Headings of columns that stand for no property, and of two that share one.
_OWN: dict[str, Bilingual] = {
    "id": {"ja": "短い名前", "en": "short name"},
    "document": {"ja": "文書", "en": "document"},
    "class": {"ja": "種別", "en": "class"},
    "country": {"ja": "国", "en": "country"},
    "prefecture": {"ja": "都道府県", "en": "prefecture"},
    "geonames": {"ja": "GeoNamesの番号", "en": "GeoNames id"},
    "wikidata": {"ja": "Wikidataの項目", "en": "Wikidata item"},
    "subOrganizationOf": {"ja": "上位の組織", "en": "parent organization"},
    "differentFrom": {"ja": "同じでないもの", "en": "different from"},
    "municipalCode": {"ja": "全国地方公共団体コード", "en": "municipal code"},
}


#: Subject -> property -> values.
_SaidOf = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column is called in both languages, and what else it answers to."""

    column: Column
    names: Bilingual
    others: tuple[str, ...]


class Template:
    """The headings of one kind of sheet."""

    def __init__(self, kind: SheetKind, project: Project, facts: Facts) -> None:
        """Look up the names of its columns in the shapes of the kind's class, else in the vocabulary."""
        self.kind = kind
        named = _names_in_shapes(project, {above for name in kind.classes for above in facts.classes_above(name)})
        self.headings = [_heading(column, named, facts) for column in kind.columns]

    def header(self, language: str) -> str:
        """Return the heading row as a line of CSV."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([heading.names[language] for heading in self.headings])
        return line.getvalue()

    def match(self, cells: tuple[str, ...]) -> Iterator[tuple[int, Column | CellError]]:
        """Tell which column each heading means, by its place; a heading that is empty or begins with # is passed over.

        A heading that means no column, or one that was there before, is a fault.
        """
        columns = {folded(name): heading.column for heading in reversed(self.headings) for name in heading.others}
        columns |= {folded(name): heading.column for heading in self.headings for name in heading.names.values()}
        columns |= {folded(heading.column.name): heading.column for heading in self.headings}
        seen: set[str] = set()
        for place, cell in enumerate(cells):
            column = columns.get(folded(cell))
            if not cell.strip() or cell.lstrip().startswith("#"):
                continue
            if column is None:
                names = [name for heading in self.headings for name in heading.names.values()]
                yield place, CellError(
                    "heading", "この見出しの列はない。--template で見出しを確かめ、使わない列は見出しを # で始める",
                    "there is no such column; --template shows the headings; begin one that is not to be used with #",
                    cell, ", ".join(nearest(cell, names)),
                )  # fmt: skip
            elif column.name in seen:
                yield place, CellError("heading", "同じ列が二つある", "this column stands twice", cell)
            else:
                seen.add(column.name)
                yield place, column


def class_names(facts: Facts, classes: tuple[str, ...]) -> dict[str, str]:
    """Lead from every name of the classes to the class."""
    names = {folded(namespaces.slug(iri)): iri for iri in classes}
    for iri in classes:
        if iri in facts.things:
            names |= {folded(label): iri for label in facts.things[iri].texts(_RDFS_LABEL)}
    return names


def _heading(column: Column, named: dict[str, Bilingual], facts: Facts) -> Heading:
    thing = facts.things.get(column.predicate)
    labels = _bilingual(statement.value for statement in thing.said.get(_RDFS_LABEL, ())) if thing else {}
    base = _OWN.get(column.name) or named.get(column.predicate) or labels
    own = _OTHER_LANGUAGE if column.value is Value.LOCAL_TEXT else None
    language = own or _LANGUAGE_NAMES.get(column.language)
    names = {code: f"{name} ({language[code]})" if language else name for code, name in base.items()}
    plain = namespaces.curie(column.predicate) if column.predicate else column.name
    others = [plain, *labels.values()] if not language else [f"{plain}@{column.language}"]
    others = others if own is None else [plain]
    return Heading(column, names, tuple(others))


def _names_in_shapes(project: Project, classes: set[str]) -> dict[str, Bilingual]:
    """Return sh:name by path of the property shapes that the node shapes of the classes list."""
    files = (*project.shapes_of_document, *project.shapes_of_dataset)
    statements = _said_in(tuple((path, path.stat().st_mtime_ns) for path in files))
    names: dict[str, Bilingual] = {}
    for shape in statements.values():
        if not {target.value for target in shape.get(_SH + "targetClass", ())} & classes:
            continue
        for member in shape.get(_SH + "property", ()):
            of = statements.get(member.value, {})
            path_of = of.get(_SH + "path")
            # A shape with a target of its own is about references wherever they stand, and no name of a column;
            # one that counts qualified values is about one language of several.
            if path_of and not of.keys() & {_SH + "targetSubjectsOf", _SH + "targetClass", _SH + "qualifiedValueShape"}:
                texts = of.get(_SH + "name", ())
                names.setdefault(path_of[0].value, _bilingual(texts))
    return names


@functools.lru_cache(maxsize=4)
def _said_in(files: tuple[tuple[Path, int], ...]) -> _SaidOf:
    """Read what files, known by when they were changed, say of things with a name: all kinds of sheets ask for it."""
    statements: _SaidOf = {}
    for path, _ in files:
        for statement in parsing.read(path, parsing.FileKind.OTHER).statements:
            if isinstance(statement.subject, ox.NamedNode) and isinstance(statement.object, ox.NamedNode | ox.Literal):
                statements.setdefault(statement.subject.value, {}).setdefault(statement.predicate.value, []).append(
                    statement.object
                )
    return statements


def _bilingual(texts: Iterable[object]) -> Bilingual:
    return {text.language: text.value for text in texts if isinstance(text, ox.Literal) and text.language}
