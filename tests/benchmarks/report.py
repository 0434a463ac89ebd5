"""What was measured of the endpoint: each size in a run of its own, all of them together a report."""

from __future__ import annotations

import collections
import datetime
import json
import math
import os
import platform
import re
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import mix
from tests.benchmarks.load import Measured

_LARGE = {kind.name for kind in mix.KINDS if not kind.weight}

CACHED = "ccn-graph"
PLAIN = "ccn-graph, no cache"
DISK = "ccn-graph, disk"

#: Which size the README shows of each peer: this one, or the nearest that the peer takes.
SHOWN = 200_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One server under one load: medians of the rounds, times in milliseconds."""

    quads: int
    mode: str
    kind: str
    clients: int
    server: str
    rate: float
    p50: float
    p99: float
    first: float
    processor: float
    """Processor time of an answer, in milliseconds: the figure that other work on the machine disturbs least."""
    generator: float
    bytes: float
    failed: dict[str, int]

    @property
    def failures(self) -> int:
        """Requests without a right answer."""
        return sum(self.failed.values())

    @staticmethod
    def of(quads: int, mode: str, kind: str, clients: int, server: str, rounds: Sequence[Measured]) -> Cell:
        """Take the medians."""

        def median(name: str) -> float:
            return float(statistics.median(getattr(measured, name) for measured in rounds))

        size = sum(measured.bytes for measured in rounds) / max(1, sum(measured.answers for measured in rounds))
        failed = sum((collections.Counter(measured.failed) for measured in rounds), collections.Counter[str]())
        return Cell(
            quads, mode, kind, clients, server, median("rate"), median("p50"), median("p99"), median("first"),
            median("processor"), median("generator"), size, dict(failed),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was measured."""

    date: str
    machine: str
    busy: float
    """Load of the machine in the last quarter of an hour."""
    seconds: float

    @staticmethod
    def since(begun: float) -> Moment:
        """Say so at the end of what began at that reading of `time.perf_counter`."""
        date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Moment(date, machine(), os.getloadavg()[2], time.perf_counter() - begun)

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.date}; {self.machine}; load of the machine {self.busy:.1f}; {self.seconds:.0f} s in all."


@dataclass(frozen=True, slots=True)
class Use:
    """What a server needed: seconds to load and to start, memory before and after the load in 2^20 bytes."""

    version: str
    loading: float
    starting: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Run:
    """One size of data."""

    measured: Moment
    quads: int
    cells: list[Cell]
    used: dict[str, Use]
    differences: dict[str, str]
    missing: list[str]

    @property
    def reference(self) -> str:
        """The server that the others are compared with: ours without its cache, from disk where memory is too small."""
        return PLAIN if PLAIN in self.used else DISK

    def find(self, mode: str, server: str, clients: int | None = None) -> dict[str, Cell]:
        """Give the cells of a server by kind."""
        return {
            cell.kind: cell
            for cell in self.cells
            if (cell.mode, cell.server) == (mode, server)
            and (clients is None or cell.clients == (min(clients, 2) if cell.kind in _LARGE else clients))
        }

    def clients(self) -> list[int]:
        """Give the numbers of clients."""
        return sorted({cell.clients for cell in self.cells if cell.mode == "distinct" and cell.kind not in _LARGE})

    def ratios(self, mode: str, ours: str, peer: str, clients: int | None, what: str) -> dict[str, float]:
        """Divide our figure by the peer's, kind by kind; kinds that one of them failed at are left out."""
        mine, theirs = self.find(mode, ours, clients), self.find(mode, peer, clients)
        return {
            kind: getattr(mine[kind], what) / getattr(theirs[kind], what)
            for kind in mine
            if kind in theirs and kind != "mixed" and getattr(theirs[kind], what) and getattr(mine[kind], what)
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    on_project: float
    runs: list[Run]
    """From small to large."""

    def after(self, earlier: Report | None) -> Report:
        """Add the sizes that were measured earlier and not this time."""
        again = {run.quads for run in self.runs}
        kept = [run for run in earlier.runs if run.quads not in again] if earlier else []
        return Report(self.on_project, sorted([*self.runs, *kept], key=lambda run: run.quads))

    @staticmethod
    def read(path: Path) -> Report:
        """Read what was written as JSON."""
        told = json.loads(path.read_text(encoding="utf-8"))
        runs = [
            Run(
                Moment(**run["measured"]), run["quads"], [Cell(**cell) for cell in run["cells"]],
                {name: Use(**use) for name, use in run["used"].items()}, run["differences"], run["missing"],
            )
            for run in told["runs"]
        ]  # fmt: skip
        return Report(told["on_project"], runs)

    def nearest(self) -> list[Run]:
        """Give the runs, those of the size that the README shows first."""
        return sorted(self.runs, key=lambda run: abs(math.log(run.quads / SHOWN)))

    def shown(self) -> dict[str, Run]:
        """Give the run that the README shows of each peer."""
        nearest = self.nearest()
        peers = dict.fromkeys(peer for run in nearest for peer in run.used if peer not in (CACHED, run.reference))
        return {peer: next(run for run in nearest if peer in run.used) for peer in peers}


def short(report: Report, clients: int = 8) -> Iterator[str]:
    """Give the rows that the README shows: our figures divided by each peer's, geometric means over all queries."""
    for peer, run in report.shown().items():
        distinct = [run.ratios("distinct", run.reference, peer, clients, what) for what in ("rate", "p50", "processor")]
        repeated = run.ratios("repeated", CACHED, peer, None, "rate")
        if distinct[0] or repeated:
            shown = [f"{mean(ratio.values()):.2f}×" if ratio else "–" for ratio in (*distinct, repeated)]
            yield f"| {peer} {run.used[peer].version} | {run.quads:,} | {' | '.join(shown)} |"


def mean(values: Iterable[float]) -> float:
    """Give the geometric mean; 0 of nothing."""
    logarithms = [math.log(value) for value in values]
    return math.exp(statistics.fmean(logarithms)) if logarithms else 0.0


def machine() -> str:
    """Say what this runs on."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = found[1] if found else platform.processor()
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{os.cpu_count()} × {processor}, {memory:.0f} GiB, {system}, Python {platform.python_version()}"
