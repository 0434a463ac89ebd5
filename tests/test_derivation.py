"""The derived graph says of each thing what is preferred, and is seen by nothing that looks at documents."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.graph.derivation import period_of
from ccn_graph.graph.preferred import Statements
from ccn_graph.graph.project import Project
from ccn_graph.rdf import stores
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.namespaces import GRAPH_PREFERRED, GRAPH_SERVICE, PREFIXES, curie
from ccn_graph.releases import snapshot_writing
from ccn_graph.releases.changes import ReleaseContents
from ccn_graph.text.intervals import Certainty
from tests.conftest import ROOT, TODAY, Write

HEAD = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
ASK = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in PREFIXES.items())

#: What a newcomer writes.
PLAIN = "?m a ccn:Membership ; org:member ?city ; org:organization net:example ; ccn:field ?field ; ccn:start ?start"

REGISTERS = """
place:japan a ccn:Country .
place:kinki ccn:within place:japan .
place:hyogo a ccn:Prefecture ; ccn:within place:kinki .
city:kobe a ccn:City ; ccn:within place:hyogo .
city:nara a ccn:City ; ccn:within place:japan .
city:otsu a ccn:City ; ccn:within place:japan .
net:example a ccn:Network .
"""

OLD = """
doc:old a ccn:Document ; dcterms:issued "2009"^^xsd:gYear ; ccn:retrieved "2026-11-21"^^xsd:date .
act:founding a ccn:Founding ; ccn:concerns net:example ; ccn:date "2004-10"^^xsd:gYearMonth .
member:kobe a ccn:Membership ; org:member city:kobe ; org:organization net:example ; ccn:field field:design ;
    ccn:start "2019"^^xsd:gYear ; ccn:locator "p. 1" .
member:nara a ccn:Membership ; org:member city:nara ; org:organization net:example ; ccn:field field:music ;
    ccn:start "2018"^^xsd:gYear ; ccn:locator "p. 1" .
act:round a ccn:Designation ; ccn:concerns member:kobe ; ccn:date "2019"^^xsd:gYear ; ccn:locator "p. 1" .
event:meeting a ccn:Event ; ccn:plannedStart "2020-06"^^xsd:gYearMonth ; ccn:host city:kobe ; ccn:locator "p. 2" .
event:party a ccn:Event ; ccn:plannedStart "2020-06-01"^^xsd:date ; ccn:locator "p. 2" .
"""

NEW = """
doc:new a ccn:Document ; dcterms:issued "2020-05-01"^^xsd:date ; ccn:retrieved "2026-11-21"^^xsd:date .
member:nara a ccn:Membership ; org:member city:nara ; org:organization net:example ; ccn:field field:music ;
    ccn:start "2015"^^xsd:gYear ; ccn:end "2020"^^xsd:gYear ; ccn:asOf "2020-03-31"^^xsd:date ; ccn:locator "p. 1" .
member:otsu a ccn:Membership ; org:member city:otsu ; org:organization net:example ; ccn:field field:film ;
    ccn:knownBy "2026-11-21"^^xsd:date ; ccn:locator "p. 1" .
