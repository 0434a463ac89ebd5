"""A process behind the wall reaches nobody, by whatever call; a listening socket is the judge."""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ccn_graph.files import network_wall, sandbox
from ccn_graph.files.sandbox import Bounds
from tests.conftest import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.skipif(not network_wall.is_known(), reason="there is no wall for this system")


class Listener:
    """A server that counts who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.came = 0
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                if connection.recv(4) == b"stop":
                    return
                self.came += 1

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"stop")
        self._thread.join()
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    running = Listener()
    yield running
    running.close()


def enclosed(work: Callable[[], object]) -> str:
    """Do something behind the wall, in a process of its own; give what it gave, or the name of its error."""

    def done() -> str:
        network_wall.enclose()
        try:
            return str(work())
        except OSError as error:
            return type(error).__name__

    return sandbox.run(lambda _: done(), Bounds(seconds=30))


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 40])
def test_no_socket_of_another_family_is_opened(family: int) -> None:
    assert enclosed(lambda: socket.socket(family, socket.SOCK_STREAM)) == "PermissionError"
    assert enclosed(lambda: socket.socket(family, socket.SOCK_DGRAM)) == "PermissionError"


def test_nobody_is_reached_through_a_thread_or_a_fork_either(listener: Listener) -> None:
    def by_fork() -> int:
        pid = os.fork()
        if pid == 0:
            try:
                socket.create_connection(("127.0.0.1", listener.port)).sendall(b"fork")
            except OSError:
                os._exit(7)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def by_thread() -> str:
        outcome = []

        def connect() -> None:
            try:
                socket.create_connection(("127.0.0.1", listener.port)).sendall(b"thre")
            except OSError as error:
                outcome.append(type(error).__name__)

        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()
        return outcome[0]

    assert enclosed(by_fork) == "7"
    assert enclosed(by_thread) == "PermissionError"
    assert listener.came == 0


def test_no_other_call_leads_round_the_wall(tmp_path: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    # io_uring_setup has the same number everywhere; what it makes can open and connect sockets by itself.
    assert enclosed(lambda: libc.syscall(425, 8, ctypes.create_string_buffer(256))) == "-1"
    assert enclosed(lambda: os.execv("/bin/true", ["true"])) == "PermissionError"
    if platform.machine() == "x86_64":
        # The same call by its number for x32.
        assert enclosed(lambda: libc.syscall(0x40000000 | 41, 2, 1, 0)) == "-1"
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as near:
        near.bind(path)
        near.listen()
        assert enclosed(lambda: socket.socket(socket.AF_UNIX).connect(path)) == "PermissionError"


def test_what_a_worker_needs_goes_on() -> None:
    def work() -> bytes:
        ours, theirs = socket.socketpair()
        ours.sendall(b"word")
        return theirs.recv(4)

    assert enclosed(work) == "b'word'"


DATA = ROOT / "data" / "registers" / "network.ttl"

SERVICES = [
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "PREFIX a: <{url}> SELECT * {{ SERVICEa: {{ ?s ?p ?o }} }}",
    "PREFIX a: <{url}> SELECT * {{ SERVICESILENTa: {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s<?t#>'''\n}} #\n SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?u {{ <{url}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
]


def test_no_query_opens_a_connection_whatever_the_guard_makes_of_it(listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.port}/sparql"
    with serving("--data", DATA, "--cache", "0") as server:
        for query in SERVICES:
            asked = server.http.post("/sparql", data={"query": query.format(url=url)})
            assert "127.0.0.1" not in asked.text or asked.status_code == 403
        assert server.select("ASK {}") is not None
    assert listener.came == 0


#: Runs a worker whose engine would let any SERVICE through, as if the guard let it pass.
_OPEN = """
import sys
from ccn_graph.rdf import query_guard
query_guard.check_query = lambda query, *_, **__: query_guard.Written(query, ())
from ccn_graph.cli.main import main
main()
"""


def test_a_query_that_the_guard_lets_through_reaches_nobody(listener: Listener) -> None:
    server = Server("--data", DATA, "--cache", "0", program=_OPEN)
    try:
        query = f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}"
        assert server.http.post("/sparql", data={"query": query}).status_code >= 400
    finally:
        server.stop()
    assert listener.came == 0
