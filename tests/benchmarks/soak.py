"""Good and hostile clients together for some minutes, and nothing lost: `python -m tests.benchmarks.soak --minutes 15`.

Every good answer is compared with that of the engine itself; nothing but 200, or 503 with a time to come back, is
good enough for a good query. Meanwhile /health is asked all the time, and memory is watched.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import datetime
import random
import statistics
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import formats
from ccn_graph.rdf.parsing import FileKind
from tests.benchmarks import dataset, family, likeness, mix, report
from tests.benchmarks.wire import Line, Outcome
from tests.serving import Server
from tests.test_hostile import HOSTILE, MALFORMED, TRIPLES

LIMITS = "--seconds 2 --rows 20000 --megabytes 3 --memory 400 --workers 2 --queue 64 --per-client 100 --cache 8"

#: Measurements of memory, one a second, from which growth can be told from the ups and downs of hostile queries.
ENOUGH = 120

#: Clients of each sort.
GOOD, BAD = 4, 3

#: How many different queries of each kind are asked, again and again.
VARIETY = 200

QUADS = 40_000

KINDS = [kind for kind in mix.KINDS if kind.weight]


#: What gives the next request, or None, and what takes its answer.
Pair = tuple[Callable[[], bytes | None], Callable[[Outcome], None]]


@dataclass(slots=True)
class Tally:
    """What happened."""

    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)
    faults: list[str] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def fault(self, text: str) -> None:
        """Note a fault."""
        self.outcomes["FAULT"] += 1
        if len(self.faults) < 50:
            self.faults.append(text)


class Truth:
    """Right answers, from the engine in this process."""

    def __init__(self, data: Path, documents: int, variety: int) -> None:
        """Load the data once more, to ask `variety` queries of each kind."""
        self.documents = documents
        self.variety = variety
        self._engine = Graph.of_files([(data, FileKind.OTHER)]).engine
        self._right: dict[tuple[str, int], set[bytes]] = {}

    def prepare(self) -> None:
        """Answer everything beforehand, so that nothing keeps this process from looking at the clock."""
        for kind in KINDS:
            for number in range(self.variety):
                self._right[kind.name, number] = {self._answer(kind, number)}

    def agrees(self, kind: mix.Kind, number: int, body: bytes) -> bool:
        """Tell whether a body is right, byte by byte but for the order of rows that the query leaves open."""
        known = self._right[kind.name, number]
        if body not in known:
            if likeness.rows(kind, 200, body) != likeness.rows(kind, 200, self._answer(kind, number)):
                return False
            known.add(body)
        return True

    def _answer(self, kind: mix.Kind, number: int) -> bytes:
        answer = self._engine.query(kind.query(number, self.documents))
        format_ = formats.negotiate(kind.accept, answer.formats)
        assert format_
        return answer.serialize(format_)


class Soak:
    """A server under all that is thrown at it."""

    def __init__(self, server: Server, truth: Truth, seconds: float) -> None:
        """Soak for that long."""
        self.tally = Tally()
        self._server = server
        self._truth = truth
        self._port = int(server.url.rpartition(":")[2])
        self._until = time.monotonic() + seconds
        self._random = random.Random(4)

    async def run(self) -> None:
        """Let all clients loose."""
        good = [self._keep_asking(self._good()) for _ in range(GOOD)]
        bad = [self._keep_asking(self._bad()) for _ in range(BAD)]
        others = [self._leave(), self._read_slowly(), self._send_nonsense(), self._watch_health(), self._watch_memory()]
        await asyncio.gather(*good, *bad, *others)

    def _over(self) -> bool:
        return time.monotonic() > self._until

    def _good(self) -> Pair:
        current: list[tuple[mix.Kind, int]] = []

        def ask() -> bytes | None:
            kind, number = self._random.choice(KINDS), self._random.randrange(self._truth.variety)
            current[:] = [(kind, number)]
            return None if self._over() else kind.request(number, self._truth.documents, "/sparql")

        def done(outcome: Outcome) -> None:
            kind, number = current[0]
            self.tally.waits.append(outcome.seconds)
            if outcome.status == 503 and b"retry-after" in outcome.head.lower():
                self.tally.outcomes["good: asked to come back"] += 1
            elif outcome.status != 200:
                self.tally.fault(f"{kind.name} {number}: status {outcome.status} {outcome.body[:200]!r}")
            elif not self._truth.agrees(kind, number, outcome.body):
                self.tally.fault(f"{kind.name} {number}: a wrong answer: {outcome.body[:200]!r}")
            else:
                self.tally.outcomes["good: right"] += 1

        return ask, done

    def _bad(self) -> Pair:
        current = [""]

        def ask() -> bytes | None:
            current[0], query = self._random.choice(list(HOSTILE.items()))
            body = urllib.parse.urlencode({"query": query}).encode()
            head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            request = b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head.encode() + body
            return None if self._over() else request

        def done(outcome: Outcome) -> None:
            self.tally.outcomes[f"hostile: {outcome.status or 'broken off'}"] += 1
            if outcome.status and outcome.status < 400:
                self.tally.fault(f"{current[0]}: a whole answer of {outcome.size} bytes")
            elif outcome.status and b"application/problem+json" not in outcome.head:
                self.tally.fault(f"{current[0]}: status {outcome.status} without a reason")

        return ask, done

    async def _keep_asking(self, pair: Pair) -> None:
        while not self._over():
            await self._ask(pair)

    async def _ask(self, pair: Pair) -> None:
        """Ask on one connection for as long as it lasts."""
        loop = asyncio.get_running_loop()
        gone: asyncio.Future[Line] = loop.create_future()
        await loop.create_connection(lambda: Line(*pair, gone.set_result, keep=True), "127.0.0.1", self._port)
        await gone

    async def _raw(self, sent: bytes, seconds: float) -> bytes:
        """Send something, look at the beginning of what comes back, wait, and go away."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(sent)
            received = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                received = await asyncio.wait_for(reader.read(200), seconds)
                await asyncio.sleep(seconds)
            return received
        finally:
            writer.transport.abort()

    async def _leave(self) -> None:
        query = urllib.parse.quote(HOSTILE["a cross join"])
        while not self._over():
            await self._raw(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 0.3)
            self.tally.outcomes["went away"] += 1
            await asyncio.sleep(0.5)

    async def _read_slowly(self) -> None:
        while not self._over():
            await self._raw(
                b"GET /sparql?query=CONSTRUCT%20WHERE%20%7B?s%20?p%20?o%7D HTTP/1.1\r\nHost: x\r\n\r\n", 1.5
            )
            self.tally.outcomes["read slowly"] += 1

    async def _send_nonsense(self) -> None:
        while not self._over():
            received = await self._raw(self._random.choice(MALFORMED), 0.5)
            self.tally.outcomes["sent nonsense"] += 1
            if b" 200 " in received[:20]:
                self.tally.fault(f"nonsense was answered: {received!r}")

    async def _watch_health(self) -> None:
        def done(outcome: Outcome) -> None:
            self.tally.health.append(outcome.seconds)
            if outcome.status != 200:
                self.tally.fault(f"health: status {outcome.status}")

        while not self._over():
            once = iter([b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", None])
            await self._ask((once.__next__, done))
            await asyncio.sleep(0.05)

    async def _watch_memory(self) -> None:
        pid = self._server.process.pid
        while not self._over():
            self.tally.seen |= family.members(pid)
            self.tally.memory.append(await asyncio.to_thread(family.megabytes, pid))
            await asyncio.sleep(1)


def write(path: Path) -> int:
    """Write data like ours, and beside them what the hostile queries were made for."""
    documents = dataset.write(path, QUADS)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(
            f'<http://e/s{n}> <http://e/p{n % 5}> "value number {n} aaaaaaaaaaaaaaaaaaaaaaaa" .\n'
            for n in range(TRIPLES)
        )
    return documents


def _judge(tally: Tally, left: set[int], most_health: float) -> list[str]:
    """Say what is wrong."""
    wrong = list(tally.faults)
    health = sorted(tally.health)[int(len(tally.health) * 0.99)] * 1000
    quarter = max(1, len(tally.memory) // 4)
    first, last = (statistics.median(part) for part in (tally.memory[:quarter], tally.memory[-quarter:]))
    if not tally.outcomes["good: right"]:
        wrong.append("no good query was answered")
    if left:
        wrong.append(f"processes that outlived the server: {left}")
    if health > most_health:
        wrong.append(f"health took {health:.0f} ms at the 99th percentile")
    if len(tally.memory) >= ENOUGH and last > 1.3 * first + 100:
        wrong.append(f"memory grew from {first:.0f} to {last:.0f} MB")
    waits = [f"{statistics.quantiles(tally.waits, n=100)[percent - 1] * 1000:.1f}" for percent in (50, 99)]
    print(f"good queries: p50 {waits[0]} ms, p99 {waits[1]} ms")
    print(f"health: p50 {statistics.median(tally.health) * 1000:.1f} ms, p99 {health:.1f} ms, of {len(tally.health)}")
    print(f"memory: first {first:.0f}, last {last:.0f}, most {max(tally.memory):.0f} MB; {len(tally.seen)} processes")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Soak and judge; `arguments` are those of a command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--health", type=float, default=50, help="most milliseconds of /health, 99th percentile")
    parser.add_argument("--variety", type=int, default=VARIETY, help="different queries of each kind")
    options = parser.parse_args(arguments)
    print(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC, {report.machine()}; {options.minutes:g} minutes")
    with tempfile.TemporaryDirectory(prefix="ccn-soak-") as name:
        path = Path(name) / "data.nq"
        truth = Truth(path, write(path), options.variety)
        truth.prepare()
        server = Server("--data", path, *LIMITS.split())
        try:
            server.http.get("/health")
            soak = Soak(server, truth, options.minutes * 60)
            uvloop.run(soak.run())
            metrics = server.http.get("/metrics").text
            soak.tally.seen |= family.members(server.process.pid)
        finally:
            code = server.stop()
    time.sleep(1)
    wrong = _judge(soak.tally, {pid for pid in soak.tally.seen if family.runs(pid)}, options.health)
    wrong += [f"the server ended with {code}"] if code else []
    print(*(line for line in metrics.splitlines() if line.startswith("ccn_") and "bucket" not in line), sep="\n")
    for outcome, count in sorted(soak.tally.outcomes.items()):
        print(f"{count:9} {outcome}")
    print(*(f"WRONG: {fault}" for fault in wrong), sep="\n") if wrong else print("nothing lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
