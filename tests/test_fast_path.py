"""The short way of `GET /sparql?query=…` and the long way must not be told apart by what they answer."""

from __future__ import annotations

import json
import socket
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from ccn_graph.server import fast_path_headers
from tests.conftest import ROOT
from tests.serving import Server, cross, serving

DATA = ROOT / "data" / "registers" / "network.ttl"

#: Makes a request go the long way from the start.
LONG = {"X-Request-Id": "long"}

#: A large answer comes in pieces the first time, and whole when it was kept.
CHANGING = {"x-request-id", "date", "etag", "transfer-encoding", "content-length"}

SLOW = cross(20)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--data", DATA, "--seconds", "2", "--workers", "2", "--rows", "500000") as running:
        running.http.get("/health")
        yield running


def converse(server: Server, sent: bytes, answers: int) -> bytes:
    """Send some bytes and read until so many answers have ended."""
    host, port = server.url.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent)
        while received.count(b"HTTP/1.1 ") < answers or not received.endswith(b"}"):
            part = connection.recv(65_536)
            if not part:
                break
            received += part
    return received


def line(query: str, *headers: str) -> bytes:
    head = [f"GET /sparql?{urllib.parse.urlencode({'query': query})} HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(head).encode()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "query",
    [
        "ASK {}",
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50",
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o # 100 %s %d",
        "SELECT (RAND() < 2 AS ?x) {}",
        "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?s ?p ?o ?a ?b ?c LIMIT 30000",
        "SELECT * {",
        "SELECT * { SERVICE <http://127.0.0.1:9/> {} }",
        "SELECT * { { { ?s ?p '''",
    ],
)
def test_both_ways_give_the_same_answer(server: Server, query: str, encoding: str) -> None:
    answers = []
    # The comment keeps the first two from being the same question; the third is the first one again.
    for number, more in ((0, {}), (1, LONG), (0, {})):
        asked = {"query": f"{query}\n#{number}"}
        response = server.http.get("/sparql", params=asked, headers={"Accept-Encoding": encoding, **more})
        head = {name: value for name, value in response.headers.items() if name not in CHANGING}
        answers.append((response.status_code, head, response.content))
    assert answers[0] == answers[1] == answers[2]


def test_pipelined_requests_are_answered_in_their_order(server: Server) -> None:
    sent = line("SELECT (1 AS ?first) {}") + line("SELECT (2 AS ?second) {}") + line("SELECT (3 AS ?third) {}")
    received = converse(server, sent, 3)
    assert received.index(b"first") < received.index(b"second") < received.index(b"third")
    again = converse(server, sent, 3)
    assert again.index(b"first") < again.index(b"second") < again.index(b"third")


def test_a_slow_query_goes_the_long_way_and_is_cut_off_there(server: Server) -> None:
    received = converse(server, line(SLOW) + line("SELECT (2 AS ?second) {}"), 2)
    assert received.startswith(b"HTTP/1.1 504 ")
    assert b'"timed-out"' in received
    assert b"second" in received


def test_a_connection_is_closed_for_who_wants_that(server: Server) -> None:
    for _ in range(2):
        received = converse(server, line("ASK { ?close ?p ?o }", "Connection: close") + line("ASK {}"), 2)
        assert received.count(b"HTTP/1.1 200") == 1
        assert b"connection: close" in received


def test_after_a_body_that_was_refused_unread_the_next_request_is_answered(server: Server) -> None:
    body = b"x" * 3_000_000
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
    received = converse(server, head + body + line("SELECT (2 AS ?second) {}"), 2)
    assert received.startswith(b"HTTP/1.1 415 ")
    assert b"second" in received


def running(server: Server) -> list[str]:
    """Give the queries that run or wait, as /metrics tells them."""
    text = server.http.get("/metrics").text
    return [
        line.split()[1] for line in text.splitlines() if line.startswith(("ccn_queries_running", "ccn_queries_wai"))
    ]


