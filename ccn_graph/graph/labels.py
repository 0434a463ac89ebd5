"""What things are called: labels for people in two languages, and the way back from a name to its thing."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.engine import Engine
from ccn_graph.text import normalisation, variants
from ccn_graph.text.languages import LANGUAGES

_QUERY = query_file.own("graph", "labels")
_CALLED = query_file.own("graph", "things_called")
_NAMED = query_file.own("graph", "is_named")

#: A document has its title in its own language and, in those of readers, our translation.
_PREFERRED = (
    (namespaces.PREF_LABEL,),
    (namespaces.PREFIXES["rdfs"] + "label",),
    (namespaces.PREFIXES["dcterms"] + "title", namespaces.CCN + "titleTranslated"),
    (namespaces.PREFIXES["skosxl"] + "literalForm",),
    (namespaces.CCN + "nameInTable",),
)
_OTHER = (namespaces.PREFIXES["skos"] + "altLabel", namespaces.PREFIXES["skos"] + "notation")
_EDITION, _ORDINAL = namespaces.CCN + "editionOf", namespaces.CCN + "ordinal"
_DERIVED = namespaces.PREFIXES["prov"] + "wasDerivedFrom"
_READING = namespaces.CCN + "reading"
_MEMBER, _ORGANIZATION = namespaces.PREFIXES["org"] + "member", namespaces.PREFIXES["org"] + "organization"
_ABOUT = (namespaces.CCN + "about", namespaces.CCN + "concerns")
_MEASURE = namespaces.CCN + "measure"
_PERSON, _ROLE, _EVENT = namespaces.CCN + "person", namespaces.CCN + "role", namespaces.CCN + "event"
_PARTY, _HOLDER, _OFFICE = namespaces.CCN + "party", namespaces.CCN + "holder", namespaces.CCN + "officeIn"
_NO_MEMBER = namespaces.CCN + "nonMember"

#: What a record without a label of its own is named after. Not everyone who appeared is named.
_PAIRS = (
    (_MEMBER, _ORGANIZATION),
    (_HOLDER, _OFFICE),
    (_NO_MEMBER, _ABOUT[0]),
    (_PERSON, _EVENT),
    (_PARTY, _EVENT),
    (_ROLE, _EVENT),
)

#: Kinds of parameter whose things share the IRIs of another kind.
_SEGMENTS = {"country": "place", "howread": "how-read", "prefecture": "place"}


class Labels:
    """The names of what an engine knows: of everything, read once, or of each thing when it is needed."""

    def __init__(self, engine: Engine, *, whole: bool = True) -> None:
        """Ask `engine` for every label, title and what unnamed things are named after.

        For data too large for that, `whole` is false: then nothing is read before it is needed.
        """
        self._engine = engine
        self._whole = whole
        self._known: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]] = {}
        if whole:
            self._read(_QUERY)

    def answered_by(self, engine: Engine) -> Labels:
        """Return the same names, with another engine over the same data for what is not read yet."""
        other = copy.copy(self)
        other._engine = engine
        return other

    def know(self, iris: Iterable[str]) -> None:
        """Read what `iris` are called, all at once."""
        unknown = [] if self._whole else [ox.NamedNode(iri) for iri in iris if iri not in self._known]
        if unknown:
            self._known.update({node.value: {} for node in unknown})
            self._read(
                query_file.bind(_QUERY.replace("WHERE {", "WHERE {\n  VALUES ?thing { UNDEF }"), {"thing": unknown})
            )

    def _facts(self, iri: str) -> dict[str, list[ox.Literal | ox.NamedNode]]:
        self.know([iri])
        return self._known.get(iri, {})

    def _read(self, query: str) -> None:
        for thing, relation, value in self._engine.query(query).rows():
            if isinstance(thing, ox.NamedNode) and isinstance(value, ox.Literal | ox.NamedNode):
                assert isinstance(relation, ox.NamedNode)
                self._known.setdefault(thing.value, {}).setdefault(relation.value, []).append(value)

    def of(self, iri: str, language: str) -> str:
        """Name a thing: its label in `language`, else in the other one, else its prefixed name.

        Editions are named after their series, memberships after member and network, appearances after person and
        event, acts and figures after what they are and are about, graphs after their document.
        """
        return self._named(iri, language) or namespaces.curie(iri)

    def spoken(self, iri: str, language: str) -> ox.Literal | None:
        """Return the label of a thing with its language, which may be another one; None for a thing without a label."""
        facts = self._facts(iri)
        for relations in _PREFERRED:
            labels = [
                label for relation in relations for label in facts.get(relation, ()) if isinstance(label, ox.Literal)
            ]
            if labels:
                return next((label for label in labels if label.language == language), labels[0])
        return None

    def order(self, iri: str, language: str) -> tuple[str, str]:
        """Return what to sort a thing by: in Japanese its reading, where it has one; then its label."""
        label = self.of(iri, language)
        readings = self._facts(iri).get(_READING, ()) if language == "ja" else ()
        return normalisation.sorting(next((reading.value for reading in readings), label)), label

    def find(self, kind: str, name: str) -> str | None:
        """Find a thing of a kind (`city`, `country`, …; `thing` is any) by IRI, prefixed name, slug or label.

        A label in another spelling counts if it is that of one thing only.
        """
        name = normalisation.normal(name)
        iri = namespaces.expand(name)
        if iri is None and re.fullmatch(r"[a-z0-9-]+", name):
            iri = f"{namespaces.BASE}{_SEGMENTS.get(kind, kind)}/{name}"
        if iri is not None and self._facts(iri):
            return iri
        if not self._whole:
            return next((thing for thing in self._called(name) if _fits(kind, thing)), None)
        exact = next((thing for thing in self._known if _fits(kind, thing) and name in self._names(thing)), None)
        if exact is not None:
            return exact
        key = normalisation.folded(name)
        alike = [
            thing for thing in self._known
            if key and _fits(kind, thing) and key in map(normalisation.folded, self._names(thing))
        ]  # fmt: skip
        return alike[0] if len(alike) == 1 else None

    def _called(self, name: str) -> list[str]:
        forms = dict.fromkeys([name, normalisation.kept(name), name.translate(variants.KANJI)])
        spellings = [ox.Literal(form) for form in forms]
        spellings += [ox.Literal(form, language=language) for form in forms for language in LANGUAGES]
        rows = self._engine.query(query_file.bind(_CALLED, {"name": spellings})).rows()
        return [thing.value for (thing,) in rows if isinstance(thing, ox.NamedNode)]

    def exists(self, iri: str) -> bool:
        """Tell whether the graph says anything of a thing or names it."""
        node = ox.NamedNode(iri)
        return bool(self._known.get(iri)) or next(
            (True for _ in self._engine.query(query_file.bind(_NAMED, {"thing": [node]})).rows()), False
        )

    def resembling(self, kind: str, name: str) -> list[str]:
        """Return up to five things of a kind (`thing` is any) whose slug resembles `name`, the nearest first."""
        slugs: dict[str, list[str]] = {}
        for iri in self._known:
            if _fits(kind, iri) and iri.startswith(namespaces.BASE):
                slugs.setdefault(namespaces.slug(iri), []).append(iri)
        near = difflib.get_close_matches(name.lower()[:100], slugs, n=5, cutoff=0.6)
        return [iri for slug in near for iri in slugs[slug]][:5]

    def near(self, kind: str, name: str) -> list[str]:
        """Return up to three names and slugs of a kind that resemble `name`."""
        things = [thing for thing in self._known if _fits(kind, thing)]
        return nearest(name, [label for thing in things for label in (*self._names(thing), namespaces.slug(thing))])

    def _names(self, iri: str) -> set[str]:
        facts = self._known[iri]
        return {
            normalisation.normal(label.value)
            for relation in (*(name for names in _PREFERRED for name in names), *_OTHER)
            for label in facts.get(relation, ())
        }

    def _named(self, iri: str, language: str) -> str:
        label = self.spoken(iri, language)
        if label is not None:
            return label.value
        facts = self._facts(iri)
        if _DERIVED in facts:
            return self.of(facts[_DERIVED][0].value, language)
        for first, second in _PAIRS:
            if first in facts and second in facts:
                return f"{self.of(facts[first][0].value, language)} · {self.of(facts[second][0].value, language)}"
        if _EDITION in facts and _ORDINAL in facts:
            series, ordinal = self.of(facts[_EDITION][0].value, language), facts[_ORDINAL][0].value
            return f"第{ordinal}回 {series}" if language == "ja" else f"{series} no. {ordinal}"
        return self._claim(facts, language)

    def _claim(self, facts: Mapping[str, list[ox.Literal | ox.NamedNode]], language: str) -> str:
        """Name an act, a figure or a remark: what it is, and about what."""
        about = next((facts[relation][0] for relation in _ABOUT if relation in facts), None)
        kind = next((facts[relation][0] for relation in (_MEASURE, namespaces.RDF_TYPE) if relation in facts), None)
        if about is None or kind is None:
            return ""
        return f"{self.of(kind.value, language)} · {self.of(about.value, language)}"


def nearest(word: str, names: Iterable[str]) -> list[str]:
    """Return up to three of `names` that resemble `word`, the nearest first.

    >>> nearest("membrs", ["members", "meetings"])
    ['members']
    """
    return difflib.get_close_matches(word, sorted(set(names)), n=3, cutoff=0.6)


def _fits(kind: str, iri: str) -> bool:
    # A row of a table is a part of its document, and no thing that anybody asks for by name.
    if "#row=" in iri:
        return False
    return kind == "thing" or iri.startswith(f"{namespaces.BASE}{_SEGMENTS.get(kind, kind)}/")
