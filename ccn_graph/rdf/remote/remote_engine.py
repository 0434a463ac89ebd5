"""An engine elsewhere as one of ours: the same checks before a query goes out, and our own serialisers for what comes.

A query is parsed here before an engine sees it, so that its errors read as always and none of an engine's own
extensions gets through. What comes back is parsed as it streams in and written anew: a cut-off answer cannot look
whole, and every format is on offer whatever the engine writes.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

import pyoxigraph as ox

from ccn_graph.errors import EngineError, QueryError
from ccn_graph.rdf import formats, native_query, query_guard, query_tokens
from ccn_graph.rdf.answer_writing import Output
from ccn_graph.rdf.engine import Answer
from ccn_graph.rdf.query_tokens import Token
from ccn_graph.rdf.remote import publication_record
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.http_reply import HttpReply
from ccn_graph.rdf.remote.remote_dataset import Dataset, clauses
from ccn_graph.rdf.remote.server_urls import DIALECTS
from ccn_graph.rdf.syntax_errors import syntax_error
from ccn_graph.rdf.terms import Row


def counting(construct: str) -> str:
    """Return the query that counts the solutions of a CONSTRUCT that was found to be one.

    >>> " ".join(counting("CONSTRUCT { ?s ?p 1 } FROM <x:g> WHERE { ?s ?p ?o } LIMIT 3").split())
    'SELECT (COUNT(*) AS ?solutions) WHERE { SELECT * WHERE { ?s ?p ?o } LIMIT 3 }'
    """
    tokens = query_tokens.tokens(construct)
    start = next(number for number, token in enumerate(tokens) if _is_word(token, "CONSTRUCT"))
    pattern = _after_clauses(tokens, _after_template(tokens, start + 1))
    before, after = construct[: tokens[start][2]], construct[tokens[pattern][2] :]
    return f"{before}SELECT (COUNT(*) AS ?solutions) WHERE {{ SELECT * \n{after}\n}}"


def _after_template(tokens: list[Token], number: int) -> int:
    """Return the number of the first token after a template, which may be missing (SPARQL 1.1 section 16.2.4)."""
    if tokens[number][1] != "{":
        return number
    depth = 0
    for place in range(number, len(tokens)):
        depth += (tokens[place][1] == "{") - (tokens[place][1] == "}")
        if depth == 0:
            return place + 1
    raise AssertionError


def _after_clauses(tokens: list[Token], number: int) -> int:
    """Return the number of the first token after the dataset clauses, which no query within another one has."""
    while _is_word(tokens[number], "FROM"):
        number += 3 if _is_word(tokens[number + 1], "NAMED") else 2
    return number


def _is_word(token: Token, word: str) -> bool:
    return token[0] == "word" and token[1].upper() == word


#: What an engine may write a graph in.
_GRAPHS: Mapping[str, ox.RdfFormat] = {
    media_type: format_.native
    for format_ in (formats.BY_ENDING[ending] for ending in ("nt", "ttl", "rdf"))
    for media_type in (format_.media_type, *format_.also)
    if isinstance(format_.native, ox.RdfFormat)
}
_ACCEPTED = "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.2"

#: Functions that reach past the data, by the beginnings of their IRIs: whichever engine it is, for not all say so.
_REACHING = re.compile(
    "<(?:" + "|".join(re.escape(iri) for dialect in DIALECTS for iri in dialect.functions) + ")", re.I
)

#: What clients are told of an engine that does not answer, by the code of the error; the log has its own words.
_SAID = {
    "engine-unavailable": "the engine behind this server cannot be reached; try again in a moment",
    "engine-timeout": "the engine behind this server did not answer in time; ask for less at a time",
    "engine-refused": "the engine behind this server refused to answer; tell whoever runs this server",
    "engine-partial": "the engine behind this server gave a part of the answer only; ask for less at a time",
}
_FAILED = "the engine behind this server failed to answer; the log of this server says why"


class RemoteEngine:
    """Asks an engine over HTTP about one dataset that it holds."""

    def __init__(
        self, client: Client, dataset: Dataset, seconds: float, services: Sequence[str] = (), base: str | None = None
    ) -> None:
        """Ask through `client`, each query for `seconds` at most; see OxigraphEngine for the rest."""
        self.name = dataset.server or "remote"
        self._client = client
        self._dataset = dataset
        self._seconds = seconds
        self._services = tuple(services)
        self._base = base
        self._nothing = ox.Store()

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """See Engine.query. Raises QueryError, with codes that begin with `engine-` for what the engine does wrong."""
        tokens, form, default_graphs, named_graphs = self._checked(text, default_graphs, named_graphs)
        default, named, reads_named = self._dataset.asked(tokens, default_graphs, named_graphs, self._base)
        sent = query_tokens.written(tokens).text
        with self._told(), contextlib.ExitStack() as stack:
            if self._dataset.most_rows and form == "CONSTRUCT":
                self._refuse_cut(sent, default, named)
            accept = _ACCEPTED if form in ("CONSTRUCT", "DESCRIBE") else formats.SOLUTIONS[0].media_type
            sent = self._prologue(sent, form) + sent
            reply = stack.enter_context(self._client.ask(sent, default, named, accept, more=self._more()))
            whole = self._check_version if reads_named and self._dataset.version else None
            return _RemoteAnswer(self._parsed(reply, form), stack.pop_all(), self._told, whole)

    def _checked(
        self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> tuple[list[Token], str, Sequence[str], Sequence[str]]:
        """Return the tokens of a query that may be sent, without dataset clauses; its form; its dataset.

        The dataset goes beside it, so that it is what was checked. Raises QueryError for any other query.
        """
        checked = query_guard.check_query(text, self._services, strict=True)
        tokens, *dataset = clauses(query_tokens.tokens(checked.text), self._base)
        if any(token.kind == "iri" and _REACHING.match(token.text) for token in tokens):
            raise QueryError("unknown-function", "only the functions of SPARQL 1.1 are known here")
        if self._dataset.dialect.native:
            tokens = native_query.rewritten(tokens, self._base)
        try:
            shape = native_query.shape(tokens, self._base)
        except SyntaxError as error:
            raise syntax_error(str(error.msg), text, (native_query.judged(tokens), checked)) from error
        except RuntimeError as error:
            raise QueryError("unknown-function", f"{error}; only the functions of SPARQL 1.1 are known here") from error
        form = "SELECT" if isinstance(shape, ox.QuerySolutions) else "ASK"
        if isinstance(shape, ox.QueryTriples):
            form = query_guard.form(text)
        # A dataset of the request replaces the one of the query (SPARQL 1.1 Protocol, section 2.1.4).
        default, named = (default_graphs, named_graphs) if default_graphs or named_graphs else dataset
        return tokens, form, default, named

    def _prologue(self, text: str, form: str) -> str:
        """Write what stands before a query that was found to be one; relative IRIs are rare, and so is BASE."""
        base = f"BASE <{self._base}>\n" if self._base and re.search(r"<[^:<>\s]*>", text) else ""
        return (self._dataset.dialect.describing if form == "DESCRIBE" else "") + base

    def _more(self) -> dict[str, str]:
        if self._dataset.dialect.timeout is None:
            return {}
        name, of_a_second = self._dataset.dialect.timeout
        return {name: str(max(1, round(self._seconds * of_a_second)))}

    def _parsed(self, reply: HttpReply, form: str) -> ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]:
        if form in ("SELECT", "ASK"):
            results = ox.parse_query_results(reply.file, format=ox.QueryResultsFormat.JSON)
            if form == "ASK" and isinstance(results, ox.QuerySolutions):
                results = self._boolean(results)
            if isinstance(results, ox.QueryBoolean) is not (form == "ASK"):
                raise EngineError("engine-failed", "the engine answers another form of query than was asked")
            return results
        format_ = _GRAPHS.get(reply.content_type)
        if format_ is None:
            raise EngineError("engine-failed", f"the engine answers with '{reply.content_type}' instead of a graph")
        triples = (quad.triple for quad in ox.parse(reply.file, format=format_))
        return self._bounded(triples) if self._dataset.most_rows and form == "DESCRIBE" else triples

    def _boolean(self, results: ox.QuerySolutions) -> ox.QuerySolutions | ox.QueryBoolean:
        """Read an answer to ASK as some engines write it: a row with 1 if it holds, no row if not."""
        booleans = [[dialect.boolean] for dialect in DIALECTS if dialect.boolean]
        if [variable.value for variable in results.variables] not in booleans:
            return results
        holds = any(isinstance(row[0], ox.Literal) and row[0].value != "0" for row in results)
        return cast(ox.QueryBoolean, self._nothing.query("ASK {}" if holds else "ASK { FILTER(false) }"))

    def _bounded(self, triples: Iterator[ox.Triple]) -> Iterator[ox.Triple]:
        """Refuse a description that is as large as the engine gives at most: it does not say what it left out."""
        for number, triple in enumerate(triples, start=1):
            yield triple
            if number == self._dataset.most_rows:
                raise self._cut()

    def _refuse_cut(self, text: str, default: Sequence[str], named: Sequence[str]) -> None:
        """Refuse a CONSTRUCT with more solutions than the engine looks at, which it does not say."""
        rows = self._client.rows(self._prologue(text, "SELECT") + counting(text), default, named)
        if int(str(getattr(rows[0].get("solutions"), "value", 0))) >= self._dataset.most_rows:
            raise self._cut()

    def _cut(self) -> EngineError:
        message = f"the engine behind this server gives {self._dataset.most_rows} rows at most; ask for less at a time"
        return EngineError("engine-partial", message)

    def _check_version(self) -> None:
        """Refuse what may have been read while named graphs were being replaced."""
        if publication_record.current(self._client) != self._dataset.version:
            raise QueryError("republished", "the data have just been replaced; ask again")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what goes wrong with the engine into errors for clients; its own words may tell of other data."""
        try:
            yield
        except EngineError as error:
            sys.stderr.write(f"ccn-graph: {error}\n")
            raise QueryError(error.code, _SAID.get(error.code, _FAILED)) from error
        except (SyntaxError, ValueError) as error:
            sys.stderr.write(f"ccn-graph: the engine answers with what is no answer to a SPARQL query: {error}\n")
            raise QueryError("engine-failed", _FAILED) from error


class _RemoteAnswer(Answer):
    """An answer that is on its way."""

    def __init__(
        self,
        result: ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple],
        stack: contextlib.ExitStack,
        guard: Callable[[], contextlib.AbstractContextManager[None]],
        whole: Callable[[], None] | None,
    ) -> None:
        """Read `result`, then close `stack`; `whole` is called when all of it is read."""
        super().__init__(result)
        self._stack, self._told, self._whole = stack, guard, whole

    def rows(self) -> Iterator[Row]:
        """See Answer. Raises QueryError as well."""
        with self._stack, self._told():
            yield from super().rows()
            self._finish()

    def write(self, output: Output, format_: formats.Format) -> None:
        """See Answer. Raises QueryError as well."""
        with self._stack, self._told():
            super().write(output, format_)
            self._finish()

    def _finish(self) -> None:
        if self._whole:
            self._whole()
