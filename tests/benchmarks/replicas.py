"""Two replicas of one snapshot beside one, behind nginx and HAProxy: `python -m tests.benchmarks.replicas 200k`.

Each replica is kept on a processor of its own, as if it were a machine; proxy and clients take what they need of both.
With two processors this shows what a second replica adds and what a proxy costs, not how far it goes.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import os
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ccn_graph.releases import snapshot_writing
from tests.benchmarks import dataset, family, mix, report
from tests.benchmarks.endpoint import Generator, size
from tests.benchmarks.load import Measured, Order
from tests.benchmarks.timing import progress
from tests.proxies import Proxy, proxying
from tests.serving import Server

#: What is asked: a query that is mostly work of the engine, one that is hardly any, one that is known already.
LOADS = ("mixed", "point", "repeated")

_COLUMNS = ("load", "replicas", "in front", "answers/s", "of one, direct", "p50 ms", "p99 ms", "processor ms", "failed")


@dataclass(slots=True)
class Way:
    """A number of replicas, and what stands before them."""

    replicas: int
    front: str
    port: int
    pids: list[int]
    measured: dict[str, list[Measured]] = field(default_factory=dict)

    def run(self, load: str, generator: Generator, documents: int, seconds: float, number: int) -> None:
        """Measure once; no query is asked twice, but those that are to be."""
        kind = "mixed" if load == "mixed" else mix.KINDS[0].name
        order = Order(
            self.port, "/sparql", kind, documents, 8, seconds, number * 1_000_000, repeated=load == "repeated"
        )
        before = sum(map(family.processor_seconds, self.pids))
        measured = generator.run(order)
        used = sum(map(family.processor_seconds, self.pids)) - before
        measured = dataclasses.replace(measured, processor=1000 * used / max(1, measured.answers))
        self.measured.setdefault(load, []).append(measured)

    def median(self, load: str, name: str) -> float:
        """Give the median of a figure over the rounds."""
        return float(statistics.median(getattr(measured, name) for measured in self.measured[load]))


def _pin(pid: int, processor: int) -> None:
    """Keep a server on one processor, with all that it will start."""
    for member in family.members(pid):
        for thread in Path(f"/proc/{member}/task").iterdir():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(int(thread.name), {processor})


@contextlib.contextmanager
def _ways(snapshot: Path, directory: Path) -> Iterator[list[Way]]:
    processors = sorted(os.sched_getaffinity(0))
    with contextlib.ExitStack() as stack:
        servers = []
        for number in range(2):
            options = "--workers 2 --per-client 100 --queue 200 --url http://localhost".split()  # noqa: SIM905
            server = Server("--snapshot", snapshot, *options)
            stack.callback(server.stop)
            _pin(server.process.pid, processors[number % len(processors)])
            servers.append(server)
        ports = [int(server.url.rpartition(":")[2]) for server in servers]
        pids = [server.process.pid for server in servers]
        ways = [Way(1, "nothing", ports[0], pids[:1])]
        for name in ("nginx", "haproxy"):
            for count in (1, 2):
                # The second server of the file is the first one again.
                behind = ports if count == 2 else [ports[0], ports[0]]
                proxy: Proxy = stack.enter_context(proxying(name, behind, directory / f"{name}-{count}"))
                ways.append(Way(count, name, proxy.port, [*pids[:count], proxy.process.pid]))
        yield ways


def measure(quads: int, rounds: int, seconds: float) -> list[Way]:
    """Measure all ways in turn, round by round, so that what disturbs disturbs all."""
    with tempfile.TemporaryDirectory(prefix="ccn-replicas-") as name:
        directory = Path(name)
        documents = dataset.write(directory / "data.nq", quads)
        snapshot = snapshot_writing.write_of([directory / "data.nq"], directory / "snapshot", union=True).directory
        generator = Generator()
        try:
            with _ways(snapshot, directory) as ways:
                number = 0
                for round_ in range(rounds):
                    for load in LOADS:
                        for way in ways:
                            number += 1
                            progress(f"round {round_ + 1}, {load}, {way.replicas} behind {way.front}")
                            way.run(load, generator, documents, seconds, number)
                return ways
        finally:
            generator.stop()


def rows(ways: list[Way]) -> Iterator[str]:
    """Write the table."""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|---|--:|---|{'--:|' * (len(_COLUMNS) - 3)}"
    for load in LOADS:
        alone = ways[0].median(load, "rate")
        for way in ways:
            failed = sum(measured.failures for measured in way.measured[load])
            rate = way.median(load, "rate")
            figures = (f"{way.median(load, name):.2f}" for name in ("p50", "p99", "processor"))
            yield (
                f"| {load} | {way.replicas} | {way.front} | {rate:,.0f} | {rate / alone:.2f}× "
                f"| {' | '.join(figures)} | {failed} |"
            )


def main() -> None:
    """Measure the size that the command line names and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.replicas", description=__doc__)
    parser.add_argument("quads", nargs="?", default="200k", type=size)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    ways = measure(options.quads, options.rounds, options.seconds)
    now = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC"
    print(f"# Two replicas beside one\n\n{report.machine()}; load of the machine {os.getloadavg()[0]:.1f}; {now};")
    print(f"{options.quads:,} generated quads, 8 clients, {options.rounds} rounds of {options.seconds:g} s, medians.\n")
    print((__doc__ or "").partition("\n")[2].strip())
    print("\nProcessor ms: of replicas and proxy together, for an answer.\n")
    print("\n".join(rows(ways)))


if __name__ == "__main__":
    main()
