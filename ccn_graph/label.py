"""What things are called: labels for people in two languages, and the way back from a name to its thing."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.engine import Engine

_QUERY = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?relation ?value WHERE {
  VALUES ?relation {
    skos:prefLabel skos:altLabel skos:notation rdfs:label dcterms:title
    ccn:editionOf ccn:ordinal org:member org:organization ccn:person ccn:event
  }
  ?thing ?relation ?value
}
ORDER BY STR(?thing) STR(?relation) STR(?value) LANG(?value)
"""

_PREFERRED = (terms.PREF_LABEL, terms.PREFIXES["rdfs"] + "label", terms.PREFIXES["dcterms"] + "title")
_OTHER = (terms.PREFIXES["skos"] + "altLabel", terms.PREFIXES["skos"] + "notation")
_EDITION, _ORDINAL = terms.CCN + "editionOf", terms.CCN + "ordinal"
_MEMBER, _ORGANIZATION = terms.PREFIXES["org"] + "member", terms.PREFIXES["org"] + "organization"
_PERSON, _EVENT = terms.CCN + "person", terms.CCN + "event"

#: Kinds of parameter whose things share the IRIs of another kind.
_SEGMENTS = {"country": "place", "prefecture": "place"}


class Labels:
    """The names of everything one engine knows, read once."""

    def __init__(self, engine: Engine) -> None:
        """Ask `engine` for every label, title and what unnamed things are named after."""
        self._known: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]] = {}
        for thing, relation, value in engine.query(_QUERY).rows():
            if isinstance(thing, ox.NamedNode) and isinstance(value, ox.Literal | ox.NamedNode):
                assert isinstance(relation, ox.NamedNode)
                self._known.setdefault(thing.value, {}).setdefault(relation.value, []).append(value)

    def of(self, iri: str, language: str) -> str:
        """Name a thing: its label in `language`, else in the other one, else its prefixed name.

        Editions are named after their series, memberships after member and network, appearances after
        person and event.
        """
        return self._named(iri, language) or terms.curie(iri)

    def find(self, kind: str, name: str) -> str | None:
        """Find a thing of a kind (`city`, `country`, …; `thing` is any) by IRI, prefixed name, slug or exact label."""
        name = unicodedata.normalize("NFKC", name).strip()
        iri = terms.expand(name)
        if iri is None and re.fullmatch(r"[a-z0-9-]+", name):
            iri = f"{terms.BASE}{_SEGMENTS.get(kind, kind)}/{name}"
        if iri in self._known:
            return iri
        return next((thing for thing in self._known if _fits(kind, thing) and name in self._names(thing)), None)

    def near(self, kind: str, name: str) -> list[str]:
        """Give up to three names and slugs of a kind that resemble `name`."""
        things = [thing for thing in self._known if _fits(kind, thing)]
        return nearest(name, [label for thing in things for label in (*self._names(thing), terms.slug(thing))])

    def _names(self, iri: str) -> set[str]:
        known = self._known[iri]
        return {
            unicodedata.normalize("NFKC", label.value)
            for relation in (*_PREFERRED, *_OTHER)
            for label in known.get(relation, ())
        }

    def _named(self, iri: str, language: str) -> str:
        known = self._known.get(iri, {})
        for relation in _PREFERRED:
            labels = [label for label in known.get(relation, ()) if isinstance(label, ox.Literal)]
            if labels:
                return next((label.value for label in labels if label.language == language), labels[0].value)
        for first, second in ((_MEMBER, _ORGANIZATION), (_PERSON, _EVENT)):
            if first in known and second in known:
                return f"{self.of(known[first][0].value, language)} · {self.of(known[second][0].value, language)}"
        if _EDITION in known and _ORDINAL in known:
            series, ordinal = self.of(known[_EDITION][0].value, language), known[_ORDINAL][0].value
            return f"第{ordinal}回 {series}" if language == "ja" else f"{series} no. {ordinal}"
        return ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Give up to three of `known` that resemble `word`, the nearest first.

    >>> nearest("membrs", ["members", "meetings"])
    ['members']
    """
    return difflib.get_close_matches(word, sorted(set(known)), n=3, cutoff=0.6)


def _fits(kind: str, iri: str) -> bool:
    return kind == "thing" or iri.startswith(f"{terms.BASE}{_SEGMENTS.get(kind, kind)}/")