act:round a ccn:Designation ; ccn:concerns member:kobe ; ccn:date "2019-10-30"^^xsd:date ; ccn:locator "p. 1" .
act:change a ccn:FieldChange ; ccn:concerns member:kobe ; ccn:date "2023"^^xsd:gYear ; ccn:field field:film .
act:later a ccn:Postponement ; ccn:concerns event:meeting, event:party ; ccn:date "2020-04-20"^^xsd:date .
event:meeting a ccn:Event ; ccn:plannedStart "2022-05-10"^^xsd:date ; ccn:host city:nara ; ccn:locator "p. 2" .
"""

JUDGED = """
act:judgement a ccn:Judgement ; ccn:about member:nara ; ccn:property ccn:start ; ccn:prefers graph:new .
"""


@pytest.fixture
def derived(write: Write, tmp_path: Path) -> Graph:
    write("data/registers/all.ttl", HEAD + REGISTERS)
    write("data/documents/old.ttl", HEAD + OLD)
    write("data/documents/new.ttl", HEAD + NEW)
    write("data/editorial.ttl", HEAD + JUDGED)
    return Graph.load(Project(ROOT, tmp_path / "data"))


def rows(graph: Graph, query: str) -> list[tuple[str, ...]]:
    found = graph.query(ASK + query).rows()
    return [tuple("" if cell is None else short(cell) for cell in row) for row in found]


def short(cell: object) -> str:
    return curie(cell.value) if isinstance(cell, ox.NamedNode) else str(getattr(cell, "value", cell))


def test_the_plain_query_gives_one_row_for_each_membership_and_field(derived: Graph) -> None:
    found = rows(derived, f"SELECT ?city ?field ?start FROM graph:preferred {{ {PLAIN} }} ORDER BY ?city")
    assert found == [
        ("city:kobe", "field:film", "2019-10-30"),
        ("city:nara", "field:music", "2015"),
        ("city:otsu", "field:film", "2004-10-01/2026-11-21"),
    ]


def test_on_the_data_the_plain_query_gives_one_row_for_each_membership_and_field(graph: Graph) -> None:
    plain = PLAIN.replace("net:example", "?network")
    found = rows(graph, f"SELECT ?m ?field FROM graph:preferred {{ {plain} }}")
    fields = rows(graph, "SELECT DISTINCT ?m { ?m a ccn:Membership ; ccn:field ?field ; ccn:start|ccn:asOf ?when }")
    assert len(found) == len(set(found))
    assert {membership for (membership,) in fields} <= {membership for membership, _ in found}
    assert fields


def test_start_and_end_have_an_earliest_and_a_latest_day(derived: Graph) -> None:
    query = """SELECT ?m ?a ?b ?c ?d ?state { GRAPH graph:preferred {
        ?m a ccn:Membership ; ccn:earliestStart ?a ; ccn:latestStart ?b ; ccn:state ?state
        OPTIONAL { ?m ccn:earliestEnd ?c ; ccn:latestEnd ?d } } } ORDER BY ?m"""
    assert rows(derived, query) == [
        ("member:kobe", "2019-10-30", "2019-10-30", "", "", "ongoing"),
        ("member:nara", "2015-01-01", "2015-12-31", "2020-04-01", "2020-12-31", "ended"),
        ("member:otsu", "2004-10-01", "2026-11-21", "", "", "ongoing"),
    ]


def test_a_record_names_its_country_its_best_source_and_all_documents_behind_it(derived: Graph) -> None:
    query = """SELECT ?country ?best ?stated ?began { GRAPH graph:preferred {
        member:kobe ccn:country ?country ; ccn:bestSource ?best ; ccn:statedStart ?stated ; ccn:beganWith ?began } }"""
    assert rows(derived, query) == [("place:japan", "graph:old", "2019", "act:round")]
    behind = rows(derived, "SELECT ?g { GRAPH graph:preferred { member:kobe ccn:statedIn ?g } } ORDER BY ?g")
    assert behind == [("graph:new",), ("graph:old",)]


def test_a_field_that_was_changed_has_a_spell_that_ends_where_the_next_begins(derived: Graph) -> None:
    query = """SELECT ?field ?from ?to { GRAPH graph:preferred {
        ?spell a ccn:FieldSpell ; ccn:ofMembership member:kobe ; ccn:field ?field ; ccn:start ?from
        OPTIONAL { ?spell ccn:end ?to } } } ORDER BY ?from"""
    assert rows(derived, query) == [("field:design", "2019-10-30", "2023"), ("field:film", "2023", "")]


def test_the_latest_plan_holds_and_a_postponement_without_a_new_day_leaves_none(derived: Graph) -> None:
    query = """SELECT ?event ?state ?planned ?host { GRAPH graph:preferred {
        ?event a ccn:Event ; ccn:state ?state ; ccn:plannedStart ?planned OPTIONAL { ?event ccn:host ?host } } }
        ORDER BY ?event"""
    assert rows(derived, query) == [
        ("event:meeting", "planned", "2022-05-10", "city:nara"),
        ("event:party", "postponed", "2020-06-01", ""),
    ]


def test_what_stands_in_documents_only_is_not_derived(derived: Graph) -> None:
    for only in ("?s ccn:locator ?o", "?s a ccn:Document", "?s a ccn:Judgement"):
        assert rows(derived, f"SELECT ?s {{ {only} }}")
        assert not rows(derived, f"SELECT ?s {{ GRAPH graph:preferred {{ {only} }} }}")


def test_bounds_in_the_graph_and_arithmetic_on_days_agree_for_every_membership(graph: Graph) -> None:
    statements = Statements.read(graph.sources)
    memberships = [ox.NamedNode(PREFIXES["member"] + name[7:]) for (name,) in rows(
        graph, "SELECT DISTINCT ?m { ?m a ccn:Membership }")]  # fmt: skip
    for day in ("2004-10-15", "2014-06-01", "2019-10-29", "2019-10-30", "2026-11-21"):
        states = [period_of(statements, one).on(datetime.date.fromisoformat(day)) for one in memberships]
        query = f"""SELECT ?m ?sure {{ GRAPH graph:preferred {{ ?m a ccn:Membership
            FILTER NOT EXISTS {{ ?m ccn:earliestStart ?day FILTER(?day > "{day}"^^xsd:date) }}
            FILTER NOT EXISTS {{ ?m ccn:latestEnd ?day FILTER(?day <= "{day}"^^xsd:date) }}
            BIND(EXISTS {{ ?m ccn:latestStart ?day FILTER(?day <= "{day}"^^xsd:date) }}
              && NOT EXISTS {{ ?m ccn:earliestEnd ?day FILTER(?day <= "{day}"^^xsd:date) }} AS ?sure) }} }}"""
        found = [sure for _, sure in rows(graph, query)]
        assert found.count("true") == states.count(Certainty.CERTAIN), day
        assert found.count("false") == states.count(Certainty.POSSIBLE), day


@pytest.mark.parametrize("name", ["http://a.example/first", "https://zzz.example/last"])
def test_questions_about_documents_do_not_see_what_is_derived(graph: Graph, name: str) -> None:
    """Whatever its name: of several graphs, questions take the first or last by name."""
    store, preferred = ox.Store(), ox.NamedNode(GRAPH_PREFERRED)
    store.bulk_extend(
        ox.Quad(
            quad.subject,
            quad.predicate,
            quad.object,
            ox.NamedNode(name) if quad.graph_name == preferred else quad.graph_name,
        )
        for quad in graph.store
    )
    engine = OxigraphEngine(store)
    assert graph.project
    compared = 0
    for asked in questions.read_all(graph.project).values():
        settings = {one.name: TODAY.isoformat() for one in asked.parameters if one.kind == "today"}
        text = asked.query(graph.labels, settings)
        if "graph:preferred" not in text:
            assert list(engine.query(text).rows()) == list(graph.stated.query(text).rows()), asked.name
            compared += 1
    assert compared


def test_rules_do_not_see_what_is_derived(graph: Graph) -> None:
    assert not list(graph.stated.query(f"SELECT ?s {{ GRAPH <{GRAPH_PREFERRED}> {{ ?s ?p ?o }} }} LIMIT 1").rows())


def test_the_default_graph_of_a_dump_and_of_a_snapshot_is_without_it(derived: Graph, tmp_path: Path) -> None:
    # A snapshot also describes the service that it is for.
    service = f"GRAPH <{GRAPH_SERVICE}> {{ ?s ?p ?o }}"
    count = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER NOT EXISTS {{ {service} }} }}"
    named = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH_PREFERRED}> {{ ?s ?p ?o }} }}"
    expected = [list(derived.query(query).rows()) for query in (count, named)]
    dump = tmp_path / "dump.nq"
    dump.write_bytes(ox.serialize(
        [quad for quad in derived.store if quad.graph_name != ox.DefaultGraph()], format=ox.RdfFormat.N_QUADS) or b""
    )  # fmt: skip
    loaded = OxigraphEngine(stores.in_memory([dump], union=True).open())
    assert [list(loaded.query(query).rows()) for query in (count, named)] == expected
    snapshot = snapshot_writing.write(derived, tmp_path / "snapshot")
    kept = OxigraphEngine(ox.Store.read_only(str(snapshot.directory / "store")))
    assert [list(kept.query(query).rows()) for query in (count, named)] == expected


def test_what_is_derived_is_no_change_of_the_data(derived: Graph) -> None:
    assert GRAPH_PREFERRED not in ReleaseContents.of(derived.store).statements
