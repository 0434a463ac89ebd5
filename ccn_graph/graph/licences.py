"""Licences of documents: what they are called, and which of them bind whoever passes the data on."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import SourceFile

_LICENCE = namespaces.PREFIXES["dcterms"] + "license"
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)/(?P<version>[0-9.]+)|"
                               r"publicdomain/(?P<public>zero|mark)/(?P<edition>[0-9.]+))(?:/[a-z]*)?/?")  # fmt: skip
_SHARE_ALIKE = re.compile(
    r"creativecommons\.org/licenses/[a-z-]*\bsa\b|opendatacommons\.org/licenses/odbl|gnu\.org/licenses/"
)


def name(iri: str) -> str:
    """Return what a licence is called in short; its address if that is not known.

    >>> name("https://creativecommons.org/licenses/by-sa/4.0/"), name("https://example.org/terms")
    ('CC BY-SA 4.0', 'https://example.org/terms')
    """
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if not match:
        return iri
    if match["public"]:
        return f"CC0 {match['edition']}" if match["public"] == "zero" else f"Public Domain Mark {match['edition']}"
    return f"CC {match['kind'].upper()} {match['version']}"


def is_share_alike(iri: str) -> bool:
    """Tell whether what is made from a document may be passed on under the same licence only.

    >>> is_share_alike("https://creativecommons.org/licenses/by-sa/4.0/")
    True
    >>> is_share_alike("https://creativecommons.org/licenses/by/4.0/")
    False
    """
    return bool(_SHARE_ALIKE.search(iri))


def of_graphs(sources: Iterable[SourceFile]) -> dict[str, str]:
    """Return the licence of every graph whose document names one."""
    licences = {}
    for read in sources:
        home = read.graph.value if isinstance(read.graph, ox.NamedNode) else ""
        document = ox.NamedNode(namespaces.PREFIXES["doc"] + namespaces.slug(home))
        for statement in read.statements if home else ():
            of_itself = statement.subject == document and statement.predicate.value == _LICENCE
            if of_itself and isinstance(statement.object, ox.NamedNode):
                licences[home] = statement.object.value
    return licences
