"""The data behind the page of a thing: its description, the records about it and their evidence, as RDF.

Formats of datasets keep apart what each document says. In the others every record names its documents by
`dcterms:source`, as the registers do, because a triple alone does not tell where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ccn_graph.pages.description import Description
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.record import SOURCE
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import formats, namespaces, query_file
from ccn_graph.rdf.requests import Headers, Page, PageRequest

if TYPE_CHECKING:
    from rdflib import Graph

#: Endings of formats that keep graphs apart.
DATASETS = tuple(ending for ending in DATA if formats.BY_ENDING[ending].keeps_graphs)

_SOURCE = ox.NamedNode(SOURCE)
_DERIVED = ox.NamedNode(namespaces.PREFIXES["prov"] + "wasDerivedFrom")
_CATALOGUE = ox.NamedNode(namespaces.GRAPH_CATALOGUE)

_TERMS = query_file.own("pages", "terms_of_the_context")

#: Terms of other vocabularies that are written without a prefix, because everyone knows them.
_BORROWED = ("skos", "dcterms", "org")


def page(site: Site, description: Description, ending: str, headers: Headers = ()) -> Page:
    """Write a description in the format of an ending of DATA."""
    if ending in DATASETS:
        return _page(ending, formats.write_triples([*_quads(description)], formats.BY_ENDING[ending]), headers)
    return written(site, [*_triples(description)], _CATALOGUE, ending, headers)


def written(site: Site, triples: Sequence[ox.Triple], graph: ox.NamedNode, ending: str, headers: Headers = ()) -> Page:
    """Write triples in the format of an ending of DATA; in one of datasets, they stand in `graph`."""
    if ending == "jsonld":
        return _page(ending, _json_ld(site, triples), headers)
    if ending == "ttl":
        return _page(ending, turtle(triples).encode(), headers)
    if ending in DATASETS:
        quads = [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]
        return _page(ending, formats.write_triples(quads, formats.BY_ENDING[ending]), headers)
    return _page(ending, formats.write_triples(triples, formats.BY_ENDING[ending]), headers)


def turtle(triples: Sequence[ox.Triple]) -> str:
    """Write triples to be read: lists as lists."""
    if not any(isinstance(triple.object, ox.BlankNode) for triple in triples):
        return formats.write_triples(triples, formats.BY_ENDING["ttl"]).decode()
    written: str = _rdflib(triples).serialize(format="turtle")
    return written


def _page(ending: str, body: bytes, headers: Headers) -> Page:
    charset = "; charset=utf-8" if ending in ("ttl", "nt", "trig", "nq") else ""
    return Page(DATA[ending] + charset, body, headers=headers)


@cached
def context(site: Site) -> Mapping[str, object]:
    """Return the JSON-LD 1.1 context: our terms and well-known ones by their names, and all prefixes."""
    named: dict[str, object] = {"@version": 1.1, **namespaces.PREFIXES, "id": "@id", "type": "@type"}
    for row in site.select(_TERMS):
        term = row["term"]
        prefix, _, local = namespaces.curie(term).partition(":")
        if prefix not in ("ccn", *_BORROWED) or not local or (prefix != "ccn" and local in named):
            continue
        is_link = row["kind"].endswith("ObjectProperty")
        named[local] = {"@id": term, "@type": "@id"} if is_link else {"@id": term}
    return named


def context_page(site: Site, _request: PageRequest) -> Page:
    """Publish the context."""
    body = json.dumps({"@context": context(site)}, ensure_ascii=False, indent=1)
    return Page("application/ld+json", body.encode())


def _quads(description: Description) -> Iterator[ox.Quad]:
    yield from description.quads
    for graph, document in description.sources.items():
        yield ox.Quad(ox.NamedNode(graph), _DERIVED, ox.NamedNode(document), _CATALOGUE)
    for link in description.links:
        for rests in link.evidence:
            yield ox.Quad(*_linking(description, link.subject, link.property), ox.NamedNode(rests.graph))


def _triples(description: Description) -> Iterator[ox.Triple]:
    triples: dict[ox.Triple, None] = {}
    for quad in description.quads:
        triples[quad.triple] = None
        document = description.sources.get(getattr(quad.graph_name, "value", ""))
        if document and document != getattr(quad.subject, "value", ""):
            triples[ox.Triple(quad.subject, _SOURCE, ox.NamedNode(document))] = None
    for link in description.links:
        triples[ox.Triple(*_linking(description, link.subject, link.property))] = None
    return iter(triples)


def _linking(description: Description, subject: str, name: str) -> tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]:
    return ox.NamedNode(subject), ox.NamedNode(name), ox.NamedNode(description.iri)


def _rdflib(triples: Iterable[ox.Triple]) -> Graph:
    # Not at the top: most processes never write these formats, and this library takes long to load.
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    for prefix, namespace in namespaces.PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph.parse(data=formats.write_triples([*triples], formats.BY_ENDING["nt"]), format="nt")


def _json_ld(site: Site, triples: Iterable[ox.Triple]) -> bytes:
    graph = _rdflib(triples)
    used = {str(name) for name in graph.predicates()} | {str(kind) for kind in graph.objects()}
    prefixes = {
        prefix for prefix, namespace in namespaces.PREFIXES.items() if any(iri.startswith(namespace) for iri in used)
    }
    needed = {
        name: meaning
        for name, meaning in context(site).items()
        if name.startswith("@") or name in ("id", "type") or name in prefixes
        or (isinstance(meaning, dict) and meaning["@id"] in used)
    }  # fmt: skip
    written: str = graph.serialize(format="json-ld", context=needed, indent=1, ensure_ascii=False)
    return written.encode()
