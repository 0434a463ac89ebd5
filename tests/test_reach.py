"""Whatever the shapes, asking only about what changed finds what asking plain pySHACL about everything finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccn_graph import source, validation
from ccn_graph.cache import Shelf
from ccn_graph.reach import Reach, Reaches
from ccn_graph.shacl import Shapes
from ccn_graph.source import Kind
from tests import oracle
from tests.conftest import Write

PREFIXES = """\
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODES = [f"ex:n{number}" for number in range(5)]
PROPERTIES = [f"ex:p{number}" for number in range(4)]
CLASSES = ["ex:C0", "ex:C1", "ex:C2"]
LITERALS = ['"a"@en', '"b"@en', '"b"@ja', "1", "2", '"x"', '"2025"^^xsd:gYear']


def reach_of(write: Write, shape: str) -> Reach | None:
    """Tell how far ex:s looks."""
    read = source.read(write("shapes.ttl", f"{PREFIXES}ex:s sh:targetNode ex:n0 ; {shape}"), Kind.OTHER)
    reaches = Reaches(read.statements)
    return reaches.of(reaches.followed) if reaches.core and reaches.followed else None


def written(reach: Reach) -> str:
    """Write a reach so that it can be read: a property, and in brackets what follows it."""
    steps = [f"{name.value.rpartition('/')[2]}{written(further)}" for name, further in reach.forward.items()]
    steps += [f"^{name.value.rpartition('/')[2]}{written(further)}" for name, further in reach.backward.items()]
    steps += ["*"] if reach.everything else []
    return f"({' '.join(steps)})" if steps else ""


@pytest.mark.parametrize(
    ("shape", "reach"),
    [
        ("sh:nodeKind sh:IRI ; sh:pattern 'n' .", ""),
        ("sh:path ex:p ; sh:minCount 1 .", "(p)"),
        ("sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 .", "(^p)"),
        ("sh:path ( ex:p ex:q ) ; sh:minCount 1 .", "(p(q))"),
        ("sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 .", "(p(^q))"),
        ("sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:nodeKind sh:IRI .", "(p q)"),
        ("sh:path [ sh:zeroOrOnePath ex:p ] ; sh:property ex:t . ex:t sh:path ex:q .", None),
        ("sh:path [ sh:zeroOrOnePath ex:p ] ; sh:node ex:t . ex:t sh:property [ sh:path ex:q ] .", "(p(q) q)"),
        ("sh:path ex:p ; sh:class ex:C .", "(p(22-rdf-syntax-ns#type))"),
        ("sh:path ex:p ; sh:equals ex:q .", "(p q)"),
        ("sh:path ex:p ; sh:or ( ex:t [ sh:closed true ] ) . ex:t sh:lessThan ex:q .", "(p(q *))"),
        ("sh:property [ sh:path ex:p ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:class ex:C ] ] .",
         "(p(22-rdf-syntax-ns#type))"),
        ("sh:property ex:t, ex:u . ex:u sh:path ex:q ; sh:qualifiedValueShape [ sh:class ex:C ] ."
         "ex:t sh:path ex:p ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true ;"
         "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] .",
         "(p(22-rdf-syntax-ns#type) q(22-rdf-syntax-ns#type))"),
        ("sh:path [ sh:zeroOrMorePath ex:p ] ; sh:nodeKind sh:IRI .", None),
        ("sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:nodeKind sh:IRI .", None),
        ("sh:not [ sh:sparql [ sh:select 'SELECT $this {}' ] ] .", None),
        ("sh:node ex:t . ex:t sh:property [ sh:path ex:p ; sh:node ex:t ] .", None),
        ("sh:path ex:p ; sh:path ex:q .", None),
        ("sh:path 'text' .", None),
        ("sh:or ex:nothing .", None),
        ("sh:class ex:C . ex:Other a sh:NodeShape, rdfs:Class .", None),
        ("sh:class ex:C . ex:Max a sh:ConstraintComponent .", None),
    ],
)  # fmt: skip
def test_a_shape_looks_so_far_and_no_further(write: Write, shape: str, reach: str | None) -> None:
    found = reach_of(write, shape)
    assert (None if found is None else written(found)) == reach


