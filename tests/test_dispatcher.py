"""Queries that were sent ahead to a busy worker: whatever becomes of it, none is lost, held up or mixed up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import httpx2 as httpx
import pytest

from ccn_graph.errors import QueryError
from ccn_graph.workers import dispatcher, messages
from ccn_graph.workers.job import Job
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.pool import Pool
from tests.conftest import ROOT
from tests.serving import cross, serving

DATA = ROOT / "data" / "registers" / "network.ttl"

ENDLESS = cross(20)


class Stage:
    """Plays the supervisor and its workers, so that a test decides when a worker looks, answers, or dies."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._control.setblocking(False)
        self._ends: list[tuple[socket.socket, socket.socket]] = []
        self.killed: list[int] = []

    def hear(self) -> None:
        """Carry out what was asked of the supervisor."""
        while True:
            try:
                wanted = json.loads(self._control.recv(4_096))
            except BlockingIOError:
                return
            if "kill" in wanted:
                self.killed.append(wanted["kill"])
                continue
            ours, theirs = socket.socketpair()
            questions, unasked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            number = len(self._ends) + 1
            self._ends.append((theirs, unasked.dup()))
            told = json.dumps({"pid": number, "of": 1, "version": "v"}).encode()
            socket.send_fds(self._control, [told], [ours.fileno(), questions.fileno(), unasked.fileno()])
            for end in (ours, questions, unasked):
                end.close()
            theirs.sendall(messages.pack(MessageKind.READY, b""))

    def look(self, number: int) -> bytes:
        """Have a worker take its next query; give what it asks, nothing if there is none."""
        try:
            return self._ends[number - 1][1].recv(100_000, socket.MSG_DONTWAIT)[
                messages.NUMBER_SIZE + messages.HEADER_SIZE :
            ]
        except BlockingIOError:
            return b""

    def answer(self, number: int, text: bytes) -> None:
        self._ends[number - 1][0].sendall(messages.pack_whole(b"text/plain\n", text))

    def say(self, number: int, data: bytes) -> None:
        self._ends[number - 1][0].sendall(data)

    def die(self, number: int, code: int = -signal.SIGSEGV) -> None:
        self._ends[number - 1][0].close()
        self._control.send(json.dumps({"exit": number, "code": code}).encode())

    def close(self) -> None:
        for ends in self._ends:
            for end in ends:
                end.close()
        self._control.close()


@asynccontextmanager
async def staged(workers: int, quick: float = 60, seconds: float = 60) -> AsyncIterator[tuple[Pool, Stage]]:
    """Begin with so many workers; a query is slow after `quick` seconds, by default never."""
    patch = pytest.MonkeyPatch()
    patch.setattr(dispatcher, "SOON", 60)
    patch.setattr(dispatcher, "QUICK", quick)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pool, stage = Pool(ours, Limits(workers=workers, seconds=seconds), lambda: None), Stage(theirs)
    asyncio.get_running_loop().add_reader(theirs.fileno(), stage.hear)
    await pool.start()
    try:
        yield pool, stage
    finally:
        await pool.stop()
        asyncio.get_running_loop().remove_reader(theirs.fileno())
        stage.close()
        patch.undo()


def ask(pool: Pool, text: bytes) -> asyncio.Task[bytes]:
    async def answered(job: Job) -> bytes:
        return (await pool.answer(job)).body

    return asyncio.get_running_loop().create_task(answered(pool.enter(messages.pack(MessageKind.LINE, text), "me")))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


def run(test: Callable[[], object]) -> Callable[[], None]:
    def whole() -> None:
        asyncio.run(test())  # type: ignore[arg-type]

    whole.__name__ = test.__name__
    return whole


@run
async def test_a_busy_worker_finds_its_next_query_waiting_and_answers_in_order() -> None:
    async with staged(1) as (pool, stage):
        asked = [ask(pool, text) for text in (b"one", b"two", b"three")]
        await asyncio.sleep(0)
        assert (pool.figures.running, pool.figures.waiting) == (1, 2)
        for text in (b"one", b"two", b"three"):
            assert stage.look(1) == text
            stage.answer(1, text.upper())
        assert await asyncio.gather(*asked) == [b"ONE", b"TWO", b"THREE"]
        assert (pool.figures.running, pool.figures.waiting) == (0, 0)


