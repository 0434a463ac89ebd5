"""What the project says of its terms beside the graph."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.graph.project import Project
from ccn_graph.pages import shape_text, translations
from ccn_graph.rdf.namespaces import CCN, PREFIXES
from ccn_graph.validation import shape_catalogue
from ccn_graph.validation.finding import Severity
from ccn_graph.validation.shape_catalogue import ShapeCatalogue
from tests.conftest import some

SHAPE = PREFIXES["shape"]


@pytest.fixture(scope="module")
def known(project: Project) -> ShapeCatalogue:
    return shape_catalogue.read(project)


def test_every_shape_and_rule_is_read_with_its_names_and_its_own_text(known: ShapeCatalogue, project: Project) -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (project.root / "shapes").rglob("*.ttl"))
    assert len(known.shapes) == texts.count("\nshape:")
    for iri, shape in some(known.shapes.items()):
        assert set(shape.name) == {"ja", "en"}, iri
        assert shape.text_in_file.startswith(f"shape:{iri.removeprefix(SHAPE)} a ")
        assert shape.text_in_file in texts
    assert {SHAPE + path.stem for path in project.rules} == set(known.rules)
    assert not set(known.rules) & set(known.shapes), "a finding names one or the other"


def test_lists_and_alternative_paths_are_spread_out(known: ShapeCatalogue) -> None:
    assert known.shapes[SHAPE + "a-date-without-time"].demands == {
        "or": [SHAPE + "a-year", SHAPE + "a-month", SHAPE + "a-day", SHAPE + "an-interval"]
    }
    assert known.shapes[SHAPE + "document-when"].all("path") == [PREFIXES["dcterms"] + "issued", CCN + "note"]
    assert known.shapes[SHAPE + "label"].demands["languageIn"] == ["ja", "en"]


def test_the_triples_of_a_shape_hold_its_lists(known: ShapeCatalogue) -> None:
    triples = known.shapes[SHAPE + "a-date-without-time"].triples
    members = {said.object.value for said in triples if said.predicate.value == PREFIXES["rdf"] + "first"
               if isinstance(said.object, ox.NamedNode)}  # fmt: skip
    assert members == {SHAPE + "a-year", SHAPE + "a-month", SHAPE + "a-day", SHAPE + "an-interval"}


def test_a_shape_is_a_violation_unless_it_says_otherwise(known: ShapeCatalogue) -> None:
    assert known.shapes[SHAPE + "locator"].severity is Severity.VIOLATION
    assert known.shapes[SHAPE + "membership"].severity is Severity.WARNING


def test_shapes_are_found_by_class_and_by_property(known: ShapeCatalogue) -> None:
    names = {shape.iri.removeprefix(SHAPE) for shape in known.by_term[CCN + "Membership"]}
    assert names == {"membership", "membership-in-all", "membership-slug"}
    assert SHAPE + "start-date" in {shape.iri for shape in known.by_term[CCN + "start"]}


def test_every_demand_of_every_shape_has_words(known: ShapeCatalogue) -> None:
    worded = {"minCount", "maxCount", "closed", "qualifiedMinCount"}
    for shape in some(known.shapes.values()):
        demands = shape_text.of(shape, known)
        for one in demands:
            assert translations.text(one.key, "ja") and translations.text(one.key, "en")
        told = {one.key.removeprefix("demand.") for one in demands}
        spelled = {"nodeKind": "node-kind", "uniqueLang": "unique-language", "qualifiedValueShape": "one-that-is"}
        assert {spelled.get(name, name) for name in set(shape.demands) - worded} <= told, shape.iri
        assert bool({"minCount", "maxCount"} & set(shape.demands)) == any(
            key in told for key in ("exactly-one", "at-least-one", "at-most-one", "at-least", "at-most")
        )


def test_every_mapping_has_a_term_of_ours_and_words(known: ShapeCatalogue) -> None:
    assert known.mapped[CCN + "Event"]
    for found in some(known.mapped.values()):
        for relation, _ in found:
            if relation.startswith((PREFIXES["skos"], PREFIXES["rdfs"])):
                assert translations.text(f"mapping.{relation.rpartition('#')[2]}", "ja")
