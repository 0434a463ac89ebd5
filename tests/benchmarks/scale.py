"""What growth costs: each way to serve at each size, one at a time: `python -m tests.benchmarks scale --help`."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccn_graph.errors import CcnError
from tests.benchmarks import dataset, family, growth, likeness, mix, scale_tables
from tests.benchmarks.arrangements import ENGINES, FromSnapshot
from tests.benchmarks.endpoint import Bench, Generator, size
from tests.benchmarks.growth import Measurement, Refusal, Results, extrapolated, points
from tests.benchmarks.likeness import Rows
from tests.benchmarks.load import late
from tests.benchmarks.peers import Data, Missing, Peer
from tests.benchmarks.report import Cell, Moment

CLIENTS = 8

#: Seconds of a query by one client beyond which it is asked once only, and beyond which by one client only.
SLOW, SLOWEST = 1.0, 5.0

#: Most seconds of the mixed load, which otherwise lasts several times as long as the slowest of its queries.
MOST = 60.0

Expected = dict[str, list[Rows]]


class Peak:
    """Watches how much memory this process and its descendants use beyond what they used when it began."""

    def __enter__(self) -> Peak:
        """Begin."""
        self._over = threading.Event()
        self._least = self._most = family.megabytes(os.getpid())
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    @property
    def megabytes(self) -> float:
        """The most so far."""
        return self._most - self._least

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            self._most = max(self._most, family.megabytes(os.getpid()))


def measure_one(
    engine: str, data: Data, expected: Expected, options: argparse.Namespace, directory: Path
) -> Measurement:
    """Load, start and ask one engine. `expected` are the rows of each kind, or are filled if nothing is known yet.

    Raises Missing, CcnError, OSError, AssertionError or subprocess.CalledProcessError if it does not come so far.
    """
    begun = time.perf_counter()
    with contextlib.ExitStack() as stack:
        generator = Generator()
        stack.callback(generator.stop)
        server = ENGINES[engine](directory)
        stack.callback(server.stop)
        with Peak() as peak:
            server.start(data)
        before = server.megabytes()
        server.patience = options.patience
        bench = Bench(data, {server.name: server}, generator, options.rounds, options.seconds, options.patience)
        differences = _ask(bench, server, expected, options)
        return Measurement(
            engine, server.name, data.quads, data.documents, Moment.since(begun), server.version, options.patience,
            server.loading, peak.megabytes, server.starting, before, server.megabytes(), server.megabytes_on_disk(),
            bench.cells, differences, options.remark,
        )  # fmt: skip


def _ask(bench: Bench, server: Peer, expected: Expected, options: argparse.Namespace) -> dict[str, str]:
    differences: dict[str, str] = {}
    slowest = 0.0
    asked = [kind for kind in mix.KINDS if kind.name in options.kinds]
    for done, kind in enumerate(asked):
        _progress(f"{bench.data.quads:,} quads, {server.name}: {done}/{len(asked)} {kind.name}")
        rows, seconds, failure = _probe(kind, bench.data.documents, server)
        if failure:
            nothing = (0.0,) * 7
            cell = Cell(bench.data.quads, "distinct", kind.name, 1, server.name, *nothing, failed={failure: 1})
            bench.cells.append(cell)
        else:
            slowest = max(slowest, seconds)
            known = expected.setdefault(kind.name, rows)
            # Fewer were asked of what is slow.
            for ours, theirs in zip(known, rows, strict=False):
                if found := likeness.differ(kind, ours, theirs):
                    differences[kind.name] = found
            clients = 1 if seconds > SLOWEST else CLIENTS if kind.weight else 2
            bench.measure("distinct", kind.name, clients, [server.name])
        _settle(server, bench)
    _progress(f"{bench.data.quads:,} quads, {server.name}: mixed load")
    bench.seconds, bench.rounds = max(options.mixed, min(MOST, 3 * slowest)), 1
    bench.measure("distinct", "mixed", CLIENTS, [server.name], math.inf)
    if isinstance(server, FromSnapshot):
        bench.seconds = options.mixed
        for kind in mix.KINDS:
            # So that it is in the cache, however long it takes to get there.
            with contextlib.suppress(OSError):
                if kind.weight:
                    server.ask(kind.query(0, bench.data.documents), kind.accept)
        bench.measure("repeated", "mixed", CLIENTS, [server.name], math.inf)
    return differences


def _probe(kind: mix.Kind, documents: int, server: Peer) -> tuple[list[Rows], float, str]:
    """Ask a few queries of a kind, one after the other; give rows, the longest seconds, and what went wrong."""
    rows: list[Rows] = []
    longest = 0.0
    for number in range(3):
        begun = time.perf_counter()
        try:
            status, body = server.ask(kind.query(number, documents), kind.accept)
        except TimeoutError:
            return rows, longest, late(server.patience)
        except OSError as error:
            return rows, longest, f"broken off: {type(error).__name__}"
        longest = max(longest, time.perf_counter() - begun)
        if status != 200:
            (failure,) = likeness.rows(kind, status, body)
            return rows, longest, str(failure)
        rows.append(likeness.rows(kind, status, body))
        if longest > SLOW:
            break
    return rows, longest, ""


def _settle(server: Peer, bench: Bench) -> None:
    """Let a server come to rest that may still be at work on what nobody awaits any more; else start it again."""
    if late(bench.patience) not in bench.cells[-1].failed:
        return
    end = time.perf_counter() + bench.patience
    while time.perf_counter() < end:
        before = server.processor_seconds()
        time.sleep(0.5)
        if server.processor_seconds() - before < 0.1:
            return
    server.restart(bench.data)


def refused(engine: str, data: Data, earlier: Sequence[Measurement], options: argparse.Namespace) -> str:
    """Say why an engine is not measured at a size, foreseen from its smaller ones; nothing if it is."""
    class_ = ENGINES[engine]
    if class_.refusal(data):
        return f"in memory up to {class_.most:,} quads: beyond, `--store` serves better"
    for what, unit, there, column in (
        ("loading", "minutes", options.limit, lambda one: one.loading / 60),
        ("memory", "MB", _free_memory(), lambda one: max(one.building, one.after)),
        ("disk", "MB", shutil.disk_usage(options.data).free / 2**20, lambda one: 2 * one.disk),
    ):
        foreseen = extrapolated(points(earlier, column), data.quads, 1.0)
        if foreseen and foreseen > there:
            largest = max(one.quads for one in earlier)
            wanted = f"{what} would take some {foreseen:,.0f} {unit}, continued from {largest:,} quads"
            return f"{wanted}; {there:,.0f} {unit} are there"
    return ""


def _free_memory() -> float:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 1024
    return math.inf


def _sizes(options: argparse.Namespace, known: Results) -> Iterator[Results]:
    """Measure what is asked for, and give all that is known after each step."""
    for quads in sorted(options.sizes):
        _progress(f"{quads:,} quads: writing")
        path, documents = dataset.kept(options.data, quads)
        data, expected = Data(path, quads, documents), Expected()
        # Ours first, with whose answers those of the others are compared.
        for engine in sorted(options.engines, key=list(ENGINES).index):
            _progress(f"{quads:,} quads, {engine}: loading")
            smaller = [one for one in known.of(engine) if one.quads < quads]
            reason, found = refused(engine, data, smaller, options), []
            with tempfile.TemporaryDirectory(prefix="ccn-scale-", dir=options.data) as name:
                try:
                    found = [] if reason else [measure_one(engine, data, expected, options, Path(name) / "server")]
                except (Missing, CcnError, OSError, AssertionError, subprocess.SubprocessError) as error:
                    reason = f"{type(error).__name__}: {error}"
            refusals = [Refusal(engine, ENGINES[engine].name, quads, reason)] if reason else []
            known = Results(found, refusals).after(known)
            yield known
        shutil.rmtree(path.with_suffix(".store"), ignore_errors=True)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks scale", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=size, default=[20_000, 200_000, 2_000_000, 10_000_000],
                        help="of the data, in quads; default: 20k 200k 2m 10m")  # fmt: skip
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), help="default: all")
    parser.add_argument("--kinds", nargs="+", choices=[kind.name for kind in mix.KINDS], metavar="KIND",
                        default=[kind.name for kind in mix.KINDS], help="of queries; default: all")  # fmt: skip
    parser.add_argument("--rounds", default=3, type=int, help="of which the median counts; default: 3")
    parser.add_argument("--seconds", default=0.2, type=float, help="of each round; default: 0.2")
    parser.add_argument("--mixed", default=5.0, type=float, help="least seconds of the mixed load; default: 5")
    parser.add_argument("--patience", default=60.0, type=float, help="seconds for an answer; default: 60")
    parser.add_argument("--limit", default=45.0, type=float,
                        help="minutes of loading; what would take longer is not begun; default: 45")  # fmt: skip
    parser.add_argument("--data", default=Path(tempfile.gettempdir()) / "ccn-scale", type=Path,
                        help="directory where generated data are kept, and servers keep theirs meanwhile")  # fmt: skip
    parser.add_argument("--remark", default="", help="told with the figures of this run, such as what else was running")
    parser.add_argument("--output", default=Path("dist/bench"), type=Path, help="directory; default: dist/bench")
    parser.add_argument("--name", default="scale", help="of the files written there; default: scale")
    return parser.parse_args(arguments)


def measure(arguments: list[str] | None = None) -> list[Path]:
    """Measure and write the report after each step; give the files. `arguments` are those of a command line.

    What the report has and is not measured this time stays as it was.
    """
    options = _options(arguments)
    # Ended from outside, it still ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.data.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for results in _sizes(options, growth.Results.read(options.output / f"{options.name}.json")):
        written = scale_tables.write(options.output, options.name, results)
    _progress("")
    print(written[0].read_text(encoding="utf-8"))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)
    return written
