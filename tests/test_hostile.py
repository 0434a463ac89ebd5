"""What is thrown at a public endpoint, and what it must do: a clear error, and the next query served."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.serving import Server, cross, serving

TRIPLES = 30_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.nt"
    lines = (
        f'<http://e/s{n}> <http://e/p{n % 5}> "value number {n} aaaaaaaaaaaaaaaaaaaaaaaa" .\n' for n in range(TRIPLES)
    )
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    limits = "--seconds 2 --rows 20000 --megabytes 3 --memory 400 --workers 2 --queue 4 --per-client 3 --cache 0"
    with serving("--data", data, *limits.split()) as running:
        running.http.get("/health")
        yield running


@pytest.fixture(scope="module", autouse=True)
def silent(server: Server) -> Iterator[socket.socket]:
    """Begin to send a query before all other tests, which run while the server waits for the rest of it."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = b"Host: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99"
        connection.sendall(b"POST /sparql HTTP/1.1\r\n" + head + b"\r\n\r\nSEL")
        yield connection


def alive(server: Server) -> bool:
    return server.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == str(TRIPLES)


#: Takes hours, and hardly any memory.
BURNING = cross(3)

HOSTILE = {
    "a cross join": BURNING,
    "a cross join of many": cross(20),
    "a cross join in groups": "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a",
    "a catastrophic pattern": 'SELECT * { ?s ?p ?o . ?a ?b ?c FILTER(REGEX(CONCAT(?o, ?c), "(a+)+(a+)+$x")) }',
    "everything in order": "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?c ?o ?s ?a",
    "a product in order": "SELECT DISTINCT ?s ?a { ?s ?p ?o . ?a ?b ?c }",
    "endless paths": "SELECT * { ?a (<http://e/p0>|!<http://e/p0>)* ?b . ?b (<http://e/p1>|^<http://e/p1>)* ?c }",
    "a text that doubles": "SELECT ?x { " + " ".join(
        f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(60)
    ).replace("?x0, ?x0", "'aaaaaaaa', 'aaaaaaaa'") + " BIND(?x60 AS ?x) }",
    "ten thousand brackets": "SELECT * { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }",
    "twenty thousand groups": "SELECT * " + "{" * 20_000 + "}" * 20_000,
    "ten thousand negations": "SELECT * { FILTER(" + "!" * 10_000 + "true) }",
    "a megabyte of or": "SELECT * { FILTER(" + "||".join(["true"] * 160_000) + ") }",
    "thousands of unions": "SELECT * { {} " + "UNION {} " * 9_000 + "}",
    "a long path": "SELECT * { ?s " + "<http://e/p>/" * 4_000 + "<http://e/p> ?o }",
    "a NUL": "SELECT * { ?s ?p '\x00' }",
    "no end": "SELECT * { ?s ?p '''",
    "another server": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "a file": "LOAD <file:///etc/passwd>",
    "more rows than allowed": "SELECT * { ?s ?p ?o }",
    "more bytes than allowed": "SELECT * { ?s ?p ?o } LIMIT 20000",
    "an answer without end": "SELECT * { ?s ?p ?o . ?a ?b ?c }",
    "a graph without end": "CONSTRUCT { ?s ?p ?o . ?a ?b ?c } { ?s ?p ?o . ?a ?b ?c }",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_gets_no_answer_and_the_next_one_does(server: Server, name: str) -> None:
    outcome = "complete"
    try:
        response = server.http.post("/sparql", data={"query": HOSTILE[name]})
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            outcome = response.json()["code"]
    except httpx.RemoteProtocolError:
        outcome = "broken off"
    assert outcome != "complete", "a cut-off answer looked whole"
    assert alive(server)


@pytest.mark.parametrize("accept", ["json", "xml", "csv", "tsv"])
def test_a_cut_off_answer_never_looks_whole_in_any_format(server: Server, accept: str) -> None:
    for query in ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o . ?a ?b ?c }"):
        try:
            response = server.http.post("/sparql", data={"query": query, "format": accept})
        except httpx.RemoteProtocolError:
            continue
        assert response.status_code == 422
        assert response.json()["code"] in ("too-many-rows", "too-large")


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_rows_are_counted_exactly_whatever_stands_in_them(data: Path, format_: str) -> None:
    query = 'SELECT ("}},{\\"a\\n<result>\\r\\n\\"" AS ?x) { ?s ?p ?o } LIMIT '
    with serving("--data", data, "--rows", "500") as small:
        assert small.http.post("/sparql", data={"query": query + "500", "format": format_}).status_code == 200
        over = small.http.post("/sparql", data={"query": query + "501", "format": format_})
        assert over.json()["code"] == "too-many-rows"
        unbound = {"query": "SELECT ?x { ?s ?p ?o } LIMIT 501", "format": format_}
        assert small.http.post("/sparql", data=unbound).json()["code"] == "too-many-rows"


