"""What is to be published, as an engine takes it: N-Triples without blank nodes, graph by graph, and their digests."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.remote.publication_record import GraphContents
from ccn_graph.releases import skolemise

TRIPLES, BYTES = 50_000, 8 * 1024 * 1024
"""Most triples and bytes of a block (but for a triple that is larger)."""

_AT_ONCE = 2_000

_XSD = namespaces.PREFIXES["xsd"]
_NUMERIC = {
    _XSD + name
    for name in (
        "byte", "decimal", "double", "float", "int", "integer", "long", "negativeInteger", "nonNegativeInteger",
        "nonPositiveInteger", "positiveInteger", "short", "unsignedByte", "unsignedInt", "unsignedLong",
        "unsignedShort",
    )
}  # fmt: skip


class Content:
    """The graphs of a store, without blank nodes."""

    def __init__(self, store: ox.Store) -> None:
        """Read from `store`, whose default graph is what readers find without GRAPH."""
        self._store = store
        self._renamed: dict[ox.NamedNode | None, list[ox.Triple]] = defaultdict(list)
        for quad in skolemise.skolemised(store):
            graph = quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else None
            self._renamed[graph].append(ox.Triple(quad.subject, quad.predicate, quad.object))

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs that hold anything."""
        named = {graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)}
        graphs = named | {graph for graph in self._renamed if graph}
        return sorted(graph.value for graph in graphs if next(self._triples(graph.value), None) is not None)

    def blocks(self, graph: str | None, most: int = TRIPLES) -> Iterator[tuple[int, bytes]]:
        """Yield a named graph, or the default graph, as N-Triples in blocks, with the number of triples in each."""
        triples = self._triples(graph)
        count, block = 0, bytearray()
        while some := list(itertools.islice(triples, min(_AT_ONCE, most))):
            written = ox.serialize(some, format=ox.RdfFormat.N_TRIPLES)
            assert written is not None
            if block and (count + len(some) > most or len(block) + len(written) > BYTES):
                yield count, bytes(block)
                count, block = 0, bytearray()
            count += len(some)
            block += written
        if block:
            yield count, bytes(block)

    def contents(self, graph: str) -> GraphContents:
        """Count a named graph, and digest it."""
        count = total = 0
        for size, block in self.blocks(graph):
            count += size
            for line in block.splitlines():
                total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())
        return GraphContents(count, f"{total % 2**128:032x}")

    def distinct_by_value(self, graph: str | None) -> int:
        """Count triples as engines do that keep values and not how they are written.

        One takes "7"^^xsd:decimal, "7"^^xsd:integer and "7.0E0"^^xsd:double for the same object, `true` for 1,
        and of language tags the case for nothing.
        """
        return len({(triple.subject, triple.predicate, value(triple.object)) for triple in self._triples(graph)})

    def _triples(self, graph: str | None) -> Iterator[ox.Triple]:
        name = ox.NamedNode(graph) if graph is not None else None
        quads = self._store.quads_for_pattern(None, None, None, name or ox.DefaultGraph())
        if not self._renamed:
            yield from (quad.triple for quad in quads)
            return
        yield from (quad.triple for quad in quads if not skolemise.has_blank_node(quad))
        yield from self._renamed.get(name, ())


def value(term: object) -> object:
    """Return what is the same for terms that differ only in how a value is written."""
    if not isinstance(term, ox.Literal):
        return term
    if term.language:
        return term.value, term.language.lower()
    if term.datatype.value == f"{_XSD}boolean":
        return int(term.value in ("true", "1"))
    if term.datatype.value in _NUMERIC:
        with contextlib.suppress(InvalidOperation):
            return Decimal(term.value)
    return term.value, term.datatype
