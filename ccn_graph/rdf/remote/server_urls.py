"""Where an engine is asked, updated and filled: what is known of some servers, told from the one URL a person gives."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from ccn_graph.errors import CcnError
from ccn_graph.files import modules
from ccn_graph.rdf.remote.dialects.dialect import Dialect

#: The dialects of the products that are known.
DIALECTS: tuple[Dialect, ...] = tuple(modules.declared("ccn_graph.rdf.remote.dialects", "DIALECT").values())


def dialect(server: str) -> Dialect:
    """Return the dialect of an engine by the `Server` header it answers with; the standards alone for any other.

    >>> dialect("Virtuoso/07.20.3229 (Linux)").title, dialect("nginx").title
    ('Virtuoso', '')
    """
    return next((candidate for candidate in DIALECTS if candidate.title.lower() in server.lower()), Dialect())


@dataclass(frozen=True, slots=True)
class Target:
    """An engine: URLs of the SPARQL 1.1 Protocol (query, update) and of the Graph Store Protocol, empty if unknown."""

    query: str
    update: str = ""
    graph_store: str = ""

    def __post_init__(self) -> None:
        """Raise CcnError for something that is no address of a server, or tells a password."""
        for url in (self.query, self.update, self.graph_store):
            if url or url is self.query:
                _refuse(url)


def guessed(url: str, server: str) -> Target:
    """Tell the three addresses from one of them (or of what is above them) and the `Server` header it answers with.

    >>> guessed("http://localhost:8890/sparql", "Virtuoso/07.20.3229 (Linux)").graph_store
    'http://localhost:8890/sparql-graph-crud-auth'
    >>> guessed("http://localhost:7878", "Oxigraph/0.5.13").update
    'http://localhost:7878/update'
    >>> guessed("https://example.org/ds/sparql", "nginx")
    Target(query='https://example.org/ds/sparql', update='', graph_store='')
    """
    _refuse(url)
    engine_dialect = dialect(server)
    if engine_dialect.addresses is None:
        return Target(url)
    base = re.sub(engine_dialect.path, "", url)
    return Target(*(base + place for place in engine_dialect.addresses))


def _refuse(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or True)
    except ValueError:
        raise CcnError("the address of an engine is not a URL; write it as http://host:port/sparql") from None
    if parts.username is not None or parts.password is not None:
        raise CcnError(
            "the address of an engine holds a user or password, which others could read in logs and process lists; "
            "give them in CCN_ENGINE_USER and CCN_ENGINE_PASSWORD or with --credentials FILE"
        )
    if not usable or parts.fragment or re.search(r"[\x00-\x20\x7f]", url):
        raise CcnError(f"{url or 'an empty text'} is no address of an engine; write it as http://host:port/sparql")
