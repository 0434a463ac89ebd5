"""Small queries, one by one, beside `oxigraph serve`: where their time goes. `python -m tests.benchmarks points`.

Both servers answer in turns. The processor time of an answer is that of the servers' processes; `web` is the process
that speaks HTTP, `worker` those that have the store. What each step takes is measured in this process, over and over,
so with everything in the processor's caches: in a server that other processes take turns with, it is twice as much.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from ccn_graph.rdf import formats, query_guard, requests, stores
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.requests import QueryRequest
from ccn_graph.server import fast_path_headers
from ccn_graph.workers import messages, worker
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import MessageKind
from tests.benchmarks import dataset, family, mix, report
from tests.benchmarks.endpoint import Generator
from tests.benchmarks.load import Order
from tests.benchmarks.ours import OursWithoutCache
from tests.benchmarks.peers import Data, Oxigraph, Peer

POINTS = (
    "label of a city", "all of a city", "evidence (GRAPH)", "within+ (path)", "describe a city", "is it a member (ASK)",
)  # fmt: skip

QUADS = 200_000

Item = TypeVar("Item")

_TICK = os.sysconf("SC_CLK_TCK")


def measure(rounds: int = 7, seconds: float = 0.4) -> None:
    """Measure, and print it as Markdown."""
    with tempfile.TemporaryDirectory(prefix="ccn-points-") as name:
        path = Path(name) / "data.nq"
        data = Data(path, QUADS, dataset.write(path, QUADS))
        print(f"# Small queries beside `oxigraph serve`\n\n{report.machine()}; {QUADS:,} quads, no cache.\n")
        print(__doc__.split("\n\n", 1)[1] if __doc__ else "")
        _side_by_side(data, Path(name), rounds, seconds)
        store = stores.in_memory([path], union=True).open()
        # As in a worker: what the thread that loads leaves free is in small pieces, which slows down all that it does.
        thread = threading.Thread(target=_steps, args=(data, store))
        thread.start()
        thread.join()


def _side_by_side(data: Data, directory: Path, rounds: int, seconds: float) -> None:
    servers = OursWithoutCache(directory / "ours"), Oxigraph(directory / "oxigraph")
    generator = Generator()
    print("| query | clients | p50 ms | oxigraph | ratio | answers/s | oxigraph | web µs: user | system "
          "| worker µs: user | system | oxigraph µs |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    try:
        for server in servers:
            server.start(data)
        first = 10
        for kind in POINTS:
            for clients in (1, 8):
                found: dict[str, list[list[float]]] = {server.name: [] for server in servers}
                for number in range(rounds + 1):
                    for server in servers if number % 2 else servers[::-1]:
                        order = Order(server.port, server.path, kind, data.documents, clients, seconds, first)
                        before = _processor(server)
                        done = generator.run(order)
                        first += done.sent
                        used = [
                            (now - then) / max(1, done.answers)
                            for now, then in zip(_processor(server), before, strict=True)
                        ]
                        if number:
                            found[server.name].append([done.p50, done.rate, *used])
                ours, theirs = ([statistics.median(row) for row in zip(*rows, strict=True)] for rows in found.values())
                shown = [f"{ours[0]:.2f}", f"{theirs[0]:.2f}", f"{ours[0] / theirs[0]:.2f}×"]
                shown += [f"{ours[1]:,.0f}", f"{theirs[1]:,.0f}", *(f"{used:.0f}" for used in ours[2:])]
                print(f"| {kind} | {clients} | {' | '.join(shown)} | {sum(theirs[2:]):.0f} |", flush=True)
    finally:
        generator.stop()
        for server in servers:
            server.stop()


def _processor(server: Peer) -> list[float]:
    """Give the microseconds that a server has used: web process user and system, all others user and system."""
    assert server.process
    used = [0.0] * 4
    for pid in family.members(server.process.pid):
        try:
            front = b"ccn_graph.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        at = 0 if front else 2
        # With the threads that have ended, and the children that were reaped.
        used[at] += (int(fields[11]) + int(fields[13])) * 1_000_000 / _TICK
        used[at + 1] += (int(fields[12]) + int(fields[14])) * 1_000_000 / _TICK
    return used


def _steps(data: Data, store: ox.Store) -> None:
    """Print what each step of a worker takes."""
    engine = OxigraphEngine(store, (), "http://127.0.0.1/sparql")
    names = ("read the head (web)", "read the request", "look it over", "parse, plan, begin", "evaluate, serialise",
             "name the answer", "all in a worker", "of it Python")  # fmt: skip
    print(f"\nMicroseconds of each step, without system calls.\n\n| query | {' | '.join(names)} |")
    print("|---|" + "--:|" * len(names))
    for kind in (kind for kind in mix.KINDS if kind.name in POINTS):
        texts = [kind.query(number, data.documents) for number in range(300)]
        lines = [urllib.parse.urlencode({"query": text}).encode() for text in texts]
        whole = [kind.request(number, data.documents, "/sparql") for number in range(300)]
        offers = formats.GRAPHS if kind.accept == mix.TRIPLES else formats.SOLUTIONS
        format_ = formats.negotiate(kind.accept, offers)
        assert format_
        packed = [(MessageKind.LINE, worker.pack_line(kind.accept, line)[messages.HEADER_SIZE :]) for line in lines]
        asked = [QueryRequest(text, accept=kind.accept) for text in texts]

        def bare(text: str, native: object = format_.native) -> None:
            result = store.query(text, base_iri="http://127.0.0.1/sparql")
            if isinstance(result, ox.QueryTriples):
                ox.serialize(result, format=native)  # type: ignore[arg-type]
            else:
                result.serialize(format=native)  # type: ignore[arg-type]

        begin = _best(lambda text: store.query(text, base_iri="http://127.0.0.1/sparql"), texts)
        engine_alone = _best(bare, texts)
        everything = _best(lambda one: worker._answer(None, engine, one, Limits()), packed)  # type: ignore[arg-type]
        times = (
            _best(fast_path_headers.read, whole),
            _best(lambda line, accept=kind.accept: requests.from_address(line, accept), lines),  # type: ignore[misc]
            _best(query_guard.check_query, texts), begin, max(0.0, engine_alone - begin),
            _best(QueryRequest.key, asked), everything, everything - engine_alone,
        )  # fmt: skip
        print(f"| {kind.name} | {' | '.join(f'{value:.1f}' for value in times)} |", flush=True)


def _best(step: Callable[[Item], object], items: Iterable[Item]) -> float:
    """Give the microseconds of a step: the mean over the items of the best time of each, for disturbances only add."""
    bests = []
    for item in items:
        best = float("inf")
        for _ in range(25):
            begun = time.perf_counter()
            step(item)
            best = min(best, time.perf_counter() - begun)
        bests.append(best)
    return statistics.mean(bests) * 1_000_000
