from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.errors import CellError
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets.columns import Column, Home, SheetKind, Value
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.template import Template, class_names
from tests.conftest import some

SH, XSD, RDF = (namespaces.PREFIXES[prefix] for prefix in ("sh", "xsd", "rdf"))
EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
WRITTEN = [
    pytest.param(kind, column, id=f"{kind.name}-{column.name}")
    for kind in KINDS.values()
    for column in kind.columns
    if column.home is not Home.HINT
]

#: How a value is written, by the datatype that shapes ask for.
DATATYPES = {
    "integer": {Value.WHOLE}, "decimal": {Value.DECIMAL}, "boolean": {Value.FLAG}, "anyURI": {Value.ADDRESS},
    "string": {Value.PLAIN, Value.CODE, Value.COUNTRY_CODE}, "langString": {Value.TEXT, Value.LOCAL_TEXT},
}  # fmt: skip


class Shape:
    """The shapes as triples, followed by hand: what each says of a property."""

    def __init__(self, project: Project) -> None:
        self.said: dict[str, dict[str, list[str]]] = {}
        for path in (*project.shapes_of_document, *project.shapes_of_dataset):
            for one in parsing.read(path, parsing.FileKind.OTHER).statements:
                values = self.said.setdefault(str(one.subject), {}).setdefault(one.predicate.value, [])
                values.append(
                    one.object.value if isinstance(one.object, ox.NamedNode | ox.Literal) else str(one.object)
                )

    def of(self, kind: SheetKind, predicate: str, facts: Facts) -> list[str]:
        """Give the property shapes that speak of a property wherever it stands, or in the classes of a kind."""
        classes = {above for name in kind.classes for above in facts.classes_above(name)}
        listed = {
            f"<{member}>"
            for of in self.said.values()
            if set(of.get(SH + "targetClass", ())) & classes
            for member in of.get(SH + "property", ())
        }
        return [
            name
            for name, of in self.said.items()
            if of.get(SH + "path") == [predicate]
            and (name in listed or SH + "targetSubjectsOf" in of or set(of.get(SH + "targetClass", ())) & classes)
        ]

    def ask(self, name: str, what: str) -> list[str]:
        return self.said.get(name, {}).get(SH + what, [])

    def classes(self, name: str) -> set[str]:
        """Follow sh:class, sh:node and the lists of sh:or down to classes, or to the scheme that a pattern asks for."""
        found = set(self.ask(name, "class"))
        patterns = [re.match(r"\^(https://w3id.*?)\[", text.replace("\\", "")) for text in self.ask(name, "pattern")]
        if found == {namespaces.PREFIXES["skos"] + "Concept"} and patterns and patterns[0]:
            return {patterns[0][1]}
        for node in self.ask(name, "node"):
            found |= self.classes(f"<{node}>")
        for head in self.ask(name, "or"):
            found |= {one for item in self.items(head) for one in self.classes(f"<{item}>")}
        return found

    def items(self, head: str) -> Iterator[str]:
        while head in self.said:
            (first,), (head,) = (self.said[head][RDF + end] for end in ("first", "rest"))
            yield first


@pytest.fixture(scope="session")
def shapes(project: Project) -> Shape:
    return Shape(project)


@pytest.fixture(scope="session")
def facts(graph: Graph) -> Facts:
    return Facts(graph)


def template(kind: SheetKind, graph: Graph, facts: Facts) -> Template:
    assert graph.project is not None
    return Template(kind, graph.project, facts)


@EACH
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_column_has_a_heading_of_its_own_that_leads_back_to_it(
    kind: SheetKind, language: str, graph: Graph, facts: Facts
) -> None:
    made = template(kind, graph, facts)
    (headings,) = csv.reader(io.StringIO(made.header(language)))
    assert len(set(headings)) == len(kind.columns)
    assert [column for _, column in made.match(tuple(headings))] == list(kind.columns)


@EACH
def test_the_local_name_of_a_property_is_a_heading_too(kind: SheetKind, graph: Graph, facts: Facts) -> None:
    made = template(kind, graph, facts)
    assert [column for _, column in made.match(tuple(column.name for column in kind.columns))] == list(kind.columns)