@run
async def test_what_waits_behind_a_slow_query_is_taken_back_and_given_to_another_worker() -> None:
    async with staged(2, quick=0.005) as (pool, stage):
        asked = {text: ask(pool, text) for text in (b"one", b"two", b"waiting")}
        await asyncio.sleep(0)
        (behind,) = (known.pid for known in pool.dispatcher._workers if len(known.under_way) == 2)
        slow, other = stage.look(behind), stage.look(3 - behind)
        assert {slow, other} == {b"one", b"two"}
        await until(lambda: len(pool.dispatcher._queue) == 1)
        # Both are slow by now, so it waits for whoever is done first.
        assert (stage.look(1), stage.look(2)) == (b"", b"")
        stage.answer(3 - behind, b"")
        await asked[other]
        assert stage.look(3 - behind) == b"waiting"
        stage.answer(3 - behind, b"WAITING")
        assert await asked[b"waiting"] == b"WAITING"
        assert not asked[slow].done()
        stage.answer(behind, b"SLOW")
        assert await asked[slow] == b"SLOW"


@run
async def test_while_more_is_asked_than_workers_can_take_we_do_not_interrupt_them() -> None:
    async with staged(1, quick=0.005) as (pool, stage):
        asked = [ask(pool, b"one")]
        await asyncio.sleep(0)
        assert os.sched_getscheduler(0) == os.SCHED_OTHER
        asked.append(ask(pool, b"two"))
        await asyncio.sleep(0)
        assert os.sched_getscheduler(0) == os.SCHED_BATCH
        for _ in asked:
            assert stage.look(1)
            stage.answer(1, b"")
        await asyncio.gather(*asked)
        await until(lambda: os.sched_getscheduler(0) == os.SCHED_OTHER)
        asked = [ask(pool, b"three"), ask(pool, b"four")]
        await asyncio.sleep(0)
        assert os.sched_getscheduler(0) == os.SCHED_BATCH
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
    # Nobody will answer them any more.
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


@run
async def test_a_worker_that_dies_takes_only_the_query_it_had_begun() -> None:
    async with staged(1) as (pool, stage):
        deadly, waiting = ask(pool, b"deadly"), ask(pool, b"waiting")
        await asyncio.sleep(0)
        assert stage.look(1) == b"deadly"
        stage.die(1)
        with pytest.raises(QueryError) as raised:
            await deadly
        assert raised.value.code == "engine-crashed"
        await until(lambda: pool.figures.running == 1)
        assert stage.look(2) == b"waiting"
        stage.answer(2, b"WAITING")
        assert await waiting == b"WAITING"
        assert (pool.figures.kills, pool.figures.spawned) == (0, 2)


@run
async def test_a_worker_that_dies_before_it_looked_takes_no_query_with_it() -> None:
    async with staged(1) as (pool, stage):
        asked = [ask(pool, b"one"), ask(pool, b"two")]
        await asyncio.sleep(0)
        stage.die(1)
        await until(lambda: pool.figures.spawned == 2 and pool.figures.running == 1)
        for text in (b"one", b"two"):
            assert stage.look(2) == text
            stage.answer(2, text)
        assert await asyncio.gather(*asked) == [b"one", b"two"]


@run
async def test_a_query_that_a_dying_worker_took_with_it_is_asked_once_more_and_no_oftener() -> None:
    async with staged(1) as (pool, stage):
        asked = ask(pool, b"unlucky")
        for number in (1, 2):
            await until(lambda: pool.figures.running == 1)
            assert stage.look(number) == b"unlucky"
            assert not asked.done()
            stage.die(number, -signal.SIGKILL)
            await until(lambda number=number: pool.figures.spawned == number + 1)  # type: ignore[misc]
        with pytest.raises(QueryError) as raised:
            await asked
        assert raised.value.code == "memory-exceeded"
        assert (pool.figures.running, pool.figures.waiting) == (0, 0)


@run
async def test_a_query_that_is_given_up_in_the_queue_is_never_begun_and_harms_no_other() -> None:
    async with staged(1) as (pool, stage):
        first, given_up, last = (ask(pool, text) for text in (b"first", b"given up", b"last"))
        await asyncio.sleep(0)
        assert stage.look(1) == b"first"
        given_up.cancel()
        await asyncio.wait([given_up])
        stage.answer(1, b"")
        await first
        await until(lambda: pool.figures.running == 1)
        assert stage.look(1) == b"last"
        stage.answer(1, b"")
        await last
        assert stage.killed == []


