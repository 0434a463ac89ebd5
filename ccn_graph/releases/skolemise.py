"""Names for blank nodes (RDF 1.1 Concepts, section 3.5), the same in every run and in every graph they stand in.

What is sent in parts, twice (its own graph, the union), or again after a kill, must say the same thing each time; and
the labels that a parser makes up differ from run to run. So each cluster of blank nodes that hang together is put into
its canonical form (RDFC-1.0), and its nodes are named by a digest of that.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

GENID = "urn:ccn-graph:genid:"
"""How the IRIs begin that stand for blank nodes."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph


def has_blank_node(quad: ox.Quad) -> bool:
    """Tell whether a blank node stands anywhere in a quad."""
    return next(_blank_nodes(quad.subject, quad.object, quad.graph_name), None) is not None


def skolemised(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield the quads of a dataset that have blank nodes, with IRIs for them. Holds these quads in memory."""
    alike: Counter[str] = Counter()
    for cluster in _clusters(quads):
        dataset = ox.Dataset(cluster)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        digest = hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()[:24]
        # Clusters that say the same are as many things: which is the first of them makes no difference.
        name = f"{GENID}{digest}-{alike[digest]}-"
        alike[digest] += 1
        for quad in dataset:
            yield ox.Quad(
                _renamed(quad.subject, name),
                quad.predicate,
                _renamed(quad.object, name),
                _renamed(quad.graph_name, name),
            )


def _clusters(quads: Iterable[ox.Quad]) -> Iterable[list[ox.Quad]]:
    parents: dict[ox.BlankNode, ox.BlankNode] = {}

    def root(node: ox.BlankNode) -> ox.BlankNode:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = parents[parent]
            node = parent
        return node

    kept: list[tuple[ox.BlankNode, ox.Quad]] = []
    for quad in quads:
        nodes = list(_blank_nodes(quad.subject, quad.object, quad.graph_name))
        for node in nodes:
            parents[root(node)] = root(nodes[0])
        if nodes:
            kept.append((nodes[0], quad))
    clusters: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for node, quad in kept:
        clusters[root(node)].append(quad)
    return clusters.values()


def _blank_nodes(*terms: Term) -> Iterator[ox.BlankNode]:
    for term in terms:
        if isinstance(term, ox.BlankNode):
            yield term
        elif isinstance(term, ox.Triple):
            yield from _blank_nodes(term.subject, term.object)


def _renamed(term: Any, name: str) -> Any:
    if isinstance(term, ox.BlankNode):
        return ox.NamedNode(name + term.value)
    if isinstance(term, ox.Triple):
        return ox.Triple(_renamed(term.subject, name), term.predicate, _renamed(term.object, name))
    return term
