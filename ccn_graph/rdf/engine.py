"""What a query engine is, and the native one.

Everything that asks (questions, rules, the endpoint) goes through `Engine.query` and gets an `Answer`. An engine
in another process or on another machine needs no more than this.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Protocol, cast

import pyoxigraph as ox

from ccn_graph.rdf import answer_writing, formats, namespaces, native_query, query_guard
from ccn_graph.rdf.answer_writing import Output, XmlOutput
from ccn_graph.rdf.formats import Format
from ccn_graph.rdf.syntax_errors import syntax_error
from ccn_graph.rdf.terms import Row, Term

#: To look for either without putting them together each time.
_SOLUTIONS = (ox.QuerySolutions, ox.QueryBoolean)


class Answer:
    """What a query gave: solutions (SELECT), a boolean (ASK) or a graph (CONSTRUCT, DESCRIBE). Read it once."""

    def __init__(
        self,
        result: ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple],
        prefixes: Mapping[str, str] = namespaces.PREFIXES,
    ) -> None:
        """Wrap a result of an engine, evaluated as it is read; `prefixes` shorten the IRIs of a graph."""
        self._result = result
        self._prefixes = prefixes

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats this answer can be written in."""
        return formats.SOLUTIONS if isinstance(self._result, _SOLUTIONS) else formats.GRAPHS

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the query; none unless it is a SELECT."""
        if isinstance(self._result, ox.QuerySolutions):
            return tuple(variable.value for variable in self._result.variables)
        return ()

    def rows(self) -> Iterator[Row]:
        """Go through the solutions; an ASK gives one row with a boolean, a graph one row of three for each triple."""
        if isinstance(self._result, ox.QuerySolutions):
            yield from map(tuple, self._result)
        elif isinstance(self._result, ox.QueryBoolean):
            yield (ox.Literal(bool(self._result)),)
        else:
            for triple in self._result:
                yield (triple.subject, triple.predicate, triple.object)

    def write(self, output: Output, format_: Format) -> None:
        """Write the answer to `output` as it is evaluated.

        What `output` raises is passed on. Raises RuntimeError or OSError if evaluation fails on the way, QueryError for
        what the format cannot hold.
        """
        if format_.name in answer_writing.FALLIBLE:
            self._write_fallibly(output, format_)
        elif isinstance(format_.native, ox.RdfFormat):
            self._write_graph(output, format_)
        elif format_.is_for_spreadsheets:
            output.write(format_.prologue)
            self._write_table(output)
        else:
            self._write_solutions(output, format_)

    def _write_fallibly(self, output: Output, format_: Format) -> None:
        through = output if format_.name == "jsonld" else XmlOutput(output)
        if format_.name == "rdfxml":
            assert not isinstance(self._result, _SOLUTIONS)
            self._result = answer_writing.nameable(self._result)
        if isinstance(format_.native, ox.RdfFormat):
            try:
                self._write_graph(through, format_)
            except OSError as error:
                if "RDF 1.2" not in str(error):
                    raise
                raise answer_writing.inexpressible("a triple term, which JSON-LD cannot hold", "Turtle") from error
        else:
            self._write_solutions(through, format_)
        through.flush()

    def _write_graph(self, output: Output, format_: Format) -> None:
        assert not isinstance(self._result, _SOLUTIONS)
        assert isinstance(format_.native, ox.RdfFormat)
        prefixes = formats.prefixes(format_, self._prefixes)
        ox.serialize(self._result, cast(IO[bytes], output), format=format_.native, prefixes=prefixes)

    def _write_solutions(self, output: Output, format_: Format) -> None:
        assert isinstance(self._result, _SOLUTIONS)
        assert isinstance(format_.native, ox.QueryResultsFormat)
        self._result.serialize(cast(IO[bytes], output), format=format_.native)

    def _write_table(self, output: Output) -> None:
        if isinstance(self._result, ox.QuerySolutions):
            answer_writing.write_table(output, self.variables, self._result)
        else:
            self._write_solutions(output, formats.SOLUTIONS[2])

    def serialize(self, format_: Format) -> bytes:
        """Return the whole answer; see `write`."""
        output = io.BytesIO()
        self.write(output, format_)
        return output.getvalue()


class Engine(Protocol):
    """Answers SPARQL queries over one fixed dataset."""

    name: str

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer a query; the graph lists are those of the SPARQL 1.1 Protocol, section 2.1.4.

        Raises QueryError for a query that is malformed, not allowed or too large.
        """


class OxigraphEngine:
    """The native engine: pyoxigraph over a store in memory."""

    name = "oxigraph"

    def __init__(self, store: ox.Store, services: Sequence[str] = (), base: str | None = None) -> None:
        """Answer from `store`; its default graph is what a query without GRAPH sees.

        `services` are the beginnings of the IRIs that SERVICE may call; relative IRIs are resolved against `base`.
        """
        self._store = store
        self._services = tuple(services)
        self._base = base

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """See Engine.query. A protocol dataset replaces the one the query names (section 2.1.4)."""
        checked = query_guard.check_query(text, self._services)
        prepared = native_query.prepared(checked.text, self._base)
        try:
            return self._answer(prepared.text, default_graphs, named_graphs)
        except SyntaxError as error:
            mended = native_query.mended(checked.text, self._base)
            if mended.text == prepared.text:
                raise syntax_error(str(error.msg), text, (prepared, checked)) from error
        try:
            return self._answer(mended.text, default_graphs, named_graphs)
        except SyntaxError as error:
            raise syntax_error(str(error.msg), text, (mended, checked)) from error

    def _answer(self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Answer:
        """Evaluate a text. An unknown function raises an error, which leaves no value (SPARQL 1.1, section 17.6)."""
        unknown: dict[ox.NamedNode, Callable[..., Term | None]] = {}
        chosen = bool(default_graphs or named_graphs)
        while True:
            try:
                return Answer(
                    self._store.query(
                        text,
                        base_iri=self._base,
                        # An absent list means an empty default graph or no named graphs, not all of them.
                        default_graph=[ox.NamedNode(iri) for iri in default_graphs] if chosen else None,
                        named_graphs=[ox.NamedNode(iri) for iri in named_graphs] if chosen else None,
                        custom_functions=unknown or None,
                    )
                )
            except RuntimeError as error:
                name = re.match(r"The custom function <(.*)> is not supported", str(error))
                if not name or ox.NamedNode(name[1]) in unknown:
                    raise
                unknown[ox.NamedNode(name[1])] = _no_value


def _no_value(*_: object) -> None:
    return None
