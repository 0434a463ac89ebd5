"""`serve --engine URL`: the same endpoint and pages in front of an engine that runs elsewhere."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.rdf import stores
from ccn_graph.releases.publish import publish
from ccn_graph.server import open_local
from tests.conftest import PREFIXES, ROOT
from tests.engines import Oxigraph, Virtuoso, started
from tests.gate import Gate, Passing, gate
from tests.liar import lying
from tests.serving import Server, serving
from tests.test_dataset_updates import BASE, until

MARKS = "SELECT ?mark { <https://w3id.org/ccn/city/kobe> <https://w3id.org/ccn/ns#note> ?mark }"
IN_GRAPHS = "SELECT ?mark { GRAPH ?g { <https://w3id.org/ccn/city/kobe> <https://w3id.org/ccn/ns#note> ?mark } }"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"


def _graph(mark: str, directory: Path) -> Graph:
    data = shutil.copytree(BASE, directory / mark)
    names = f'skos:prefLabel "神戸市"@ja, "{mark} Kobe"@en'
    said = f'{PREFIXES}\ncity:kobe a ccn:City ; {names} ; ccn:note "{mark}"@en .\n'
    (data / "documents" / "mark.ttl").write_text(said, encoding="utf-8")
    return Graph.load(Project(ROOT, data))


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graph]:
    """Two versions of a small project that differ in one mark."""
    directory = tmp_path_factory.mktemp("graphs")
    return {mark: _graph(mark, directory) for mark in ("old", "new")}


def put(engine: Oxigraph | Virtuoso, graph: Graph) -> None:
    with engine.client() as client:
        publish(open_local.of_graph(graph), client, lambda *_: None)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, graphs: dict[str, Graph]) -> Iterator[Oxigraph]:
    """An engine that keeps what is published on disk, so that it can be killed and started again."""
    running = started(lambda: Oxigraph(tmp_path_factory.mktemp("engine"), on_disk=True))
    put(running, graphs["old"])
    # Of others, in the same engine, and nobody's business.
    with running.client() as client:
        client.update("INSERT DATA { <x:secret> <x:is> 1 . GRAPH <x:others> { <x:secret> <x:is> 2 } }")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def between(engine: Oxigraph) -> Iterator[Gate]:
    with gate(engine.url) as passing:
        yield passing


@pytest.fixture(scope="module")
def server(between: Gate) -> Iterator[Server]:
    with serving("--engine", between.url, "--workers", "4", "--seconds", "5", "--rows", "100000") as running:
        yield running


@pytest.fixture(autouse=True)
def _open(between: Gate) -> Iterator[None]:
    yield
    between.before = between.after = lambda _: None


@pytest.fixture(scope="module")
def native(graphs: dict[str, Graph]) -> Graph:
    return graphs["old"]


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    return response.status_code, response.json()["code"]


def ask(server: Server, query: str, **more: str) -> httpx.Response:
    return server.http.post("/sparql", data={"query": query, **more}, headers={"Accept": more.pop("accept", "*/*")})


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv", "excel"])
def test_rows_come_as_the_native_engine_gives_them(server: Server, native: Graph, format_: str) -> None:
    query = "SELECT ?s ?p ?o ?missing { ?s ?p ?o } ORDER BY ?s ?p STR(?o) LANG(?o)"
    answer = native.query(query)
    (wanted,) = (known for known in answer.formats if known.name == format_)
    response = ask(server, query, format=format_)
    assert response.headers["content-type"] == wanted.content_type
    if format_ == "json":
        assert sorted(map(str, response.json()["results"]["bindings"])) == sorted(
            map(str, json.loads(answer.serialize(wanted))["results"]["bindings"])
        )
    else:
        assert sorted(response.content.splitlines()) == sorted(answer.serialize(wanted).splitlines())


@pytest.mark.parametrize("format_", ["turtle", "jsonld", "ntriples", "nquads", "trig", "rdfxml"])
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <https://w3id.org/ccn/city/kobe>"])
def test_graphs_come_as_the_native_engine_gives_them(server: Server, native: Graph, query: str, format_: str) -> None:
    answer = native.query(query)
    (wanted,) = (known for known in answer.formats if known.name == format_)
    response = ask(server, query, format=format_)
    assert response.headers["content-type"] == wanted.content_type

    def triples(body: bytes) -> set[ox.Triple]:
        assert isinstance(wanted.native, ox.RdfFormat)
        return {quad.triple for quad in ox.parse(body, format=wanted.native)}

    assert triples(response.content) == triples(answer.serialize(wanted))


def test_ask_comes_as_a_boolean(server: Server) -> None:
    assert ask(server, "ASK { ?s a <https://w3id.org/ccn/ns#City> }").json()["boolean"] is True
    assert ask(server, "ASK { ?s a <x:nothing> }").json()["boolean"] is False


def test_readers_see_the_published_graphs_and_nothing_else(server: Server, native: Graph) -> None:
    graphs = server.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g").split()
    assert graphs == sorted(open_local.of_graph(native).statistics.graphs)
    secrets = [
        "SELECT * { <x:secret> ?p ?o }",
        "SELECT * { GRAPH ?g { <x:secret> ?p ?o } }",
        "SELECT * { GRAPH <x:others> { <x:secret> ?p ?o } }",
        "BASE <urn:ccn-graph:> SELECT * { GRAPH <urn:ccn-graph:publication> { ?s ?p ?o } }",
    ]
    for query in secrets:
        assert server.select(query) == "", query


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("SELECT * FROM <x:others> { <x:secret> ?p ?o }", (404, "unknown-graph")),
        ("SELECT * FROM NAMED <x:others> { GRAPH ?g { <x:secret> ?p ?o } }", (404, "unknown-graph")),
        ("SELECT * FROM#\n<x:others> { <x:secret> ?p ?o }", (404, "unknown-graph")),
        ("SELECT * FROM<x:\\u006fthers> { <x:secret> ?p ?o }", (404, "unknown-graph")),
        ("PREFIX u: <urn:ccn-graph:> SELECT * FROM u:publication { ?s ?p ?o }", (404, "unknown-graph")),
        ("PREFIX a: <x:> SELECT * FROM NAMEDa:others { GRAPH ?g { ?s ?p ?o } }", (400, "syntax")),
        ("PREFIX a: <x:> SELECT * FROMa:others { ?s ?p ?o }", (400, "syntax")),
        ("SELECT * FROM nowhere:x { ?s ?p ?o }", (400, "syntax")),
        ("SELECT * FROM ?g { ?s ?p ?o }", (400, "syntax")),
        ("SELECT * FROM", (400, "syntax")),
    ],
)
def test_a_dataset_clause_that_names_no_graph_of_the_data_is_refused(
    server: Server, between: Gate, query: str, refused: tuple[int, str]
) -> None:
    asked = len(between.seen)
    assert code(ask(server, query)) == refused
    assert not [passing for passing in between.seen[asked:] if b"publication" not in passing.body]
    assert code(ask(server, "ASK {}", **{"default-graph-uri": "x:others"})) == (404, "unknown-graph")
    assert code(ask(server, "ASK {}", **{"named-graph-uri": "x:others"})) == (404, "unknown-graph")


def test_a_dataset_clause_goes_beside_the_query_and_never_in_it(server: Server, between: Gate) -> None:
    asked = len(between.seen)
    server.select("SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/ccn/graph/mark> { ?s ?p ?o }")
    sent = [passing.body for passing in between.seen[asked:] if b"COUNT" in passing.body]
    assert sent
    assert not [body for body in sent if b"FROM" in body or b"default-graph-uri" not in body]


def test_datasets_are_those_of_the_protocol(server: Server, native: Graph) -> None:
    name = "https://w3id.org/ccn/graph/mark"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    in_graph = native.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}").serialize(
        native.query(count).formats[2]
    )
    wanted = in_graph.decode().split()[1]
    assert server.select(count, **{"default-graph-uri": name}) == wanted
    assert server.select(f"SELECT (COUNT(*) AS ?n) FROM <{name}> {{ ?s ?p ?o }}") == wanted
    assert server.select(count, **{"named-graph-uri": name}) == "0"
    # That of the request replaces that of the query (SPARQL 1.1 Protocol, section 2.1.4).
    other = "SELECT (COUNT(*) AS ?n) FROM <x:others> { ?s ?p ?o }"
    assert server.select(other, **{"default-graph-uri": name}) == wanted
    graph_store = server.http.get("/graph-store", params={"graph": name}, headers={"Accept": "application/n-triples"})
    assert len(graph_store.text.splitlines()) == int(wanted)


def test_what_is_wrong_with_a_query_is_said_before_the_engine_sees_it(server: Server, between: Gate) -> None:
    asked = len(between.seen)
    response = ask(server, "SELECT *\nWHERE { ?s ?p }")
    assert code(response) == (400, "syntax")
    assert (response.json()["line"], response.json()["column"]) == (2, 16)
    for query, refused in {
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }": (403, "service-refused"),
        "INSERT DATA { <x:a> <x:b> <x:c> }": (403, "update-refused"),
        "SELECT (<bif:sys_stat>('x') AS ?x) {}": (400, "unknown-function"),
        "PREFIX b: <b\\u0069f:> SELECT (b:sys_stat('x') AS ?x) {}": (400, "unknown-function"),
        'DEFINE get:soft "soft" SELECT * { ?s ?p ?o }': (400, "syntax"),
        "SELECT * { " + "(" * 200: (400, "too-deep"),
    }.items():
        assert code(ask(server, query)) == refused, query
    seen = [passing for passing in between.seen[asked:] if b"publication" not in passing.body]
    assert not seen


def test_answers_have_etags_of_the_published_version(server: Server) -> None:
    version = server.http.get("/health").json()["version"]
    response = server.http.get("/sparql", params={"query": MARKS})
    assert version in response.headers["etag"]
    again = server.http.get("/sparql", params={"query": MARKS}, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_pages_and_questions_are_made_of_what_the_engine_says(server: Server) -> None:
    for language, text in (("en", "old Kobe"), ("ja", "神戸市")):
        page = server.http.get("/city/kobe.html", headers={"Accept-Language": language})
        assert (page.status_code, text in page.text) == (200, True)
    assert "old Kobe" in server.http.get("/search", params={"q": "kobe", "lang": "en"}).text
    assert server.http.get("/questions/known-gaps.csv").status_code == 200
    assert server.http.get("/city/kobe.ttl").status_code == 200
    assert server.http.get("/city/nowhere").status_code == 404
    described = server.http.get("/.well-known/void", headers={"Accept": "text/turtle"}).text
    assert "graph:mark" in described


def test_an_engine_that_is_silent_is_waited_for_no_longer_than_a_query_may_take(server: Server, between: Gate) -> None:
    go_on, ended = threading.Event(), threading.Event()

    def be_silent(passing: Passing) -> None:
        if b"silence" in passing.body:
            go_on.wait(300)
            ended.set()

    between.before = be_silent
    response = ask(server, f"{ALL} VALUES ?silence {{ 1 }}", timeout="0.5")
    assert code(response) in ((504, "timed-out"), (504, "engine-timeout"))
    assert not ended.is_set()
    assert server.select(MARKS) == "old"
    go_on.set()


@pytest.mark.parametrize(("status", "wanted"), [(500, (502, "engine-failed")), (401, (502, "engine-refused"))])
def test_an_engine_that_fails_is_told_from_a_wrong_query(
    server: Server, between: Gate, status: int, wanted: tuple[int, str]
) -> None:
    between.before = lambda passing: status if b"publication" not in passing.body else None
    response = ask(server, f"{MARKS} # {status}")
    assert code(response) == wanted
    assert between.url not in response.text
    assert "127.0.0.1" not in response.json()["detail"]


def read_whole(server: Server, query: str, format_: str = "json") -> tuple[int, bytes]:
    """Give status and body. Raises IncompleteRead for a body that breaks off."""
    connection = http.client.HTTPConnection("127.0.0.1", httpx.URL(server.url).port or 0, timeout=60)
    try:
        connection.request("GET", "/sparql?" + urllib.parse.urlencode({"query": query, "format": format_}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def gives_no_part(server: Server, query: str, format_: str = "json") -> None:
    """Be content with a refusal and with a connection that breaks off, but with no answer that looks whole."""
    try:
        status, body = read_whole(server, query, format_)
    except http.client.IncompleteRead:
        return
    assert status in (502, 503), body[:200]


def test_a_cut_off_answer_never_looks_whole(tmp_path: Path) -> None:
    rows = ",".join(f'{{"s":{{"type":"uri","value":"http://e/{n}"}}}}' for n in range(30_000))
    with (
        lying(f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[{rows}]}}}}'.encode()) as liar,
        serving("--engine", liar.url, "--root", tmp_path, "--workers", "1") as running,
    ):
        for sent in ("kept", "chunked"):
            for format_ in ("json", "xml", "csv", "tsv"):
                gives_no_part(running, f"SELECT ?s {{ ?s ?many ?{sent} }}", format_)


def _under_load(server: Server, do: Callable[[], None], query: str = MARKS) -> tuple[list[httpx.Response], set[str]]:
    """Ask distinct queries from several clients while something is done; give what was refused, and the answers."""
    refused: list[httpx.Response] = []
    seen: set[str] = set()
    over = threading.Event()

    def load(number: int) -> None:
        count = 0
        with httpx.Client(base_url=server.url, timeout=30) as client:
            while not over.is_set():
                count += 1
                parameters = {"query": f"{query} # {number} {count} {time.monotonic()}", "format": "csv"}
                response = client.get("/sparql", params=parameters)
                if response.status_code == 200:
                    seen.add(response.text)
                else:
                    refused.append(response)
                    time.sleep(0.02)

    clients = [threading.Thread(target=load, args=(number,)) for number in range(4)]
    for client in clients:
        client.start()
    try:
        do()
    finally:
        over.set()
        for client in clients:
            client.join(timeout=60)
    return refused, seen


def test_kill_and_restart_of_the_engine_lose_nothing_but_what_was_in_flight(server: Server, engine: Oxigraph) -> None:
    def kill_and_restart() -> None:
        time.sleep(0.3)
        engine.stop()
        until(lambda: server.http.get("/health").status_code == 503)
        health = server.http.get("/health").json()
        assert health["status"] == "engine-unavailable"
        refusal = ask(server, f"{MARKS} # {time.monotonic()}")
        assert code(refusal) == (503, "engine-unavailable")
        assert "127.0.0.1" not in refusal.text, "where the engine is, is nobody's business"
        assert server.http.get("/city/kobe.html").status_code in (200, 503), "a page that is kept is still there"
        engine.start()
        until(lambda: server.http.get("/health").status_code == 200)
        until(lambda: ask(server, f"{MARKS} # {time.monotonic()}").status_code == 200)

    refused, seen = _under_load(server, kill_and_restart)
    assert {code(response) for response in refused} <= {
        (503, "engine-unavailable"), (502, "engine-failed"), (503, "busy"),
    }  # fmt: skip
    assert all("retry-after" in response.headers for response in refused if response.status_code == 503)
    assert seen == {"mark\r\nold\r\n"}
    assert server.process.poll() is None


def test_readers_go_over_to_what_is_published_next_and_never_see_a_half(
    server: Server, engine: Oxigraph, graphs: dict[str, Graph]
) -> None:
    before = server.http.get("/health").json()["version"]

    def republish(mark: str) -> Callable[[], None]:
        def do() -> None:
            put(engine, graphs[mark])
            until(lambda: server.select(f"{MARKS} # {time.monotonic()}") == mark)

        return do

    refused, seen = _under_load(server, republish("new"))
    assert not refused
    assert seen <= {"mark\r\nold\r\n", "mark\r\nnew\r\n"}
    assert server.http.get("/health").json()["version"] != before
    until(lambda: "new Kobe" in server.http.get("/search", params={"q": "kobe", "lang": "en"}).text)
    # What reads the graphs themselves may be told to ask again, once.
    refused, seen = _under_load(server, republish("old"), IN_GRAPHS)
    assert {code(response) for response in refused} <= {(503, "republished")}
    assert seen <= {"mark\r\nold\r\n", "mark\r\nnew\r\n"}
    assert server.http.get("/health").json()["version"] == before


def test_an_engine_with_nothing_published_is_served_as_it_is_and_nothing_is_kept(tmp_path: Path) -> None:
    running = started(lambda: Oxigraph(tmp_path / "engine"))
    try:
        with running.client() as client:
            client.update("INSERT DATA { <http://e/a> a <http://e/B> }")
            with serving("--engine", running.url, "--root", tmp_path, "--workers", "2") as server:
                query = {"query": "SELECT ?s { ?s a <http://e/B> }", "format": "csv"}
                response = server.http.get("/sparql", params=query)
                assert response.text == "s\r\nhttp://e/a\r\n"
                assert "etag" not in response.headers
                assert response.headers["cache-control"] == "no-store"
                client.update("INSERT DATA { <http://e/c> a <http://e/B> }")
                assert set(server.http.get("/sparql", params=query).text.split()) == {"s", "http://e/a", "http://e/c"}
                assert server.http.get("/", headers={"Accept": "text/html"}).status_code == 200
    finally:
        running.stop()


def test_virtuoso_serves_a_small_project(virtuoso: Virtuoso, graphs: dict[str, Graph]) -> None:
    put(virtuoso, graphs["old"])
    with serving("--engine", virtuoso.url, "--workers", "2") as server:
        assert server.http.get("/health").json()["engine"].startswith("Virtuoso/")
        assert server.select(MARKS) == "old"
        assert server.select(IN_GRAPHS) == "old"
        # It answers ASK with a row, or with none.
        assert ask(server, "ASK { ?s a <https://w3id.org/ccn/ns#City> }").json()["boolean"] is True
        assert ask(server, "ASK { ?s a <x:nothing> }").json()["boolean"] is False
        assert "old Kobe" in server.http.get("/city/kobe.html", headers={"Accept-Language": "en"}).text
        described = ask(server, "DESCRIBE <https://w3id.org/ccn/city/kobe>", format="nt").text.splitlines()
        native = graphs["old"].query("DESCRIBE <https://w3id.org/ccn/city/kobe>")
        assert len(described) == len(list(native.rows()))
        put(virtuoso, graphs["new"])
        until(lambda: server.select(f"{MARKS} # {time.monotonic()}") == "new")


def test_virtuoso_never_gives_a_part_for_the_whole(virtuoso: Virtuoso, tmp_path: Path) -> None:
    path = tmp_path / "many.nq"
    path.write_text("".join(f"<http://e/{n}> <http://e/p> <http://e/{n % 7}> <http://e/g> .\n" for n in range(12_000)))
    with virtuoso.client() as client:
        publish(stores.in_memory([path], union=True), client, lambda *_: None)
    with serving("--engine", virtuoso.url, "--root", tmp_path, "--workers", "2") as server:
        assert server.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "12000"
        # Triples may be more or fewer than the solutions, which are what is cut.
        for template in ("?s ?p ?o", "<x:a> <x:b> ?o", "?s <x:a> 1 ; <x:b> 2 ; <x:c> 3"):
            gives_no_part(server, f"CONSTRUCT {{ {template} }} WHERE {{ ?s ?p ?o }}", "")
        gives_no_part(server, ALL)
        assert len(server.select(f"{ALL} LIMIT 9000").split()) == 9000