@pytest.mark.parametrize("query", [SLOW, "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 400000", "ASK { ?gone ?p ?o }"])
def test_a_client_that_goes_away_in_the_middle_frees_its_worker(server: Server, query: str) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    for number in range(4):
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(line(f"{query} # {number}"))
            if number % 2:
                connection.recv(10)
    deadline = time.monotonic() + 20
    while running(server) != ["0.0", "0.0"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running(server) == ["0.0", "0.0"]
    assert server.http.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_many_requests_on_one_connection_each_get_their_own_answer(server: Server) -> None:
    for turn in range(2):
        for number in range(20):
            query = {"query": f"SELECT ({number} AS ?n) {{}}"}
            headers = {"X-Request-Id": "long"} if number % 3 == turn else {}
            answer = server.http.get("/sparql", params=query, headers=headers).json()
            assert answer["results"]["bindings"][0]["n"]["value"] == str(number)


def test_what_the_short_way_gave_is_known_to_the_long_way(server: Server) -> None:
    asked = {"query": "SELECT * { ?s ?p ?o } LIMIT 3 # known"}
    first = server.http.get("/sparql", params=asked)
    again = server.http.get("/sparql", params=asked, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    head = server.http.head("/sparql", params=asked)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(first.content)))
    posted = server.http.post("/sparql", data=asked)
    assert (posted.headers["etag"], posted.content) == (first.headers["etag"], first.content)


def test_two_accept_headers_are_read_as_one(server: Server) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 2 # accept"
    for _ in range(2):
        both = converse(
            server, line(query, "Accept: text/csv;q=0.1", "Accept: application/json", "Connection: close"), 2
        )
        one = converse(server, line(query, "Accept: text/csv;q=0.1", "Connection: close"), 2)
        assert b'"bindings"' in both
        assert b"content-type: text/csv" in one


def test_both_ways_log_the_same_hash_and_no_query() -> None:
    asked = {"query": "ASK { ?secret ?p ?o }"}
    with serving("--data", DATA, "--logs", "--cache", "0") as logging:
        logging.http.get("/sparql", params=asked)
        logging.http.get("/sparql", params=asked, headers=LONG)
        logging.http.post("/sparql", data=asked)
        logging.stop()
        logged = [json.loads(line) for line in logging.lines if line.startswith("{")]
    assert len(logged) == 3
    assert len({entry["query"] for entry in logged}) == 1
    assert len(logged[0]["query"]) == 24
    assert not any("secret" in str(entry) for entry in logged)


BLOCK = b"Host: x\r\nAccept: text/csv\r\nAccept-Encoding: gzip, br\r\n\r\n"


def test_a_common_head_is_read() -> None:
    found = fast_path_headers.read(b"GET /sparql?query=ASK%20%7B%7D&format=json HTTP/1.1\r\n" + BLOCK)
    assert found
    parameters, headers = found
    assert (parameters, headers.accept, headers.zips) == (b"query=ASK%20%7B%7D&format=json", "text/csv", True)


@pytest.mark.parametrize(
    "request_line",
    [
        b"POST /sparql?query=x HTTP/1.1", b"GET /sparql?query=x HTTP/1.0", b"GET /sparql?query=x&timeout=1 HTTP/1.1",
        b"GET /sparql?query=x&t%69meout=1 HTTP/1.1", b"GET /sparql?query=x y HTTP/1.1", b"GET /sparql?q HTTP/1.1",
        b"GET /sparql?query=x#y HTTP/1.1", b"GET /sparql?query=\x00 HTTP/1.1", b"GET /sparql?query=\xff HTTP/1.1",
        b"GET /sparql?query=x&update=y HTTP/1.1", b"GET  /sparql?query=x HTTP/1.1", b"GET /sparql?query=x  HTTP/1.1",
        b"GET /sparql?query=x\tHTTP/1.1", b"GET /sparql?query=x\nHost: y HTTP/1.1", b"get /sparql?query=x HTTP/1.1",
    ],
)  # fmt: skip
def test_any_other_request_line_goes_the_long_way(request_line: bytes) -> None:
    assert fast_path_headers.read(request_line + b"\r\n" + BLOCK) is None


@pytest.mark.parametrize(
    "block",
    [
        b"Host: x\r\nContent-Length: 3\r\n\r\n", b"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"Host x\r\n\r\n",
        b"Host : x\r\n\r\n", b"Host: x\r\n folded\r\n\r\n", b"Host: x\nAccept: y\r\n\r\n", b"Host: x\r\n\r\nGET /",
        b"Host: x\r\nConnection: close\r\n\r\n", b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"Host: x\r\nAccept: a\r\nAccept: b\r\n\r\n", b"Host: x\r\nIf-None-Match: *\r\n\r\n", b"Host: x\r\n",
        b"Host: x\r\nX-Request-Id: me\r\n\r\n", b"Host: x\x00\r\n\r\n", b"Host: x\r\nA: " + b"a" * 5_000 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_headers_that_change_anything_go_the_long_way(block: bytes) -> None:
    assert fast_path_headers.read(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n" + block) is None
