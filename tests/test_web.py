from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from starlette.testclient import TestClient

from ccn_graph import Graph
from ccn_graph.rdflib_engine import RdflibEngine
from ccn_graph.web.app import create_app
from ccn_graph.web.problem import PROBLEMS
from ccn_graph.web.protocol import MAX_BODY
from tests.conftest import ROOT, Write

SELECT = "SELECT ?n WHERE { ?n a <https://w3id.org/ccn/ns#Network> } ORDER BY ?n"
CONSTRUCT = "CONSTRUCT WHERE { ?n a <https://w3id.org/ccn/ns#Network> }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def client(graph: Graph) -> TestClient:
    return TestClient(create_app(graph.engine), raise_server_exceptions=False)


def code(response: object) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    body = response.json()  # type: ignore[attr-defined]
    assert body["status"] == response.status_code  # type: ignore[attr-defined]
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
    client: TestClient, query: str, accept: str, content_type: str
) -> None:
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert "Accept" in response.headers["vary"]
    assert response.content


def test_get_form_and_direct_post_answer_alike(client: TestClient) -> None:
    query = SELECT.replace("?n a", "# 100% + a&b\n?n a")
    got = client.get("/sparql", params={"query": query})
    form = client.post("/sparql", data={"query": query})
    direct = client.post(
        "/sparql", content=query.encode(), headers={"Content-Type": "application/sparql-query; charset=UTF-8"}
    )
    assert got.json() == form.json() == direct.json()
    assert len(got.json()["results"]["bindings"]) > 3


def test_a_format_can_be_named_in_the_address(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": SELECT, "format": "csv"}).text.startswith("n\r\n")
    assert code(client.get("/sparql", params={"query": SELECT, "format": "turtle"})) == (406, "not-acceptable")


def test_the_dataset_of_the_request_decides(client: TestClient) -> None:
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
    client: TestClient, parameters: dict[str, str], expected: tuple[int, str]
) -> None:
    if len(parameters.get("query", "")) < 60_000:  # the test client takes no longer address
        assert code(client.get("/sparql", params=parameters)) == expected
    assert code(client.post("/sparql", data=parameters)) == expected


def test_a_syntax_error_has_its_place(client: TestClient) -> None:
    body = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).json()
    assert (body["line"], body["column"]) == (2, 16)


def test_requests_off_the_protocol_are_problems(client: TestClient) -> None:
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


def test_without_a_query_the_service_describes_itself(client: TestClient, graph: Graph) -> None:
    response = client.get("/sparql", headers={"Accept": "application/rdf+xml"})
    described = rdflib.Graph().parse(response.content, format="xml")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = described.subjects(rdflib.RDF.type, sd.Service)
    assert described.value(service, sd.endpoint) == rdflib.URIRef("http://127.0.0.1:8000/sparql")
    assert set(described.objects(service, sd.feature)) == {sd.UnionDefaultGraph}
    assert set(described.objects(service, sd.supportedLanguage)) == {sd.SPARQL11Query}
    assert not list(described.objects(service, sd.inputFormat))
    named = {str(name) for name in described.objects(None, sd.name)}
    assert named == {
        graph_name.value for graph_name in graph.store.named_graphs() if isinstance(graph_name, ox.NamedNode)
    }
    assert (
        client.get("/sparql", headers={"Accept": "text/turtle"}).headers["content-type"] == "text/turtle; charset=utf-8"
    )


def test_any_page_of_the_web_may_ask(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"


def test_head_has_the_headers_of_get(client: TestClient) -> None:
    got, head = client.get("/sparql", params={"query": SELECT}), client.head("/sparql", params={"query": SELECT})
    assert head.headers == got.headers


def test_the_front_door_is_bilingual_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    text = client.get("/").text
    assert "都市ネットワークの知識グラフ" in text
    assert "knowledge graph of city networks" in text
    assert client.get("/docs").status_code == 404
    assert client.get("/health").json()["status"] == "ok"


def test_a_fault_of_ours_shows_no_insides(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("secret")

    app = create_app(graph.engine)
    monkeypatch.setattr(graph.engine, "query", fail)
    response = TestClient(app, raise_server_exceptions=False).get("/sparql", params={"query": "ASK {}"})
    assert code(response) == (500, "internal")
    assert "secret" not in response.text


def test_a_failed_evaluation_is_no_answer(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(graph.engine)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("ccn_graph.engine.Answer.serialize", fail)
    response = TestClient(app).get("/sparql", params={"query": SELECT})
    assert code(response) == (500, "evaluation-failed")


def test_the_rdflib_engine_serves_the_same_route(graph: Graph, client: TestClient) -> None:
    other = TestClient(create_app(RdflibEngine(graph.store)))
    for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
        request = {"params": {"query": SELECT}, "headers": {"Accept": accept}}
        ours, theirs = client.get("/sparql", **request), other.get("/sparql", **request)  # type: ignore[arg-type]
        assert ours.headers["content-type"] == theirs.headers["content-type"]
        assert ours.content == theirs.content


class Server:
    """`ccn-graph serve` as a person starts it, on a free port."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ccn_graph", "serve", "--port", "0", *arguments],
            cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert self.process.stderr
        self.url = ""
        for line in self.process.stderr:
            match = re.search(r"on (http://\S+)", line)
            if match:
                self.url = match[1]
                break

    def get(self, query: str, accept: str = "text/csv") -> str:
        address = f"{self.url}/sparql?{urllib.parse.urlencode({'query': query})}"
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept}), timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        assert self.process.stderr
        self.process.stderr.close()
        return self.process.wait(timeout=20)


@pytest.fixture
def server(write: Write) -> Iterator[Server]:
    data = write("data.trig", "<http://e/s> <http://e/p> 1 . <http://e/g> { <http://e/s> <http://e/p> 1, 2 }")
    running = Server("--data", str(data))
    yield running
    running.stop()


def test_any_rdf_file_can_be_served(server: Server) -> None:
    assert server.get("SELECT ?o { ?s ?p ?o } ORDER BY ?o") == "o\r\n1\r\n2\r\n"
    assert server.get("SELECT ?g { GRAPH ?g { ?s ?p 2 } }") == "g\r\nhttp://e/g\r\n"


def test_clients_ask_at_once_and_each_gets_its_answer(server: Server) -> None:
    answers: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: answers.update({n: server.get(f"SELECT ({n} AS ?n) {{}}")}))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: f"n\r\n{n}\r\n" for n in range(20)}


def test_a_server_of_the_project_answers_and_stops_cleanly() -> None:
    running = Server("--no-check")
    try:
        rows = json.loads(running.get(SELECT, "application/json"))["results"]["bindings"]
        assert "https://w3id.org/ccn/network/uccn" in {row["n"]["value"] for row in rows}
        with pytest.raises(urllib.error.HTTPError, match="403"):
            running.get("DROP ALL")
    finally:
        assert running.stop() == 0


def test_a_taken_port_is_told(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "-m", "ccn_graph", "serve", "--no-check", "--port", port]
    failed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 2
    assert "choose another --port" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_no_file_is_read_through_a_query(server: Server, tmp_path: Path) -> None:
    (tmp_path / "secret.ttl").write_text("<http://e/secret> <http://e/p> 1 .", encoding="utf-8")
    for clause in ("FROM", "FROM NAMED"):
        query = (
            f"SELECT * {clause} <file://{tmp_path}/secret.ttl> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
        )
        assert "secret" not in server.get(query)
