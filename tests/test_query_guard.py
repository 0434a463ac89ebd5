from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_guard
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.requests import QueryRequest


def refused(query: str) -> str:
    try:
        query_guard.check_query(query)
    except QueryError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://127.0.0.1:1/>{ ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:1/> SELECT * { SERVICEa:b { ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:1/> SELECT * { SERVICESILENTa:b { ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:1/> SELECT * { service silenta:b { ?s ?p ?o } }",
        "PREFIX SERVICE: <http://127.0.0.1:1/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?s<?t#>'''\n) SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } } #'''",
        "SELECT * { ?x ?y 'a' } VALUES ?s { <a> } SERVICE <http://127.0.0.1:1/> {}",
    ],
)
def test_no_spelling_of_service_passes(query: str) -> None:
    assert refused(query) == "service-refused"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'a\n' SERVICE <http://127.0.0.1:1/> {} }",
        'SELECT * { ?s ?p """a" SERVICE <http://127.0.0.1:1/> {} }',
        "SELECT * { ?s ?p 1 UNKNOWN SERVICE <http://127.0.0.1:1/> {} }",
        "SELECT * { ?s ?p '\\uD83C' }",
        "SELECT * { ?s ?p <http://a/\\u0020> }",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(query: str) -> None:
    assert refused(query) in ("syntax", "service-refused")


def test_a_call_that_may_fail_silently_fails_and_keeps_its_columns() -> None:
    query = (
        "SELECT * { VALUES ?x { 1 } service silent <http://127.0.0.1:1/> { ?x ?y ?z . SERVICE SILENT ?x { ?a ?b 1 } } }"
    )
    answer = OxigraphEngine(ox.Store()).query(query)
    assert answer.variables == ("x", "y", "z", "a", "b")
    assert [[str(value) for value in row if value] for row in answer.rows()] == [
        ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
    ]
    assert refused("SELECT * { SERVICE SILENT <x:y> { SERVICE <x:z> { ?s ?p ?o } } }") == "service-refused"


def test_what_is_handed_on_has_no_comments_and_cannot_be_read_otherwise() -> None:
    query = """PREFIX service: <http://a/#> # SERVICE <x> {
        SELECT * { ?s service:p <http://a/b#c'd>  , '\\u0027SERVICE' }"""
    handed_on = query_guard.check_query(query).text
    assert handed_on.split() == (
        [
            "PREFIX",
            "p0:",
            "<http://a/\\u0023>",
            "SELECT",
            "*",
            "{",
            "?s",
            "p0:p",
            "<http://a/b\\u0023c\\u0027d>",
            ",",
            "'\\'SERVICE'",
            "}",
        ]
    )
    plain, guarded = ox.Store().query(query), ox.Store().query(handed_on)
    assert isinstance(plain, ox.QuerySolutions)
    assert isinstance(guarded, ox.QuerySolutions)
    assert plain.variables == guarded.variables


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p 'SERVICE <x> {}' } # SERVICE",
        'SELECT * { ?s <http://example.org/SERVICE> """SERVICE \'\' "" x""" }',
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:SERVICE ?o , ex:service2 }",
        "PREFIX services: <http://example.org/> SELECT * { services:a services:b ?o }",
        "SELECT * { # \\u000aSERVICE <http://127.0.0.1:1/> { ?s ?p ?o }\n }",
        "SELECT * { ?s ?p '\\u0027 SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } #' }",
        "SELECT ($service AS ?x) { BIND('\\\\u0053' AS ?service) }",
    ],
)
def test_the_word_in_a_name_a_text_or_a_comment_passes(query: str) -> None:
    assert refused(query) == ""


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a> <b> <c> }", "PREFIX x: <y> DELETE WHERE { ?s ?p ?o }", "LOAD <x>", "clear all"]
)
def test_updates_are_refused_by_name(update: str) -> None:
    assert refused(update) == "update-refused"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * 5_000 + "}" * 5_000,
        "SELECT * { ?s ?p ?o FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
        "SELECT * { ?s " + "<x:p>/" * 1_500 + "<x:p> ?o }",
        "SELECT * { ?s ?p ?o FILTER(" + " || ".join(["?s"] * 9_999) + ") }",
        "SELECT * { ?s ?p ?o FILTER(" + "!" * 9_999 + "?s) }",
        "SELECT * { ?s ?p ?o FILTER(" + "- " * 9_999 + "1) }",
        "SELECT * { {} " + "UNION {} " * 7_000 + "}",
        "SELECT * { " + "OPTIONAL {} " * 7_000 + "}",
        "SELECT * { " + "MINUS {} " * 3_000 + "}",
        "SELECT * { ?s <a> 1 " + "; <a> 1 " * 600 + "}",
    ],
)
def test_what_overflows_the_stack_of_the_engine_is_refused(query: str) -> None:
    assert refused(query) == "too-deep"


def test_a_query_that_is_too_long_is_refused() -> None:
    assert refused("SELECT * {} #" + "x" * query_guard.MAX_LENGTH) == "too-long"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE " + "{" * 90 + "}" * 90,
        "SELECT * { ?s " + "<x:p>/" * 400 + "<x:p> ?o }",
        "SELECT * { VALUES ?x { " + "<http://example.org/a-long-name> " * 2_900 + "} }",
        "SELECT * { {} " + "UNION {} " * 450 + "}",
    ],
)
def test_what_stays_below_the_limits_runs(query: str) -> None:
    query_guard.check_query(query)
    ox.Store().query(query)


