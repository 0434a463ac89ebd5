"""The short way of `GET /sparql?query=…` and the long way must not be told apart by what they answer."""

from __future__ import annotations

import socket
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.serving import Server, serving

DATA = ROOT / "data" / "registers" / "network.ttl"

#: Makes a request go the long way from the start.
LONG = {"X-Request-Id": "long"}

#: A large answer comes in pieces the first time, and whole when it was kept.
CHANGING = {"x-request-id", "date", "etag", "transfer-encoding", "content-length"}

SLOW = "SELECT (COUNT(*) AS ?n) {" + " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(20)) + "}"


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
