"""The second engine: rdflib's SPARQL over rdflib-endpoint's dataset, for custom Python functions and as an oracle.

It is much slower than the native engine and keeps its own copy of the data. It reads nothing but that copy:
rdflib's habit of fetching the graphs a query names is switched off for the whole process.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Sequence

import pyoxigraph as ox
import rdflib
import rdflib.plugins.sparql
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node
from rdflib_endpoint import DatasetExt

from ccn_graph import guard
from ccn_graph.engine import Answer, Term, syntax_refusal
from ccn_graph.errors import QueryError
from ccn_graph.source import Statement

rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


def to_rdflib(term: Term) -> Node:
    """Turn a term of the native engine into one of rdflib's, keeping the lexical form of literals.

    Raises TypeError for a triple term, which rdflib does not have.
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        # xsd:string is implicit in both; spelling it out would make rdflib tell the two apart.
        plain = term.datatype.value == str(rdflib.XSD.string)
        return rdflib.Literal(term.value, datatype=None if plain else term.datatype.value, normalize=False)
    raise TypeError(f"rdflib has no triple terms: {term}")


def from_rdflib(node: Node) -> Term:
    """Turn a term of rdflib's into one of the native engine."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return ox.BlankNode(str(node))


class RdflibEngine:
    """rdflib over a dataset whose default graph is the union of its graphs.

    Register functions on `dataset`, as rdflib-endpoint describes for `DatasetExt`.
    """

    name = "rdflib"

    def __init__(self, quads: Iterable[ox.Quad | Statement]) -> None:
        """Copy `quads` into a dataset of its own."""
        self.dataset = DatasetExt(default_union=True)
        # rdflib's parser and stores are not made for several threads at once.
        self._lock = threading.Lock()
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
        guard.admit(text)
        with self._lock:
            return self._query(text, default_graphs, named_graphs)

    def _query(self, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Answer:
        try:
            prepared = prepareQuery(text)
        except RecursionError as error:
            raise QueryError("too-deep", "the query nests too deep for this engine; flatten it") from error
        except Exception as error:  # rdflib's parser raises bare Exceptions, too, for undeclared prefixes
            raise syntax_refusal(str(error)) from error
        if default_graphs or named_graphs:
            _use_dataset(prepared, default_graphs, named_graphs)
        return Answer(_native(self.dataset.query(prepared)))


def _use_dataset(prepared: Query, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> None:
    # SPARQL 1.1 Protocol section 2.1.4: the dataset of the request replaces the one in the query.
    prepared.algebra["datasetClause"] = [
        *(CompValue("DatasetClause", default=rdflib.URIRef(iri)) for iri in default_graphs),
        *(CompValue("DatasetClause", named=rdflib.URIRef(iri)) for iri in named_graphs),
    ]


def _native(result: rdflib.query.Result) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Hand a result of rdflib over to the native serialisers."""
    if result.type in ("CONSTRUCT", "DESCRIBE"):
        store = ox.Store()
        assert result.graph is not None
        store.extend(ox.Quad(*(from_rdflib(node) for node in triple)) for triple in result.graph)  # type: ignore[arg-type]
        triples = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        assert isinstance(triples, ox.QueryTriples)
        return triples
    if result.type == "SELECT":
        # GROUP BY over no solution gives one row without bindings; SPARQL 1.1 section 18.5 has no such group.
        result.bindings = [row for row in result.bindings if row or not result.vars]
    output = io.BytesIO()
    result.serialize(output, format="json")
    answer = ox.parse_query_results(output.getvalue(), format=ox.QueryResultsFormat.JSON)
    assert isinstance(answer, ox.QuerySolutions | ox.QueryBoolean)
    return answer
