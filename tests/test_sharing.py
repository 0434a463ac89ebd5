"""What one client does to the workers: others are answered all the same, at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx2 as httpx
import pytest

from ccn_graph.server import outgoing
from ccn_graph.server.outgoing import Outgoing
from ccn_graph.workers import fairness, scheduling, starting
from ccn_graph.workers.fairness import HALF_LIFE, FairQueue, Sharing, Usage
from ccn_graph.workers.job import Job, Worker
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.spool import IN_MEMORY, Spool, SpoolRoom
from tests.serving import Server, cross, serving
from tests.test_connections import connect, get

LARGE = "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 60000"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.nt"
    lines = (f'<http://e/s{n}> <http://e/p{n % 5}> "value {n} {"a" * 50}" .\n' for n in range(2_000))
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with serving("--data", data, "--workers", "2", "--cache", "0") as running:
        running.http.get("/health")
        yield running


def figure(server: Server, name: str) -> float:
    lines = server.http.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def wait_until(server: Server, name: str, value: float) -> None:
    until = time.monotonic() + 30
    while figure(server, name) != value:
        assert time.monotonic() < until, f"{name} is {figure(server, name)}"
        time.sleep(0.05)


def test_clients_that_never_read_hold_no_worker(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(4):
            slow = stack.enter_context(connect(server))
            slow.sendall(get(f"{LARGE} # {number}"))
        # All is computed, though nobody has read anything of more than ten megabytes each.
        wait_until(server, "ccn_queries_running", 0)
        assert server.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "2000"
        received = bytearray()
        while not received.endswith(b"0\r\n\r\n") and (part := slow.recv(1_000_000)):
            received += part
        assert received.count(b"http://e/s") >= 119_000, "and it is all there for whoever reads at last"


def test_without_room_for_what_is_not_read_a_query_ends_in_its_time(data: Path) -> None:
    with serving("--data", data, "--workers", "2", "--cache", "0", "--spool", "0", "--seconds", "2") as server:
        with contextlib.ExitStack() as stack:
            for number in range(2):
                slow = stack.enter_context(connect(server))
                slow.sendall(get(f"{LARGE} # {number}"))
            wait_until(server, "ccn_queries_running", 0)
            received = b""
            with contextlib.suppress(ConnectionError):
                while part := slow.recv(1_000_000):
                    received += part
            assert not received.endswith(b"0\r\n\r\n"), "what was cut off looks cut off"
        server.stop()
        broken = [line for line in server.lines if "broken off" in line]
        assert broken
        assert not any("Traceback" in line for line in server.lines)


@pytest.mark.parametrize("addresses", [1, 12])
def test_endless_queries_of_others_do_not_keep_a_client_waiting(server: Server, addresses: int) -> None:
    stopped = threading.Event()

    def burn(number: int) -> None:
        headers = {"X-Forwarded-For": f"192.0.2.{number % addresses}"}
        with httpx.Client(base_url=server.url, timeout=60, headers=headers) as http:
            while not stopped.is_set():
                with contextlib.suppress(httpx.HTTPError):
                    http.get("/sparql", params={"query": f"{cross(20)} # {number}", "timeout": "5"})

    threads = [threading.Thread(target=burn, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    times = []
    try:
        time.sleep(1.5)
        with httpx.Client(base_url=server.url, timeout=60, headers={"X-Forwarded-For": "198.51.100.1"}) as good:
            for number in range(20):
                begun = time.monotonic()
                asked = good.get("/sparql", params={"query": f"SELECT ({number} AS ?n) {{}}"})
                assert asked.status_code == 200, "nothing of it is lost"
                times.append(time.monotonic() - begun)
                time.sleep(0.1)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    sys.stderr.write(f"{addresses} hostile addresses: median {sorted(times)[10]:.3f} s, longest {max(times):.3f} s\n")
    # In their order they would be many times five seconds each; no more than that is judged here.
    assert sorted(times)[len(times) // 2] < 5


def workers_of(server: Server) -> list[int]:
    """Return the processes of a server that are neither the first one nor the one for the web."""
    webs = [pid for pid in server.children() if "-m\0ccn_graph.server" in Path(f"/proc/{pid}/cmdline").read_text()]
    return [pid for pid in server.children() if pid not in webs]


_FAILING = """
import os
from ccn_graph.workers import dataset_version
from ccn_graph.server import open_project
def opened(inner):
    def wrapped(*arguments, **options):
        dataset = inner(*arguments, **options)
        before = dataset.open
        def now():
            if os.path.exists(os.environ["WORKERS_FAIL"]):
                raise OSError("the store is away")
            return before()
        return dataset_version.DatasetVersion(dataset.statistics, now, dataset.release_dir, dataset.connects)
    return wrapped
