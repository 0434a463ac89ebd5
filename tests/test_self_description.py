"""What the service says of itself is found by the tools that look for it: by a query, and in its description."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from ccn_graph.graph import self_description
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.statistics import Statistics
from tests.conformance.sib import QUERIES
from tests.conftest import some
from tests.serving import Server


def described(server: Server, path: str) -> ox.Store:
    text = server.http.get(path, headers={"Accept": "text/turtle"}).text
    store = ox.Store()
    store.load(text.encode(), ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("name", QUERIES)
def test_the_metadata_queries_of_sib_find_something(site_server: Server, name: str) -> None:
    answer = site_server.http.get("/sparql", params={"query": QUERIES[name]}, headers={"Accept": "text/csv"})
    assert len(answer.text.splitlines()) > 30


def test_who_reads_the_description_instead_finds_the_same(site_server: Server) -> None:
    store = described(site_server, "/sparql")
    for name, query in QUERIES.items():
        assert len(list(store.query(query))) > 30, name  # type: ignore[arg-type]
    examples = described(site_server, "/.well-known/sparql-examples")
    assert len(list(examples.query(QUERIES["examples (both)"]))) > 100  # type: ignore[arg-type]


def test_every_question_is_an_example_in_both_languages_that_runs(site: Site) -> None:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in self_description.of_questions(site.questions))
    comments = {}
    for row in store.query(QUERIES["examples (both)"]):  # type: ignore[union-attr]
        name = namespaces.slug(row["sq"].value)
        comments[name, row["comment"].language] = row["comment"].value
        assert row["query"].value.startswith("PREFIX")
        assert "#+" not in row["query"].value
    assert comments == {(name, tag): text for name, one in site.questions.items() for tag, text in one.text.items()}
    assert len(list(site.engine.query(site.questions["members-of-network"].plain).rows())) > 300


def test_prefixes_are_those_of_the_project(site: Site) -> None:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in self_description.of_questions(site.questions))
    rows = store.query(QUERIES["prefixes (sparql-llm)"])
    assert {row["prefix"].value: row["namespace"].value for row in rows} == namespaces.PREFIXES  # type: ignore[union-attr]


def test_counts_come_back_from_json_as_they_were_and_rows_of_another_length_are_refused() -> None:
    counted = Statistics("e", "1", True, False, 2, {}, {}, {}, [("x:City", "x:in", "", "", 2)])
    assert Statistics.from_json(counted.to_json()) == counted
    for row in (["x:City"], ["x:City", "x:in", "", "", "2"], ["x:City", "x:in", "", "", 2, 3], "x", None):
        with pytest.raises(ValueError, match="no row of partitions"):
            Statistics.from_json(json.dumps({**json.loads(counted.to_json()), "partitions": [row]}).encode())


def test_partitions_count_what_there_is() -> None:
    store = ox.Store()
    data = "<x:a> a <x:City> ; <x:in> <x:b>, <x:c> ; <x:size> 3 . <x:b> a <x:Place> . <x:d> a <x:City> ; <x:size> 4 ."
    store.load(data.encode(), ox.RdfFormat.TURTLE)
    counted = Statistics.of(OxigraphEngine(store), "1", union=True)
    integer = namespaces.PREFIXES["xsd"] + "integer"
    assert ("x:City", "x:in", "", "", 2) in counted.partitions
    assert ("x:City", "x:in", "x:Place", "", 1) in counted.partitions
    assert ("x:City", "x:size", "", integer, 2) in counted.partitions
    said = {str(triple) for triple in self_description.of_partitions(counted)}
    assert some(one for one in said if "void#entities" in one and '"2"' in one)
    assert len([one for one in said if "datatypePartition" in one]) == 1


def test_the_graph_of_the_service_is_counted_with_the_others(site_server: Server) -> None:
    health = site_server.http.get("/health").json()
    assert site_server.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == str(health["triples"])
    name = namespaces.GRAPH_SERVICE
    assert int(site_server.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")) > 1_000
