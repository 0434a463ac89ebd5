"""Describes the endpoint to machines: SPARQL 1.1 Service Description, on rdflib-endpoint's router."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib import RDF, VOID, URIRef
from rdflib.term import Node
from rdflib_endpoint import SparqlRouter

from ccn_graph.engine import Engine, Term
from ccn_graph.rdflib_engine import from_rdflib

_SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = rdflib.Namespace("http://www.w3.org/ns/formats/")

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_ALL = "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }"

_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TRIPLES = ("Turtle", "RDF_XML", "N-Triples", "JSON-LD", "N-Quads", "TriG")


class ServiceDescription(SparqlRouter):
    """rdflib-endpoint's description of a service, made true of this one.

    The service fetches nothing and takes no input, so no federation and no input formats; its default graph is the
    union of its named graphs, each listed with its number of triples.
    """

    def __init__(self, engine: Engine, url: str) -> None:
        """Count the graphs of `engine`, which answers at `url`."""
        self.triples_in_default = _number(next(engine.query(_ALL).rows())[0])
        self.named_graphs = [
            (str(getattr(graph, "value", "")), _number(size)) for graph, size in engine.query(_GRAPHS).rows()
        ]
        super().__init__(graph=rdflib.Dataset(default_union=True), title="ccn-graph", public_url=url, description=(
            "City networks, their members, events, programmes and bodies; every statement with its document"
        ))  # fmt: skip

    def prepare_sd_graph(self) -> None:
        """Describe service and dataset (SPARQL 1.1 Service Description, section 3)."""
        service, dataset = rdflib.BNode("service"), rdflib.BNode("dataset")
        self._add(service, _SD.endpoint, URIRef(self.public_url))
        for name in (*_RESULTS, *_TRIPLES):
            self._add(service, _SD.resultFormat, _FORMATS[name])
        self._add(service, _SD.defaultDataset, dataset)
        self._add(dataset, RDF.type, _SD.Dataset)
        self._add(dataset, _SD.defaultGraph, self._graph("default", self.triples_in_default))
        for number, (name, size) in enumerate(self.named_graphs):
            entry = rdflib.BNode(f"named{number}")
            self._add(dataset, _SD.namedGraph, entry)
            self._add(entry, RDF.type, _SD.NamedGraph)
            self._add(entry, _SD.name, URIRef(name))
            self._add(entry, _SD.graph, self._graph(f"graph{number}", size))
        super().prepare_sd_graph()
        self.service_description.remove((service, _SD.feature, _SD.BasicFederatedQuery))
        self.service_description.remove((service, _SD.inputFormat, None))

    def _graph(self, name: str, triples: int) -> rdflib.BNode:
        node = rdflib.BNode(name)
        self._add(node, RDF.type, _SD.Graph)
        self._add(node, VOID.triples, rdflib.Literal(triples))
        return node

    def _add(self, subject: Node, predicate: URIRef, value: Node) -> None:
        self.service_description.add((subject, predicate, value))

    def triples(self) -> Iterable[ox.Triple]:
        """Give the description as triples of the native engine, in a fixed order."""
        native = (ox.Triple(*(from_rdflib(node) for node in triple)) for triple in self.service_description)  # type: ignore[arg-type]
        return sorted(native, key=str)


def _number(term: Term | None) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)
