"""Which graphs of an engine are the data: those of a publication, in which only some of its graphs may be seen."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ccn_graph.errors import EngineError, QueryError
from ccn_graph.rdf import query_tokens
from ccn_graph.rdf.query_tokens import Token
from ccn_graph.rdf.remote import publication_record
from ccn_graph.rdf.remote.dialects.dialect import Dialect
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.server_urls import dialect
from ccn_graph.rdf.statistics import Statistics

#: A graph that never holds anything, for a dataset that has no default graph or no named graphs.
NOTHING = "urn:ccn-graph:nothing"


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
    def dialect(self) -> Dialect:
        """What is particular to the engine."""
        return dialect(self.server)

    def asked(
        self, query: Sequence[Token], default_graphs: Sequence[str], named_graphs: Sequence[str], base: str | None
    ) -> tuple[Sequence[str], Sequence[str], bool]:
        """Return default and named graphs to send with a query, and whether it reads a graph under its public name.

        `default_graphs` and `named_graphs` are what query and request say (SPARQL 1.1 Protocol, section 2.1.4). Raises
        QueryError for one that is not of the data: what else the engine holds is nobody's business.
        """
        if not self.version:
            return default_graphs, named_graphs, False
        for iri in (*default_graphs, *named_graphs):
            if iri not in self.named:
                raise QueryError("unknown-graph", f"there is no graph <{iri}>; the service description lists all")
        specified = bool(default_graphs or named_graphs)
        default = (list(default_graphs) or [NOTHING]) if specified else [self.union]
        looked_into = _looked_into(query, base)
        if looked_into == set():
            return default, [], specified
        among = self.named.intersection(named_graphs) if specified else self.named
        named = sorted(among if looked_into is None else among & looked_into) or [NOTHING]
        most = self.dialect.most_names
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
    if limit := everything.dialect.limit_header:
        everything = replace(everything, most_rows=client.most_rows(limit))
    published = publication_record.read(client)
    if published is None:
        if publication_record.state(client).switching:
            raise EngineError("engine-unavailable", "the data in the engine are being replaced; try again in a moment")
        return everything, None
    named = frozenset(published.graphs)
    return replace(everything, version=published.version, union=published.union, named=named), published.statistics


class Clauses(NamedTuple):
    """A query without its dataset clauses, and what they name (SPARQL 1.1 section 13.2)."""

    rest: list[Token]
    default: tuple[str, ...]
    named: tuple[str, ...]


def clauses(tokens: Sequence[Token], base: str | None = None) -> Clauses:
    """Take the dataset clauses out of a query. Raises QueryError for one that names no graph.

    >>> text = "PREFIX g: <http://example.org/> SELECT * FROM g:a FROM NAMED <b> { ?s ?p ?o }"
    >>> clauses(query_tokens.tokens(text), "http://example.org/")[1:]
    (('http://example.org/a',), ('http://example.org/b',))
    """
    rest: list[Token] = []
    default: list[str] = []
    named: list[str] = []
    names = _Names(base)
    number = 0
    while number < len(tokens):
        token = tokens[number]
        names.declare(tokens, number)
        if token.upper != "FROM":
            rest.append(token)
            number += 1
            continue
        is_named = number + 1 < len(tokens) and tokens[number + 1].upper == "NAMED"
        number += 1 + is_named
        graph = names.iri(tokens[number]) if number < len(tokens) else None
        if graph is None:
            raise QueryError("syntax", "the query is not valid SPARQL: FROM and FROM NAMED name a graph by its IRI")
        (named if is_named else default).append(graph)
        number += 1
    return Clauses(rest, tuple(default), tuple(named))


def _looked_into(tokens: Sequence[Token], base: str | None) -> set[str] | None:
    """Return the graphs that GRAPH names in a query; None if it looks into all."""
    names = _Names(base)
    graphs: set[str] = set()
    for number, token in enumerate(tokens):
        names.declare(tokens, number)
        if token.upper == "GRAPH":
            graph = names.iri(tokens[number + 1]) if number + 1 < len(tokens) else None
            if graph is None:
                # A variable, which may stand for any of them.
                return None
            graphs.add(graph)
    return graphs


class _Names:
    """Resolves the IRIs of a query as it is read."""

    def __init__(self, base: str | None) -> None:
        self._base = base or ""
        self._prefixes: dict[str, str] = {}

    def declare(self, tokens: Sequence[Token], number: int) -> None:
        """Take the declaration that begins there, if one does."""
        after = tokens[number + 1 : number + 3]
        if tokens[number].upper == "BASE" and after and after[0].kind == "iri":
            self._base = self._joined(after[0])
        elif tokens[number].upper == "PREFIX" and [token.kind for token in after] == ["name", "iri"]:
            self._prefixes[after[0].text] = self._joined(after[1])

    def iri(self, token: Token) -> str | None:
        """Return the IRI that a token stands for; None if that is not known."""
        if token.kind == "iri":
            iri = self._joined(token)
            return iri if ":" in iri else None
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or prefix + colon not in self._prefixes:
            return None
        return self._prefixes[prefix + colon] + re.sub(r"\\(.)", r"\1", local)

    def _joined(self, token: Token) -> str:
        iri = query_tokens.unescaped(token.text[1:-1])
        return urllib.parse.urljoin(self._base, iri) if self._base else iri
