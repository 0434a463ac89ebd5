"""Loading and asking, side by side with rdflib over the same files in the same process."""

from __future__ import annotations

import statistics

import rdflib

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.rdf.rdflib_engine import RdflibEngine
from tests.benchmarks.timing import head, median, progress, show


def parse_with_rdflib(project: Project) -> rdflib.Dataset:
    """Read all files of a project with rdflib's own parser."""
    dataset = rdflib.Dataset(default_union=True)
    for path, _ in project.files():
        dataset.graph(rdflib.URIRef(path.as_uri())).parse(path)
    return dataset


def measure() -> None:
    """Measure loading and every question."""
    project = Project.find()
    graph = Graph.load(project)
    oracle = RdflibEngine(graph.store)
    texts = {name: asked.query(graph.labels) for name, asked in questions.read_all(project).items()}
    head("ccn-graph", "rdflib")
    show("load all files", median(lambda: Graph.load(project)), median(lambda: parse_with_rdflib(project)))
    pairs = []
    for done, (name, text) in enumerate(texts.items(), start=1):
        progress(f"{done}/{len(texts)} questions")
        ours = median(lambda text=text: list(graph.query(text).rows()))  # type: ignore[misc]
        peer = median(lambda text=text: list(oracle.query(text).rows()), 3)  # type: ignore[misc]
        pairs.append((name, ours, peer))
    ratios = sorted(peer / ours for _, ours, peer in pairs)
    show("all questions, sum of medians", sum(ours for _, ours, _ in pairs), sum(peer for _, _, peer in pairs))
    print(f"ratio per question: least {ratios[0]:.1f}, median {statistics.median(ratios):.1f}, most {ratios[-1]:.1f}")
    slowest = max(pairs, key=lambda pair: pair[1])
    show(f"slowest question: {slowest[0]}", slowest[1], slowest[2])
