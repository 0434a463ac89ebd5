"""The endpoint side by side with other servers, in one run: `python -m tests.benchmarks endpoint --help`."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import math
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import dataset, likeness, mix, peers, report, tables
from tests.benchmarks.load import PATIENCE, Measured, Order
from tests.benchmarks.ours import Ours, OursOnDisk, OursWithoutCache
from tests.benchmarks.peers import Data, Missing, Nginx, Peer
from tests.benchmarks.virtuoso import Virtuoso
from tests.conftest import ROOT

PEERS: dict[str, type[Peer]] = {
    "disk": OursOnDisk,
    "oxigraph": peers.Oxigraph,
    "oxigraph-memory": peers.OxigraphInMemory,
    "virtuoso": Virtuoso,
    "rdflib-endpoint": peers.RdflibEndpoint,
    "nginx": Nginx,
}

#: How often the server is started on the project's own data.
STARTS = 3

#: Seconds after which a run of a twentieth of a second is slow enough to count, without further rounds.
SLOW = 1.0


class Generator:
    """Our end of the load generator."""

    def __init__(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "tests.benchmarks.load"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, order: Order) -> Measured:
        """Carry out an order."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(dataclasses.asdict(order)) + "\n")
        self._process.stdin.flush()
        return Measured(**json.loads(self._process.stdout.readline()))

    def stop(self) -> None:
        """End it."""
        self._process.communicate()


@dataclass(slots=True)
class Bench:
    """One size of data and the servers that hold it."""

    data: Data
    servers: dict[str, Peer]
    generator: Generator
    rounds: int
    seconds: float
    patience: float = PATIENCE
    cells: list[report.Cell] = field(default_factory=list)
    _next: dict[tuple[str, str], int] = field(default_factory=dict)

    def measure(self, mode: str, kind: str, clients: int, names: Iterable[str], slow: float = SLOW) -> None:
        """Let the servers answer the same load in turns, and keep the median of the rounds.

        One that takes more than `slow` seconds for the first round has no others.
        """
        names = list(names)
        warm = {name: self._run(name, mode, kind, clients, 0.05, 2_000) for name in names}
        # What takes its time has been measured well enough by then.
        rounds = {name: [warm[name]] if warm[name].elapsed > slow else [] for name in names}
        quick = [name for name in names if not rounds[name]]
        for number in range(self.rounds if quick else 0):
            # Each time another one begins, so that none always follows the same one.
            turn = number % len(quick)
            for name in quick[turn:] + quick[:turn]:
                prepared = round(2 * warm[name].rate) + 100
                rounds[name].append(self._run(name, mode, kind, clients, self.seconds, prepared))
        for name in names:
            self.cells.append(report.Cell.of(self.data.quads, mode, kind, clients, name, rounds[name]))

    def _run(self, name: str, mode: str, kind: str, clients: int, seconds: float, prepared: int) -> Measured:
        server = self.servers[name]
        number = self._next.get((name, kind), 10)
        order = Order(
            server.port, server.path, kind, self.data.documents, clients, seconds,
            number, mode == "repeated", name == Nginx.name, prepared, self.patience,
        )  # fmt: skip
        before = server.processor_seconds()
        done = self.generator.run(order)
        self._next[name, kind] = number + done.sent
        return dataclasses.replace(done, processor=(server.processor_seconds() - before) * 1000 / max(1, done.answers))


def run(data: Data, names: list[str], options: argparse.Namespace, directory: Path) -> report.Run:
    """Measure one size. Raises Missing if none of ours takes so much."""
    begun = time.perf_counter()
    with contextlib.ExitStack() as stack:
        generator = Generator()
        stack.callback(generator.stop)
        servers, missing = _start(stack, names, data, directory)
        bench = Bench(data, servers, generator, options.rounds, options.seconds)
        ours = _reference(servers)
        others = [server for name, server in servers.items() if name not in (ours.name, Nginx.name)]
        differences = {
            f"{server.name}: {kind.name}": found
            for server in others
            for kind in mix.KINDS
            if kind.name in options.kinds and (found := likeness.compare(kind, data.documents, ours, server))
        }
        before = {name: server.megabytes() for name, server in servers.items()}
        for done, (mode, kind, clients, taking) in enumerate(
            plan := [step for step in dict.fromkeys(_plan(servers, options.clients)) if step[1] in options.kinds]
        ):
            _progress(f"{data.quads} quads: {done}/{len(plan)} {mode} {kind}")
            # Of a mix, one slow query is not enough.
            mixed = kind == "mixed"
            bench.seconds = options.mixed if mixed else options.seconds
            bench.measure(mode, kind, clients, taking, math.inf if mixed else SLOW)
        used = {
            name: report.Use(server.version, server.loading, server.starting, before[name], server.megabytes())
            for name, server in servers.items()
        }
        return report.Run(report.Moment.since(begun), data.quads, bench.cells, used, differences, missing)


