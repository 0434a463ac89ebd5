"""Prefixes and namespaces: the only place where an IRI is spelled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ccn_graph.files import house

BASE = house.settings().base
"""Every thing of the graph lives under this IRI, which is the project's own."""

CCN = house.OWN_BASE + "ns#"
"""The vocabulary, which all projects share."""

#: Prefix of each kind of thing -> path segment of its IRIs.
SEGMENTS: dict[str, str] = {
    "city": "city",
    "place": "place",
    "net": "network",
    "body": "body",
    "series": "series",
    "event": "event",
    "member": "membership",
    "office": "office",
    "field": "field",
    "role": "role",
    "measure": "measure",
    "mode": "mode",
    "kind": "kind",
    "howread": "how-read",
    "act": "act",
    "obs": "observation",
    "gap": "gap",
    "doc": "document",
    "graph": "graph",
    "person": "person",
    "prog": "programme",
    "name": "name",
    "shape": "shape",
}

#: Prefix -> namespace, as used in the data, the queries and every answer we print.
PREFIXES: dict[str, str] = {
    "ccn": CCN,
    **{prefix: f"{BASE}{segment}/" for prefix, segment in SEGMENTS.items()},
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

DATASET = BASE + "data/ccn-graph"
"""The IRI of the dataset, as in its description among the files of a release."""

RDF_TYPE = PREFIXES["rdf"] + "type"
SUB_CLASS_OF = PREFIXES["rdfs"] + "subClassOf"
PREF_LABEL = PREFIXES["skos"] + "prefLabel"
REPLACED_BY = PREFIXES["dcterms"] + "isReplacedBy"
DEPRECATED = PREFIXES["owl"] + "deprecated"

GRAPH_REGISTERS = PREFIXES["graph"] + "registers"
GRAPH_EDITORIAL = PREFIXES["graph"] + "editorial"
GRAPH_CATALOGUE = PREFIXES["graph"] + "catalogue"
GRAPH_SERVICE = PREFIXES["graph"] + "service"
"""What a service says of itself and of the data: examples, prefixes, partitions. No part of a release."""
GRAPH_ONTOLOGY = PREFIXES["graph"] + "ontology"
GRAPH_PREFERRED = PREFIXES["graph"] + "preferred"
"""What is derived: of each thing the preferred values only. No part of the default graph."""

# Longest namespace first, so that ccn: (…/ns#) never hides behind a shorter one.
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))

# A local part that Turtle and SPARQL both take without escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")

# What SPARQL's IRIREF production forbids between < and >.
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def curie(iri: str, more: Mapping[str, str] | None = None) -> str:
    """Shorten an IRI with our prefixes, or with `more`; an IRI of no known namespace stays in angle brackets.

    >>> curie("https://w3id.org/ccn/city/kobe")
    'city:kobe'
    >>> curie("https://example.org/x")
    '<https://example.org/x>'
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    for prefix, namespace in sorted((more or {}).items(), key=lambda item: -len(item[1])):
        if namespace and iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def shortened(iri: str) -> str:
    """Shorten an IRI where we have a prefix for it; leave it, and whatever is none, as it is.

    >>> shortened("https://w3id.org/ccn/city/kobe"), shortened("https://example.org/x"), shortened("[0-9]+")
    ('city:kobe', 'https://example.org/x', '[0-9]+')
    """
    short = curie(iri)
    return iri if short.startswith("<") else short


def expand(name: str) -> str | None:
    """Return the IRI of a prefixed name or of an IRI (bare or in angle brackets); None if it is neither.

    >>> expand("city:kobe")
    'https://w3id.org/ccn/city/kobe'
    >>> expand("nonsense:kobe") is None
    True
    """
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        name = PREFIXES[prefix] + local
    elif not re.match(r"(?:https?|urn|mailto|tel):", name):
        return None
    return None if _NOT_IN_IRI.search(name) else name


def slug(iri: str) -> str:
    """Return the last segment of one of our IRIs.

    >>> slug("https://w3id.org/ccn/shape/event-host")
    'event-host'
    """
    return re.split(r"[/#]", iri)[-1]
