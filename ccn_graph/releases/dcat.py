"""Describes a release to machines: DCAT and VoID, every figure counted in the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.errors import ProjectError
from ccn_graph.graph import licences
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.terms import Term
from ccn_graph.releases.read_release import DATASET, GZIP, LICENSE, MEDIA_TYPES, Distribution
from ccn_graph.text.languages import Bilingual

TITLE: Bilingual = {"ja": "都市ネットワークの知識グラフ", "en": "Knowledge graph of city networks"}
DESCRIPTION: Bilingual = {
    "ja": "都市間ネットワークの加盟・会議・事業・組織を、典拠の文書とその箇所を付けて記したRDFデータ。",
    "en": "City networks, their memberships over time, events, programmes and bodies in RDF, "
    "every statement with the document it rests on and the place in it.",
}
_XSD = namespaces.PREFIXES["xsd"]
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
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
    return written


def _dataset(graph: Graph) -> Iterator[ox.Triple]:
    for type_ in ("dcat:Dataset", "void:Dataset"):
        yield _triple(DATASET, "rdf:type", _iri(type_))
    for language in ("ja", "en"):
        yield _triple(DATASET, "dcterms:title", ox.Literal(TITLE[language], language=language))
        yield _triple(DATASET, "dcterms:description", ox.Literal(DESCRIPTION[language], language=language))
        yield _triple(DATASET, "dcterms:language", _iri(_LANGUAGES + {"ja": "JPN", "en": "ENG"}[language]))
    yield _triple(DATASET, "dcterms:license", _iri(LICENSE))
    yield _triple(DATASET, "dcterms:publisher", ox.Literal("ccn-graph contributors", language="en"))
    yield _triple(DATASET, "dcat:version", ox.Literal(graph.version))
    yield _triple(DATASET, "dcterms:modified", ox.Literal(as_of(graph), datatype=_iri(_XSD + "date")))
    yield _triple(DATASET, "dcterms:conformsTo", _iri(namespaces.CCN.rstrip("#")))
    for (document,) in graph.query(_DOCUMENTS).rows():
        assert isinstance(document, ox.NamedNode)
        yield _triple(DATASET, "dcterms:source", document)


def _void(graph: Graph) -> Iterator[ox.Triple]:
    for name, number in counts(graph).items():
        yield _triple(DATASET, f"void:{name}", ox.Literal(number))
    yield _triple(DATASET, "void:uriSpace", ox.Literal(namespaces.BASE))
    for prefix in _VOCABULARIES:
        yield _triple(DATASET, "void:vocabulary", _iri(namespaces.PREFIXES[prefix]))
    yield from _partition(graph, _BY_CLASS, "class", "entities")
    yield from _partition(graph, _BY_PROPERTY, "property", "triples")
    known = licences.of_graphs(graph.sources)
    for name, number in _pairs(graph, _BY_GRAPH):
        part = f"{DATASET}/graph/{namespaces.slug(name)}"
        yield _triple(DATASET, "void:subset", _iri(part))
        yield _triple(part, "rdf:type", _iri("void:Dataset"))
        yield _triple(part, "dcterms:identifier", ox.Literal(name))
        yield _triple(part, "void:triples", ox.Literal(number))
        if name in known:
            yield _triple(part, "dcterms:license", _iri(known[name]))


def _partition(graph: Graph, query: str, kind: str, measure: str) -> Iterator[ox.Triple]:
    for name, number in _pairs(graph, query):
        part = f"{DATASET}/{kind}/{namespaces.curie(name).replace(':', '-', 1)}"
        yield _triple(DATASET, f"void:{kind}Partition", _iri(part))
        yield _triple(part, f"void:{kind}", _iri(name))
        yield _triple(part, f"void:{measure}", ox.Literal(number))


def _distribution(file: Distribution) -> Iterator[ox.Triple]:
    this, checksum = f"{namespaces.BASE}data/{file.name}", f"{namespaces.BASE}data/{file.name}#sha256"
    yield _triple(DATASET, "dcat:distribution", _iri(this))
    yield _triple(this, "rdf:type", _iri("dcat:Distribution"))
    yield _triple(this, "dcterms:title", ox.Literal(file.name))
    yield _triple(this, "dcterms:license", _iri(file.licence))
    yield _triple(this, "dcat:downloadURL", _iri(this))
    yield _triple(this, "dcat:mediaType", _iri(MEDIA_TYPES + file.media_type))
    if file.compressed:
        yield _triple(this, "dcat:compressFormat", _iri(MEDIA_TYPES + GZIP))
    yield _triple(this, "dcat:byteSize", ox.Literal(str(file.size), datatype=_iri(_XSD + "nonNegativeInteger")))
    yield _triple(this, "spdx:checksum", _iri(checksum))
    yield _triple(checksum, "rdf:type", _iri("spdx:Checksum"))
    yield _triple(checksum, "spdx:algorithm", _iri("spdx:checksumAlgorithm_sha256"))
    yield _triple(checksum, "spdx:checksumValue", ox.Literal(file.sha256, datatype=_iri(_XSD + "hexBinary")))


def _pairs(graph: Graph, query: str) -> Iterable[tuple[str, int]]:
    for name, number in graph.query(query).rows():
        if isinstance(name, ox.NamedNode):
            yield name.value, _number(number)


def _number(term: Term | None) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), _iri(predicate), value)


def _iri(name: str) -> ox.NamedNode:
    iri = namespaces.expand(name)
    assert iri, name
    return ox.NamedNode(iri)