@pytest.mark.parametrize(
    ("path", "solutions"),
    [("<urn:p>|^<urn:q>", 2), ("<urn:p>/^<urn:q>", 0), ("!(<urn:p>|^<urn:q>)", 0), ("^(<urn:p>/^<urn:p>)", 1)],
)
def test_a_path_may_turn_round_after_any_step(path: str, solutions: int) -> None:
    store = ox.Store()
    for predicate, subject, object_ in (("p", "a", "b"), ("q", "c", "a")):
        store.add(ox.Quad(*(ox.NamedNode(f"urn:{name}") for name in (subject, predicate, object_))))
    query = f"SELECT * {{ <urn:a> {path} ?other }}"
    assert refused(query) == ""
    assert len(list(OxigraphEngine(store).query(query).rows())) == solutions


def test_only_the_services_that_are_allowed_may_be_called() -> None:
    allowed = ["https://query.wikidata.org/"]
    query_guard.check_query("SELECT * { SERVICE SILENT <https://query.wikidata.org/sparql> { ?s ?p ?o } }", allowed)
    query_guard.check_query("SELECT * { SERVICE <http://127.0.0.1:81/> { ?s ?p ?o } }", ["http://127.0.0.1:"])
    for other in ("http://127.0.0.1:x@evil.example/", "http://127.0.0.1.evil.example:81/", "https://127.0.0.1:81/"):
        with pytest.raises(QueryError, match="may only call"):
            query_guard.check_query(f"SELECT * {{ SERVICE <{other}> {{ ?s ?p ?o }} }}", ["http://127.0.0.1:"])
    for call in (
        "SERVICE <https://query.wikidata.org.evil.example/>",
        "SERVICE <https://query.wikidata.org:x@evil.example/>",
        "SERVICE ?where",
        "SERVICE w:sparql",
        "SERVICEw:sparql",
        "SERVICESILENT <https://query.wikidata.org/sparql>",
        "SERVICE <https://query.wikidata.org/sparql> { } SERVICE <http://127.0.0.1/>",
    ):
        with pytest.raises(QueryError, match=r"may only call|could be read"):
            query_guard.check_query(
                f"PREFIX w: <https://query.wikidata.org/> SELECT * {{ {call} {{ ?s ?p ?o }} }}", allowed
            )


@pytest.mark.parametrize(
    "called", ["http://engine.example/sparql", "https://engine.example/", "https://engine.example/update"]
)
def test_a_service_is_allowed_with_its_scheme_and_its_path(called: str) -> None:
    allowed, query = ["https://engine.example/sparql"], "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}"
    query_guard.check_query(query.format(allowed[0]), allowed)
    with pytest.raises(QueryError, match="may only call"):
        query_guard.check_query(query.format(called), allowed)


def test_an_answer_is_kept_by_all_that_it_depends_on() -> None:
    asked = QueryRequest("ASK {}", default_graphs=("x:1",), named_graphs=("x:2",), accept="text/csv", format="csv")
    others = [
        QueryRequest("ASK { }", asked.default_graphs, asked.named_graphs, asked.accept, asked.format),
        QueryRequest(asked.query, ("x:1", "x:2"), (), asked.accept, asked.format),
        QueryRequest(asked.query, (), ("x:1", "x:2"), asked.accept, asked.format),
        QueryRequest(asked.query, asked.default_graphs, asked.named_graphs, "text/html", asked.format),
        QueryRequest(asked.query, asked.default_graphs, asked.named_graphs, asked.accept, "json"),
    ]
    assert len({one.key() for one in (asked, *others)}) == 1 + len(others)


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()", "bnode ('x')", "rand\t()"])
def test_a_query_that_draws_lots_or_looks_at_the_clock_is_volatile(function: str) -> None:
    query = f"SELECT ?x {{ BIND({function} AS ?x) }}"
    assert query_guard.is_volatile(query)
    assert query_guard.is_volatile(query.replace(function[0], f"\\u{ord(function[0]):04x}"))
    assert QueryRequest(query).key() == ""


def test_a_query_that_calls_a_service_is_volatile_and_one_that_only_asks_the_data_is_not() -> None:
    assert query_guard.is_volatile("SELECT * { service <http://127.0.0.1:1/> { ?s ?p ?o } }")
    steady = "SELECT ?now ?rand { ?now ?rand ?uuid BIND(STRLEN(STR(?bnode)) AS ?x) }"
    assert not query_guard.is_volatile(steady)
    assert QueryRequest(steady).key() not in ("", QueryRequest(f"{steady} LIMIT 1").key())


def test_a_refusal_says_where() -> None:
    with pytest.raises(QueryError) as caught:
        query_guard.check_query("SELECT * {\n  SERVICE <x> {} }")
    assert (caught.value.line, caught.value.column) == (2, 3)


@pytest.mark.parametrize(
    ("called", "allowed"),
    [
        ("http://h/a/../../b", ""),
        ("http://h/a/%2e%2E/b", ""),
        ("http://h/a/\\u002e\\u002e/b", ""),
        ("http://h/ab", "http://h/ab"),
        ("HTTP://H:80/a/./b?c#d", "http://h/a/b?c"),
        ("http://h:8080/a", ""),
        ("https://h/a", ""),
        ("http://h@evil.example/a", ""),
        ("http://\uff48/a", ""),
        ("file:///a", ""),
    ],
)
def test_addresses_are_compared_as_a_client_would_go_to_them(called: str, allowed: str) -> None:
    query = f"SELECT * {{ SERVICE <{called}> {{ ?s ?p ?o }} }}"
    try:
        text = query_guard.check_query(query, ["http://h/a"]).text
    except QueryError:
        text = ""
    assert text == (f"SELECT * {{ SERVICE <{allowed}> {{ ?s ?p ?o }} }}" if allowed else "")
