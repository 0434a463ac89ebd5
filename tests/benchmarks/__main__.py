"""Speed side by side with a peer, in one run: `make bench`.

The peer is rdflib, in the same process and over the same files. Every figure is a ratio of medians of repeated
runs; absolute times depend on the machine and are shown for orientation only.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable

import rdflib

from ccn_graph import Graph, check, question
from ccn_graph.project import Project
from ccn_graph.rdflib_engine import RdflibEngine

REPEATS = 5


def median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Give the median of the seconds that `work` takes, after one run to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def show(what: str, ours: float, peer: float) -> None:
    print(f"{what:44} {ours * 1000:9.1f} ms {peer * 1000:9.1f} ms {peer / ours:8.1f} x")


def parse_with_rdflib(project: Project) -> rdflib.Dataset:
    dataset = rdflib.Dataset(default_union=True)
    for path, _ in project.files():
        dataset.graph(rdflib.URIRef(path.as_uri())).parse(path)
    return dataset


def main() -> None:
    """Measure loading, questions and the whole check."""
    project = Project.find()
    graph = Graph.load(project)
    oracle = RdflibEngine(graph.store)
    texts = {name: asked.query(graph.labels) for name, asked in question.read_all(project).items()}
    print(f"{'':44} {'ccn-graph':>12} {'rdflib':>12} {'ratio':>10}")
    show("load all files", median(lambda: Graph.load(project)), median(lambda: parse_with_rdflib(project)))
    pairs = []
    for done, (name, text) in enumerate(texts.items(), start=1):
        if sys.stderr.isatty():
            print(f"\r{done}/{len(texts)}", end="", file=sys.stderr)
        ours = median(lambda text=text: list(graph.query(text).rows()))  # type: ignore[misc]
        peer = median(lambda text=text: list(oracle.query(text).rows()), 3)  # type: ignore[misc]
        pairs.append((name, ours, peer))
    ratios = sorted(peer / ours for _, ours, peer in pairs)
    show("all questions, sum of medians", sum(ours for _, ours, _ in pairs), sum(peer for _, _, peer in pairs))
    print(f"ratio per question: least {ratios[0]:.1f}, median {statistics.median(ratios):.1f}, most {ratios[-1]:.1f}")
    slowest = max(pairs, key=lambda pair: pair[1])
    show(f"slowest question: {slowest[0]}", slowest[1], slowest[2])
    print(f"whole check: {median(lambda: check(graph), 3):.2f} s; {len(graph.store)} quads; "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
