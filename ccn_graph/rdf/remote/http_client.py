"""Asks, updates and fills an engine over HTTP: SPARQL 1.1 Protocol, Update and Graph Store Protocol.

One client for each process and thread; its connections are kept. What is read is bounded, no redirect is followed (so
credentials reach nobody else), and what is repeated is only what may be done twice.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import httpx2 as httpx
import pyoxigraph as ox

from ccn_graph.errors import EngineError
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_reply import HttpReply, broken, failed
from ccn_graph.rdf.remote.server_urls import Target, guessed
from ccn_graph.rdf.terms import Term

JSON = "application/sparql-results+json"

#: Seconds before the second and the third try.
_PAUSES = (0.2, 0.8)
_WORTH_ANOTHER_TRY = frozenset({502, 503})

_BATCH = 500
"""Triples of an INSERT DATA; some engines refuse two thousand."""

# An escaped backslash before a u, or any other escape, so that none is taken apart.
_ESCAPED = re.compile(r"(\\\\)([uU])|\\.")

_CONNECTING = 5.0
"""Most seconds to make a connection."""


class Client:
    """An engine, seen from one process. Every method raises EngineError."""

    def __init__(self, target: Target, credentials: Credentials | None = None, seconds: float = 30.0) -> None:
        """Be ready to talk to `target`; each answer may keep us waiting for `seconds` at a time."""
        self.target = target
        self._timeout = _timeout(seconds)
        self._auth = credentials.auth() if credentials else None
        self._http = httpx.Client(
            # The certificates of this machine; proxies and .netrc of whoever starts us are not asked.
            verify=_certificates(target), trust_env=False, timeout=self._timeout,
            # Some engines close idle connections after ten seconds.
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=5.0),
            headers={"Accept-Encoding": "identity", "User-Agent": "ccn-graph"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @contextlib.contextmanager
    def ask(
        self,
        query: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        accept: str = JSON,
        *,
        more: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Iterator[HttpReply]:
        """Send a query with its dataset (SPARQL 1.1 Protocol, section 2.1.2) and give the answer as it comes in.

        `more` are parameters of the engine's own; `seconds` is the longest silence, if it is not that of the client.
        What breaks while the answer is read raises EngineError there: a part of an answer never looks like the whole.
        """
        form: dict[str, Any] = {**(more or {}), "query": query}
        form |= {"default-graph-uri": list(default_graphs)} if default_graphs else {}
        form |= {"named-graph-uri": list(named_graphs)} if named_graphs else {}
        url, headers = self.target.query, {"Accept": accept}
        with self._sent("POST", url, again=True, seconds=seconds, data=form, headers=headers) as response:
            yield HttpReply(response, url)

    def rows(
        self, query: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> list[dict[str, Term]]:
        """Ask a SELECT with a small answer, and give it whole; what is unbound in a row is absent from it."""
        with self.ask(query, default_graphs, named_graphs) as reply:
            return self._parsed(reply.whole())

    def server(self) -> str:
        """Return what the engine calls itself in its `Server` header, whatever else it answers."""
        try:
            with self._http.stream("GET", self.target.query, auth=self._auth) as response:
                return str(response.headers.get("server", ""))
        except httpx.TransportError as error:
            raise broken(self.target.query, error) from error

    def most_rows(self, limit_header: str) -> int:
        """Return the rows and triples at which the engine cuts off an answer to about all it holds; 0 if it does not.

        It says so of rows alone, in the field `limit_header`.
        """
        query, headers = "SELECT (1 AS ?one) WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", {"Accept": JSON}
        with self._sent("POST", self.target.query, again=True, data={"query": query}, headers=headers) as response:
            limit = response.headers.get(limit_header, "")
        return int(limit) if limit.isdecimal() else 0

    def _parsed(self, body: bytes) -> list[dict[str, Term]]:
        try:
            results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            if isinstance(results, ox.QuerySolutions):
                names = [variable.value for variable in results.variables]
                return [{name: value for name in names if (value := row[name]) is not None} for row in results]
        except (SyntaxError, ValueError):
            pass
        message = f"{self.target.query} answers with something else than SPARQL results; is it a SPARQL endpoint?"
        raise EngineError("engine-failed", message)

    def update(self, text: str, *, again: bool = False, seconds: float | None = None) -> None:
        """Send a SPARQL 1.1 Update; `again` if it may be done twice, and so be repeated."""
        headers, url = {"Content-Type": "application/sparql-update"}, self.target.update
        if not url:
            message = f"it is not known where {self.target.query} takes updates"
            raise EngineError("engine-failed", message)
        self._done("POST", url, again=again, seconds=seconds, content=text.encode(), headers=headers)

    def put_graph(self, iri: str, triples: bytes) -> None:
        """Replace a graph by N-Triples (Graph Store Protocol, section 5.3)."""
        if self.target.graph_store:
            self._store("PUT", iri, triples)
        else:
            self.drop_graph(iri)
            self.add_to_graph(iri, triples)

    def add_to_graph(self, iri: str, triples: bytes) -> None:
        """Add N-Triples without blank nodes to a graph (Graph Store Protocol, section 5.5, or INSERT DATA)."""
        if self.target.graph_store:
            self._store("POST", iri, triples)
        else:
            self.insert(iri, triples)

    def insert(self, iri: str, triples: bytes) -> None:
        """Add N-Triples without blank nodes to a graph by INSERT DATA: slower, but any engine takes long literals."""
        for batch in _batches(triples.decode()):
            self.update(f"INSERT DATA {{ GRAPH {ox.NamedNode(iri)} {{\n{batch}\n}} }}", again=True)

    def drop_graph(self, iri: str) -> None:
        """Drop a graph, whether it is there or not."""
        self.update(f"DROP SILENT GRAPH {ox.NamedNode(iri)}", again=True)

    def _store(self, method: str, iri: str, triples: bytes) -> None:
        headers = {"Content-Type": "application/n-triples"}
        url = self.target.graph_store
        self._done(method, url, again=True, params={"graph": iri}, content=triples, headers=headers)

    def _done(self, method: str, url: str, *, again: bool, seconds: float | None = None, **request: Any) -> None:
        with self._sent(method, url, again=again, seconds=seconds, **request) as response:
            HttpReply(response, url).skip()

    @contextlib.contextmanager
    def _sent(
        self, method: str, url: str, *, again: bool, seconds: float | None = None, **request: Any
    ) -> Iterator[httpx.Response]:
        """Send a request, repeatedly if it fails in passing, and give the response with its head read."""
        timeout = self._timeout if seconds is None else _timeout(seconds)
        response = self._tried(lambda: self._http.build_request(method, url, timeout=timeout, **request), url, again)
        try:
            yield response
        finally:
            response.close()

    def _tried(self, build: Callable[[], httpx.Request], url: str, again: bool) -> httpx.Response:
        for pause in (*_PAUSES, None):
            try:
                response = self._http.send(build(), stream=True, auth=self._auth)
            except httpx.TransportError as error:
                # Of a connection that was never made, nothing can have been done.
                repeatable = again and not isinstance(error, httpx.TimeoutException)
                if pause is None or not (repeatable or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)):
                    raise broken(url, error) from error
            else:
                if response.is_success and response.status_code != 206:
                    return response
                if pause is None or not again or response.status_code not in _WORTH_ANOTHER_TRY:
                    raise failed(url, response)
                response.close()
            time.sleep(pause)
        raise AssertionError


def find(
    url: str, credentials: Credentials | None = None, update: str = "", graph_store: str = "", seconds: float = 30.0
) -> Target:
    """Tell where an engine is asked, updated and filled from the one URL that a person gives; two may be said as well.

    Raises CcnError for URLs that are none, EngineError if nothing there answers SPARQL.
    """
    with Client(Target(url), credentials, seconds) as client:
        guess = guessed(url, client.server())
    target = Target(guess.query, update or guess.update, graph_store or guess.graph_store)
    with Client(target, credentials, seconds) as client:
        client.rows("SELECT * WHERE {}")
    return target


def _certificates(target: Target) -> ssl.SSLContext | bool:
    # Reading those of this machine takes a while, and no other address than these is ever connected to.
    encrypted = any(url.startswith("https:") for url in (target.query, target.update, target.graph_store))
    return ssl.create_default_context() if encrypted else True


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(seconds, _CONNECTING))


def _batches(triples: str) -> Iterator[str]:
    lines = (line for line in triples.split("\n") if line)
    while batch := list(itertools.islice(lines, _BATCH)):
        yield "\n".join(_as_sparql(line) for line in batch)


def _as_sparql(line: str) -> str:
    r"""Write a line of N-Triples for SPARQL, where some engines take `\\u0041` for a code point (section 19.2).

    >>> print(_as_sparql(r'<urn:s> <urn:p> "\\u0041" .'))
    <urn:s> <urn:p> "\\\u00750041" .
    """
    return _ESCAPED.sub(lambda match: f"{match[1]}\\u{ord(match[2]):04X}" if match[1] else match[0], line)
