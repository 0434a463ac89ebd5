from __future__ import annotations

import json
import threading

import pyoxigraph as ox
import pytest

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats
from ccn_graph.rdf.engine import Engine, OxigraphEngine
from ccn_graph.rdf.rdflib_engine import RdflibEngine

A, B, C = (ox.NamedNode(f"http://example.org/{name}") for name in "abc")
ONE, TWO = ox.NamedNode("http://example.org/one"), ox.NamedNode("http://example.org/two")
YEAR = ox.Literal("2019", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYear"))


@pytest.fixture(params=["oxigraph", "rdflib"])
def engine(request: pytest.FixtureRequest) -> Engine:
    store = ox.Store()
    for subject, value, graph in (
        (A, ox.Literal("神戸", language="ja"), ONE),
        (A, YEAR, TWO),
        (B, ox.Literal("01"), TWO),
    ):
        store.add(ox.Quad(subject, C, value, graph))
        store.add(ox.Quad(subject, C, value))
    return OxigraphEngine(store) if request.param == "oxigraph" else RdflibEngine(store)


def values(engine: Engine, query: str, **dataset: list[str]) -> list[tuple[object, ...]]:
    return list(engine.query(query, **dataset).rows())


def test_terms_come_back_as_they_went_in(engine: Engine) -> None:
    rows = values(engine, "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s STR(?o)")
    assert rows == [(A, YEAR), (A, ox.Literal("神戸", language="ja")), (B, ox.Literal("01"))]


def test_an_unbound_variable_is_none(engine: Engine) -> None:
    assert values(engine, "SELECT ?s ?x { ?s ?p '01' OPTIONAL { ?s <http://example.org/no> ?x } }") == [(B, None)]


def test_a_group_over_nothing_has_no_row(engine: Engine) -> None:
    assert values(engine, "SELECT ?s (COUNT(?x) AS ?n) { ?s <http://example.org/no> ?x } GROUP BY ?s") == []


def test_the_dataset_of_the_request_replaces_the_one_in_the_query(engine: Engine) -> None:
    query = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"
    assert values(engine, query, default_graphs=[ONE.value]) == [(A,)]
    assert values(engine, query, default_graphs=[ONE.value, TWO.value]) == [(A,), (A,), (B,)]
    assert values(engine, f"SELECT ?s FROM <{ONE.value}> {{ ?s ?p ?o }} ORDER BY ?s", default_graphs=[TWO.value]) == [
        (A,),
        (B,),
    ]
    assert values(engine, query, named_graphs=[ONE.value]) == []
    assert values(engine, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", named_graphs=[ONE.value]) == [(ONE,)]
    assert values(engine, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", default_graphs=[ONE.value]) == []


def test_from_reads_no_file_and_no_host(engine: Engine, tmp_path: object) -> None:
    secret = f"file://{tmp_path}/secret.ttl"
    assert values(engine, f"SELECT * FROM <{secret}> {{ ?s ?p ?o }}") == []
    assert values(engine, "SELECT * FROM <http://127.0.0.1:9/x.ttl> { ?s ?p ?o }") == []
    assert values(engine, f"SELECT * FROM NAMED <{secret}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == []


@pytest.mark.parametrize("format_", formats.SOLUTIONS, ids=lambda format_: format_.name)
def test_solutions_are_written_in_every_format(engine: Engine, format_: formats.Format) -> None:
    answer = engine.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s STR(?o)")
    assert format_ in answer.formats
    written = answer.serialize(format_)
    assert "神戸".encode() in written
    if format_.name == "json":
        assert [row["o"]["value"] for row in json.loads(written)["results"]["bindings"]] == ["2019", "神戸", "01"]
    if format_.name == "csv":
        assert written.splitlines()[0] == b"s,o"


def test_asks_and_constructs_are_answered(engine: Engine) -> None:
    assert json.loads(engine.query("ASK { ?s ?p ?o }").serialize(formats.SOLUTIONS[0]))["boolean"] is True
    built = engine.query(f"CONSTRUCT {{ ?s <{B.value}> ?o }} WHERE {{ ?s ?p ?o }}")
    assert built.formats is formats.GRAPHS
    assert ox.Literal("神戸", language="ja") in {
        quad.object for quad in ox.parse(built.serialize(formats.GRAPHS[0]), format=ox.RdfFormat.TURTLE)
    }
    assert len(list(engine.query(f"DESCRIBE <{A.value}>").rows())) == 2


@pytest.mark.parametrize("query", ["SELEC * { ?s ?p ?o }", "SELECT * { ?s ex:p ?o }", "SELECT ?s { ?s ?p }", ""])
def test_a_malformed_query_is_refused_readably(engine: Engine, query: str) -> None:
    with pytest.raises(QueryError) as caught:
        engine.query(query)
    assert caught.value.code == "syntax"
    assert 0 < len(caught.value.message) < 400


def test_services_and_updates_are_refused(engine: Engine) -> None:
    for query, code in (
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "service-refused"),
        ("DROP ALL", "update-refused"),
    ):
        with pytest.raises(QueryError) as caught:
            engine.query(query)
        assert caught.value.code == code


def test_threads_may_ask_at_once(engine: Engine) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(values(engine, "SELECT * { ?s ?p ?o }")))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 8


def test_python_functions_can_be_called_from_the_rdflib_engine() -> None:
    store = ox.Store()
    store.add(ox.Quad(A, C, ox.Literal("kobe")))
    engine = RdflibEngine(store)

    @engine.dataset.extension_function()
    def shout(value: str) -> str:
        return value.upper()

    rows = list(engine.query("PREFIX f: <urn:sparql-function:> SELECT ?x { ?s ?p ?o BIND(f:shout(?o) AS ?x) }").rows())
    assert rows == [(ox.Literal("KOBE"),)]


@pytest.mark.parametrize(
    ("query", "solutions"),
    [
        ("SELECT ?o { GRAPH <x:g> { <x:nowhere> <x:p>* ?o } }", ["x:nowhere"]),
        ("SELECT ?o { GRAPH <x:g> { ?o <x:p>? <x:nowhere> . ?s ?p <x:b> } }", ["x:nowhere"]),
        ("SELECT ?o { GRAPH <x:g> { { SELECT ?o { <x:c> <x:p>* ?o } } } }", ["x:c"]),
        ("SELECT ?o { GRAPH <x:g> { <x:a> <x:p>* ?o } }", ["x:a", "x:b"]),
        ("SELECT ?o { GRAPH <x:none> { <x:nowhere> <x:p>* ?o } }", []),
        ("SELECT ?o { GRAPH <x:none> { <x:a> <x:p>* ?o } }", []),
    ],
)
def test_a_path_of_length_zero_has_its_solution_within_a_graph_too(query: str, solutions: list[str]) -> None:
    store = ox.Store()
    store.load(b"<x:a> <x:p> <x:b> <x:g> .\n<x:c> <x:p> <x:d> .\n", format=ox.RdfFormat.N_QUADS)
    rows = OxigraphEngine(store).query(query).rows()
    assert sorted(term.value for (term,) in rows if isinstance(term, ox.NamedNode)) == solutions
