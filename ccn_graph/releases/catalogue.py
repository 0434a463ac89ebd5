"""The catalogue that a release and a server describe themselves in to harvesters (DCAT 3, DCAT-AP 3.0.1).

What an entry points to has the type that the profile wants of it, so that the file can be judged by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.rdf import namespaces
from ccn_graph.releases.read_release import DATASET, LICENSE
from ccn_graph.text.languages import Bilingual

DESCRIPTION: Bilingual = {
    "ja": "都市間ネットワークの加盟・会議・事業・組織を、典拠の文書とその箇所を付けて記したRDFデータ。",
    "en": "City networks, their memberships over time, events, programmes and bodies in RDF, "
    "every statement with the document it rests on and the place in it.",
}
KEYWORDS: dict[str, tuple[str, ...]] = {
    "ja": ("都市ネットワーク", "創造都市", "知識グラフ"),
    "en": ("city networks", "creative cities", "knowledge graph"),
}
_TITLE: Bilingual = {"ja": "都市ネットワークの知識グラフ", "en": "Knowledge graph of city networks"}
PUBLISHER = "ccn-graph contributors"

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_LANGUAGES = {"ja": f"{_AUTHORITY}language/JPN", "en": f"{_AUTHORITY}language/ENG"}
_THEME = f"{_AUTHORITY}data-theme/REGI"
_SPARQL = "http://www.w3.org/TR/sparql11-protocol/"


def title() -> Bilingual:
    """Return what the dataset is called: as the project's own pages are, if it has given them a name."""
    titles = house.settings().texts.get("site.title", _TITLE)
    return {"ja": titles["ja"], "en": titles["en"]}


def of_dataset(dataset: str, landing: str) -> Iterator[ox.Triple]:
    """Yield what is true of the dataset in every version; `landing` is its page."""
    for type_ in ("dcat:Dataset", "void:Dataset"):
        yield triple(dataset, "rdf:type", iri(type_))
    yield from _named(dataset, title(), DESCRIPTION)
    yield from _typed(dataset, "dcterms:conformsTo", namespaces.CCN.rstrip("#"), "dcterms:Standard")
    yield from _typed(dataset, "dcat:landingPage", landing, "foaf:Document")
    yield from _typed(dataset, "dcat:theme", _THEME, "skos:Concept")
    yield triple(_THEME, "skos:prefLabel", ox.Literal("Regions and cities", language="en"))
    for language, words in KEYWORDS.items():
        for word in words:
            yield triple(dataset, "dcat:keyword", ox.Literal(word, language=language))


def of_server(place: str, dataset: str = DATASET) -> Iterator[ox.Triple]:
    """Yield the catalogue of the server at `place` (without a slash at the end): its dataset, and its endpoint."""
    catalogue, endpoint = f"{place}/data/", f"{place}/sparql"
    yield triple(catalogue, "rdf:type", iri("dcat:Catalog"))
    yield from _named(catalogue, title(), DESCRIPTION)
    yield from _typed(catalogue, "foaf:homepage", f"{place}/", "foaf:Document")
    yield triple(catalogue, "dcat:dataset", iri(dataset))
    yield triple(catalogue, "dcat:service", iri(endpoint))
    yield triple(endpoint, "rdf:type", iri("dcat:DataService"))
    yield from _named(endpoint, {"ja": "SPARQLエンドポイント", "en": "SPARQL endpoint"}, DESCRIPTION)
    yield triple(endpoint, "dcat:endpointURL", iri(endpoint))
    yield triple(endpoint, "dcat:endpointDescription", iri(f"{place}/.well-known/void"))
    yield triple(endpoint, "dcat:endpointDescription", iri(f"{place}/openapi.json"))
    yield triple(endpoint, "dcat:servesDataset", iri(dataset))
    yield from _typed(endpoint, "dcterms:conformsTo", _SPARQL, "dcterms:Standard")


def of_licence(subject: str, licence: str = LICENSE) -> Iterator[ox.Triple]:
    """Yield what something is licensed under."""
    yield from _typed(subject, "dcterms:license", licence, "dcterms:LicenseDocument")


def of_media_type(subject: str, name: str, media_type: str) -> Iterator[ox.Triple]:
    """Yield a media type, by its IRI, of a property by its `name`."""
    yield from _typed(subject, name, media_type, "dcterms:MediaType")


def _named(subject: str, title: Bilingual, description: Bilingual) -> Iterator[ox.Triple]:
    for language in ("ja", "en"):
        yield triple(subject, "dcterms:title", ox.Literal(title[language], language=language))
        yield triple(subject, "dcterms:description", ox.Literal(description[language], language=language))
        yield from _typed(subject, "dcterms:language", _LANGUAGES[language], "dcterms:LinguisticSystem")
    publisher = f"{DATASET}/publisher"
    yield from of_licence(subject)
    yield from _typed(subject, "dcterms:publisher", publisher, "foaf:Agent")
    yield triple(publisher, "foaf:name", ox.Literal(PUBLISHER, language="en"))


def _typed(subject: str, name: str, value: str, type_: str) -> Iterator[ox.Triple]:
    yield triple(subject, name, iri(value))
    yield triple(value, "rdf:type", iri(type_))


def triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    """Return a statement; a predicate may have a prefix."""
    return ox.Triple(ox.NamedNode(subject), iri(predicate), value)


def iri(name: str) -> ox.NamedNode:
    """Return a node by its IRI or prefixed name."""
    expanded = namespaces.expand(name)
    assert expanded, name
    return ox.NamedNode(expanded)