@run
async def test_a_query_that_is_given_up_when_its_turn_has_just_come_costs_the_worker() -> None:
    async with staged(1) as (pool, stage):
        first, given_up, last = (ask(pool, text) for text in (b"first", b"given up", b"last"))
        await asyncio.sleep(0)
        assert stage.look(1) == b"first"
        # Its answer is on the way when the worker looks again.
        assert stage.look(1) == b"given up"
        given_up.cancel()
        await asyncio.wait([given_up])
        stage.answer(1, b"FIRST")
        assert await first == b"FIRST"
        await until(lambda: stage.killed == [1] and pool.figures.running == 1)
        assert stage.look(2) == b"last"
        stage.answer(2, b"LAST")
        assert await last == b"LAST"
        assert (pool.figures.running, pool.figures.waiting) == (0, 0)


@run
async def test_the_time_of_a_query_counts_from_its_turn() -> None:
    async with staged(1, seconds=0.2) as (pool, stage):
        first, second = ask(pool, b"first"), ask(pool, b"second")
        await asyncio.sleep(0.15)
        assert stage.look(1) == b"first"
        stage.answer(1, b"")
        await first
        # It is 0.3 s old by then, and has been at its turn for 0.15.
        await asyncio.sleep(0.15)
        assert stage.look(1) == b"second"
        stage.answer(1, b"in time")
        assert await second == b"in time"


@run
async def test_an_answer_in_pieces_does_not_mix_with_the_next_one() -> None:
    async with staged(1) as (pool, stage):
        asked = [ask(pool, b"one"), ask(pool, b"two")]
        await asyncio.sleep(0)
        pieces = messages.pack(MessageKind.HEAD, b"text/plain\n") + b"".join(
            messages.pack(MessageKind.DATA, b"1") for _ in range(30)
        )
        stage.say(1, pieces + messages.pack(MessageKind.END, b"") + messages.pack_whole(b"text/plain\n", b"2"))
        assert await asyncio.gather(*asked) == [b"1" * 30, b"2"]


@run
async def test_a_long_query_is_not_sent_ahead_and_comes_whole() -> None:
    async with staged(1) as (pool, stage):
        long = os.urandom(300_000)
        asked = [ask(pool, b"one"), ask(pool, long), ask(pool, b"two")]
        await asyncio.sleep(0)
        questions = stage._ends[0][1]
        for text in (b"one", long, b"two"):
            received = await asyncio.to_thread(messages.receive, questions)
            assert received == (MessageKind.LINE, text)
            stage.answer(1, b"")
        await asyncio.gather(*asked)


def test_no_answer_is_lost_or_mixed_up_while_workers_burn_and_are_killed() -> None:
    with serving("--data", DATA, "--workers", "3", "--seconds", "1", "--per-client", "40", "--cache", "0") as server:
        until, outcomes = time.monotonic() + 6, Counter[str]()

        def quick(number: int) -> None:
            with httpx.Client(base_url=server.url, timeout=30) as http:
                count = 0
                while time.monotonic() < until:
                    count += 1
                    value = f"{number}-{count}"
                    response = http.get("/sparql", params={"query": f'SELECT ("{value}" AS ?x) {{}}'})
                    if response.status_code == 200:
                        assert response.json()["results"]["bindings"][0]["x"]["value"] == value
                    outcomes[str(response.status_code)] += 1

        def burn() -> None:
            with httpx.Client(base_url=server.url, timeout=30) as http:
                while time.monotonic() < until:
                    outcomes[f"burnt {http.get('/sparql', params={'query': ENDLESS}).status_code}"] += 1

        with ThreadPoolExecutor(10) as threads:
            for done in [threads.submit(burn) for _ in range(2)] + [threads.submit(quick, n) for n in range(8)]:
                done.result()
        # Nothing but the burning is cut off.
        assert set(outcomes) <= {"200", "burnt 504", "burnt 503"}, outcomes
        assert outcomes["200"] >= 8, "each of those that ask quick ones is answered"
        text = server.http.get("/metrics").text
        assert "ccn_queries_running 0.0" in text
        assert "ccn_queries_waiting 0.0" in text
