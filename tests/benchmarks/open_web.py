"""Good clients beside hostile ones of every kind, default limits: `python -m tests.benchmarks.open_web --minutes 2`.

The short form takes two minutes; the long one, `--minutes 15`, is for a quiet machine. Each client has its own address,
as behind a proxy. Hostile clients send texts that hide calls of a listening socket, ask for much and read nothing, ask
endless queries from one address and from twelve, kill workers, and leave heads, uploads and pipelines unfinished.
Good ones ask what users ask, and every answer is compared with that of the engine itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import itertools
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from tests.benchmarks import family, report
from tests.benchmarks.soak import KINDS, Truth, write
from tests.benchmarks.wire import Line, Outcome
from tests.serving import Server, cross
from tests.test_hostile import HOSTILE, MALFORMED
from tests.test_service_fuzz import Listener, texts

#: Good clients; how long each thinks between two questions, in seconds.
GOOD, THINKS = 6, (0.05, 0.3)

#: Addresses of hostile clients with endless queries, besides the one that asks three at once.
GREEDY = 12

#: Seconds between two kills of a worker.
KILLS = 10.0

LARGE = "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 60000"


class OpenWeb:
    """A server and all its clients, for some time."""

    def __init__(self, server: Server, truth: Truth, listener: Listener, seconds: float) -> None:
        """Run for that long."""
        self.waits: list[float] = []
        self.losses: list[str] = []
        self.memory: list[float] = []
        self.hostile: Counter[str] = Counter()
        self._server, self._truth, self._listener = server, truth, listener
        self._port = int(server.url.rpartition(":")[2])
        self._until = time.monotonic() + seconds
        self._random = random.Random(7)
        self._addresses = (f"203.0.113.{number}" for number in itertools.cycle(range(1, 250)))

    @property
    def is_over(self) -> bool:
        """Whether the time has passed."""
        return time.monotonic() > self._until

    async def run(self) -> None:
        """Let all clients loose; none may stay behind."""
        hostile: list[Callable[[], Awaitable[None]]] = [
            *[lambda: self._endless("192.0.2.99")] * 3,
            *[lambda address=f"192.0.2.{number}": self._endless(address) for number in range(GREEDY)],
            self._hide_calls, self._read_nothing, self._read_nothing, self._flood, self._throw, self._throw,
            self._leave_unfinished, self._leave_unfinished, self._pipeline, self._kill,
        ]  # fmt: skip
        tasks = [asyncio.ensure_future(client()) for client in hostile]
        good = [asyncio.ensure_future(self._ask(f"198.51.100.{number}")) for number in range(GOOD)]
        await asyncio.gather(*good, self._watch())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, address: str) -> None:
        while not self.is_over:
            await asyncio.sleep(self._random.uniform(*THINKS))
            kind, number = self._random.choice(KINDS), self._random.randrange(self._truth.variety)
            request = kind.request(number, self._truth.documents, "/sparql")
            begun = time.monotonic()
            outcome = await self._once(request.replace(b"\r\n", f"\r\nX-Forwarded-For: {address}\r\n".encode(), 1))
            self.waits.append(time.monotonic() - begun)
            if outcome.status != 200:
                self.losses.append(f"{kind.name}: {outcome.status} {outcome.body[:200]!r}")
            elif not self._truth.agrees(kind, number, outcome.body):
                self.losses.append(f"{kind.name} {number}: a wrong answer: {outcome.body[:200]!r}")

    async def _once(self, request: bytes) -> Outcome:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Outcome] = loop.create_future()
        requests = iter([request, None])

        def done(outcome: Outcome) -> None:
            if not answered.done():
                answered.set_result(outcome)

        lost = Outcome(0, 0, 0.0, 0.0, b"", b"no answer")
        with contextlib.suppress(OSError):
            await loop.create_connection(
                lambda: Line(lambda: next(requests), done, lambda _: done(lost), keep=True), "127.0.0.1", self._port
            )
            return await answered
        return lost

    async def _post(self, query: str, address: str) -> None:
        body = urllib.parse.urlencode({"query": query}).encode()
        head = f"X-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        outcome = await self._once(head.encode() + body)
        self.hostile[f"{outcome.status or 'broken off'}"] += 1

    async def _endless(self, address: str) -> None:
        while True:
            await self._post(f"{cross(20)} # {self._random.random()}", address)

    async def _throw(self) -> None:
        while True:
            await self._post(self._random.choice(list(HOSTILE.values())), next(self._addresses))
            await self._raw(self._random.choice(MALFORMED), 0.2)

    async def _flood(self) -> None:
        while True:
            await asyncio.gather(*(self._post("SELECT (RAND() AS ?r) {}", "192.0.2.77") for _ in range(16)))

    async def _hide_calls(self) -> None:
        for seed in itertools.count():
            for text in texts(self._listener.url, seed):
                await self._post(text, "192.0.2.88")

    async def _raw(self, sent: bytes, seconds: float) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1)
            try:
                writer.write(sent)
                await asyncio.sleep(seconds)
            finally:
                writer.transport.abort()

    async def _read_nothing(self) -> None:
        for number in itertools.count():
            query = urllib.parse.quote(f"{LARGE} # {number} {self._random.random()}")
            wanted = (f"/sparql?query={query}", "/graph-store?default", "/")[number % 3]
            head = f"X-Forwarded-For: {next(self._addresses)}\r\n\r\n"
            asyncio.get_running_loop().call_later(
                0, lambda sent: asyncio.ensure_future(self._raw(sent, 25)),
                f"GET {wanted} HTTP/1.1\r\nHost: localhost\r\n{head}".encode(),
            )  # fmt: skip
            await asyncio.sleep(1)

    async def _leave_unfinished(self) -> None:
        begins = (
            b"GET /sparql?query=ASK", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 900000\r\n\r\n" + b"#" * 800_000,
            b"POST /check HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/turtle\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n" + b"#" * 500_000,
            b"",
        )  # fmt: skip
        while True:
            await asyncio.gather(*(self._raw(self._random.choice(begins), 3) for _ in range(20)))

    async def _pipeline(self) -> None:
        asked = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\r\n\r\n"
        while True:
            await self._raw(asked * 5_000, 5)

    async def _kill(self) -> None:
        while True:
            await asyncio.sleep(KILLS)
            webs = [pid for pid in self._server.children() if b"ccn_graph.server" in _command(pid)]
            if workers := sorted(self._server.children() - set(webs)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._random.choice(workers), signal.SIGKILL)

    async def _watch(self) -> None:
        while not self.is_over:
            self.memory.append(await asyncio.to_thread(family.megabytes, self._server.process.pid))
            await asyncio.sleep(1)


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _tell(run: OpenWeb, connections: int) -> bool:
    """Write what was found; return whether anything was lost."""
    cuts = statistics.quantiles(run.waits, n=1_000)
    times = ", ".join(f"p{part / 10:g} {cuts[part - 1] * 1000:.0f} ms" for part in (500, 900, 990, 999))
    print(f"good clients: {len(run.waits)} answers, {times}, longest {max(run.waits) * 1000:.0f} ms")
    print(f"lost: {len(run.losses)}", *run.losses[:20], sep="\n  ")
    print(f"connections that a query opened: {connections}")
    print(
        f"memory of all processes: first {run.memory[0]:.0f}, last {run.memory[-1]:.0f}, most {max(run.memory):.0f} MB"
    )
    print("hostile queries: " + ", ".join(f"{code}: {count}" for code, count in sorted(run.hostile.items())))
    return bool(run.losses or connections)


def main(arguments: list[str] | None = None) -> int:
    """Run and judge; `arguments` are those of a command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2, help="2 is the short form, 15 the long one")
    parser.add_argument("--variety", type=int, default=100, help="different good queries of each kind")
    options = parser.parse_args(arguments)
    listener = Listener()
    with tempfile.TemporaryDirectory(prefix="ccn-open-web-") as name:
        path = Path(name) / "data.nq"
        truth = Truth(path, write(path), options.variety)
        truth.prepare()
        server = Server("--data", path)
        try:
            server.http.get("/health")
            load = os.getloadavg()[0]
            run = OpenWeb(server, truth, listener, options.minutes * 60)
            uvloop.run(run.run())
            figures = server.http.get("/metrics").text
        finally:
            code = server.stop()
            listener.close()
    now = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC"
    print(f"{now}, {report.machine()}; {options.minutes:g} minutes; load of the machine before: {load:.1f}")
    lost = _tell(run, listener.count)
    print(*(line for line in figures.splitlines() if line.startswith("ccn_workers")), sep="\n")
    return 1 if lost or code else 0


if __name__ == "__main__":
    sys.exit(main())
