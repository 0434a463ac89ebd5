"""What a client does with its connections: none of it may cost others theirs, or the server its memory."""

from __future__ import annotations

import contextlib
import socket
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccn_graph.errors import QueryError
from ccn_graph.server import connections
from ccn_graph.server.client_address import Proxies, counted
from ccn_graph.server.connections import Connections
from ccn_graph.server.http_request import HttpRequest, Incoming
from tests.conftest import ROOT
from tests.serving import Server, cross, serving

DATA = ROOT / "data" / "registers" / "network.ttl"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--data", DATA, "--workers", "2", "--seconds", "5", "--cache", "1") as running:
        running.http.get("/health")
        yield running


def connect(server: Server, timeout: float = 20) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=timeout)


def web_memory(server: Server) -> int:
    """Return the bytes that the web process has of its own."""
    (web,) = (pid for pid in server.children() if "ccn_graph.server" in Path(f"/proc/{pid}/cmdline").read_text())
    lines = Path(f"/proc/{web}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1_024 for line in lines if line.startswith("RssAnon:"))


def everything(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            received += part
    return received


def get(query: str, *headers: str) -> bytes:
    head = [f"GET /sparql?{urllib.parse.urlencode({'query': query})} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(head).encode()


def test_pipelining_costs_no_memory_and_every_request_is_answered(server: Server) -> None:
    before = web_memory(server)
    asked = get("ASK {}", "X-Request-Id: long") * 20_000
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            connection = stack.enter_context(connect(server))
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                # As much as goes; nobody reads the answers.
                connection.send(asked)
        for _ in range(20):
            time.sleep(0.1)
            assert server.http.get("/health").status_code == 200
        assert web_memory(server) - before < 40_000_000
    with connect(server) as connection:
        connection.sendall(get("SELECT (1 AS ?x) {}") * 500 + get("ASK {}", "Connection: close"))
        assert everything(connection).count(b"HTTP/1.1 200 OK") == 501


@pytest.mark.parametrize("path", ["/sparql", "/check"])
def test_unfinished_uploads_are_few_and_cost_little_and_others_may_post(server: Server, path: str) -> None:
    before = web_memory(server)
    kind = "text/turtle" if path == "/check" else "application/sparql-query"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 900000\r\n\r\n"
    codes = []
    with contextlib.ExitStack() as stack:
        open_ = [stack.enter_context(connect(server)) for _ in range(40)]
        for connection in open_:
            with contextlib.suppress(ConnectionError):
                connection.sendall(head.encode() + b"#" * 800_000)
        time.sleep(0.3)
        for connection in open_:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                codes.append(connection.recv(20)[9:12])
        assert web_memory(server) - before < 40_000_000
        # One whose body comes with its head is no upload that others have to wait for.
        with connect(server) as connection:
            body = b"ASK {}"
            post = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            connection.sendall(post + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            assert b"HTTP/1.1 200 OK" in everything(connection)
    assert codes.count(b"429") >= 40 - connections.UPLOADS_OF_CLIENT


def test_a_client_that_ends_its_side_gets_its_answers(server: Server) -> None:
    burning = f"SELECT (COUNT(*) AS ?n) {{ {{ {cross(3)} }} }}"
    for sent, wanted in (
        (get("ASK {}"), 1),
        (get("ASK {}", "X-Request-Id: long"), 1),
        (get("ASK {}") * 3, 3),
        (get(burning), 1),
        (b"GET /health HTTP/1.0\r\n\r\n", 1),
    ):
        with connect(server) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answered = everything(connection)
        assert answered.count(b"HTTP/1.1 200 OK") == wanted, answered
    with connect(server) as connection:
        connection.sendall(get(cross(20)))
        connection.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 504" in everything(connection)


def test_idle_connections_shut_nobody_out() -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (700, 700))\n"
    program += "from ccn_graph.cli.main import main\nmain()\n"
    with serving("--data", DATA, "--workers", "1", program=program) as server, contextlib.ExitStack() as stack:
        # More than there are descriptors: some said nothing, some a part of a request.
        for number in range(900):
            with contextlib.suppress(OSError):
                connection = stack.enter_context(connect(server))
                connection.sendall(b"GET / HT" * (number % 2))
        with connect(server) as connection:
            connection.sendall(get("ASK {}", "Connection: close"))
            assert b"HTTP/1.1 200 OK" in everything(connection)


def test_one_address_has_its_share_of_connections_and_its_oldest_idle_one_makes_room() -> None:
    class Client:
        def __init__(self, peer: str, since: float, *, is_idle: bool = True) -> None:
            self.peer, self.since, self.is_idle, self.closed = peer, since, is_idle, False

        def look(self, now: float) -> None:
            raise AssertionError(now)

        def let_go(self) -> None:
            self.closed = True

    some = Connections(4, 2)
    busy, idle, newer, other = (
        Client("a", 1, is_idle=False), Client("a", 2), Client("a", 3, is_idle=False), Client("b", 4),
    )  # fmt: skip
    assert [some.take(client, is_proxy=False) for client in (busy, idle, newer)] == [True] * 3
    assert (busy.closed, idle.closed, newer.closed) == (False, True, False)
    assert not some.take(Client("a", 5), is_proxy=False), "both that it has are busy"
    assert some.take(other, is_proxy=False)
    assert some.take(Client("proxy", 6, is_idle=False), is_proxy=True)
    assert some.take(Client("proxy", 7, is_idle=False), is_proxy=True)
    assert other.closed, "the only one that is idle makes room"
    assert not some.take(Client("c", 8), is_proxy=False)
    for client in tuple(some.all):
        some.drop(client)
    assert not some.all


def test_heads_that_do_not_end_are_kept_up_to_a_bound() -> None:
    some = Connections(100, 100)

    class Client:
        peer, since, is_idle = "a", 0.0, True

        def look(self, now: float) -> None:
            raise AssertionError(now)

        def let_go(self) -> None:
            raise AssertionError

    clients = [Client() for _ in range(200)]
    with pytest.raises(QueryError, match="too many long requests"):
        for client in clients:
            some.hoard(client, 400_000)
    for client in clients:
        some.drop(client)
    some.hoard(clients[0], 400_000)


def test_a_client_is_counted_by_what_it_owns() -> None:
    proxies = Proxies(["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"])
    assert proxies.client("192.0.2.1", "203.0.113.9") == "192.0.2.1", "anyone may say anything"
    assert proxies.client("127.0.0.1", "203.0.113.9, 192.0.2.7") == "192.0.2.7", "what the client itself said"
    assert proxies.client("127.0.0.1", "192.0.2.7, 10.1.2.3") == "192.0.2.7", "through two proxies"
    assert proxies.client("127.0.0.1", "192.0.2.7:4711") == "192.0.2.7"
    assert proxies.client("127.0.0.1", "[2001:db8::5]:4711") == "2001:db8::/64"
    assert proxies.client("127.0.0.1", "nonsense") == "127.0.0.1"
    assert proxies.client("127.0.0.1", "") == "127.0.0.1"
    assert proxies.client("::ffff:127.0.0.1", "192.0.2.7") == "192.0.2.7"
    assert counted("2001:db8:0:1::5") == counted("2001:db8:0:1:ffff::9") != counted("2001:db8:0:2::5")


def incoming(data: bytes) -> Incoming:
    brought = Incoming()
    brought.add(data)
    return brought


def test_heads_are_taken_one_by_one_however_they_come() -> None:
    sent = b"\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /c"
    brought, heads, bodies = Incoming(), [], bytearray()
    request: HttpRequest | None = None
    for at in range(len(sent)):
        brought.add(sent[at : at + 1])
        if request is None and (head := brought.head()):
            request = HttpRequest(head)
            request.on_data = bodies.extend
            heads.append((request.method, request.url))
        if request is not None:
            if not request.is_complete and len(brought):
                request.read_body(brought)
            request = None if request.is_complete else request
    assert heads == [("GET", b"/a"), ("POST", b"/b")]
    assert bodies == b"abc"
    assert brought.take() == b"GET /c"


def test_an_offer_of_another_protocol_does_not_change_where_a_body_ends() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 30\r\n\r\n"
    brought = incoming(head + b"GET /smuggled HTTP/1.1\r\nHost: GET /next")
    request = HttpRequest(brought.head() or b"")
    assert not request.is_complete
    request.read_body(brought)
    assert request.is_complete
    assert brought.take() == b"GET /next"


HOST = b"Host: x\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST * 2 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
        b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 100 + b"\r\n",
    ],
)
def test_what_is_no_request_is_refused(head: bytes) -> None:
    assert HttpRequest(b"GET / HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 99 + b"\r\n").is_complete
    with pytest.raises(QueryError):
        HttpRequest(head)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"GET / HTTP/1.1\n" + HOST, "bad-request"),
        (b"GET / HTTP/1.1\rHost: x", "bad-request"),
        (b"\x16\x03\x01", "bad-request"),
        (b"GET /?" + b"a" * 1_000_000, "address-too-long"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 17_000, "head-too-long"),
    ],
)
def test_a_head_that_will_be_none_is_not_waited_for(sent: bytes, code: str) -> None:
    brought = Incoming()
    for at in range(0, len(sent) - 1, 60_000):
        brought.add(sent[at : min(len(sent) - 1, at + 60_000)])
    for part in (brought, incoming(sent)):
        part.add(sent[-1:])
        with pytest.raises(QueryError) as refused:
            for _ in range(3):
                part.head()
                part.add(b"\r\n\r\n")
        assert refused.value.code == code


def test_what_stands_behind_a_chunked_body_adds_nothing_to_its_head() -> None:
    request = HttpRequest(b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")
    before = list(request.headers)
    request.read_body(incoming(b"1;a=b\r\n#\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\nHost: evil.example\r\n\r\n"))
    assert request.is_complete
    assert request.headers == before


def test_an_absolute_address_says_for_whom_it_is() -> None:
    request = HttpRequest(b"GET http://evil.example/a?b HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (request.host, request.target()["path"]) == ("evil.example", "/a")
    with pytest.raises(QueryError, match="path is longer"):
        HttpRequest(b"GET /" + b"a/" * 5_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n").target()


def test_a_server_for_its_own_machine_answers_no_other_name(server: Server) -> None:
    for name, status in (("evil.example", 421), ("localhost:80", 200), ("127.0.0.1", 200), ("[::1]:8000", 200)):
        for more in ({}, {"X-Request-Id": "long"}):
            asked = server.http.get("/sparql", params={"query": "ASK {}"}, headers={"Host": name, **more})
            assert asked.status_code == status
            assert "access-control-allow-origin" not in asked.headers
    assert "evil" not in server.http.get("/", headers={"Host": "evil.example"}).text
