"""Describes the endpoint to machines: SPARQL 1.1 Service Description and VoID, on rdflib-endpoint's router."""

from __future__ import annotations

import itertools

import pyoxigraph as ox
import rdflib
from rdflib import OWL, RDF, VOID, BNode, Literal, URIRef
from rdflib.term import Node
from rdflib_endpoint import SparqlRouter

from ccn_graph.rdf import query_guard
from ccn_graph.rdf.rdflib_terms import from_rdflib
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.workers.limits import Limits

_SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = rdflib.Namespace("http://www.w3.org/ns/formats/")

_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TRIPLES = ("Turtle", "RDF_XML", "N-Triples", "JSON-LD", "N-Quads", "TriG")


#: Named graphs that are listed. 24,000 of them (two million triples) took 5 seconds to describe, before the server
#: could answer anything, and 80 megabytes.
MOST_GRAPHS = 1_000


class ServiceDescription(SparqlRouter):
    """rdflib-endpoint's description of a service, made true of this one.

    The service fetches nothing and takes no input, so no federation and no input formats; its default graph is the
    union of its named graphs, each listed with its number of triples; its limits are told in words.
    """

    def __init__(self, statistics: Statistics, limits: Limits, url: str) -> None:
        """Describe the endpoint at `url`."""
        self._statistics = statistics
        self._limits = limits
        description = (
            "City networks, their members, events, programmes and bodies; every statement with its document. "
            f"Limits of a query: {limits.seconds:g} seconds, {limits.rows} rows, {limits.megabytes} MiB; "
            f"{limits.per_client} queries of one client at once; {query_guard.MAX_LENGTH} characters, "
            f"{query_guard.MAX_DEPTH} levels of brackets."
        )
        if len(statistics.graphs) > MOST_GRAPHS:
            description += (
                f" Of {len(statistics.graphs)} named graphs, {MOST_GRAPHS} are listed here; "
                "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } gives all."
            )
        dataset = rdflib.Dataset(default_union=statistics.union)
        super().__init__(graph=dataset, title="ccn-graph", public_url=url, description=description)

    def prepare_sd_graph(self) -> None:
        """Describe service and dataset (SPARQL 1.1 Service Description, section 3)."""
        service, dataset, default = BNode("service"), BNode("dataset"), BNode("default")
        self._add(service, _SD.endpoint, URIRef(self.public_url))
        for name in (*_RESULTS, *_TRIPLES):
            self._add(service, _SD.resultFormat, _FORMATS[name])
        self._add(service, _SD.defaultDataset, dataset)
        self._add(dataset, OWL.versionInfo, Literal(self._statistics.version))
        self._add(dataset, RDF.type, _SD.Dataset)
        self._add(dataset, _SD.defaultGraph, default)
        self._describe_graph(default, self._statistics.triples)
        self._partition(default, "class", VOID.entities, self._statistics.classes)
        self._partition(default, "property", VOID.triples, self._statistics.properties)
        for number, (name, size) in enumerate(itertools.islice(self._statistics.graphs.items(), MOST_GRAPHS)):
            entry, content = BNode(f"named{number}"), BNode(f"graph{number}")
            self._add(dataset, _SD.namedGraph, entry)
            self._add(entry, RDF.type, _SD.NamedGraph)
            self._add(entry, _SD.name, URIRef(name))
            self._add(entry, _SD.graph, content)
            self._describe_graph(content, size)
        super().prepare_sd_graph()
        if not self._statistics.federated:
            self.service_description.remove((service, _SD.feature, _SD.BasicFederatedQuery))
        self.service_description.remove((service, _SD.inputFormat, None))

    def triples(self) -> list[ox.Triple]:
        """Return the description as triples of the native engine, in a fixed order."""
        native = (ox.Triple(*(from_rdflib(node) for node in triple)) for triple in self.service_description)  # type: ignore[arg-type]
        return sorted(native, key=str)

    def _describe_graph(self, node: BNode, triples: int) -> None:
        self._add(node, RDF.type, _SD.Graph)
        self._add(node, RDF.type, VOID.Dataset)
        self._add(node, VOID.triples, Literal(triples))

    def _partition(self, node: BNode, kind: str, measure: URIRef, counts: dict[str, int]) -> None:
        for number, (name, count) in enumerate(counts.items()):
            part = BNode(f"{kind}{number}")
            self._add(node, VOID[f"{kind}Partition"], part)
            self._add(part, VOID[kind], URIRef(name))
            self._add(part, measure, Literal(count))

    def _add(self, subject: Node, predicate: URIRef, value: Node) -> None:
        self.service_description.add((subject, predicate, value))
