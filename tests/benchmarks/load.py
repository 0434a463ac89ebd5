"""The load generator, a process of its own: takes an order a line on stdin, gives what it measured a line on stdout."""

from __future__ import annotations

import asyncio
import collections
import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import uvloop

from tests.benchmarks import mix
from tests.benchmarks.wire import Line, Outcome

#: Seconds beyond those of an order after which whatever is still unanswered is given up.
PATIENCE = 1_800.0

#: Requests prepared beforehand for each second; should they be used up, the run ends early, and rightly.
PREPARED = 30_000


@dataclass(frozen=True, slots=True)
class Order:
    """What to send: `kind` by its name or 'mixed', numbered from `first`, to a port of this machine."""

    port: int
    path: str
    kind: str
    documents: int
    clients: int
    seconds: float
    first: int = 0
    repeated: bool = False
    """Whether the same few requests are sent again and again."""
    files: bool = False
    """Whether to ask for the file of that kind instead."""
    prepared: int = PREPARED
    patience: float = PATIENCE

    def requests(self) -> Iterator[bytes]:
        """Give the requests, without end if they are repeated."""
        kinds = mix.MIXED if self.kind == "mixed" else tuple(kind for kind in mix.KINDS if kind.name == self.kind)
        if self.repeated:
            few = [self._request(kind, 0) for kind in kinds]
            while True:
                yield from few
        for number in range(round(self.prepared * self.seconds) + self.clients):
            yield self._request(kinds[number % len(kinds)], self.first + number)

    def _request(self, kind: mix.Kind, number: int) -> bytes:
        if self.files:
            return f"GET /{mix.KINDS.index(kind)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        return kind.request(number, self.documents, self.path)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of an order; times in milliseconds."""

    answers: int
    failed: dict[str, int]
    """What went wrong, and how often."""
    bytes: int
    sent: int
    rate: float
    """Answers a second."""
    p50: float
    p99: float
    first: float
    """Median time to the first byte of the body."""
    generator: float
    """Share of a processor that this process used: near 1 it was the bottleneck."""
    elapsed: float
    """Seconds until the last answer."""
    processor: float = 0.0
    """Processor time of the server for an answer."""

    @property
    def failures(self) -> int:
        """Requests without a right answer."""
        return sum(self.failed.values())


class Load:
    """Keeps so many clients busy for so long."""

    def __init__(self, order: Order) -> None:
        """Prepare the requests."""
        self._order = order
        requests = order.requests()
        self._requests = requests if order.repeated else iter(list(requests))
        self._answers: list[Outcome] = []
        self._failed: collections.Counter[str] = collections.Counter()
        self._lines: set[Line] = set()
        self._sent = 0
        self._given_up = False
        self._last = 0.0

    async def run(self) -> Measured:
        """Send and measure."""
        begun, processor = time.perf_counter(), time.process_time()
        self._until = begun + self._order.seconds
        longest = self._order.seconds + self._order.patience
        end = asyncio.get_running_loop().call_later(longest, self._give_up)
        await asyncio.gather(*(self._client() for _ in range(self._order.clients)))
        end.cancel()
        # Of no answers at all, the last one is now.
        elapsed = (self._last or time.perf_counter()) - begun
        busy = (time.process_time() - processor) / elapsed
        seconds = sorted(answer.seconds for answer in self._answers) or [0.0]
        firsts = [answer.first for answer in self._answers] or [0.0]
        return Measured(
            len(self._answers), dict(self._failed), sum(answer.size for answer in self._answers), self._sent,
            len(self._answers) / elapsed,
            statistics.median(seconds) * 1000, seconds[int(len(seconds) * 0.99)] * 1000,
            statistics.median(firsts) * 1000, busy, elapsed,
        )  # fmt: skip

    async def _client(self) -> None:
        stopped = False
        while not stopped:
            gone: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
            _, line = await asyncio.get_running_loop().create_connection(
                lambda gone=gone: Line(self._ask, self._done, gone.set_result, keep=False),  # type: ignore[misc]
                "127.0.0.1",
                self._order.port,
            )
            self._lines.add(line)
            stopped = (await gone).stopped or time.perf_counter() > self._until
            self._lines.discard(line)

    def _give_up(self) -> None:
        self._given_up = True
        for line in self._lines:
            line.transport.abort()

    def _ask(self) -> bytes | None:
        if time.perf_counter() > self._until:
            return None
        request = next(self._requests, None)
        self._sent += request is not None
        return request

    def _done(self, outcome: Outcome) -> None:
        self._last = time.perf_counter()
        if self._given_up:
            self._failed[late(self._order.patience)] += 1
        elif outcome.status == 200:
            self._answers.append(outcome)
        else:
            self._failed[f"status {outcome.status}" if outcome.status else "broken off"] += 1


def late(patience: float) -> str:
    """Name the failure to answer in time."""
    return f"no answer in {patience:.0f} s"


def main() -> None:
    """Serve orders until stdin ends."""
    for line in sys.stdin:
        measured = uvloop.run(Load(Order(**json.loads(line))).run())
        print(json.dumps(asdict(measured)), flush=True)


if __name__ == "__main__":
    main()