def test_headings_come_from_the_shapes_then_from_the_vocabulary(graph: Graph, facts: Facts) -> None:
    made = template(KINDS["events"], graph, facts)
    named = {heading.column.name: heading.names for heading in made.headings}
    assert named["ordinal"] == {"ja": "回次", "en": "ordinal"}
    assert named["host"] == {"ja": "開催都市", "en": "host"}
    assert named["note@ja"] == {"ja": "注記 (日本語)", "en": "note (Japanese)"}


def test_width_case_and_blanks_of_a_heading_do_not_matter(graph: Graph, facts: Facts) -> None:
    made = template(KINDS["memberships"], graph, facts)
    headings = ("会　員", "AS OF", "ccn:start", "注記（英語）", "network_joined", "# memo", "")
    matched = {place: column.name for place, column in made.match(headings) if isinstance(column, Column)}
    assert matched == {0: "member", 1: "asOf", 2: "start", 3: "note@en", 4: "organization"}


def test_an_unknown_or_repeated_heading_is_a_fault(graph: Graph, facts: Facts) -> None:
    made = template(KINDS["memberships"], graph, facts)
    faults = [found for _, found in made.match(("membr", "start", "始まり")) if isinstance(found, CellError)]
    assert [(fault.value, fault.suggestion) for fault in faults] == [("membr", "member"), ("始まり", "")]


@pytest.mark.parametrize(("kind", "column"), WRITTEN)
def test_a_column_takes_what_the_shapes_of_its_property_ask_for(
    kind: SheetKind, column: Column, shapes: Shape, facts: Facts
) -> None:
    found = shapes.of(kind, column.predicate, facts)
    datatypes = {text.removeprefix(XSD).removeprefix(RDF) for name in found for text in shapes.ask(name, "datatype")}
    for datatype in datatypes:
        assert column.value in DATATYPES[datatype]
    dated = any("date" in node or "a-day" in node for name in found for node in shapes.ask(name, "node"))
    assert dated == (column.value in (Value.DATE, Value.UNTIMED, Value.DAY)) or column.value is Value.THING
    for name in found:
        classes = shapes.classes(name)
        assert not classes or column.value is Value.THING, name
        if column.classes and classes:
            below = {above for one in column.classes for above in facts.classes_above(one)}
            assert set(column.classes) <= classes or classes & below, name


@pytest.mark.parametrize(("kind", "column"), WRITTEN)
def test_a_column_takes_several_values_where_the_shapes_do(
    kind: SheetKind, column: Column, shapes: Shape, facts: Facts
) -> None:
    found = shapes.of(kind, column.predicate, facts)
    once = any(shapes.ask(name, "maxCount") == ["1"] or shapes.ask(name, "uniqueLang") for name in found)
    assert not (once and column.many), "the shapes allow one value only"


# The licence stands in the head of a table document, which is no row of a sheet; its rows are counted as it is loaded.
LICENCE, COUNTS = "http://purl.org/dc/terms/license", ("rows", "linkedRows", "candidateRows")
OF_TABLES = {LICENCE, *(namespaces.CCN + name for name in COUNTS)}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.column("document") or not kind.register])
def test_every_property_that_a_document_may_state_has_a_column(name: str, shapes: Shape) -> None:
    kind = KINDS["events" if name == "participants" else name]
    known = {column.predicate for column in kind.columns} | {namespaces.RDF_TYPE}
    for of in some(shapes.said.values()):
        if kind.classes[0] in of.get(SH + "targetClass", ()) and of.get(SH + "closed"):
            listed = {path for member in of[SH + "property"] for path in shapes.ask(f"<{member}>", "path")}
            ignored = {item for head in of[SH + "ignoredProperties"] for item in shapes.items(head)}
            assert listed and ignored
            assert {path for path in listed | ignored if path.startswith("http")} <= known | OF_TABLES


def test_a_class_is_known_by_its_names(facts: Facts) -> None:
    names = class_names(facts, (namespaces.CCN + "Founding", namespaces.CCN + "FieldChange"))
    assert names["founding"] == names["設立"] == namespaces.CCN + "Founding"
    assert names["fieldchange"] == namespaces.CCN + "FieldChange"
