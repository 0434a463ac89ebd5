"""Describes a release to machines: DCAT and VoID, every figure counted in the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.errors import ProjectError
from ccn_graph.graph import licences
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.terms import Term
from ccn_graph.releases import catalogue
from ccn_graph.releases.catalogue import iri, triple
from ccn_graph.releases.read_release import DATASET, GZIP, MEDIA_TYPES, Distribution

_XSD = namespaces.PREFIXES["xsd"]
_VOCABULARIES = ("ccn", "org", "prov", "skos", "skosxl", "dcterms", "wgs")

_AS_OF = query_file.own("releases", "last_reading")
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }",
    "entities": (
        f'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{namespaces.BASE}")) }}'
    ),
    "documents": "PREFIX ccn: <https://w3id.org/ccn/ns#> SELECT (COUNT(?g) AS ?n) WHERE { ?g a ccn:Extract }",
}
_DOCUMENTS = query_file.own("releases", "documents")
_BY_CLASS = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c } GROUP BY ?c ORDER BY STR(?c)"
_BY_PROPERTY = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY STR(?p)"
_BY_GRAPH = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)"


def as_of(graph: Graph) -> str:
    """Return the day the data stand for: the last on which one of their documents was read (YYYY-MM-DD).

    Raises ProjectError if no document says when it was read.
    """
    day = next(graph.query(_AS_OF).rows())[0]
    if not isinstance(day, ox.Literal):
        raise ProjectError("no document says when it was read; give each a ccn:retrieved")
    return day.value


def counts(graph: Graph) -> dict[str, int]:
    """Count triples, documents, subjects, objects, properties, classes and described things."""
    return {name: _number(next(graph.query(query).rows())[0]) for name, query in _COUNTS.items()}


def describe(graph: Graph, distributions: Sequence[Distribution]) -> list[ox.Triple]:
    """Describe the dataset and its files, in a fixed order."""
    written = [*_dataset(graph), *_void(graph)]
    for distribution in distributions:
        written += _distribution(distribution)
    return list(dict.fromkeys(written))


def _dataset(graph: Graph) -> Iterator[ox.Triple]:
    place = namespaces.BASE.rstrip("/")
    yield from catalogue.of_server(place)
    yield from catalogue.of_dataset(DATASET, f"{place}/data/")
    yield triple(DATASET, "dcat:version", ox.Literal(graph.version))
    yield triple(DATASET, "dcterms:modified", ox.Literal(as_of(graph), datatype=iri(_XSD + "date")))
    yield triple(f"{place}/data/", "dcterms:modified", ox.Literal(as_of(graph), datatype=iri(_XSD + "date")))
    for (document,) in graph.query(_DOCUMENTS).rows():
        assert isinstance(document, ox.NamedNode)
        yield triple(DATASET, "prov:wasDerivedFrom", document)


def _void(graph: Graph) -> Iterator[ox.Triple]:
    for name, number in counts(graph).items():
        yield triple(DATASET, f"void:{name}", ox.Literal(number))
    yield triple(DATASET, "void:uriSpace", ox.Literal(namespaces.BASE))
    for prefix in _VOCABULARIES:
        yield triple(DATASET, "void:vocabulary", iri(namespaces.PREFIXES[prefix]))
    yield from _partition(graph, _BY_CLASS, "class", "entities")
    yield from _partition(graph, _BY_PROPERTY, "property", "triples")
    by_graph = licences.of_graphs(graph.sources)
    for name, number in _pairs(graph, _BY_GRAPH):
        part = f"{DATASET}/graph/{namespaces.slug(name)}"
        yield triple(DATASET, "void:subset", iri(part))
        yield triple(part, "rdf:type", iri("void:Dataset"))
        yield triple(part, "dcterms:identifier", ox.Literal(name))
        yield triple(part, "void:triples", ox.Literal(number))
        if name in by_graph:
            yield triple(part, "dcterms:license", iri(by_graph[name]))


def _partition(graph: Graph, query: str, kind: str, measure: str) -> Iterator[ox.Triple]:
    for name, number in _pairs(graph, query):
        part = f"{DATASET}/{kind}/{namespaces.curie(name).replace(':', '-', 1)}"
        yield triple(DATASET, f"void:{kind}Partition", iri(part))
        yield triple(part, f"void:{kind}", iri(name))
        yield triple(part, f"void:{measure}", ox.Literal(number))


def _distribution(file: Distribution) -> Iterator[ox.Triple]:
    this, checksum = f"{namespaces.BASE}data/{file.name}", f"{namespaces.BASE}data/{file.name}#sha256"
    yield triple(DATASET, "dcat:distribution", iri(this))
    yield triple(this, "rdf:type", iri("dcat:Distribution"))
    yield triple(this, "dcterms:title", ox.Literal(file.name))
    yield from catalogue.of_licence(this, file.licence)
    yield triple(this, "dcat:accessURL", iri(namespaces.BASE + "data/"))
    yield triple(this, "dcat:downloadURL", iri(this))
    yield from catalogue.of_media_type(this, "dcat:mediaType", MEDIA_TYPES + file.media_type)
    if file.compressed:
        yield from catalogue.of_media_type(this, "dcat:compressFormat", MEDIA_TYPES + GZIP)
    yield triple(this, "dcat:byteSize", ox.Literal(str(file.size), datatype=iri(_XSD + "nonNegativeInteger")))
    yield triple(this, "spdx:checksum", iri(checksum))
    yield triple(checksum, "rdf:type", iri("spdx:Checksum"))
    yield triple(checksum, "spdx:algorithm", iri("spdx:checksumAlgorithm_sha256"))
    yield triple(checksum, "spdx:checksumValue", ox.Literal(file.sha256, datatype=iri(_XSD + "hexBinary")))


def _pairs(graph: Graph, query: str) -> Iterable[tuple[str, int]]:
    for name, number in graph.query(query).rows():
        if isinstance(name, ox.NamedNode):
            yield name.value, _number(number)


def _number(term: Term | None) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)
