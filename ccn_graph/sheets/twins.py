"""Things on record that a new one may be, under a name that is a little other: shown before another is made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Thing
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text.misspelling import likeness
from ccn_graph.text.normalisation import folded, normal, words

_URL = namespaces.PREFIXES["schema"] + "url"
_CCN, _WGS = namespaces.CCN, namespaces.PREFIXES["wgs"]
#: From this likeness on two names may be one. Of all pairs of things on record that are two, one in 10,000 is as alike.
_ALIKE = 0.86
#: Cities that lie nearer to each other than this, in degrees, may be one.
_NEAR = 0.02
_SMALL = {"of", "the", "and", "for", "in", "on", "de", "la", "le", "des", "du", "del", "di", "da"}
_TITLES = {"mr", "ms", "mrs", "dr", "prof", "professor", "mayor", "governor", "sir", "dame", "the", "honourable", "hon"}
_HONORIFICS = re.compile("(?<=..)(?:さん|氏|様|殿|教授|博士|先生|知事|市長|区長|町長|村長|会長|理事長)$")


class Twins:
    """Looks among the things on record for those that a new one may be."""

    def __init__(self, resolver: Resolver) -> None:
        """Index the names by their words in any order, and by their initials."""
        self._resolver = resolver
        self._ordered: dict[str, set[str]] = defaultdict(set)
        self._initials: dict[str, set[str]] = defaultdict(set)
        self._worded: dict[str, set[str]] = defaultdict(set)
        for thing in list(resolver.facts.things.values()):
            self.add(thing)

    def add(self, thing: Thing) -> None:
        """Index one thing by its names."""
        for name in self._resolver.names_of(thing):
            split = _words(name)
            self._ordered[_any_order(split)].add(thing.iri)
            self._initials[_acronym(split)].add(thing.iri)
            for word in split:
                self._worded[word].add(thing.iri)

    def of(
        self,
        names: Sequence[str],
        classes: Sequence[str],
        near: Sequence[str],
        codes: set[str],
        place: Sequence[str] = (),
    ) -> list[str]:
        """Return the things of some classes that one called `names` may be, the likest first.

        `near` are the places it lies in, `codes` its identifiers: another country and another identifier tell apart.
        `place` are its latitude and longitude.
        """
        scored: dict[str, float] = {}
        for name in names:
            for iri, score in self._alike(name):
                scored[iri] = max(score, scored.get(iri, 0))
        for iri in self._beside(place, classes) if len(place) == 2 else ():
            scored.setdefault(iri, _ALIKE)
        fitting = self._resolver.fitting(set(scored), classes, near)
        kept = [iri for iri in fitting if not self._resolver.differs(iri, codes)]
        return sorted(kept, key=lambda iri: (-scored[iri], iri))[:3]

    def at(self, addresses: str) -> list[str]:
        """Return the documents that were read at one of some addresses."""
        asked = {_address(address) for address in re.split(r"[;\s]+", addresses) if address}
        return [
            thing.iri
            for thing in (self._resolver.facts.things.values() if asked else ())
            if asked & {_address(address) for address in thing.texts(_URL)}
        ]

    def _alike(self, name: str) -> Iterator[tuple[str, float]]:
        key, split = folded(_HONORIFICS.sub("", normal(name))), _words(name)
        for other, iris in self._resolver.alike(key):
            score = likeness(key, other)
            if score >= _ALIKE and _digits(key) == _digits(other):
                yield from ((iri, score) for iri in iris)
        if len(split) > 1:
            same = self._ordered.get(_any_order(split), set()) | self._shortened(split)
            yield from ((iri, 1.0) for iri in same)
            if len(split) > 2:
                yield from ((iri, 0.9) for iri in self._called(_acronym(split)))
        if re.fullmatch("[a-z]{3,10}", key):
            yield from ((iri, 0.9) for iri in self._initials.get(key, ()))

    def _called(self, acronym: str) -> set[str]:
        return next((iris for other, iris in self._resolver.alike(acronym) if other == acronym), set())

    def _shortened(self, split: list[str]) -> set[str]:
        """Return things one of whose names has all these words, or half of them and no other."""
        mine = set(split)
        near = {iri for word in mine for iri in self._worded.get(word, ())} if len(mine) > 1 else set()
        iris = set()
        for iri in near:
            for name in self._resolver.names_of(self._resolver.facts.things[iri]):
                theirs = set(_words(name))
                short, long = sorted((mine, theirs), key=len)
                if (
                    len(short) > 1
                    and short <= long
                    and len(short) * 2 >= len(long)
                    and _numbers(mine) == _numbers(theirs)
                ):
                    iris.add(iri)
        return iris

    def _beside(self, place: Sequence[str], classes: Sequence[str]) -> Iterable[str]:
        if _CCN + "City" not in classes:
            return
        for thing in self._resolver.facts.things.values():
            there = [*thing.texts(_WGS + "lat")[:1], *thing.texts(_WGS + "long")[:1]]
            if len(there) == 2 and all(abs(float(a) - float(b)) < _NEAR for a, b in zip(place, there, strict=True)):
                yield thing.iri


def _address(text: str) -> str:
    """Return an address without what makes no other page: its scheme, www. and a slash at the end."""
    return re.sub(r"^https?://(?:www\.)?|/$", "", text.strip())


def _words(name: str) -> list[str]:
    bare = _HONORIFICS.sub("", normal(name))
    return [word for word in words(bare) if word not in _SMALL | _TITLES]


def _any_order(split: Iterable[str]) -> str:
    return " ".join(sorted(split))


def _acronym(split: Iterable[str]) -> str:
    return "".join(word[0] for word in split)


def _numbers(split: Iterable[str]) -> set[str]:
    return {word for word in split if word.isdigit()}


def _digits(key: str) -> list[str]:
    return re.findall(r"\d+", key)
