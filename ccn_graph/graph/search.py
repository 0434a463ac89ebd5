"""Finds things by what they are or were called, in any language and spelling; built once, then without any query.

Names are folded (`ccn_graph.text.normalisation`), kept in sorted order for what begins with the words asked for, and in
one text for what holds them anywhere, which serves Japanese without blanks. A person is found by the full name only:
there is no way to list people.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ccn_graph.graph.labels import Labels
from ccn_graph.graph.questions import Question
from ccn_graph.graph.sorted_keys import LOOKED_AT, SortedKeys
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import Engine
from ccn_graph.text import normalisation

_QUERY = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX skosxl: <http://www.w3.org/2008/05/skos-xl#>
SELECT ?thing ?relation ?value WHERE {
  {
    VALUES ?relation {
      skos:prefLabel skos:altLabel skos:notation dcterms:title ccn:titleTranslated ccn:reading ccn:nameInTable
    }
    ?thing ?relation ?value
  } UNION {
    ?name a ccn:FormerName ; skosxl:literalForm|ccn:reading ?value .
    ?thing skosxl:altLabel ?name
    BIND(ccn:FormerName AS ?relation)
  } UNION {
    # An edition may be called after its series.
    ?thing a ccn:Event ; ccn:editionOf ?value
    BIND(rdf:type AS ?relation)
  }
}
ORDER BY STR(?thing) STR(?relation) STR(?value) LANG(?value)
"""

#: What is asked for first comes first; persons stand apart.
TIERS: tuple[tuple[str, ...], ...] = (
    ("city", "network"),
    ("series", "body", "programme", "place", "field"),
    ("event", "question"),
    ("document",),
    ("row",),
)
KINDS = (*(kind for tier in TIERS for kind in tier), "person")
THINGS = tuple(kind for kind in KINDS if kind != "row")

#: Longer requests are cut: no name is longer.
LONGEST = 100

# How a name is one, the best first.
_RELATIONS = {
    namespaces.PREF_LABEL: "label",
    namespaces.PREFIXES["dcterms"] + "title": "label",
    namespaces.CCN + "titleTranslated": "label",
    namespaces.CCN + "FormerName": "former",
    namespaces.PREFIXES["skos"] + "altLabel": "other",
    namespaces.CCN + "reading": "reading",
    namespaces.PREFIXES["skos"] + "notation": "notation",
    namespaces.CCN + "nameInTable": "table",
}
_RANKS = {relation: rank for rank, relation in enumerate([*dict.fromkeys(_RELATIONS.values()), "slug"])}

