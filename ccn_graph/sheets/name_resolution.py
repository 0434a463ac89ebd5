"""From a name in a sheet to the thing that is meant: found, or several, or none; never guessed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.text import endings
from ccn_graph.text.endings import qualified, stem
from ccn_graph.text.misspelling import nearest
from ccn_graph.text.normalisation import folded, normal, without_digraphs

_P = namespaces.PREFIXES
_CCN = namespaces.CCN
_CALLED = (namespaces.PREF_LABEL, _P["skos"] + "altLabel")
_NAMES = (
    *_CALLED, _P["skos"] + "notation", _P["rdfs"] + "label",
    _P["dcterms"] + "title", _CCN + "reading",
)  # fmt: skip
_FORMER, _FORM = _P["skosxl"] + "altLabel", _P["skosxl"] + "literalForm"
_CODE, _MATCH = _CCN + "municipalCode", _P["skos"] + "exactMatch"
_EDITION, _ORDINAL = _CCN + "editionOf", _CCN + "ordinal"
_IDENTIFIER = re.compile(
    r"(?:geonames:|https?://(?:sws|www)\.geonames\.org/)(?P<geonames>[0-9]{1,12})(?:/.*)?"
    r"|(?:wikidata:|https?://www\.wikidata\.org/(?:entity|wiki)/)?(?P<wikidata>Q[1-9][0-9]{0,12})"
)
# Looking for what is alike takes time; a sheet in which so many names are wrong needs another remedy.
_MAX_SUGGESTED = 500
#: Kinds of governments that are called cities here and govern more than one municipality.
_ABOVE_MUNICIPALITIES = {"prefectural-government", "regional-government"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Resolver:
    """Knows the names of everything on record, and of what a sheet is about to add."""

    def __init__(self, facts: Facts) -> None:
        """Index every thing by its names, codes and identifiers."""
        self.facts = facts
        #: From the most exact spelling to the most forgiving one.
        self._levels: tuple[dict[str, set[str]], ...] = (defaultdict(set), defaultdict(set), defaultdict(set))
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._slugs: dict[str, set[str]] = defaultdict(set)
        self._grams: dict[str, set[str]] = defaultdict(set)
        self._suggested = 0
        self._memory: dict[tuple[str, tuple[str, ...], str], str | CellError] = {}
        for thing in list(facts.things.values()):
            self.add(thing)

    def add(self, thing: Thing) -> None:
        """Index one thing by all it is called."""
        self._memory.clear()
        if thing.iri.startswith(namespaces.BASE):
            self._slugs[namespaces.slug(thing.iri)].add(thing.iri)
        for name in self.names_of(thing):
            # What stands in brackets only tells two things of one name apart: both answer to the bare name.
            for form in {name, (qualified(name) or (name,))[0] if "(" in name else name}:
                self._enter(form, thing.iri)
        for code in thing.texts(_CODE):
            for form in (code, code[:5], code.lstrip("0"), code[:5].lstrip("0")):
                self._codes[form].add(thing.iri)
        for match in thing.iris(_MATCH):
            self._codes[namespaces.slug(match.rstrip("/"))].add(thing.iri)

    def _enter(self, name: str, iri: str) -> None:
        for level, form in zip(self._levels, (normal(name), folded(name), stem(name)), strict=True):
            if form:
                level[form].add(iri)
        key = folded(name)
        for gram in _grams(key):
            self._grams[gram].add(key)

    def names_of(self, thing: Thing) -> Iterable[str]:
        """Return all that a thing is and was called; an edition is called after its series, too."""
        for predicate in _NAMES:
            yield from thing.texts(predicate)
        for former in thing.iris(_FORMER):
            if former in self.facts.things:
                yield from self.facts.things[former].texts(_FORM)
        for series in thing.iris(_EDITION):
            named = self.facts.things.get(series)
            for name in (name for predicate in _CALLED for name in named.texts(predicate)) if named else ():
                for number in thing.texts(_ORDINAL):
                    yield from (f"第{number}回{name}", f"{name} no. {number}", f"{name} {number}")

    def find(self, text: str, classes: Sequence[str], near: Sequence[str] = ()) -> str:
        """Return the IRI of the one thing of `classes` (none: any) that `text` names; `near` are places it lies in.

        Raises CellError with up to three suggestions for a name that fits nothing or several things.
        """
        key = (text, tuple(classes), " ".join(near))
        if key not in self._memory:
            try:
                self._memory[key] = self._find(text, classes, near)
            except CellError as fault:
                self._memory[key] = fault
        answer = self._memory[key]
        if isinstance(answer, CellError):
            raise answer
        return answer

    def known(
        self, names: Iterable[str], codes: Iterable[str], classes: Sequence[str], near: Sequence[str]
    ) -> str | None:
        """Return the thing that a new entry would repeat: of one identifier, or of one name in one place.

        Forgiving spellings do not count here: Kyoto and Kyoto Prefecture are two. Raises CellError if several fit.
        """
        codes = set(codes)
        matches = self.fitting({iri for code in codes for iri in self.by_code(code)}, classes, ())
        if not matches:
            exact, alike, _ = self._levels
            spelled = {iri for name in names for iri in exact.get(normal(name), set()) | alike.get(folded(name), set())}
            matches = {iri for iri in self.fitting(spelled, classes, near) if not self.differs(iri, codes)}
        if len(matches) > 1:
            raise self._ambiguous(next(iter(names), ""), matches)
        return matches.pop() if matches else None

    def differs(self, iri: str, codes: set[str]) -> bool:
        """Tell whether a thing has an identifier of a sort of which `codes` holds another one."""
        thing = self.facts.things[iri]
        own = {
            identifier(statement.value) for predicate in (_CODE, _MATCH) for statement in thing.said.get(predicate, ())
        }
        return any(sort(code) == sort(own_code) for code in codes for own_code in own) and not codes & own

    def _find(self, text: str, classes: Sequence[str], near: Sequence[str]) -> str:
        for candidates in self._attempts(normal(text), classes, near):
            if len(candidates) == 1:
                return candidates.pop()
            if candidates:
                raise self._ambiguous(text, candidates)
        raise CellError(
            "unknown", "この名前のものは登録にない。綴りを直すか、先に登録する",
            "nothing of this name is on record; correct the spelling, or register it first",
            text, self.shown(self._similar(text, classes, near)),
        )  # fmt: skip

    def _ambiguous(self, text: str, candidates: set[str]) -> CellError:
        return CellError(
            "ambiguous",
            "この名前は二つ以上のものに当たる。国・都道府県を添えるか、名前の代わりに短い名前やコードを書く",
            "this name fits several things; give country or prefecture too, or write the short name or a code",
            text, self.shown(sorted(candidates)[:3]),
        )  # fmt: skip

    def _attempts(self, text: str, classes: Sequence[str], near: Sequence[str]) -> Iterable[set[str]]:
        """Yield what the text could mean, the most exact reading first."""
        yield self.fitting(self._by_name(text), classes, near)
        yield self.fitting(self.by_code(text), classes, near)
        yield from (self.fitting(iris, classes, near) for iris in self._spelled(text))
        if split := qualified(text):
            # 創造都市ネットワーク日本(CCNJ): both names are of one thing.
            yield self._called(split[0], classes, near) & self._called(split[1], classes, near)
        for name, place in self._with_place(text):
            yield from (self.fitting(iris, classes, [*near, place]) for iris in self._spelled(name))

    def _spelled(self, name: str) -> Iterable[set[str]]:
        """Return the things of a name: as it is written, in another spelling, and without its ending."""
        exact, alike, bare = self._levels
        key = folded(name)
        yield exact.get(normal(name), set())
        yield alike.get(key, set())
        tier = endings.tier(name)
        if not tier and any(_CCN + "Country" in self.facts.things[iri].classes for iri in alike.get(key, ())):
            return  # Mexico is no short form of Mexico City
        # 四日市 may be 四日市市, but 山形県 is not 山形市.
        stems = {iri for iri in bare.get(stem(name), ()) if not tier or endings.agree(tier, self._tiers(iri))}
        if not tier:
            # Who writes 静岡 alone may mean the city, although only the prefecture is on record.
            cities = {iri for iri in stems if _CCN + "City" in self.facts.things[iri].classes}
            stems -= set() if any(self._tiers(iri) & endings.LOCAL for iri in cities) else cities
        yield stems | {iri for iri in bare.get(key, ()) if self._tiers(iri) & endings.LOCAL}
        yield alike.get(without_digraphs(key), set())

    def _tiers(self, iri: str) -> set[endings.Tier]:
        """Tell what a place is: by the endings of its names, else by its kind and class."""
        thing = self.facts.things[iri]
        named = {tier for name in self.names_of(thing) if (tier := endings.tier(name))}
        governs = {namespaces.slug(kind) for kind in thing.iris(_CCN + "kind")} & _ABOVE_MUNICIPALITIES
        if _CCN + "City" in thing.classes:
            return named or {endings.Tier.PREFECTURE} if governs else named or set(endings.LOCAL)
        if _CCN + "Prefecture" in thing.classes:
            return named | {endings.Tier.PREFECTURE}
        return named or set(endings.Tier) if _CCN + "Place" in thing.classes else set()

    def _by_name(self, text: str) -> set[str]:
        """Return things by IRI, prefixed name or slug."""
        if iri := namespaces.expand(text):
            return {iri}
        return self._slugs.get(text, set()) if _SLUG.fullmatch(text) else set()

    def by_code(self, text: str) -> set[str]:
        """Return things by municipal code (with or without check digit), GeoNames id or Wikidata item."""
        match = _IDENTIFIER.fullmatch(text)
        if match and (number := match["geonames"] or match["wikidata"]):
            return self._codes.get(number, set())
        return self._codes.get(text, set()) if text.isascii() and text.isdigit() else set()

    def _called(self, name: str, classes: Sequence[str], near: Sequence[str]) -> set[str]:
        return self.fitting(self._levels[0].get(name, set()) | self._levels[1].get(folded(name), set()), classes, near)

    def municipal_codes(self, text: str) -> set[str]:
        """Return the codes on record that are meant by one without leading zero or check digit."""
        return {code for iri in self.by_code(normal(text)) for code in self.facts.things[iri].texts(_CODE)}

    def _with_place(self, text: str) -> Iterable[tuple[str, str]]:
        """Read 'Cuenca (Ecuador)', 'León, MX' and 福岡県福岡市."""
        places = [_CCN + "Place"]
        if split := qualified(text):
            yield from ((split[0], place) for place in self._places(split[1], places))
        if (end := re.match(r".{2,3}?[都道府県](?=.)", text)) and (iris := self._places(end[0], places)):
            yield from ((text[end.end() :], place) for place in iris)

    def _places(self, name: str, classes: Sequence[str]) -> set[str]:
        return next(filter(None, (self.fitting(iris, classes, ()) for iris in self._spelled(name))), set())

    def fitting(self, iris: set[str], classes: Sequence[str], near: Sequence[str] = ()) -> set[str]:
        """Keep those of some things that are of the classes (none: any) and lie in the places."""
        wanted, things = set(classes), self.facts.things
        of_class = (iri for iri in iris if iri in things and (not wanted or things[iri].classes & wanted))
        return {iri for iri in of_class if self._lies(iri, near)}

    def _lies(self, iri: str, near: Sequence[str]) -> bool:
        # A body has no place of its own, so that none speaks against it.
        around = self.facts.around(iri)
        return len(around) == 1 or all(place in around for place in near)

    def _similar(self, text: str, classes: Sequence[str], near: Sequence[str]) -> list[str]:
        self._suggested += 1
        if self._suggested > _MAX_SUGGESTED:
            return []
        key = folded(text)[:80]
        ranked = nearest(key, (name for name, _ in self.alike(key)), 10)
        similar = [
            iri for name in ranked for iri in sorted(self.fitting(self._levels[1][name], classes))
            if self._may_be(text, name, iri)
        ]  # fmt: skip
        # Those in the country of the row are likelier; if there are none, the country may be what is wrong.
        return list(dict.fromkeys([iri for iri in similar if self._lies(iri, near)] or similar))[:3]

    def _may_be(self, text: str, name: str, iri: str) -> bool:
        """Tell whether a thing is no other kind of place than a text says, and alike without that word, too."""
        tier, tiers = endings.tier(text), self._tiers(iri)
        return not (tier and tiers) or (endings.agree(tier, tiers) and bool(nearest(stem(text), [stem(name), name])))

    def alike(self, key: str) -> list[tuple[str, set[str]]]:
        """Return the folded names that share most pairs of letters with one, and what they name."""
        shared = Counter(name for gram in _grams(key) for name in self._grams.get(gram, ()))
        return [(name, self._levels[1].get(name, set())) for name, _ in shared.most_common(40)]

    def shown(self, iris: Iterable[str]) -> str:
        """Name things for a person, each with its short name."""
        return ", ".join(f"{self.label(iri)} ({namespaces.curie(iri)})" for iri in iris)

    def label(self, iri: str) -> str:
        """Name a thing for a person, in every language that has a name of its own for it."""
        thing = self.facts.things[iri]
        names = thing.texts(namespaces.PREF_LABEL) or list(self.names_of(thing))[:1]
        return " / ".join(dict.fromkeys(names))


def identifier(value: Object) -> str:
    """Write an identifier as people do: 281000, geonames:1859171, Q48320."""
    assert isinstance(value, ox.Literal | ox.NamedNode)
    slug = namespaces.slug(value.value.rstrip("/"))
    return f"geonames:{slug}" if "geonames" in value.value else slug


def sort(code: str) -> str:
    """Tell what an identifier is: a municipal code, or one of GeoNames or Wikidata."""
    return "wikidata" if code.startswith("Q") else "geonames" if ":" in code else "code"


def _grams(key: str) -> set[str]:
    return {key[start : start + 2] for start in range(max(len(key) - 1, 1))}
