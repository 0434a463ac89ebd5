"""Graphs on their way into an engine: sent in blocks, noted as they arrive, counted there, found again after a kill."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.files.progress import Count
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.publication_record import OURS, REGISTER, listed, text

_REGISTERED, _ARRIVED = OURS + "registered", OURS + "arrived"

_COUNTED = 50
"""Graphs counted by one query."""

Block = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Load:
    """A graph to be sent: where to, a digest of what it is to hold, and its triples, in blocks."""

    place: str
    digest: str
    blocks: Callable[[], Iterator[Block]]
    by_update: bool = False
    """Whether it is to go by INSERT DATA, for what a graph store may not take."""


class Staging:
    """The graphs in an engine that are ours or on their way, as its register has them."""

    def __init__(self, client: Client) -> None:
        """Read the register."""
        self._client = client
        self.registered = dict(listed(client, REGISTER, _REGISTERED))

    def drop(self, places: Collection[str]) -> None:
        """Drop graphs that nobody needs, and what is noted of them."""
        nodes = [str(ox.NamedNode(place)) for place in places]
        forgotten = f"DELETE {{ GRAPH <{REGISTER}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{REGISTER}> {{ ?s ?p ?o }} "
        operations = [*(f"DROP SILENT GRAPH {node}" for node in nodes),
                      f"{forgotten} FILTER (?s IN ({', '.join(nodes)})) }}"]  # fmt: skip
        self._client.update(" ;\n".join(operations), again=True)
        for place in places:
            self.registered.pop(place, None)

    def expect(self, loads: Iterable[Load]) -> None:
        """Note what will be sent, before any of it is: so it is found again whatever happens."""
        fresh = {load.place: load.digest for load in loads if load.place not in self.registered}
        self._note([ox.Triple(ox.NamedNode(place), ox.NamedNode(_REGISTERED), ox.Literal(digest))
                    for place, digest in fresh.items()])  # fmt: skip

    def send(self, load: Load, progress: Count, *, anew: bool = False) -> int:
        """Send a graph, leaving out the blocks that are noted as arrived unless told to begin `anew`.

        Gives the number of triples that were left out.
        """
        arrived = set() if anew or load.place not in self.registered else self._arrived(load.place)
        if anew and load.place in self.registered:
            self._client.update(
                f"DELETE WHERE {{ GRAPH <{REGISTER}> {{ <{load.place}> <{_ARRIVED}> ?o }} }}", again=True
            )
        left_out = 0
        blocks = load.blocks()
        first, ahead = next(blocks, None), next(blocks, None)
        for number, (count, block) in enumerate(pair for pair in itertools.chain((first, ahead), blocks) if pair):
            digest = hashlib.sha256(block).hexdigest()[:32]
            if digest in arrived:
                left_out += count
            else:
                self._send(load, block, replacing=number == 0 and not arrived)
                if ahead is not None:
                    self._note([ox.Triple(ox.NamedNode(load.place), ox.NamedNode(_ARRIVED), ox.Literal(digest))])
            progress(count)
        return left_out

    def forget(self, kept: Iterable[str]) -> None:
        """Note nothing more of any graph but `kept`, and of those no more than that they are there."""
        nodes = ", ".join(str(ox.NamedNode(place)) for place in kept)
        self._client.update(
            f"DELETE {{ GRAPH <{REGISTER}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{REGISTER}> {{ ?s ?p ?o }} "
            f"FILTER (?p = <{_ARRIVED}> || ?s NOT IN ({nodes})) }}", again=True
        )  # fmt: skip

    def _arrived(self, place: str) -> set[str]:
        rows = self._client.rows(
            f"SELECT ?o WHERE {{ GRAPH <{REGISTER}> {{ {ox.NamedNode(place)} <{_ARRIVED}> ?o }} }}"
        )
        return {text(row["o"]) for row in rows}

    def _send(self, load: Load, block: bytes, *, replacing: bool) -> None:
        if load.by_update:
            if replacing:
                self._client.drop_graph(load.place)
            self._client.insert(load.place, block)
        elif replacing:
            self._client.put_graph(load.place, block)
        else:
            self._client.add_to_graph(load.place, block)

    def _note(self, triples: list[ox.Triple]) -> None:
        written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        if written:
            self._client.add_to_graph(REGISTER, written)


def counts(client: Client, places: Iterable[str]) -> dict[str, int]:
    """Count the triples of graphs in the engine."""
    totals: dict[str, int] = {}
    remaining = iter(places)
    while some := list(itertools.islice(remaining, _COUNTED)):
        # Much faster in some engines than a query for each graph; it leaves out those that hold nothing.
        nodes = " ".join(str(ox.NamedNode(place)) for place in some)
        rows = client.rows(
            f"SELECT ?graph (COUNT(*) AS ?n) WHERE {{ VALUES ?graph {{ {nodes} }} GRAPH ?graph {{ ?s ?p ?o }} }} "
            "GROUP BY ?graph"
        )
        totals |= dict.fromkeys(some, 0) | {text(row["graph"]): int(text(row["n"])) for row in rows}
    return totals
