"""What was measured, and how it is told: Markdown for people, JSON for machines, a plot for the README."""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
import os
import platform
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import mix, plot
from tests.benchmarks.load import Measured

_LARGE = {kind.name for kind in mix.KINDS if not kind.weight}

CACHED = "ccn-graph"
PLAIN = "ccn-graph, no cache"


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
    failures: int

    @staticmethod
    def of(quads: int, mode: str, kind: str, clients: int, server: str, rounds: Sequence[Measured]) -> Cell:
        """Take the medians."""

        def median(name: str) -> float:
            return float(statistics.median(getattr(measured, name) for measured in rounds))

        size = sum(measured.bytes for measured in rounds) / max(1, sum(measured.answers for measured in rounds))
        failures = sum(measured.failures for measured in rounds)
        return Cell(
            quads, mode, kind, clients, server, median("rate"), median("p50"), median("p99"), median("first"),
            median("processor"), median("generator"), size, failures,
        )  # fmt: skip


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

    quads: int
    cells: list[Cell]
    used: dict[str, Use]
    differences: dict[str, str]
    missing: list[str]

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
        return sorted({cell.clients for cell in self.cells if cell.kind == "mixed"})

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

    date: str
    machine: str
    busy: float
    seconds: float
    on_project: float
    runs: list[Run]

    @staticmethod
    def of(runs: list[Run], on_project: float, seconds: float) -> Report:
        """Add where and when."""
        date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Report(date, _machine(), os.getloadavg()[2], seconds, on_project, runs)


def write(directory: Path, report: Report) -> list[Path]:
    """Write endpoint.md, endpoint.json and endpoint.svg."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        "endpoint.md": "\n".join(_markdown(report)) + "\n",
        "endpoint.json": json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=1) + "\n",
        "endpoint.svg": plot.bars(report.runs[-1].quads, _bars(report.runs[-1]), report.date),
    }
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    return [directory / name for name in texts]


def mean(values: Iterable[float]) -> float:
    """Give the geometric mean; 0 of nothing."""
    logarithms = [math.log(value) for value in values]
    return math.exp(statistics.fmean(logarithms)) if logarithms else 0.0


def _bars(run: Run) -> dict[str, dict[str, float]]:
    clients = run.clients()[-1]
    return {
        server: {kind: cell.rate for kind, cell in run.find("distinct", server, clients).items() if kind != "mixed"}
        for server in run.used
        if server != CACHED and run.find("distinct", server, clients)
    }


def _markdown(report: Report) -> Iterator[str]:
    yield f"# Endpoint, side by side ({report.date})\n"
    yield f"{report.machine}; load of the machine {report.busy:.1f}; {report.seconds:.0f} s in all.\n"
    yield f"Start to first answer on the project's own data, unchecked: **{report.on_project:.2f} s**.\n"
    for run in report.runs:
        yield f"## {run.quads:,} quads\n"
        for part in (_summary, _mixed, _repeated, _kinds, _uses, _remarks):
            yield from part(run)
            yield ""


def _summary(run: Run) -> Iterator[str]:
    yield "Distinct queries, ccn-graph without cache divided by the peer (geometric mean over all kinds).\n"
    yield "| peer | clients | throughput | p50 | processor time | worst p50 |"
    yield "|---|--:|--:|--:|--:|---|"
    for peer in run.used:
        for clients in run.clients() if peer not in (CACHED, PLAIN) else ():
            rate, p50, cost = (
                run.ratios("distinct", PLAIN, peer, clients, what) for what in ("rate", "p50", "processor")
            )
            if p50:
                worst = max(p50, key=lambda kind: p50[kind])
                yield (
                    f"| {peer} | {clients} | {mean(rate.values()):.2f}× | {mean(p50.values()):.2f}× | "
                    f"{mean(cost.values()):.2f}× | {p50[worst]:.2f}× {worst} |"
                )


def _mixed(run: Run) -> Iterator[str]:
    yield "Mixed load of distinct queries.\n"
    yield "| server | clients | answers a second | p50 ms | p99 ms | failures |"
    yield "|---|--:|--:|--:|--:|--:|"
    for cell in run.cells:
        if (cell.mode, cell.kind) == ("distinct", "mixed"):
            shown = f"{cell.rate:,.0f} | {cell.p50:.2f} | {cell.p99:.2f} | {cell.failures}"
            yield f"| {cell.server} | {cell.clients} | {shown} |"


def _repeated(run: Run) -> Iterator[str]:
    yield "Repeated queries, geometric means over every other kind.\n"
    yield "| server | answers a second | p50 ms | ccn-graph divided by it, least | mean |"
    yield "|---|--:|--:|--:|--:|"
    for server in run.used:
        cells = run.find("repeated", server).values()
        ratio = run.ratios("repeated", CACHED, server, None, "rate").values()
        if ratio:
            rate, p50 = mean(cell.rate for cell in cells), mean(cell.p50 for cell in cells if cell.p50)
            yield f"| {server} | {rate:,.0f} | {p50:.2f} | {min(ratio):.2f}× | {mean(ratio):.2f}× |"


def _kinds(run: Run) -> Iterator[str]:
    clients = min(run.clients(), key=lambda count: abs(count - 8))
    columns = {server: run.find("distinct", server, clients) for server in run.used}
    columns = {server: cells for server, cells in columns.items() if len(cells) > 1}
    yield f"Kind by kind, distinct, {clients} clients (scans: 2): p50 in ms (answers a second).\n"
    yield f"| query | bytes | {' | '.join(columns)} |"
    yield f"|---|--:|{'--:|' * len(columns)}"
    for kind in mix.KINDS:
        found = [cells.get(kind.name) for cells in columns.values()]
        size = next((cell.bytes for cell in found if cell), 0)
        shown = (f"{cell.p50:.2f} ({cell.rate:,.0f})" + "!" * bool(cell.failures) if cell else "–" for cell in found)
        yield f"| {kind.name} | {size:,.0f} | {' | '.join(shown)} |"


def _uses(run: Run) -> Iterator[str]:
    yield "What each needs; the first byte is that of the large answer, to one client, its whole time behind it.\n"
    yield "| server | version | loaded in s | started in s | MB at first | MB after | first byte ms | whole ms |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for server, use in run.used.items():
        scan = run.find("alone", server).get("scan")
        seen = f"{scan.first:.1f} | {scan.p50:.0f}" if scan else "– | –"
        yield (
            f"| {server} | {use.version} | {use.loading:.2f} | {use.starting:.2f} | {use.before:.0f} | "
            f"{use.after:.0f} | {seen} |"
        )


def _remarks(run: Run) -> Iterator[str]:
    most = max(cell.generator for cell in run.cells)
    yield f"The load generator used at most {most:.0%} of a processor."
    for missing in run.missing:
        yield f"Not measured: {missing}."
    if run.differences:
        yield "\nAnswers that differ from those of ccn-graph:\n"
    for what, difference in run.differences.items():
        yield f"- {what}: {difference}"


def _machine() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = found[1] if found else platform.processor()
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{os.cpu_count()} × {processor}, {memory:.0f} GiB, {system}, Python {platform.python_version()}"
