"""The endpoint over HTTP, as a client meets it."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pyoxigraph as ox
import pytest
import rdflib

from ccn_graph import Graph
from ccn_graph.rdf import formats, namespaces
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.server.problem import PROBLEMS
from ccn_graph.server.request_body import MAX_BODY
from ccn_graph.server.service_description import MOST_GRAPHS, ServiceDescription
from ccn_graph.workers.limits import Limits
from tests.conftest import ROOT, Write
from tests.serving import Server, cross, serving

SELECT = "SELECT ?n WHERE { ?n a <https://w3id.org/ccn/ns#Network> } ORDER BY ?n"
CONSTRUCT = "CONSTRUCT WHERE { ?n a <https://w3id.org/ccn/ns#Network> }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--no-check") as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> httpx.Client:
    return server.http


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert PROBLEMS[body["code"]] == (body["status"], body["title"])
    assert body["detail"]
    return body["status"], body["code"]


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/trig", "application/trig"),
        ("DESCRIBE <https://w3id.org/ccn/network/uccn>", "application/n-quads", "application/n-quads"),
    ],
)
def test_an_answer_comes_in_the_format_asked_for(
    client: httpx.Client, query: str, accept: str, content_type: str
) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert "Accept" in response.headers["vary"]
    assert response.content


def test_get_form_and_direct_post_answer_alike(client: httpx.Client) -> None:
    query = SELECT.replace("?n a", "# 100% + a&b\n?n a")
    got = client.get("/sparql", params={"query": query})
    form = client.post("/sparql", data={"query": query})
    direct = client.post(
        "/sparql", content=query.encode(), headers={"Content-Type": "application/sparql-query; charset=UTF-8"}
    )
    assert got.json() == form.json() == direct.json()
    assert len(got.json()["results"]["bindings"]) > 3


def test_a_format_can_be_named_in_the_address(client: httpx.Client) -> None:
    assert client.get("/sparql", params={"query": SELECT, "format": "csv"}).text.startswith("n\r\n")
    assert code(client.get("/sparql", params={"query": SELECT, "format": "turtle"})) == (406, "not-acceptable")


def test_there_is_a_csv_that_excel_reads_as_utf8(client: httpx.Client) -> None:
    plain, excel = (
        client.get("/sparql", params={"query": SELECT, "format": name}).content for name in ("csv", "excel")
    )
    assert excel == b"\xef\xbb\xbf" + plain


def test_the_dataset_of_the_request_decides(client: httpx.Client) -> None:
    everything = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    def count(**dataset: str) -> int:
        response = client.get("/sparql", params={"query": everything, "format": "csv", **dataset})
        return int(response.text.split()[1])

    one = "https://w3id.org/ccn/graph/jlgc-2015"
    assert 0 < count(**{"default-graph-uri": one}) < count()
    assert count(**{"named-graph-uri": one}) == 0
    assert count(**{"default-graph-uri": "https://example.org/none"}) == 0


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"query": "SELEC"}, (400, "syntax")),
        ({"query": ""}, (400, "syntax")),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"}, (403, "service-refused")),
        ({"query": "DROP ALL"}, (403, "update-refused")),
        ({"update": "DROP ALL"}, (403, "update-refused")),
        ({"query": "SELECT * " + "{" * 200 + "}" * 200}, (400, "too-deep")),
        ({"query": "ASK {} #" + "x" * 100_001}, (413, "too-long")),
        ({"query": ["ASK {}", "ASK {}"]}, (400, "bad-request")),
        ({"query": "ASK {}", "default-graph-uri": "not an iri"}, (400, "bad-request")),
        ({"query": "ASK {}", "named-graph-uri": "x:y> } DROP ALL"}, (400, "bad-request")),
    ],
)
def test_what_is_refused_is_a_problem_with_a_stable_code(
    client: httpx.Client, parameters: dict[str, str], expected: tuple[int, str]
) -> None:
    if len(parameters.get("query", "")) < 60_000:  # a longer address is the server's to refuse
        assert code(client.get("/sparql", params=parameters)) == expected
    assert code(client.post("/sparql", data=parameters)) == expected


def test_a_syntax_error_has_its_place(client: httpx.Client) -> None:
    body = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).json()
    assert (body["line"], body["column"]) == (2, 16)


def test_requests_off_the_protocol_are_problems(client: httpx.Client) -> None:
    assert code(client.post("/sparql", content=b"ASK {}", headers={"Content-Type": "text/plain"})) == (
        415,
        "unsupported-media-type",
    )
    assert code(client.post("/sparql", content=b"ASK {}")) == (415, "unsupported-media-type")
    assert code(client.post("/sparql", content=b"", headers=FORM)) == (400, "bad-request")
    assert code(client.post("/sparql", content=b"query=%FF", headers=FORM)) == (400, "bad-request")
    assert code(client.post("/sparql", content=b"\xff", headers={"Content-Type": "application/sparql-query"})) == (
        400,
        "bad-request",
    )
    latin = {"Content-Type": "application/sparql-query; charset=latin-1"}
    assert code(client.post("/sparql", content=b"ASK {}", headers=latin)) == (415, "unsupported-media-type")
    assert code(client.post("/sparql", content=b"x" * (MAX_BODY + 1), headers=FORM)) == (413, "too-long")
    assert code(client.post("/sparql", content=b"a&" * 1_001, headers=FORM)) == (413, "too-long")
    assert code(client.get("/sparql", params={"query": SELECT}, headers={"Accept": "image/png"})) == (
        406,
        "not-acceptable",
    )
    assert code(client.delete("/sparql")) == (405, "method-not-allowed")
    assert code(client.get("/nothing")) == (404, "not-found")


def test_without_a_query_the_service_describes_itself(client: httpx.Client, graph: Graph) -> None:
    response = client.get("/sparql", headers={"Accept": "application/rdf+xml"})
    described = rdflib.Graph().parse(response.content, format="xml")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = described.subjects(rdflib.RDF.type, sd.Service)
    assert described.value(service, sd.endpoint) == rdflib.URIRef(
        f"{client.base_url}/sparql".replace("//sparql", "/sparql")
    )
    assert set(described.objects(service, sd.feature)) == {sd.UnionDefaultGraph}
    assert set(described.objects(service, sd.supportedLanguage)) == {sd.SPARQL11Query}
    assert not list(described.objects(service, sd.inputFormat))
    named = {str(name) for name in described.objects(None, sd.name)}
    assert named == {namespaces.GRAPH_SERVICE} | {
        graph_name.value for graph_name in graph.store.named_graphs() if isinstance(graph_name, ox.NamedNode)
    }
    assert (
        client.get("/sparql", headers={"Accept": "text/turtle"}).headers["content-type"] == "text/turtle; charset=utf-8"
    )


def test_of_very_many_graphs_the_first_are_described_and_the_number_of_all(graph: Graph) -> None:
    graphs = {f"http://example.org/{number}": 1 for number in range(MOST_GRAPHS + 5)}
    statistics = dataclasses.replace(Statistics.of(graph.engine, graph.version, union=True), graphs=graphs)
    described = ServiceDescription(statistics, Limits(), "http://example.org/sparql").triples()
    text = formats.write_triples(described, formats.GRAPHS[0]).decode()
    assert f"Of {MOST_GRAPHS + 5} named graphs, {MOST_GRAPHS} are listed here" in text
    assert text.count("http://example.org/") >= MOST_GRAPHS
    assert f"http://example.org/{MOST_GRAPHS + 4}" not in text


def test_any_page_of_the_web_may_ask_a_server_for_everyone() -> None:
    with serving("--data", ROOT / "data" / "registers" / "network.ttl", "--url", "https://example.org") as everyones:
        any_page_may_ask(everyones.http)


def any_page_may_ask(client: httpx.Client) -> None:
    response = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"
    preflight = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "credentials" not in " ".join(preflight.headers)


def test_head_has_the_headers_of_get(client: httpx.Client) -> None:
    got, head = client.get("/sparql", params={"query": SELECT}), client.head("/sparql", params={"query": SELECT})
    assert head.content == b""
    assert {**head.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}


def test_the_front_door_speaks_the_language_of_its_reader(client: httpx.Client) -> None:
    assert "都市ネットワークの知識グラフ" in client.get("/", headers={"Accept-Language": "ja"}).text
    assert "Knowledge graph of city networks" in client.get("/", headers={"Accept-Language": "en"}).text
    assert "都市ネットワークの知識グラフ" in client.get("/?lang=ja", headers={"Accept-Language": "en"}).text
    assert client.get("/docs").status_code == 404
    assert client.get("/health").json()["status"] == "ok"


def test_the_method_query_asks_with_a_body(client: httpx.Client) -> None:
    response = client.request(
        "QUERY", "/sparql", content=SELECT.encode(), headers={"Content-Type": "application/sparql-query"}
    )
    assert response.json() == client.get("/sparql", params={"query": SELECT}).json()


def test_an_answer_that_is_known_already_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/sparql", params={"query": SELECT})
    again = client.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/sparql", params={"query": SELECT, "format": "csv"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200
    assert first.headers["cache-control"].startswith("public")


def test_an_answer_that_changes_by_itself_is_not_kept(client: httpx.Client) -> None:
    query = "SELECT (RAND() AS ?r) (STRUUID() AS ?u) {}"
    first, second = (client.get("/sparql", params={"query": query}) for _ in range(2))
    assert first.json() != second.json()
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers


def test_answers_are_compressed_for_those_who_take_it(client: httpx.Client) -> None:
    for query in ("SELECT * { ?s ?p ?o } LIMIT 500", "SELECT * { GRAPH ?g { ?s ?p ?o } }"):
        with client.stream("GET", "/sparql", params={"query": query}, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.headers["content-encoding"] == "gzip"
            packed = b"".join(response.iter_raw())
        plain = client.get("/sparql", params={"query": query}, headers={"Accept-Encoding": "identity"})
        assert json.loads(gzip.decompress(packed)) == plain.json()
        assert len(packed) < len(plain.content) / 4


def test_a_large_answer_is_streamed_whole(client: httpx.Client, graph: Graph) -> None:
    response = client.get("/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "format": "csv"})
    assert "content-length" not in response.headers
    rows = sum(1 for quad in graph.store if quad.graph_name != ox.DefaultGraph())
    assert response.text.count("\r\n") >= rows + 1


def test_graphs_can_be_read_by_their_name(client: httpx.Client, graph: Graph) -> None:
    name = "https://w3id.org/ccn/graph/jlgc-2015"
    response = client.get("/graph-store", params={"graph": name}, headers={"Accept": "application/n-triples"})
    read = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)}
    assert read == {quad.triple for quad in graph.store.quads_for_pattern(None, None, None, ox.NamedNode(name))}
    everything = client.get("/graph-store?default", headers={"Accept": "application/n-triples"})
    assert len(everything.content) > len(response.content)
    assert code(client.get("/graph-store", params={"graph": "https://example.org/none"})) == (404, "not-found")
    assert code(client.get("/graph-store")) == (400, "bad-request")
    assert code(client.put("/graph-store", params={"graph": name}, content=b"")) == (405, "method-not-allowed")


def test_void_is_where_it_is_looked_for(client: httpx.Client) -> None:
    response = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    described = rdflib.Graph().parse(response.content, format="turtle")
    assert list(described.subjects(rdflib.VOID.triples))


def test_every_request_has_an_id_and_its_figures(client: httpx.Client) -> None:
    assert client.get("/health", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert re.fullmatch(
        "[0-9a-f]{32}", client.get("/health", headers={"X-Request-Id": "<script>"}).headers["x-request-id"]
    )
    client.get("/sparql", params={"query": "SELEC"})
    metrics = client.get("/metrics").text
    assert 'ccn_request_seconds_count{outcome="syntax"}' in metrics
    assert "ccn_workers_spawned" in metrics


def test_a_client_may_ask_for_less_time_but_not_for_more(client: httpx.Client) -> None:
    burning = cross(20)
    response = client.get("/sparql", params={"query": burning, "timeout": "0.3"})
    assert code(response) == (504, "timed-out")
    assert "0.3 s" in response.json()["detail"]
    assert code(client.get("/sparql", params={"query": "ASK {}", "timeout": "soon"})) == (400, "bad-request")
    assert code(client.get("/sparql", params={"query": "ASK {}", "timeout": "inf"})) == (400, "bad-request")


def test_the_rdflib_engine_serves_the_same_route() -> None:
    data = ("--data", ROOT / "data" / "registers" / "network.ttl")
    with serving(*data) as one, serving(*data, "--engine", "rdflib") as other:
        assert "network/uccn" in one.select(SELECT)
        for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
            ours, theirs = (
                each.http.get("/sparql", params={"query": SELECT}, headers={"Accept": accept}) for each in (one, other)
            )
            assert ours.headers["content-type"] == theirs.headers["content-type"]
            assert ours.content == theirs.content
        assert other.http.get("/health").json()["engine"] == "rdflib"


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("data") / "data.trig"
    path.write_text("<http://e/s> <http://e/p> 1 . <http://e/g> { <http://e/s> <http://e/p> 1, 2 }", encoding="utf-8")
    with serving("--data", path) as running:
        yield running


def test_any_rdf_file_can_be_served(small_server: Server) -> None:
    assert small_server.select("SELECT ?o { ?s ?p ?o } ORDER BY ?o") == "1 2"
    assert small_server.select("SELECT ?g { GRAPH ?g { ?s ?p 2 } }") == "http://e/g"


def test_the_default_graph_can_be_that_of_the_file(write: Write) -> None:
    path = write("data.trig", "<http://e/s> <http://e/p> 1 . <http://e/g> { <http://e/s> <http://e/p> 2 }")
    with serving("--data", path, "--default-graph", "own") as running:
        assert running.select("SELECT ?o { ?s ?p ?o } ORDER BY ?o") == "1"
        assert "UnionDefaultGraph" not in running.http.get("/sparql", headers={"Accept": "text/turtle"}).text


def test_clients_ask_at_once_and_each_gets_its_answer(small_server: Server) -> None:
    answers: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: answers.update({n: small_server.select(f"SELECT ({n} AS ?n) {{}}")}))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: str(n) for n in range(12)}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_stops_cleanly_and_leaves_nobody_behind(how: int) -> None:
    running = Server("--no-check")
    assert running.http.get("/health").status_code == 200
    family = running.children()
    assert len(family) >= 3
    assert running.stop(how) == 0
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


def test_a_taken_port_is_told(small_server: Server) -> None:
    port = small_server.url.rpartition(":")[2]
    command = [sys.executable, "-m", "ccn_graph", "serve", "--no-check", "--port", port]
    failed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 2
    assert "choose another --port" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_no_file_is_read_through_a_query(small_server: Server, tmp_path: Path) -> None:
    (tmp_path / "secret.ttl").write_text("<http://e/secret> <http://e/p> 1 .", encoding="utf-8")
    for clause in ("FROM", "FROM NAMED"):
        query = (
            f"SELECT * {clause} <file://{tmp_path}/secret.ttl> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
        )
        assert "secret" not in small_server.select(query)