_NEAR_ENOUGH = 0.4


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, and by which of its names."""

    thing: str
    """Its IRI; of a question, its name."""
    kind: str
    """One of `KINDS`."""
    matched: str
    """The name that matched, as it is written."""
    language: str
    """The language of that name as a BCP 47 tag; empty for a code or a slug."""
    relation: str
    """What that name is: `label`, `former`, `other`, `reading`, `notation`, `table` or `slug`."""


class _Tier:
    """The names of some kinds: sorted by their beginnings and by the beginnings of their words, and as one text."""

    def __init__(self, names: Iterable[tuple[int, Hit]]) -> None:
        whole, parts, sounds, text, starts = [], [], [], [], array("L")
        length = 0
        for number, name in names:
            split = normalisation.words(name.matched)
            if not (key := "".join(split)):
                continue
            whole.append((key, number))
            parts += [("".join(split[begin:]), number) for begin in range(1, len(split))]
            if name.relation == "reading":
                sounds.append((normalisation.romanised(name.matched), number))
            starts.append(length)
            text.append(f"{key}\n")
            length += len(key) + 1
        self.numbers = array("L", (number for _, number in whole))
        self.whole, self.parts, self.sounds = SortedKeys(whole), SortedKeys(parts), SortedKeys(sounds)
        self.text, self.starts = "".join(text), starts

    def holding(self, piece: str, most: int) -> Iterator[int]:
        """Yield the names that hold `piece`, each once."""
        place = self.text.find(piece)
        while place >= 0 and most:
            owner = bisect_right(self.starts, place) - 1
            yield self.numbers[owner]
            most -= 1
            place = self.text.find(piece, self.text.index("\n", place))


class Index:
    """All names, ready to be searched; it never changes, so that processes can share it."""

    def __init__(self, names: Sequence[Hit]) -> None:
        """Prepare to search `names`."""
        self._names = tuple(names)
        numbered = list(enumerate(self._names))
        self._tiers = [_Tier(pair for pair in numbered if pair[1].kind in tier) for tier in TIERS]
        self._persons: dict[str, list[int]] = {}
        self._pairs: dict[str, array[int]] = {}
        for number, name in numbered:
            if name.kind == "person":
                self._persons.setdefault(_full_name(name.matched), []).append(number)
            else:
                for pair in _pairs(normalisation.folded(name.matched)):
                    self._pairs.setdefault(pair, array("L")).append(number)

    @staticmethod
    def of(engine: Engine, labels: Labels, questions: Iterable[Question] = ()) -> Index:
        """Read every name that `engine` knows, and the titles of `questions`."""
        named: dict[str, dict[tuple[str, str], Hit]] = {}
        editions = set()
        for thing, relation, value in engine.query(_QUERY).rows():
            if not isinstance(thing, ox.NamedNode) or not (kind := _kind(thing.value)):
                continue
            assert isinstance(relation, ox.NamedNode)
            hits = named.setdefault(thing.value, {})
            if relation.value == namespaces.RDF_TYPE:
                # In data of anyone's it may be no thing that an edition is said to be of.
                editions.add(thing.value)
            elif isinstance(value, ox.Literal):
                language = _tag(value.language or "")
                hit = Hit(thing.value, kind, value.value, language, _RELATIONS[relation.value])
                # Of names that are written alike, the better one.
                best = min(hit, hits.get((value.value, language), hit), key=lambda name: _RANKS[name.relation])
                hits[value.value, language] = best
        for iri in sorted(editions):
            if not any(name.relation == "label" for name in named[iri].values()):
                for language in ("ja", "en"):
                    label = labels.of(iri, language)
                    named[iri][label, language] = Hit(iri, _kind(iri), label, language, "label")
        names = [name for iri in sorted(named) for name in _with_slug(iri, list(named[iri].values()))]
        for question in questions:
            names += [Hit(question.name, "question", text, tag, "label") for tag, text in question.title.items()]
            names += [Hit(question.name, "question", text, tag, "other") for tag, text in question.text.items()]
            names.append(Hit(question.name, "question", question.name, "", "slug"))
        return Index(names)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._names)

    def find(self, text: str, language: str, limit: int = 20) -> list[Hit]:
        """Return at most `limit` things called `text`, the best first, each by one name, of several one in `language`.

        First come those called exactly so, then names that begin with it, names with a word that begins with it,
        readings romanised as it is, names that hold it, and names that hold all of its words; among each of these
        cities and networks first and documents last.
        """
        text = text[:LONGEST]
        key = normalisation.folded(text)
        hits: dict[str, Hit] = {}
        if not key or limit < 1:
            return []
        for stage in self._stages(text, key):
            for number in sorted(stage, key=lambda number: self._order(number, language)):
                name = self._names[number]
                hits.setdefault(name.thing, name)
                if len(hits) == limit:
                    return list(hits.values())
        return list(hits.values())

    def named(self, text: str) -> list[Hit]:
        """Return the names that are `text` but for its spelling, of all things that have such a name."""
        key = normalisation.folded(text[:LONGEST])
        numbers = [number for tier in self._tiers for number in tier.whole.beginning(key, whole=True)] if key else []
        return [self._names[number] for number in numbers]

    @cached_property
    def of_thing(self) -> Mapping[str, Sequence[Hit]]:
        """All names of each thing."""
        hits: dict[str, list[Hit]] = {}
        for name in self._names:
            hits.setdefault(name.thing, []).append(name)
        return hits

    def near(self, text: str, language: str, kinds: Collection[str] = THINGS, limit: int = 3) -> list[Hit]:
        """Return a few things of some kinds whose names resemble `text`, the nearest first; never a person."""
        wanted = _pairs(normalisation.folded(text[:LONGEST]))
        shared = Counter(number for pair in wanted for number in self._pairs.get(pair, ()))
        scored = []
        for number, count in shared.most_common(LOOKED_AT):
            name = self._names[number]
            # Dice's coefficient: 1 for equal names, 0 for names that share no two letters in a row.
            score = 2 * count / (len(wanted) + len(_pairs(normalisation.folded(name.matched))))
            if score >= _NEAR_ENOUGH and name.kind in kinds:
                scored.append((-score, self._order(number, language), name))
        hits: dict[str, Hit] = {}
        for _, _, name in sorted(scored, key=lambda entry: entry[:2]):
            hits.setdefault(name.thing, name)
        return list(hits.values())[:limit]

    def _stages(self, text: str, key: str) -> Iterator[Iterable[int]]:
        for tier in self._tiers:
            yield tier.whole.beginning(key, whole=True)
        yield self._persons.get(_full_name(text), ())
        for tier in self._tiers:
            yield tier.whole.beginning(key)
        for tier in self._tiers:
            yield tier.parts.beginning(key)
        romaji = normalisation.romaji(text) if key.isascii() and len(key) > 1 else ""
        for tier in self._tiers if romaji else ():
            yield tier.sounds.beginning(romaji)
        plain = normalisation.without_digraphs(key)
        for tier in self._tiers if plain != key else ():
            yield tier.whole.beginning(plain)
        # One Latin letter is in nearly everything.
        for tier in self._tiers if len(key) > 1 or not key.isascii() else ():
            yield tier.holding(key, LOOKED_AT)
        words = sorted(set(normalisation.words(text)), key=len, reverse=True)
        for tier in self._tiers if len(words) > 1 else ():
            yield self._scattered(tier, words)

    def _scattered(self, tier: _Tier, words: Sequence[str]) -> Iterator[int]:
        for number in tier.holding(words[0], LOOKED_AT * 10):
            name = normalisation.folded(self._names[number].matched)
            if all(word in name for word in words):
                yield number

    def _order(self, number: int, language: str) -> tuple[int, bool, int, str]:
        name = self._names[number]
        spoken = name.language.split("-")[0] != language
        return _RANKS[name.relation], spoken, len(name.matched), name.matched


def _kind(iri: str) -> str:
    kind, slash, slug = iri.removeprefix(namespaces.BASE).partition("/")
    kind = "row" if "#row=" in slug else kind
    return kind if iri.startswith(namespaces.BASE) and slash and slug and kind in KINDS else ""


def _tag(language: str) -> str:
    # The store keeps tags in lower case; RFC 5646 section 2.1.1 writes scripts with a capital.
    primary, _, script = language.partition("-")
    return f"{primary}-{script.capitalize()}" if len(script) == 4 else language


def _with_slug(iri: str, names: list[Hit]) -> list[Hit]:
    slug = namespaces.slug(iri)
    if any(normalisation.folded(name.matched) == normalisation.folded(slug) for name in names):
        return names
    return [*names, Hit(iri, _kind(iri), slug, "", "slug")]


def _full_name(text: str) -> str:
    # The family name comes first or last.
    return " ".join(sorted(normalisation.words(text)))


def _pairs(key: str) -> set[str]:
    # The first letter counts twice: it is rarely the one that is wrong. München is nearer to Munich than to Suncheon.
    started = f"^{key}" if len(key) > 1 else ""
    return {started[place : place + 2] for place in range(len(started) - 1)}
