"""The client of engines, against a server of HTTP that does what the test says, and against Oxigraph."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest

from ccn_graph.errors import EngineError
from ccn_graph.rdf.remote import http_client
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import Client, find
from ccn_graph.rdf.remote.server_urls import Target
from tests.engines import Oxigraph
from tests.gate import gate

EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'
ASK = "SELECT ?s WHERE { ?s ?p ?o }"


class Saying(http.server.BaseHTTPRequestHandler):
    """Answers as the test has it, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    answer: Callable[[Saying], None]
    asked: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.path, self.headers.get("Authorization", ""), body))
        with contextlib.suppress(ConnectionError):
            type(self).answer(self)

    def give(self, status: int, body: bytes, *, length: int | None = None, **headers: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Serve = Callable[[Callable[[Saying], None]], tuple[str, list[tuple[str, str, bytes]]]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Run a server that answers so; give its URL and what it is asked."""
    monkeypatch.setattr(http_client, "_PAUSES", (0.0, 0.0))
    with contextlib.ExitStack() as stack:

        def run(answer: Callable[[Saying], None]) -> tuple[str, list[tuple[str, str, bytes]]]:
            asked: list[tuple[str, str, bytes]] = []
            handler = type("Handler", (Saying,), {"answer": staticmethod(answer), "asked": asked})
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/sparql", asked

        yield run


def refused(url: str, seconds: float = 10.0) -> EngineError:
    with Client(Target(url), seconds=seconds) as client, pytest.raises(EngineError) as caught:
        client.rows(ASK)
    return caught.value


def test_queries_and_their_dataset_go_as_a_form(serve: Serve) -> None:
    url, asked = serve(lambda to: to.give(200, EMPTY))
    with Client(Target(url)) as client:
        assert client.rows("SELECT ?s WHERE { ?s ?p '&=+' }", ["x:a", "x:b"], ["x:c"]) == []
    ((path, _, body),) = asked
    assert path == "/sparql"
    assert body == (
        b"query=SELECT+%3Fs+WHERE+%7B+%3Fs+%3Fp+%27%26%3D%2B%27+%7D"
        b"&default-graph-uri=x%3Aa&default-graph-uri=x%3Ab&named-graph-uri=x%3Ac"
    )


@pytest.mark.parametrize(
    ("status", "code", "times"),
    [
        (401, "engine-refused", 1), (403, "engine-refused", 1), (404, "engine-failed", 1), (400, "engine-failed", 1),
        (500, "engine-failed", 1), (502, "engine-unavailable", 3), (503, "engine-unavailable", 3),
        (504, "engine-unavailable", 1), (206, "engine-failed", 1),
    ],
)  # fmt: skip
def test_each_status_has_its_code_and_only_passing_ones_are_tried_again(
    serve: Serve, status: int, code: str, times: int
) -> None:
    url, asked = serve(lambda to: to.give(status, b"no\x1b[31m room\nsecond line"))
    error = refused(url)
    assert (error.code, error.status, len(asked)) == (code, status, times)
    assert f"{url} answers {status}: no [31m room" in str(error)
    assert "second" not in str(error)


def test_what_fails_in_passing_is_tried_again(serve: Serve) -> None:
    url, asked = serve(lambda to: to.give(200 if len(asked) == 3 else 503, EMPTY))
    with Client(Target(url)) as client:
        assert client.rows(ASK) == []
    assert len(asked) == 3


def test_a_connection_that_is_broken_off_is_tried_again_unless_it_may_have_changed_something(serve: Serve) -> None:
    def break_off(to: Saying) -> None:
        to.close_connection = True

    url, asked = serve(break_off)
    with Client(Target(url, url)) as client:
        with pytest.raises(EngineError) as caught:
            client.rows(ASK)
        assert (caught.value.code, len(asked)) == ("engine-unavailable", 3)
        with pytest.raises(EngineError):
            client.update("DELETE WHERE { ?s ?p ?o }")
        assert len(asked) == 4


def test_what_breaks_in_the_middle_of_an_answer_is_an_error_and_not_its_end(serve: Serve) -> None:
    def half(to: Saying) -> None:
        to.give(200, b"<x:s> <x:p> <x:o> .\n" * 10, length=100_000)
        to.close_connection = True

    url, asked = serve(half)
    with (
        Client(Target(url)) as client,
        pytest.raises(EngineError) as caught,
        client.ask("CONSTRUCT WHERE { ?s ?p ?o }", accept="application/n-triples") as reply,
    ):
        list(ox.parse(reply.file, format=ox.RdfFormat.N_TRIPLES))
    assert (caught.value.code, len(asked)) == ("engine-unavailable", 1)


def test_silence_ends_after_the_seconds_given(serve: Serve) -> None:
    ended = threading.Event()

    def wait(_: Saying) -> None:
        ended.wait(10)

    url, _ = serve(wait)
    try:
        assert refused(url, seconds=0.2).code == "engine-timeout"
    finally:
        ended.set()


def test_nobody_there_is_unavailable() -> None:
    assert refused("http://127.0.0.1:1/sparql").code == "engine-unavailable"


def test_redirects_are_not_followed_and_get_no_password(serve: Serve) -> None:
    other, asked = serve(lambda to: to.give(200, EMPTY))
    url, _ = serve(lambda to: to.give(307, b"", Location=other))
    with Client(Target(url), Credentials(token="s3cret")) as client, pytest.raises(EngineError) as caught:
        client.rows(ASK)
    assert not asked
    assert other in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_of_an_error_only_its_beginning_is_read(serve: Serve) -> None:
    def endless(to: Saying) -> None:
        to.give(500, b"x" * 70_000, length=10_000_000)
        while True:
            to.wfile.write(b"x" * 70_000)

    url, _ = serve(endless)
    assert len(str(refused(url))) < 500


def test_pages_of_html_are_reduced_to_what_they_say(serve: Serve) -> None:
    page = b"<!DOCTYPE html><html><head><title>t</title></head><body><h1>500</h1>\n<h3>Error &lt;x&gt;</h3></body>"
    url, _ = serve(lambda to: to.give(500, page, Content_Type="text/html"))
    assert "answers 500: Error <x>" in str(refused(url))


@pytest.mark.parametrize("body", [b"<html>hello</html>", b'{"head": {}, "boolean": true}', b'{"head": {"vars"', b""])
def test_what_is_no_result_is_an_error(serve: Serve, body: bytes) -> None:
    url, _ = serve(lambda to: to.give(200, body))
    assert "SPARQL" in str(refused(url))


def test_an_answer_that_is_said_to_be_cut_off_is_an_error(serve: Serve) -> None:
    rows, _ = serve(lambda to: to.give(200, EMPTY, X_SPARQL_MaxRows="10000"))
    time, _ = serve(lambda to: to.give(200, EMPTY, X_SQL_State="S1TAT"))
    assert [refused(url).code for url in (rows, time)] == ["engine-partial"] * 2


def test_an_answer_is_read_in_blocks(oxigraph: Oxigraph) -> None:
    triples = b"".join(b"<x:s> <x:p> <x:o%d> .\n" % n for n in range(20_000))
    with oxigraph.client() as client:
        client.put_graph("http://e/blocks", triples)
        query = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://e/blocks> { ?s ?p ?o } }"
        with client.ask(query, accept="application/n-triples") as reply:
            assert reply.content_type == "application/n-triples"
            blocks = [reply.read(1_000)]
            while blocks[-1]:
                blocks.append(reply.read(1_000))
        assert max(map(len, blocks)) <= 1_000
        assert sorted(b"".join(blocks).splitlines()) == sorted(triples.splitlines())
        with client.ask(query, accept="application/n-triples") as reply:
            assert sum(1 for _ in ox.parse(reply.file, format=ox.RdfFormat.N_TRIPLES)) == 20_000
        client.drop_graph("http://e/blocks")
        assert client.rows("SELECT * WHERE { GRAPH <http://e/blocks> { ?s ?p ?o } }") == []


def test_who_an_engine_is_is_found_behind_a_gate_too(oxigraph: Oxigraph) -> None:
    with gate(oxigraph.url) as between:
        base = between.url.removesuffix("/query")
        assert find(base) == Target(f"{base}/query", f"{base}/update", f"{base}/store")
        assert find(f"{base}/query", update="http://other/u").update == "http://other/u"
