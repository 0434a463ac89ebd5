"""Finds the names of things on record in a text: the longest at each place, with all the things it may mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text.normalisation import normal

_P = namespaces.PREFIXES
_CCN = namespaces.CCN
#: Class -> what patterns call its things.
TYPES: dict[str, str] = {
    _CCN + "City": "city", _CCN + "Network": "network", _CCN + "NetworkBody": "body", _CCN + "Body": "body",
    _CCN + "EventSeries": "series", _CCN + "Event": "event", _CCN + "Country": "country",
    _CCN + "Prefecture": "prefecture", _CCN + "Place": "place", _CCN + "Person": "person",
    _CCN + "Programme": "programme", _P["field"]: "field",
}  # fmt: skip
_NAMES = (namespaces.PREF_LABEL, _P["skos"] + "altLabel", _P["skos"] + "notation")
_KANJI, _KATAKANA = r"[\u3005\u3400-\u9fff]", r"[\u30a1-\u30fa\u30fc]"
_BARE = re.compile(rf"^(?P<stem>{_KANJI}{{2,}})[市町村区]$")
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text: from `start` to `end`, and the things that it may mean."""

    start: int
    end: int
    iris: tuple[str, ...]


class NameIndex:
    """All names on record, by their first letter, the longest first."""

    def __init__(self, resolver: Resolver) -> None:
        """Index the names of everything that patterns can speak of."""
        self.facts: Facts = resolver.facts
        #: Spelling in the text -> things, and whether the name is short for one with 市.
        self._names: dict[str, dict[str, bool]] = defaultdict(dict)
        for thing in list(self.facts.things.values()):
            if types_of(self.facts, thing.iri):
                self._enter(thing)
        self._add_short_forms()
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._names, key=len, reverse=True):
            self._by_start[name[:1]].append(name)

    def _enter(self, thing: Thing) -> None:
        names = [name for predicate in _NAMES for name in thing.texts(predicate)]
        for name in names:
            for form in {normal(name), re.sub(r"\s*\([^()]*\)$", "", normal(name))}:
                if _usable(form):
                    self._names[form][thing.iri] = False
                if (match := _BARE.match(form)) and _CCN + "City" in thing.classes:
                    self._names[match["stem"]].setdefault(thing.iri, True)

    def _add_short_forms(self) -> None:
        """Let a long English name stand without the body it begins with, where that is nobody else's name."""
        short: dict[str, set[str]] = defaultdict(set)
        for name, iris in self._names.items():
            words = name.split()
            if len(words) >= 4 and name.isascii() and self._is_body(words[0]):
                short[" ".join(words[1:])] |= set(iris)
        for name, meant in short.items():
            if len(meant) == 1 and name not in self._names and name[:1].isupper():
                self._names[name][meant.pop()] = False

    def _is_body(self, name: str) -> bool:
        return any("body" in self.types(iri) for iri in self._names.get(name, ()))

    def types(self, iri: str) -> tuple[str, ...]:
        """Return what patterns call a thing."""
        return types_of(self.facts, iri)

    def find(self, text: str) -> Iterator[Named]:
        """Yield the names in a text in their order; none overlaps another."""
        at = 0
        while at < len(text):
            named = self._at(text, at)
            if named is None:
                at += 1
                continue
            yield named
            at = named.end

    def _at(self, text: str, at: int) -> Named | None:
        for name in self._by_start.get(text[at], ()):
            end = _matched(text, at, name)
            if end and (iris := self._meant(text, at, end, name)):
                return Named(at, end, tuple(sorted(iris)))
        return None

    def _meant(self, text: str, at: int, end: int, name: str) -> list[str]:
        """Return what a name means between what stands before and behind it."""
        before, after = text[at - 1 : at], text[end : end + 1]
        if not _bounded(name, before, after):
            return []
        iris = self._names[name]
        bare = [iri for iri, short in iris.items() if short]
        if bare and (re.match(_KANJI, after) or re.match(_KANJI, before)):
            return [iri for iri in iris if iri not in bare]
        return list(iris)


def _usable(name: str) -> bool:
    return 2 <= len(name) <= _MAX_NAME and not name.isdigit() and not (name.isascii() and name.islower())


def _matched(text: str, at: int, name: str) -> int:
    """Return where a name ends in a text, 0 if it is not there; blanks within it do not count in Japanese."""
    if text.startswith(name, at):
        return at + len(name)
    if name.isascii() or not re.search(_KANJI, name):
        return 0
    place = at
    for char in name:
        while text[place : place + 1] == " " and place > at:
            place += 1
        if text[place : place + 1] != char:
            return 0
        place += 1
    return place


def _bounded(name: str, before: str, after: str) -> bool:
    """Tell whether a name is a word of its own there."""
    if name[0].isascii() and name[0].isalnum() and before.isascii() and before.isalnum():
        return False
    if name[-1].isascii() and name[-1].isalnum() and after.isascii() and after.isalnum():
        return False
    if not name[0].isascii() and not re.search(_KANJI, name):
        return not (re.match(_KATAKANA, before) or re.match(_KATAKANA, after))
    return True


def types_of(facts: Facts, iri: str) -> tuple[str, ...]:
    """Return what patterns call a thing, such as `city`; `place` is a venue, no country and no prefecture."""
    thing = facts.things.get(iri)
    types = tuple(dict.fromkeys(kind for name, kind in TYPES.items() if thing and name in thing.classes))
    return tuple(kind for kind in types if kind != "place") if {"country", "prefecture"} & set(types) else types
