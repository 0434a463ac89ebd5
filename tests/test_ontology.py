"""Ontology, shapes, data and queries stay in step."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.rdf import parsing
from ccn_graph.rdf.namespaces import BASE, CCN, GRAPH_PREFERRED, PREFIXES, curie
from ccn_graph.rdf.parsing import FileKind, Object, Statement
from tests.conftest import ROOT, some

RDF, RDFS, OWL, SH = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "sh"))
SKOS, DCTERMS, VANN = (PREFIXES[name] for name in ("skos", "dcterms", "vann"))
TYPE, LABEL, DEFINITION, EXAMPLE = RDF + "type", RDFS + "label", SKOS + "definition", SKOS + "example"
KINDS = {OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
ONTOLOGY = CCN.removesuffix("#")

#: The axioms that may be used; inside them, with every term declared, the ontology stays in OWL 2 RL and QL.
AXIOMS = {TYPE, RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "domain", RDFS + "range", OWL + "disjointWith"}
ANNOTATIONS = {LABEL, DEFINITION, EXAMPLE, RDFS + "isDefinedBy", SKOS + "scopeNote", OWL + "deprecated"}


def read(*paths: Path) -> tuple[Statement, ...]:
    return tuple(said for path in paths for said in parsing.read(path, FileKind.OTHER).statements)


CCN_TTL = ROOT / "ontology" / "ccn.ttl"
SCHEMES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))


@cache
def described(*paths: Path) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """Everything said of each subject, by predicate; lists are spread out."""
    things: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    rest: dict[Object, dict[str, Object]] = defaultdict(dict)
    said_of: list[Statement] = []
    for said in read(*paths):
        if isinstance(said.subject, ox.BlankNode):
            allowed = (RDF + "first", RDF + "rest", SH + "alternativePath")
            assert said.predicate.value in allowed, f"{said}: blank nodes are for lists and paths only"
            rest[said.subject][said.predicate.value] = said.object
        else:
            said_of.append(said)
    for said in said_of:
        assert isinstance(said.subject, ox.NamedNode)
        node: Object = said.object
        while isinstance(node, ox.BlankNode):
            node = rest[node].get(SH + "alternativePath", node)
            item = rest[node][RDF + "first"]
            assert isinstance(item, ox.NamedNode | ox.Literal)
            things[said.subject.value][said.predicate.value].append(item)
            node = rest[node][RDF + "rest"]
        if isinstance(said.object, ox.NamedNode | ox.Literal):
            things[said.subject.value][said.predicate.value].append(said.object)
    return things


def values(thing: dict[str, list[ox.NamedNode | ox.Literal]], predicate: str) -> set[str]:
    return {value.value for value in thing.get(predicate, [])}


TERMS = {iri: said for iri, said in described(CCN_TTL).items() if iri.startswith(CCN)}
#: What only the derived graph says.
DERIVED = {
    curie(iri)
    for iri, said in TERMS.items()
    if "Found in the graph of preferred values only." in values(said, SKOS + "scopeNote")
}
CLASSES = {iri for iri, said in TERMS.items() if OWL + "Class" in values(said, TYPE)}
BORROWED = described(ROOT / "ontology" / "borrowed.ttl")
CONCEPTS = described(*SCHEMES)
QUERIES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").rglob("*.rq")))
EACH_TERM = pytest.mark.parametrize("iri", sorted(TERMS), ids=curie)


def assert_bilingual(thing: dict[str, list[ox.NamedNode | ox.Literal]], predicate: str) -> None:
    languages = Counter(text.language for text in thing.get(predicate, []) if isinstance(text, ox.Literal))
    assert languages == {"ja": 1, "en": 1}, curie(predicate)


@EACH_TERM
def test_every_term_is_bilingual(iri: str) -> None:
    for predicate in (LABEL, DEFINITION):
        assert_bilingual(TERMS[iri], predicate)
    prose = [text for text in TERMS[iri][EXAMPLE] if isinstance(text, ox.Literal) and text.language]
    assert_bilingual({EXAMPLE: list(prose)}, EXAMPLE)
    labels = values(TERMS[iri], LABEL)
    assert not labels & values(TERMS[iri], DEFINITION)
    assert max(map(len, labels)) <= 40, "a label is a name, not a sentence"
    assert values(TERMS[iri], RDFS + "isDefinedBy") == {ONTOLOGY}


@EACH_TERM
def test_turtle_in_an_example_is_said_in_the_graph(iri: str, graph: Graph) -> None:
    for text in some(TERMS[iri][EXAMPLE]):
        if isinstance(text, ox.Literal) and not text.language:
            prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
            for quad in ox.parse(prefixes + text.value, format=ox.RdfFormat.TURTLE):
                # A text may be shortened in an example; what is said of what may not be invented.
                value = None if isinstance(quad.object, ox.Literal) and quad.object.language else quad.object
                assert any(graph.store.quads_for_pattern(quad.subject, quad.predicate, value)), text.value


@pytest.mark.parametrize("iri", sorted(CONCEPTS), ids=curie)
def test_every_concept_is_bilingual(iri: str) -> None:
    assert_bilingual(CONCEPTS[iri], SKOS + "prefLabel")
    assert_bilingual(CONCEPTS[iri], DEFINITION)


@EACH_TERM
def test_every_term_has_one_kind_and_a_name_of_its_kind(iri: str) -> None:
    kinds = values(TERMS[iri], TYPE)
    assert len(kinds & KINDS) == 1
    assert re.fullmatch("[A-Z][A-Za-z]*" if OWL + "Class" in kinds else "[a-z][A-Za-z]*", iri.removeprefix(CCN))


def test_only_simple_axioms_are_used() -> None:
    used = {said.predicate.value for said in read(CCN_TTL) if said.subject != ox.NamedNode(ONTOLOGY)}
    assert used <= AXIOMS | ANNOTATIONS, used - AXIOMS - ANNOTATIONS
    for said in some(TERMS.values()):
        assert values(said, TYPE) <= KINDS


@EACH_TERM
def test_no_property_has_two_domains_or_ranges_and_no_term_is_its_own_parent(iri: str) -> None:
    for predicate in (RDFS + "domain", RDFS + "range"):
        assert len(TERMS[iri].get(predicate, [])) <= 1
    for predicate in (RDFS + "subClassOf", RDFS + "subPropertyOf"):
        assert iri not in values(TERMS[iri], predicate)


def test_no_label_names_two_classes_or_two_properties() -> None:
    # A property and the class it leads to may share a word, as in any language.
    labels = Counter(
        (text.value.lower(), getattr(text, "language", ""), iri in CLASSES)
        for iri, said in TERMS.items()
        for text in said[LABEL]
    )
    assert [label for label, count in labels.items() if count > 1] == []


def test_the_header_is_complete_enough_for_a_fair_assessment() -> None:
    header = described(CCN_TTL)[ONTOLOGY]
    assert values(header, TYPE) == {OWL + "Ontology"}
    assert_bilingual(header, DCTERMS + "title")
    assert_bilingual(header, DCTERMS + "description")
    for predicate in (
        *(
            DCTERMS + name
            for name in ("license", "creator", "publisher", "created", "modified", "bibliographicCitation")
        ),
        OWL + "versionIRI",
        OWL + "versionInfo",
    ):
        assert header.get(predicate), curie(predicate)
    assert values(header, VANN + "preferredNamespacePrefix") == {"ccn"}
    assert values(header, VANN + "preferredNamespaceUri") == {CCN}
    (version,), (iri,) = values(header, OWL + "versionInfo"), values(header, OWL + "versionIRI")
    assert iri == f"{ONTOLOGY}/{version}"


def data_statements(graph: Graph) -> list[Statement]:
    return [said for read in graph.sources for said in read.statements]


def test_no_undeclared_term_is_used_anywhere(graph: Graph) -> None:
    used = {said.predicate.value for said in [*data_statements(graph), *read(*SHAPES)]}
    used |= {
        said.object.value
        for said in [*data_statements(graph), *read(*SHAPES)]
        if said.predicate.value in (TYPE, SH + "path", SH + "class", SH + "targetClass")
        and isinstance(said.object, ox.NamedNode)
    }
    used |= {CCN + local for local in re.findall(r"\bccn:(\w+)", re.sub(r'"[^"\n]*"|#[^\n]*', "", QUERIES))}
    # SHACL's own terms, and those that describe an ontology, are not for use in the data.
    own = {iri for iri in used if iri.startswith((SH, OWL, RDFS, RDF, VANN))}
    assert {curie(iri) for iri in used - own - set(TERMS) - set(BORROWED)} == set()


def test_every_borrowed_term_is_declared_once_and_used(graph: Graph) -> None:
    everything = [*data_statements(graph), *read(*SHAPES), *read(CCN_TTL)]
    used = {said.predicate.value for said in everything} | {
        said.object.value
        for said in everything
        if isinstance(said.object, ox.NamedNode) and said.subject != said.object
    }
    used |= {iri for iri in BORROWED if re.search(rf"\b{curie(iri)}\b", QUERIES)}
    for iri, said in some(BORROWED.items()):
        assert not iri.startswith(BASE)
        assert_bilingual(said, LABEL)
        assert len(values(said, TYPE) & KINDS) == 1, curie(iri)
    assert {curie(iri) for iri in set(BORROWED) - used} == set()


def test_no_term_of_ours_is_idle() -> None:
    in_shapes = {said.object.value for said in read(*SHAPES) if isinstance(said.object, ox.NamedNode)}
    parents = {parent for said in TERMS.values() for parent in values(said, RDFS + "subClassOf")}
    rules = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "queries" / "rules").glob("*.rq"))
    idle = {curie(iri) for iri in TERMS if iri not in in_shapes | parents and f"{curie(iri)} " not in rules}
    # The subclasses of an act need nothing beyond what every act needs.
    acts = {curie(iri) for iri, said in TERMS.items() if CCN + "Act" in values(said, RDFS + "subClassOf")}
    # The loader writes the catalogue, and what is derived.
    assert idle - acts - DERIVED - {"ccn:Extract"} == set()


def test_the_terms_of_the_derived_graph_are_those_that_it_uses_and_no_file_of_data_does(graph: Graph) -> None:
    preferred = ox.NamedNode(GRAPH_PREFERRED)
    quads = list(graph.store.quads_for_pattern(None, None, None, preferred))
    used = {quad.predicate.value for quad in quads} | {getattr(quad.object, "value", "") for quad in quads}
    assert {term for term in DERIVED if PREFIXES["ccn"] + term.removeprefix("ccn:") not in used} == set()
    assert {curie(said.predicate.value) for said in data_statements(graph)} & DERIVED == set()


def test_every_class_has_a_shape_that_lists_all_it_can_say() -> None:
    closed = {
        target
        for said in described(*SHAPES).values()
        if values(said, SH + "closed") == {"true"}
        for target in values(said, SH + "targetClass")
    }
    covered = {iri for iri in CLASSES if {iri, *values(TERMS[iri], RDFS + "subClassOf")} & closed}
    # The loader writes the catalogue, and what is derived.
    assert {curie(iri) for iri in CLASSES - covered} == {"ccn:Extract", "ccn:FieldSpell"}


def test_shapes_agree_with_the_ontology() -> None:
    shapes = described(*SHAPES)
    for iri, said in some(shapes.items()):
        for path in values(said, SH + "path"):
            wanted, ranges = values(said, SH + "class"), values(TERMS.get(path, {}), RDFS + "range")
            if wanted and ranges:
                up = wanted | {
                    parent for class_ in wanted for parent in values(TERMS.get(class_, {}), RDFS + "subClassOf")
                }
                assert ranges <= up, curie(iri)
            datatypes = values(said, SH + "datatype")
            if datatypes and ranges:
                assert datatypes == ranges, curie(iri)


def test_shapes_that_report_speak_both_languages_and_look_at_something() -> None:
    shapes = described(*SHAPES)
    used = {
        value
        for said in shapes.values()
        for name in ("property", "node", "or", "qualifiedValueShape")
        for value in values(said, SH + name)
    }
    for iri, said in some(shapes.items()):
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", iri.removeprefix(PREFIXES["shape"])), iri
        targets = {predicate for predicate in said if predicate.startswith(SH + "target")}
        assert targets or iri in used, f"{curie(iri)} is idle"
        if SH + "path" in said:
            assert_bilingual(said, SH + "name")
        if SH + "path" in said or SH + "closed" in said:
            assert_bilingual(said, SH + "message")


def test_shapes_are_core_only() -> None:
    used = {said.predicate.value for said in read(*SHAPES)} | {
        str(getattr(said.object, "value", "")) for said in read(*SHAPES)
    }
    assert not {SH + name for name in ("sparql", "select", "js", "rule", "target")} & used


def test_mappings_map_our_terms_to_others_and_are_not_loaded(graph: Graph) -> None:
    mappings = described(ROOT / "ontology" / "mappings.ttl")
    ours = {iri for iri in mappings if iri.startswith(CCN)}
    assert ours <= set(TERMS), ours - set(TERMS)
    assert "mappings.ttl" not in {read.path.name for read in graph.sources}


def test_the_eight_fields_are_there() -> None:
    fields = {curie(iri) for iri in CONCEPTS if iri.startswith(PREFIXES["field"]) and iri != PREFIXES["field"]}
    names = "architecture crafts design film gastronomy literature media-arts music"
    assert fields == {f"field:{name}" for name in names.split()}