def during(work: Callable[[], object], count: int, then: Callable[[], None]) -> None:
    """Do something while `count` threads work."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        then()
    finally:
        for thread in threads:
            thread.join()


def test_the_server_stays_quick_while_every_worker_burns(server: Server) -> None:
    ended, looks_before = threading.Event(), []

    def burn() -> None:
        server.http.post("/sparql", data={"query": BURNING})
        ended.set()

    def look() -> None:
        for _ in range(20):
            assert server.http.get("/health").status_code == 200
            looks_before.append(not ended.is_set())

    during(burn, 2, look)
    # How quick it is the benchmark measures; here it does not wait for a worker to be free.
    assert looks_before[0]
    assert alive(server)


def test_one_client_cannot_take_every_place(server: Server) -> None:
    codes: list[int] = []

    def burn() -> None:
        codes.append(server.http.post("/sparql", data={"query": BURNING}).status_code)

    def ask() -> None:
        refused = server.http.post("/sparql", data={"query": "ASK {}"})
        assert refused.status_code == 429
        assert refused.json()["code"] == "too-many-requests"
        assert refused.headers["retry-after"] == "1"

    during(burn, 3, ask)
    assert set(codes) <= {503, 504}
    assert alive(server)


def test_a_full_queue_is_told_with_a_time_to_come_back(data: Path) -> None:
    with serving("--data", data, "--seconds", "2", "--workers", "1", "--queue", "0") as crowded:
        crowded.http.get("/health")

        def burn() -> None:
            crowded.http.post("/sparql", data={"query": BURNING})

        def ask() -> None:
            refused = crowded.http.post("/sparql", data={"query": "ASK {}"})
            assert (refused.status_code, refused.json()["code"]) == (503, "busy")
            assert refused.headers["retry-after"]

        during(burn, 1, ask)
        # Without a queue, a request that meets the change of workers is refused as well.
        statuses = []
        for _ in range(5):
            time.sleep(0.1)
            statuses.append(crowded.http.post("/sparql", data={"query": "ASK {}"}).status_code)
        assert statuses[-1] == 200


def test_a_client_that_goes_away_frees_its_worker(data: Path) -> None:
    # Whoever had to wait for the end of a query would wait ten minutes, longer than the client does.
    with serving("--data", data, "--seconds", "600", "--workers", "1") as patient:
        patient.http.get("/health")
        for _ in range(3):
            with contextlib.suppress(httpx.TimeoutException):
                patient.http.post("/sparql", data={"query": BURNING}, timeout=0.4)
        assert alive(patient)


def test_a_client_that_goes_away_in_the_middle_of_an_answer_frees_its_worker(data: Path) -> None:
    endless = "/sparql?query=CONSTRUCT%20WHERE%20%7B?s%20?p%20?o.?a%20?b%20?c%7D"
    with serving("--data", data, "--workers", "1", "--megabytes", "100000", "--seconds", "600") as patient:
        for _ in range(3):
            with patient.http.stream("GET", endless) as response:
                assert next(response.iter_raw())
        assert alive(patient)


def test_a_client_that_reads_slowly_holds_no_memory_and_no_worker_for_ever(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"GET /sparql?query=CONSTRUCT%20WHERE%20%7B?s%20?p%20?o%7D HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.recv(100)
        time.sleep(3)
        assert alive(server)


def test_a_worker_that_is_killed_from_outside_is_replaced(server: Server) -> None:
    workers = {pid for pid in server.children() if "ccn_graph.server" not in Path(f"/proc/{pid}/cmdline").read_text()}
    assert len(workers) == 2
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not alive(server):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for _ in range(4):
        assert alive(server)
    assert sum("killed from outside" in line for line in server.lines) >= 2, "the log says what became of it"


def test_no_process_outlives_the_server_however_it_ends(data: Path) -> None:
    for victim in ("supervisor", "web"):
        running = Server("--data", data, "--seconds", "20")
        running.http.get("/health")
        family = {running.process.pid, *running.children()}
        (web,) = (pid for pid in family if "ccn_graph.server" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(web if victim == "web" else running.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while running.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        while left := [pid for pid in family if _runs(pid)]:
            assert time.monotonic() < deadline, f"{victim} died, {left} stayed"
            time.sleep(0.05)
        running.stop()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


MALFORMED = [
    b"GET /sparql?query=" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 2_000_000 + b"\r\n\r\n",
    b"nonsense\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /sparql?query=%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("sent", MALFORMED)
def test_malformed_http_is_refused_and_the_next_request_served(server: Server, sent: bytes) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    # What is refused is not read to its end: sending may fail before there is an answer to read.
    gone = contextlib.suppress(TimeoutError, ConnectionError)
    with socket.create_connection((host, int(port)), timeout=5) as connection, gone:
        connection.sendall(sent)
        assert b" 200 " not in connection.recv(1_000)[:20]
    assert alive(server)


def test_a_body_that_never_comes_is_given_up(server: Server, silent: socket.socket) -> None:
    assert b" 408 " in silent.recv(1_000)[:20]
    assert alive(server)
