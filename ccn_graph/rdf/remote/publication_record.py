"""What is published in an engine: which version, where its union is, what it holds.

Beside the named graphs, under their public names, an engine holds graphs whose names begin with `urn:ccn-graph:`:

    publication             which version readers may use; none while named graphs are being switched
    publication:VERSION     its statistics, and how many triples of which digest each named graph has
    union:VERSION           all triples, each once: the default graph of readers
    staged:VERSION:…        named graphs that have changed and wait for the switch
    graphs                  which of these there are, also after a kill
    lock                    who is publishing
"""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import EngineError
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.statistics import Statistics

OURS = "urn:ccn-graph:"
RECORD = OURS + "publication"
LOCK = OURS + "lock"
REGISTER = OURS + "graphs"

_VERSION, _PREVIOUS, _SWITCHING = OURS + "version", OURS + "previous", OURS + "switching"
_STATISTICS, _CONTENTS = OURS + "statistics", OURS + "contents"

_PART = 8_000
"""Characters of a literal: the graph stores of some engines fail with longer ones at some point below 100,000."""

_PAGE = 2_000
"""Rows asked for at a time: fewer than any engine leaves out the rest of, as it is installed."""


@dataclass(frozen=True, slots=True)
class GraphContents:
    """How many triples a graph has, and a digest of them that does not depend on their order."""

    count: int
    digest: str


def union(version: str) -> str:
    """Return the name of the graph that holds all triples of a version."""
    return f"{OURS}union:{_safe(version)}"


def details(version: str) -> str:
    """Return the name of the graph that describes a version."""
    return f"{RECORD}:{_safe(version)}"


def staged(version: str, graph: str, contents: GraphContents) -> str:
    """Return the name under which a changed graph waits: another one for other contents."""
    return staged_of(version) + hashlib.sha256(f"{graph} {contents.digest}".encode()).hexdigest()[:24]


def staged_of(version: str) -> str:
    """Return how the names of all staged graphs of a version begin."""
    return f"{OURS}staged:{_safe(version)}:"


def _safe(version: str) -> str:
    return urllib.parse.quote(version, safe="")


@dataclass(frozen=True, slots=True)
class Publication:
    """A version that is in an engine, whole."""

    version: str
    statistics: Statistics
    graphs: dict[str, GraphContents]
    """The named graphs by their IRIs."""

    @property
    def union(self) -> str:
        """The IRI of the graph that holds all of its triples."""
        return union(self.version)


@dataclass(frozen=True, slots=True)
class PublicationState:
    """What the record says: the version there is, or the one that is being switched to; and the one before."""

    version: str = ""
    switching: str = ""
    previous: str = ""


def current(client: Client) -> str | None:
    """Return the version that is published; None if none is, or while its named graphs are being switched."""
    return state(client).version or None


def read(client: Client) -> Publication | None:
    """Return what is published, or None; see `current`."""
    while (version := current(client)) is not None:
        written, graphs = _statistics(client, version), contents(client, version)
        # A version that two others have followed meanwhile may have gone while it was read.
        if current(client) == version:
            return Publication(version, _parsed(client, version, written), graphs)
    return None


def state(client: Client) -> PublicationState:
    """Read the record."""
    rows = client.rows(f"SELECT ?p ?o WHERE {{ GRAPH <{RECORD}> {{ <{RECORD}> ?p ?o }} }}")
    properties = {text(row["p"]): text(row["o"]) for row in rows}
    # An engine without transactions may be seen between two statements of one request.
    version = "" if _SWITCHING in properties else properties.get(_VERSION, "")
    return PublicationState(version, properties.get(_SWITCHING, ""), properties.get(_PREVIOUS, ""))


def contents(client: Client, version: str) -> dict[str, GraphContents]:
    """Return what each named graph of a version holds; empty if it is not described."""
    graphs = {}
    for graph, written in listed(client, details(version), _CONTENTS):
        count, _, digest = written.partition(" ")
        graphs[graph] = GraphContents(int(count), digest)
    return graphs


def _statistics(client: Client, version: str) -> str:
    rows = client.rows(f"SELECT ?o WHERE {{ GRAPH <{details(version)}> {{ ?s <{_STATISTICS}> ?o }} }}")
    parts = sorted(text(row["o"]).partition(" ")[::2] for row in rows)
    return "".join(part for _, part in parts)


def _parsed(client: Client, version: str, written: str) -> Statistics:
    try:
        return Statistics.from_json(written.encode())
    except (ValueError, TypeError) as error:
        message = f"{client.target.query} holds a version {version} that is not described; publish it again"
        raise EngineError("engine-failed", message) from error


def described(version: str, statistics: Statistics, graphs: dict[str, GraphContents]) -> list[ox.Triple]:
    """Describe a version, as its graph `details` holds it."""
    about, written = ox.NamedNode(details(version)), statistics.to_json().decode()
    parts = [written[start : start + _PART] for start in range(0, len(written), _PART)]
    triples = [
        ox.Triple(about, ox.NamedNode(_STATISTICS), ox.Literal(f"{number:06} {part}"))
        for number, part in enumerate(parts)
    ]
    for graph, held in graphs.items():
        value = ox.Literal(f"{held.count} {held.digest}")
        triples.append(ox.Triple(ox.NamedNode(graph), ox.NamedNode(_CONTENTS), value))
    return triples


def marked(version: str, previous: str, *, switching: bool) -> list[str]:
    """Return the operations of SPARQL Update that write the record."""
    properties = f"<{_SWITCHING if switching else _VERSION}> {ox.Literal(version)}"
    if previous:
        properties += f" ; <{_PREVIOUS}> {ox.Literal(previous)}"
    return [
        f"DELETE WHERE {{ GRAPH <{RECORD}> {{ ?s ?p ?o }} }}",
        f"INSERT DATA {{ GRAPH <{RECORD}> {{ <{RECORD}> {properties} }} }}",
    ]


def listed(client: Client, graph: str, predicate: str) -> Iterator[tuple[str, str]]:
    """Yield subject and value of a property that each subject has once, however many there are."""
    last = ""
    while True:
        rows = client.rows(
            f"SELECT ?s ?o WHERE {{ GRAPH <{graph}> {{ ?s <{predicate}> ?o }} "
            f"FILTER (STR(?s) > {ox.Literal(last)}) }} ORDER BY STR(?s) LIMIT {_PAGE}"
        )
        for row in rows:
            last = text(row["s"])
            yield last, text(row["o"])
        if len(rows) < _PAGE:
            return


def text(term: object) -> str:
    """Return the text of an IRI or literal."""
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value
