"""The endpoint side by side with other servers, in one run: `python -m tests.benchmarks.endpoint --help`."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import dataset, likeness, mix, peers, report
from tests.benchmarks.load import Measured, Order
from tests.benchmarks.peers import Data, Missing, Nginx, Ours, Peer
from tests.benchmarks.virtuoso import Virtuoso
from tests.conftest import ROOT

PEERS: dict[str, type[Peer]] = {
    "oxigraph": peers.Oxigraph,
    "oxigraph-memory": peers.OxigraphInMemory,
    "virtuoso": Virtuoso,
    "rdflib-endpoint": peers.RdflibEndpoint,
    "nginx": Nginx,
}

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
    cells: list[report.Cell] = field(default_factory=list)
    _next: dict[tuple[str, str], int] = field(default_factory=dict)

    def measure(self, mode: str, kind: str, clients: int, names: Iterable[str]) -> None:
        """Let the servers answer the same load in turns, and keep the median of the rounds."""
        names = list(names)
        warm = {name: self._run(name, mode, kind, clients, 0.05, 2_000) for name in names}
        # What takes its time has been measured well enough by then.
        rounds = {name: [warm[name]] if warm[name].elapsed > SLOW else [] for name in names}
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
            number, mode == "repeated", name == Nginx.name, prepared,
        )  # fmt: skip
        before = server.processor_seconds()
        done = self.generator.run(order)
        self._next[name, kind] = number + done.sent
        return dataclasses.replace(done, processor=(server.processor_seconds() - before) * 1000 / max(1, done.answers))


def run(data: Data, names: list[str], options: argparse.Namespace, directory: Path) -> report.Run:
    """Measure one size."""
    with contextlib.ExitStack() as stack:
        generator = Generator()
        stack.callback(generator.stop)
        servers, missing = _start(stack, names, data, directory)
        bench = Bench(data, servers, generator, options.rounds, options.seconds)
        ours = servers[Ours.name]
        others = [server for name, server in servers.items() if name not in (Ours.name, Nginx.name)]
        differences = {
            f"{server.name}: {kind.name}": found
            for server in others
            for kind in mix.KINDS
            if (found := likeness.compare(kind, data.documents, ours, server))
        }
        before = {name: server.megabytes() for name, server in servers.items()}
        for done, (mode, kind, clients, taking) in enumerate(
            plan := list(dict.fromkeys(_plan(servers, options.clients)))
        ):
            _progress(f"{data.quads} quads: {done}/{len(plan)} {mode} {kind}")
            bench.measure(mode, kind, clients, taking)
        used = {
            name: report.Use(server.version, server.loading, server.starting, before[name], server.megabytes())
            for name, server in servers.items()
        }
        return report.Run(data.quads, bench.cells, used, differences, missing)


def _plan(servers: Mapping[str, Peer], clients: list[int]) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """Say what is measured: how, which kind of query, by how many clients, of which servers."""
    quick = tuple(name for name, server in servers.items() if not server.most)
    asked = tuple(name for name in servers if name not in (Ours.name, Nginx.name))
    for kind, count in itertools.product(mix.KINDS, clients):
        # Some megabytes to each of many clients at once would measure the load generator.
        yield "distinct", kind.name, count if kind.weight else min(count, 2), asked
    for count in clients:
        yield "distinct", "mixed", count, (Ours.name, *asked)
    for kind in mix.KINDS[::2]:
        yield "repeated", kind.name, min(clients, key=lambda count: abs(count - 8)) if kind.weight else 2, quick
    for kind in mix.KINDS[-2:]:
        # For the time to the first byte, undisturbed.
        yield "alone", kind.name, 1, asked


def _start(
    stack: contextlib.ExitStack, names: list[str], data: Data, directory: Path
) -> tuple[dict[str, Peer], list[str]]:
    servers: dict[str, Peer] = {}
    missing = []
    classes: list[type[Peer]] = [Ours, peers.OursWithoutCache, *(PEERS[name] for name in names)]
    for class_ in classes:
        if class_.most and data.quads > class_.most:
            continue
        _progress(f"{data.quads} quads: starting {class_.name}")
        try:
            server = class_(directory / f"{data.quads}-{class_.__name__}")
            stack.callback(server.stop)
            if isinstance(server, Nginx):
                ours = servers[Ours.name]
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
    for number in range(3):
        server = OnProject(directory / f"project-{number}")
        server.start(Data(directory, 0, 0))
        server.stop()
        times.append(server.starting)
    return statistics.median(times)


def _size(text: str) -> int:
    return int(float(text.lower().rstrip("km")) * {"k": 1_000, "m": 1_000_000}.get(text.lower()[-1], 1))


def _options() -> argparse.Namespace:
    def many(text: str) -> list[str]:
        return text.split(",") if text else []

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", default="20k,200k", type=many, help="sizes of the data; default: 20k,200k")
    parser.add_argument("--clients", default="8", type=many, help="clients at once, such as 1,8,32; default: 8")
    parser.add_argument("--peers", default=",".join(PEERS), type=many, help=f"default: {','.join(PEERS)}")
    parser.add_argument("--rounds", default=3, type=int, help="of which the median counts; default: 3")
    parser.add_argument("--seconds", default=0.2, type=float, help="of each round; default: 0.2")
    parser.add_argument("--output", default=Path("dist/bench"), type=Path, help="directory; default: dist/bench")
    options = parser.parse_args()
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"there is no peer {', '.join(unknown)}; known are {', '.join(PEERS)}")
    options.quads = [_size(text) for text in options.quads]
    options.clients = [int(text) for text in options.clients]
    return options


def main() -> None:
    """Measure and write the report."""
    options = _options()
    # Ended from outside, it still ends the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begun = time.perf_counter()
    runs = []
    with tempfile.TemporaryDirectory(prefix="ccn-bench-") as name:
        directory = Path(name)
        start = _start_on_project(directory)
        for quads in options.quads:
            _progress(f"{quads} quads: writing")
            path = directory / f"{quads}.nq"
            data = Data(path, quads, dataset.write(path, quads))
            runs.append(run(data, options.peers, options, directory))
            path.unlink()
    _progress("")
    written = report.write(options.output, report.Report.of(runs, start, time.perf_counter() - begun))
    print((options.output / "endpoint.md").read_text(encoding="utf-8"))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)


if __name__ == "__main__":
    main()