class _Maker:
    """Makes up shapes and data that touch each other."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.shapes: list[str] = []

    def targeted(self) -> str:
        """Make a shapes graph of a few shapes with targets, and the shapes they need."""
        for _ in range(self.chance.randint(1, 3)):
            shape = self.shape(2, self.chance.random() < 0.5)
            for _ in range(self.chance.randint(1, 2)):
                self.shapes.append(f"{shape} {self.target()} .")
        return PREFIXES + "\n".join(self.shapes)

    def target(self) -> str:
        kind, choices = self.chance.choice(
            [("Node", NODES), ("Class", CLASSES), ("SubjectsOf", PROPERTIES), ("ObjectsOf", PROPERTIES)]
        )
        return f"sh:target{kind} {self.chance.choice(choices)}"

    def shape(self, depth: int, of_property: bool) -> str:
        said = [f"sh:path {self.path()}"] if of_property else []
        for _ in range(self.chance.randint(1, 3)):
            said += self.constraint(depth, of_property)
        if self.chance.random() < 0.3:
            said.append(f"sh:severity sh:{self.chance.choice(['Info', 'Warning', 'Violation'])}")
        # pySHACL refuses most constraints that stand twice.
        said = list({one if one.startswith("sh:property") else one.split()[0]: one for one in said}.values())
        name = f"ex:s{len(self.shapes)}"
        self.shapes.append(f"{name} a sh:{'Property' if of_property else 'Node'}Shape ; {' ; '.join(said)} .")
        return name

    def path(self) -> str:
        one, two = self.chance.sample(PROPERTIES, 2)
        return self.chance.choice(
            [
                one, one, one,
                f"[ sh:inversePath {one} ]",
                f"( {one} {two} )",
                f"( {one} [ sh:inversePath {two} ] )",
                f"[ sh:inversePath ( {one} {two} ) ]",
                f"[ sh:alternativePath ( {one} {two} ) ]",
                f"[ sh:alternativePath ( {one} ( {two} {one} ) ) ]",
                f"[ sh:zeroOrOnePath {one} ]",
                f"[ sh:zeroOrMorePath {one} ]",
                f"[ sh:oneOrMorePath {one} ]",
            ]
        )  # fmt: skip

    def constraint(self, depth: int, of_property: bool) -> list[str]:
        pick = self.chance.choice
        simple = [
            [f"sh:class {pick(CLASSES)}"],
            [f"sh:nodeKind sh:{pick(['IRI', 'Literal', 'IRIOrLiteral'])}"],
            [f"sh:datatype {pick(['xsd:integer', 'rdf:langString', 'xsd:string'])}"],
            ["sh:pattern 'n[012]'"],
            ["sh:languageIn ( 'en' )"],
            [f"sh:in ( {' '.join(self.chance.sample(NODES + LITERALS, 5))} )"],
            [f"sh:hasValue {pick(NODES + LITERALS)}"],
            [f"sh:{pick(['equals', 'disjoint'])} {pick(PROPERTIES)}"],
            ["sh:closed true", f"sh:ignoredProperties ( rdf:type {pick(PROPERTIES)} )"],
        ]
        of_properties = [
            [f"sh:minCount {self.chance.randint(1, 2)}"],
            ["sh:maxCount 1"],
            ["sh:uniqueLang true"],
            [f"sh:{pick(['lessThan', 'lessThanOrEquals'])} {pick(PROPERTIES)}"],
        ]
        choices = simple + of_properties * of_property
        if depth and self.chance.random() < 0.6:
            return self.of_shapes(depth - 1, of_property)
        return pick(choices)

    def of_shapes(self, depth: int, of_property: bool) -> list[str]:
        either = self.chance.random() < 0.5
        kind = self.chance.choice(["property", "node", "not", "and", "or", "xone", "qualified"])
        match kind:
            case "property":
                return [f"sh:property {self.shape(depth, True)}"]
            case "node":
                return [f"sh:node {self.shape(depth, False)}"]
            case "not":
                return [f"sh:not {self.shape(depth, either)}"]
            case "qualified" if of_property:
                count = self.chance.choice(["sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 1"])
                disjoint = ["sh:qualifiedValueShapesDisjoint true"] if either else []
                return [f"sh:qualifiedValueShape {self.shape(depth, False)}", count, *disjoint]
            case "qualified":
                return [f"sh:property {self.shape(depth, True)}", f"sh:property {self.shape(depth, True)}"]
        return [f"sh:{kind} ( {self.shape(depth, either)} {self.shape(depth, False)} )"]

    def data(self) -> list[str]:
        pick = self.chance.choice
        said = [f"{pick(NODES)} {pick(PROPERTIES)} {pick(NODES + NODES + LITERALS)} ." for _ in range(12)]
        said += [f"{pick(NODES)} a {pick(CLASSES)} ." for _ in range(4)]
        return [*said, "ex:C1 rdfs:subClassOf ex:C0 ."]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=0))
def test_random_shapes_find_in_random_data_what_plain_pyshacl_finds(seed: int, tmp_path: Path) -> None:
    maker = _Maker(random.Random(seed))
    path = tmp_path / "shapes.ttl"
    path.write_text(maker.targeted(), encoding="utf-8")
    shapes, parsed, shelf = Shapes([path]), rdflib.Graph().parse(path), Shelf()
    said = maker.data()
    for _ in range(3):
        data = tmp_path / "data.ttl"
        data.write_text(PREFIXES + "\n".join(said), encoding="utf-8")
        read = source.read(data, Kind.OTHER)
        try:
            wanted = oracle.reported(read.statements, parsed)
        except Exception as error:  # noqa: BLE001 - pySHACL has many
            # What pySHACL cannot do it must refuse every time.
            with pytest.raises(type(error)):
                validation.of_all(shapes, [read], shelf)
            return
        found = validation.of_all(shapes, [read], shelf)
        assert oracle.of_results(found) == wanted
        said[maker.chance.randrange(len(said))] = maker.chance.choice(maker.data())
        del said[maker.chance.randrange(len(said))]
