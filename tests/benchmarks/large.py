"""The store in memory beside the store on disk, by size: `python -m tests.benchmarks.large 200k 2m --only disk`.

The numbers of which README and `serve` tell from which size on the store on disk serves better.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ccn_graph.rdf import stores
from tests.benchmarks import dataset, family, mix, report
from tests.benchmarks.endpoint import Generator, size
from tests.benchmarks.load import Order
from tests.serving import Server, cross

#: Ends when its time is over.
_ENDLESS = cross(20)

#: Touches every statement.
_SCAN = "SELECT (COUNT(?o) AS ?n) (SUM(STRLEN(STR(?o))) AS ?l) { ?s ?p ?o }"

_COLUMNS = (
    "quads", "store", "loaded s", "first answer s", "MB", "refork ms", "point p50 ms", "mix p50 ms", "mix p99 ms",
    "mix answers/s", "two scans s", "MB after scans",
)  # fmt: skip


def measure(path: Path, documents: int, store: Path | None) -> Iterator[str]:
    """Give the figures of one size in one store, in the order of the columns."""
    options: list[str | Path] = ["--data", path, "--no-check", "--cache", "0", "--per-client", "100"]
    begun = time.perf_counter()
    if store:
        yield "disk"
        stores.on_disk(store, [path], union=True)
        options += ["--store", store]
        yield f"{time.perf_counter() - begun:.0f}"
        begun = time.perf_counter()
    else:
        yield "memory"
        yield "–"
    server = Server(*options, "--seconds", "600")
    generator = Generator()
    try:
        _ask(server, "ASK {}")
        yield f"{time.perf_counter() - begun:.1f}"
        yield f"{family.megabytes(server.process.pid):.0f}"
        yield f"{statistics.median(_refork(server) for _ in range(5)):.0f}"
        port = int(server.url.rpartition(":")[2])
        point = generator.run(Order(port, "/sparql", mix.KINDS[0].name, documents, 8, 2.0))
        yield f"{point.p50:.2f}"
        mixed = generator.run(Order(port, "/sparql", "mixed", documents, 8, 10.0, 1_000_000, prepared=2_000))
        yield f"{mixed.p50:.2f}"
        yield f"{mixed.p99:.0f}"
        yield f"{mixed.rate:.0f}"
        begun = time.perf_counter()
        _at_once(server, _SCAN, {})
        yield f"{time.perf_counter() - begun:.1f}"
        yield f"{family.megabytes(server.process.pid):.0f}"
    finally:
        generator.stop()
        server.stop()


def _ask(server: Server, query: str, **more: str) -> None:
    server.http.get("/sparql", params={"query": f"{query}\n# {time.time()}", **more}, timeout=600)


def _at_once(server: Server, query: str, more: dict[str, str]) -> None:
    asking = [threading.Thread(target=_ask, args=(server, query), kwargs=more) for _ in range(2)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()


def _refork(server: Server) -> float:
    """Give the milliseconds that a small query takes right after all workers were killed."""
    _at_once(server, _ENDLESS, {"timeout": "0.5"})
    begun = time.perf_counter()
    _ask(server, "ASK {}")
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Measure the sizes that the command line names and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.large", description=__doc__)
    parser.add_argument("sizes", nargs="+")
    parser.add_argument("--only", choices=["memory", "disk"])
    parser.add_argument("--directory", type=Path, help="where data and stores are kept and found again")
    options = parser.parse_args()
    print(f"# The store in memory beside the store on disk\n\n{report.machine()}; ", end="")
    print(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC; 2 workers, 8 clients, distinct queries.\n")
    print(f"| {' | '.join(_COLUMNS)} |\n|{'--:|' * len(_COLUMNS)}")
    with tempfile.TemporaryDirectory(prefix="ccn-large-") as name:
        directory = options.directory or Path(name)
        for quads in map(size, options.sizes):
            path, documents = dataset.kept(directory, quads)
            for mode in (options.only,) if options.only else ("memory", "disk"):
                store = directory / f"store-{quads}" if mode == "disk" else None
                figures = measure(path, documents, store)
                print(f"| {quads:,} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