open_project.dataset = opened(open_project.dataset)
from ccn_graph.cli.main import main
main()
"""


def test_workers_that_cannot_start_are_told_of_and_tried_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = tmp_path / "fails"
    monkeypatch.setenv("WORKERS_FAIL", str(fails))
    with serving("--data", data, "--workers", "2", program=_FAILING) as server:
        assert server.http.get("/health").json()["workers"] == 2
        fails.touch()
        workers = workers_of(server)
        assert len(workers) == 2
        os.kill(workers[0], 9)
        wait_until(server, "ccn_workers_living", 1)
        until = time.monotonic() + 10
        while server.http.get("/health").json()["status"] != "degraded":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert server.http.get("/health").json()["reason"] == "a worker cannot be started; the server's log says why"
        assert server.select("ASK {}") is not None, "the other one answers"
        os.kill(workers[1], 9)
        wait_until(server, "ccn_workers_living", 0)
        ill = server.http.get("/health")
        assert (ill.status_code, ill.json()["workers"], ill.json()["workers_wanted"]) == (503, 0, 2)
        assert server.http.get("/sparql", params={"query": "ASK {}"}).status_code == 503
        time.sleep(2)
        fails.unlink()
        wait_until(server, "ccn_workers_living", 2)
        assert server.http.get("/health").json()["status"] == "ok"
        spawned = figure(server, "ccn_workers_spawned")
        assert spawned == 4, "those that could not start are none"
        server.stop()
        told = [line for line in server.lines if "the store is away" in line]
        assert 1 <= len(told) <= 2, "one line for each time that it begins"
        assert any("workers start again" in line for line in server.lines)


def test_the_log_says_what_a_worker_died_of(capsys: pytest.CaptureFixture[str]) -> None:
    loop = asyncio.new_event_loop()
    for code in (-9, -6, -11, 3, 0):
        exited: asyncio.Future[int] = loop.create_future()
        exited.set_result(code)
        starting.tell_end(77, exited)
    loop.close()
    told = capsys.readouterr().err.splitlines()
    assert ["killed" in told[0], "--memory" in told[1], "nested" in told[2], "with 3" in told[3]] == [True] * 4
    assert len(told) == 4, "who was let go needs no word"


def test_a_scratch_directory_that_was_swept_away_is_made_anew(data: Path, tmp_path: Path) -> None:
    program = f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}\nfrom ccn_graph.cli.main import main\nmain()\n"
    with serving("--data", data, "--workers", "1", program=program) as server:
        server.http.get("/health")
        for path in tmp_path.glob("ccn-graph-*/*"):
            path.rmdir()
            path.parent.rmdir()
        (worker,) = workers_of(server)
        os.kill(worker, 9)
        until = time.monotonic() + 20
        while server.http.get("/sparql", params={"query": "ASK {}"}).status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_what_a_client_does_not_read_is_kept_in_order_and_within_bounds() -> None:
    room = SpoolRoom(8)
    spool = Spool(room, "me")
    parts = [bytes([number]) * 100_000 for number in range(40)]
    for part in parts:
        spool.put(MessageKind.DATA, part)
    assert room.used > 0
    assert room.used <= 2 * 2**20, "a client has a quarter of the room"
    assert spool.is_full
    assert [spool.take()[1] for _ in parts] == parts
    assert (room.used, len(spool), spool.is_full) == (0, 0, False)
    spool.put(MessageKind.DATA, b"x" * IN_MEMORY)
    spool.put(MessageKind.DATA, b"y" * 1_000)
    assert room.used == 1_000
    spool.close()
    assert room.used == 0


class Transport(asyncio.Transport):
    """One whose client has taken so much."""

    def __init__(self) -> None:
        self.written = self.taken = 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high
        assert low

    def get_write_buffer_size(self) -> int:
        return self.written - self.taken

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += len(data)


PACES = [(0, 21), (1_000, 21), (outgoing.RATE // 2, 41), (outgoing.RATE + 9, None)]


@pytest.mark.parametrize(("rate", "given_up"), PACES)
def test_a_slow_reader_is_given_up_by_its_pace_over_the_whole_answer(rate: int, given_up: int | None) -> None:
    transport = Transport()
    out = Outgoing(transport)
    out.write(b"x" * 10_000_000)
    seconds = next((at for at in range(1, 300) if _too_slow(out, transport, rate)), None)
    assert seconds == given_up
    transport.taken = transport.written
    assert not out.is_too_slow(is_between=True)
    assert "bytes" in out.pace


def _too_slow(out: Outgoing, transport: Transport, rate: int) -> bool:
    transport.taken = min(transport.written, transport.taken + rate)
    return out.is_too_slow(is_between=False)


def test_what_was_had_is_forgotten() -> None:
    now = [0.0]
    usage = Usage(lambda: now[0])
    usage.spend("greedy", 8)
    usage.spend("modest", 1)
    assert (usage.of("greedy"), usage.of("new"), usage.last("new")) == (8, 0, 0)
    now[0] = 3 * HALF_LIFE
    assert usage.of("greedy") == 1


def test_quick_queries_come_in_turns_and_slow_ones_by_what_was_had(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(fairness, "_clock", lambda: now[0])
    queue = FairQueue()
    shared = Sharing([], queue)
    for name, since in (("flood", 1), ("flood", 2), ("flood", 3), ("good", 5), ("new", 7)):
        queue.put(waiting(name, since=since))
    for name, had in (("a", 3), ("b", 2)):
        queue.put(waiting(name, is_slow=True))
        shared.usage.spend(name, had)
    order = []
    while job := queue.next(shared.rank, lambda _: True):
        assert queue.remove(job)
        order.append(job.client)
        now[0] += 6
        shared.usage.spend(job.client, 0.01)
    assert order == ["flood", "good", "flood", "new", "flood", "b", "a"]
    busy = cast("list[Worker]", [Busy("good", 1)])
    assert Sharing(busy, queue).rank(waiting("good", since=1)) > Sharing(busy, queue).rank(waiting("new", since=8))


class Busy:
    """A worker whose query of a client has so many seconds behind it."""

    def __init__(self, client: str, seconds: float, *, tried: bool = False) -> None:
        self.begun = -seconds
        self.under_way = [waiting(client, is_slow=tried)]
        self.under_way[0].untried = not tried

    def is_slow(self, now: float, seconds: float) -> bool:
        return now - self.begun > seconds


def waiting(client: str, *, is_slow: bool = False, since: float = -1) -> Job:
    return Job(b"", client, 30, 30, None, SpoolRoom(1), is_slow=is_slow, since=since)


def sharing(monkeypatch: pytest.MonkeyPatch, busy: list[Busy], jobs: list[Job], wanted: int = 3) -> Sharing:
    monkeypatch.setattr(fairness, "_clock", lambda: 0.0)
    queue = FairQueue()
    for job in jobs:
        queue.put(job)
    found = Sharing(cast("list[Worker]", busy), queue)
    found.workers_wanted = wanted
    return found


def to_stop(busy: list[Busy], *jobs: Job, of: pytest.MonkeyPatch) -> tuple[object, bool]:
    return sharing(of, busy, list(jobs)).one_to_stop()


def test_slow_queries_leave_one_worker_to_quick_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = [Busy("a", 9), Busy("b", 5)]
    shared = sharing(monkeypatch, busy, [])
    assert shared.may_begin(("c", False))
    assert not shared.may_begin(("c", True)), "two of three are slow"
    busy.pop()
    assert shared.may_begin(("c", True))
    shared.usage.spend("a", 9)
    shared.usage.spend("c", 0.1)
    busy.append(Busy("b", 5))
    assert not shared.may_begin(("a", False)), "that of a client that had much will hardly be quick"
    assert shared.may_begin(("c", False))
    shared.workers_wanted = 1
    assert shared.may_begin(("c", True)), "the only one is for all"


def test_what_is_quick_waits_for_nothing_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = Busy("a", 9), Busy("a", 0.3)
    busy = [old, Busy("b", 5), new]
    assert to_stop(busy, waiting("c", since=0), of=monkeypatch) == (new, True), "the one that had done least"
    assert to_stop(busy, of=monkeypatch) == (None, False), "nobody waits"
    assert to_stop(busy[:2], waiting("c"), of=monkeypatch) == (None, False), "one will be free"
    own = [Busy("a", 9), Busy("a", 5), Busy("a", 0.3)]
    assert to_stop(own, waiting("a"), of=monkeypatch) == (None, False)
    own[2].begun = -1.5
    assert to_stop(own, waiting("a"), of=monkeypatch) == (own[2], True)
    crowd = [Busy("a", 0.15), Busy("b", 0.14), Busy("c", 0.12)]
    assert to_stop(crowd, waiting("d"), of=monkeypatch) == (None, False)
    many = map(waiting, "defg")
    assert to_stop(crowd, *many, of=monkeypatch) == (crowd[0], True), "sooner when many wait"


def test_slow_queries_of_the_greedy_stop_for_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy, modest = Busy("a", 9, tried=True), Busy("b", 0.6, tried=True)
    busy, slow = [greedy, modest], waiting("c", is_slow=True)
    assert to_stop(busy, slow, of=monkeypatch) == (greedy, False)
    shared = sharing(monkeypatch, busy, [slow])
    shared.usage.spend("c", 9)
    assert shared.one_to_stop() == (None, False), "who waits had as much"
    assert to_stop(busy, waiting("c", is_slow=True, since=0), of=monkeypatch) == (None, False), "not at once"
    sent = [Busy(name, 2, tried=True) for name in "abd"]
    assert to_stop(sent, waiting("c"), of=monkeypatch) == (sent[0], False), "what was sent cannot begin anew"
    assert to_stop([greedy], slow, of=monkeypatch) == (None, False), "there is room"


def test_time_that_a_process_only_waited_for_a_processor_does_not_make_it_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    with socket.socket() as ours, socket.socket() as other:
        worker = Worker(os.getpid(), 1, "", asyncio.Future(loop=loop), ours, other)
    loop.close()
    assert scheduling.wants_to_run(os.getpid()), "this one does"
    worker.ran = scheduling.ran(os.getpid())
    assert not worker.is_slow(9, 1)
    monkeypatch.setattr(scheduling, "wants_to_run", lambda _: False)
    assert worker.is_slow(9, 1), "it waits for something else"
    worker.ran -= 1
    monkeypatch.undo()
    assert worker.is_slow(9, 1)
    assert not worker.is_slow(0.5, 1)


def test_a_full_queue_gives_the_place_of_a_slow_query_to_who_has_none() -> None:
    queue = FairQueue()
    for number in range(4):
        queue.put(waiting(f"hostile {number}", is_slow=True))
    load = {f"hostile {number}": number / 10 for number in range(4)}
    displaced = queue.displaced_by("new", 4, lambda client: load.get(client, 0.0))
    assert displaced
    assert displaced.client == "hostile 3"


def test_a_full_queue_takes_the_place_of_the_greediest() -> None:
    queue, room = FairQueue(), SpoolRoom(1)
    jobs = [Job(str(number).encode(), "greedy", 1, 1, None, room) for number in range(4)]
    for job in jobs:
        queue.put(job)

    def load(client: str) -> float:
        return 5.0 if client == "greedy" else 0.0

    assert queue.has_room("other", 4, load)
    assert not queue.has_room("greedy", 4, load)
    assert queue.displaced_by("other", 4, load) is jobs[-1]
    assert len(queue) == 3
    assert queue.displaced_by("other", 4, load) is None, "there is room"