def _plan(servers: Mapping[str, Peer], clients: list[int]) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """Say what is measured: how, which kind of query, by how many clients, of which servers."""
    quick = tuple(name for name, server in servers.items() if not server.slow)
    everyone = tuple(name for name in servers if name != Nginx.name)
    asked = tuple(name for name in servers if name not in (Ours.name, Nginx.name))
    for kind, count in itertools.product(mix.KINDS, clients):
        # Some megabytes to each of many clients at once would measure the load generator.
        yield "distinct", kind.name, count if kind.weight else min(count, 2), asked
    for count in clients:
        yield "distinct", "mixed", count, everyone
    for kind in mix.KINDS[::2]:
        yield "repeated", kind.name, min(clients, key=lambda count: abs(count - 8)) if kind.weight else 2, quick
    for kind in mix.KINDS[-2:]:
        # For the time to the first byte, undisturbed.
        yield "alone", kind.name, 1, asked


def _reference(servers: Mapping[str, Peer]) -> Peer:
    for class_ in (OursWithoutCache, OursOnDisk):
        if class_.name in servers:
            return servers[class_.name]
    raise Missing("so much data are served from disk only: add the peer `disk`")


def _start(
    stack: contextlib.ExitStack, names: list[str], data: Data, directory: Path
) -> tuple[dict[str, Peer], list[str]]:
    servers: dict[str, Peer] = {}
    missing = []
    classes: list[type[Peer]] = [Ours, OursWithoutCache, *(PEERS[name] for name in names)]
    for class_ in classes:
        if refusal := class_.refusal(data):
            missing.append(refusal)
            continue
        _progress(f"{data.quads} quads: starting {class_.name}")
        try:
            server = class_(directory / f"{data.quads}-{class_.__name__}")
            stack.callback(server.stop)
            if isinstance(server, Nginx):
                ours = _reference(servers)
                server.offer([ours.ask(kind.query(0, data.documents), kind.accept)[1] for kind in mix.KINDS])
            server.start(data)
        except Missing as missed:
            missing.append(str(missed))
            continue
        servers[class_.name] = server
    return servers, missing


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _start_on_project(directory: Path) -> float:
    """Give the seconds from the start to the first answer on the project's own data."""

    class OnProject(Ours):
        def command(self, data: Data) -> list[str]:  # noqa: ARG002
            return [sys.executable, "-m", "ccn_graph", "serve", "--no-check", "--port", str(self.port)]

    times = []
    for number in range(STARTS):
        server = OnProject(directory / f"project-{number}")
        server.start(Data(directory, 0, 0))
        server.stop()
        times.append(server.starting)
    return statistics.median(times)


def size(text: str) -> int:
    """Read a number such as 200k or 2m."""
    return int(float(text.lower().rstrip("km")) * {"k": 1_000, "m": 1_000_000}.get(text.lower()[-1], 1))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    def many(text: str) -> list[str]:
        return text.split(",") if text else []

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks endpoint", description=__doc__)
    parser.add_argument("--quads", default="20k,200k", type=many, help="sizes of the data; default: 20k,200k")
    parser.add_argument("--clients", default="1,8,32", type=many, help="clients at once; default: 1,8,32")
    parser.add_argument("--peers", default=",".join(PEERS), type=many, help=f"default: {','.join(PEERS)}")
    parser.add_argument("--kinds", default="", type=many, help="of queries; default: all, and the mixed load")
    parser.add_argument("--rounds", default=3, type=int, help="of which the median counts; default: 3")
    parser.add_argument("--seconds", default=0.2, type=float, help="of each round; default: 0.2")
    parser.add_argument("--mixed", default=3.0, type=float, help="seconds of a round of the mixed load; default: 3")
    parser.add_argument("--data", default=None, type=Path, help="directory where generated data are kept")
    parser.add_argument("--output", default=Path("dist/bench"), type=Path, help="directory; default: dist/bench")
    parser.add_argument("--name", default="endpoint", help="of the files written there; default: endpoint")
    options = parser.parse_args(arguments)
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"there is no peer {', '.join(unknown)}; known are {', '.join(PEERS)}")
    options.kinds = options.kinds or [*(kind.name for kind in mix.KINDS), "mixed"]
    options.quads = [size(text) for text in options.quads]
    options.clients = [int(text) for text in options.clients]
    return options


def measure(arguments: list[str] | None = None) -> list[Path]:
    """Measure and write the report; give the files. `arguments` are those of a command line.

    Sizes that the report has and that are not measured this time stay as they were.
    """
    options = _options(arguments)
    # Ended from outside, it still ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    runs = []
    with tempfile.TemporaryDirectory(prefix="ccn-bench-") as name:
        directory = Path(name)
        start = _start_on_project(directory)
        for quads in options.quads:
            _progress(f"{quads} quads: writing")
            path, documents = dataset.kept(options.data or directory / "data", quads)
            runs.append(run(Data(path, quads, documents), options.peers, options, directory))
    _progress("")
    written = tables.write(options.output, options.name, report.Report(start, runs))
    print(written[0].read_text(encoding="utf-8"))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)
    return written
