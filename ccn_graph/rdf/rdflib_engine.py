"""The second engine: rdflib's SPARQL over rdflib-endpoint's dataset, for custom Python functions and as an oracle.

It is much slower than the native engine and keeps its own copy of the data. It reads nothing but that copy:
rdflib's habit of fetching the graphs a query names is switched off for the whole process.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox
import rdflib
import rdflib.plugins.sparql
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib_endpoint import DatasetExt

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_guard
from ccn_graph.rdf.engine import Answer
from ccn_graph.rdf.parsing import Statement
from ccn_graph.rdf.rdflib_terms import from_rdflib, to_rdflib
from ccn_graph.rdf.syntax_errors import syntax_error

rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


class RdflibEngine:
    """rdflib over a dataset whose default graph is the union of its graphs.

    Register functions on `dataset`, as rdflib-endpoint describes for `DatasetExt`.
    """

    name = "rdflib"

    def __init__(self, quads: Iterable[ox.Quad | Statement], base: str | None = None) -> None:
        """Copy `quads` into a dataset of its own; relative IRIs of a query are resolved against `base`."""
        self._base = base
        self.dataset = DatasetExt(default_union=True)
        # rdflib's parser and stores are not made for several threads at once. Its exceptions also keep the callers'
        # frames alive, whose native answers must not die in another thread: here it has no callers.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rdflib")
        for quad in quads:
            graph = quad.graph if isinstance(quad, Statement) else quad.graph_name
            home = (
                self.dataset.default_graph
                if isinstance(graph, ox.DefaultGraph)
                else self.dataset.graph(rdflib.URIRef(graph.value))
            )
            home.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """See Engine.query."""
        text = query_guard.check_query(text).text
        is_graph, written = self._thread.submit(self._evaluate, text, default_graphs, named_graphs).result()
        if is_graph:
            store = ox.Store()
            store.load(written, format=ox.RdfFormat.N_TRIPLES)
            triples = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
            assert isinstance(triples, ox.QueryTriples)
            return Answer(triples)
        answer = ox.parse_query_results(written, format=ox.QueryResultsFormat.JSON)
        assert isinstance(answer, ox.QuerySolutions | ox.QueryBoolean)
        return Answer(answer)

    def _evaluate(self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> tuple[bool, bytes]:
        """Evaluate and tell whether N-Triples or SPARQL JSON results were written."""
        try:
            prepared = prepareQuery(text, base=self._base)
        except RecursionError as error:
            raise QueryError("too-deep", "the query nests too deep for this engine; flatten it") from error
        except Exception as error:  # rdflib raises bare Exceptions, e.g. for undeclared prefixes
            raise syntax_error(str(error), text) from error
        if default_graphs or named_graphs:
            _use_dataset(prepared, default_graphs, named_graphs)
        return _written(self.dataset.query(prepared))


def _use_dataset(prepared: Query, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> None:
    # SPARQL 1.1 Protocol section 2.1.4: the dataset of the request replaces the one in the query.
    prepared.algebra["datasetClause"] = [
        *(CompValue("DatasetClause", default=rdflib.URIRef(iri)) for iri in default_graphs),
        *(CompValue("DatasetClause", named=rdflib.URIRef(iri)) for iri in named_graphs),
    ]


def _written(result: rdflib.query.Result) -> tuple[bool, bytes]:
    """Write a result for the native engine to read, so that it has the native serialisers."""
    if result.type in ("CONSTRUCT", "DESCRIBE"):
        assert result.graph is not None
        triples = (ox.Triple(*(from_rdflib(node) for node in triple)) for triple in result.graph)  # type: ignore[arg-type]
        return True, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    if result.type == "SELECT":
        # GROUP BY over no solution gives one row without bindings; SPARQL 1.1 section 18.5 has no such group.
        result.bindings = [row for row in result.bindings if row or not result.vars]
    output = io.BytesIO()
    result.serialize(output, format="json")
    return False, output.getvalue()
