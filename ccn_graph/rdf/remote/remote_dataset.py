"""Which graphs of an engine are the data: those of a publication, in which only some of its graphs may be seen."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ccn_graph.errors import EngineError, QueryError
from ccn_graph.rdf import query_guard
from ccn_graph.rdf.remote import publication_record
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.statistics import Statistics

#: A graph that never holds anything, for a dataset that has no default graph or no named graphs.
NOTHING = "urn:ccn-graph:nothing"

#: Characters of the names of graphs that Virtuoso takes: it says them again in a header, which nobody reads if longer.
_MOST_NAMES = {"virtuoso": 60_000}


@dataclass(frozen=True, slots=True)
class Dataset:
    """The data in an engine, of one version."""

    server: str
    """What the engine calls itself, such as `Virtuoso/07.20.3229`; empty if it does not say."""
    version: str = ""
    """Empty if nothing was published there: then everything in the engine is the data, and may change unseen."""
    union: str = ""
    """The graph that holds the union of all graphs: the default graph of readers."""
    named: frozenset[str] = field(default_factory=frozenset)
    most_rows: int = 0
    """Rows and triples of an answer beyond which the engine leaves out the rest; 0 if it never does."""

    @property
    def kind(self) -> str:
        """The name of the engine without its version, in small letters, such as `virtuoso`."""
        return self.server.partition("/")[0].lower()

    def asked(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> tuple[Sequence[str], Sequence[str], bool]:
        """Give default and named graphs to send with a query, and whether it reads a graph under its public name.

        `default_graphs` and `named_graphs` are what query and request say (SPARQL 1.1 Protocol, section 2.1.4).
        """
        if not self.version:
            return default_graphs, named_graphs, False
        said = bool(default_graphs or named_graphs)
        default = [iri for iri in default_graphs if iri in self.named] or [NOTHING] if said else [self.union]
        looked_into = _looked_into(query)
        if looked_into == set():
            return default, [], said
        among = self.named.intersection(named_graphs) if said else self.named
        named = sorted(among if looked_into is None else among & looked_into) or [NOTHING]
        most = _MOST_NAMES.get(self.kind)
        if most and sum(map(len, named)) > most:
            message = (
                f"the engine behind this server cannot look into {len(named)} named graphs at once; "
                "name those you mean with FROM NAMED"
            )
            raise QueryError("too-many-graphs", message)
        return default, named, True


def find(client: Client) -> tuple[Dataset, Statistics | None]:
    """Find what is published in an engine; if nothing is, its data are all it has, and not counted yet.

    Raises EngineError, also while what is published is being replaced.
    """
    everything = Dataset(client.server())
    if everything.kind == "virtuoso":
        # It alone cuts answers off.
        everything = replace(everything, most_rows=client.most_rows())
    published = publication_record.read(client)
    if published is None:
        if publication_record.state(client).switching:
            raise EngineError("engine-unavailable", "the data in the engine are being replaced; try again in a moment")
        return everything, None
    named = frozenset(published.graphs)
    return replace(everything, version=published.version, union=published.union, named=named), published.statistics


def clauses(query: str, base: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the graphs of the dataset clauses of a query (SPARQL 1.1 section 13.2): default, named.

    >>> clauses("PREFIX g: <http://example.org/> SELECT * FROM g:a FROM NAMED <b> { ?s ?p ?o }", "http://example.org/")
    (('http://example.org/a',), ('http://example.org/b',))
    """
    default: list[str] = []
    named: list[str] = []
    if "FROM" in query.upper():
        for said, iri in _following(query, "FROM", base):
            (named if said else default).append(iri)
    return tuple(default), tuple(named)


def _looked_into(query: str) -> set[str] | None:
    """Give the graphs that GRAPH names in a query; None if it looks into all."""
    if "GRAPH" not in query.upper():
        return set()
    try:
        return {iri for _, iri in _following(query, "GRAPH", None)}
    except LookupError:
        return None


def _following(query: str, keyword: str, base: str | None) -> list[tuple[bool, str]]:
    """Give each IRI after a keyword, and whether NAMED stands between. Raises LookupError for one that is not known."""
    prefixes: dict[str, str] = {}
    found = []
    tokens = [
        token for token in query_guard.tokens(query_guard.unescaped(query)) if token[0] not in ("space", "comment")
    ]
    for number, (kind, text, _) in enumerate(tokens):
        after = [other[1] for other in tokens[number + 1 : number + 3]]
        if kind != "word" or not after:
            continue
        if text.upper() == "PREFIX" and len(after) == 2:
            prefixes[after[0]] = urllib.parse.urljoin(base or "", after[1].strip("<>"))
        elif text.upper() == "BASE":
            base = urllib.parse.urljoin(base or "", after[0].strip("<>"))
        elif text.upper() == keyword:
            named = after[0].upper() == "NAMED"
            found.append((named, _resolved(after[1] if named else after[0], prefixes, base)))
    return found


def _resolved(text: str, prefixes: dict[str, str], base: str | None) -> str:
    if text.startswith("<"):
        iri = urllib.parse.urljoin(base, text[1:-1]) if base else text[1:-1]
        if ":" in iri:
            return iri
        raise LookupError(text)
    prefix, colon, local = text.partition(":")
    if not colon:
        # A variable, which may stand for any of them.
        raise LookupError(text)
    return prefixes[prefix + colon] + re.sub(r"\\(.)", r"\1", local)
