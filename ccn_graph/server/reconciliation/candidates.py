"""Finds what a name may mean, by the one index of names, and explains the score of each candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccn_graph.graph.search import KINDS, Hit
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.server.reconciliation import city_facts
from ccn_graph.server.reconciliation.city_facts import City
from ccn_graph.text import endings
from ccn_graph.text.normalisation import folded, normal, words

#: What is looked for if no type is asked for: what a table may have a column of.
_ANY = ("city", "network", "body", "series", "programme", "place", "field", "event")

#: Types -> what they are called; each is a segment of our IRIs.
TYPES: dict[str, dict[str, str]] = {
    "city": {"en": "City", "ja": "都市"}, "network": {"en": "Network", "ja": "ネットワーク"},
    "body": {"en": "Body", "ja": "機関"}, "series": {"en": "Series of events", "ja": "会議の系列"},
    "programme": {"en": "Programme", "ja": "事業"}, "place": {"en": "Place", "ja": "地域"},
    "field": {"en": "Field", "ja": "分野"}, "event": {"en": "Event", "ja": "会議・行事"},
    "document": {"en": "Document", "ja": "文書"},
}  # fmt: skip

#: A domestic network is a body of its network.
_ALSO = {"network": "body"}

#: How much of the score a name makes where properties are given, too.
_NAME = 0.7

#: Finds and like names that are looked at for a query.
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Query:
    """A name to be found, with what else is known of its thing: property -> values, an IRI or a text each."""

    text: str
    kinds: tuple[str, ...] = ()
    limit: int = 5
    properties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    """Properties without which a thing is no candidate."""


@dataclass
class Candidate:
    """A thing that may be meant."""

    iri: str
    kind: str
    matched: str
    similarity: float
    """From 0 to 1 for the same name."""
    exact: bool
    """Whether the name is the same but for its spelling, or for what says that it is a city."""
    agreements: dict[str, bool] = field(default_factory=dict)
    """Property of the query -> whether the thing has the value."""

    @property
    def score(self) -> float:
        """From 0 to 100: the likeness of the name alone, or 70 of it and 30 for the properties that agree."""
        if not self.agreements:
            return round(100 * self.similarity, 1)
        agreed = sum(self.agreements.values()) / len(self.agreements)
        return round(100 * (_NAME * self.similarity + (1 - _NAME) * agreed), 1)

    @property
    def contradicts(self) -> bool:
        """Whether any property is another."""
        return not all(self.agreements.values())


def find(site: Site, query: Query) -> tuple[list[Candidate], bool]:
    """Return the candidates, the best first, and whether the first is surely meant.

    It is if it alone has the name, and nothing speaks against it.
    """
    texts, properties = _taken_apart(site, query)
    best: dict[str, Candidate] = {}
    for text in texts:
        for thing in {hit.thing for hit in _hits(site, text, query.kinds or _ANY)}:
            closest = max(
                (_candidate(hit, text) for hit in site.search.of_thing[thing]),
                key=lambda candidate: candidate.similarity,
            )
            if thing not in best or closest.similarity > best[thing].similarity:
                best[thing] = closest
    facts = city_facts.cities(site)
    for candidate in best.values():
        candidate.agreements = {
            key: _agrees(site, facts.get(candidate.iri), key, values, properties) for key, values in properties.items()
        }
    left = [
        candidate for candidate in best.values() if all(candidate.agreements.get(key, True) for key in query.required)
    ]
    ranked = sorted(
        left, key=lambda candidate: (-candidate.score, not candidate.exact, KINDS.index(candidate.kind), candidate.iri)
    )
    return ranked[: query.limit], _is_sure(ranked)


def _taken_apart(site: Site, query: Query) -> tuple[list[str], Mapping[str, Sequence[str]]]:
    """Return what may be the name, and the properties: `Leon, Mexico` names a place, `Mumbai (Bombay)` another name."""
    name, beside = endings.qualified(query.text) or ("", "")
    if not name:
        return [query.text], query.properties
    around = folded(beside)
    if any(around in city.names_around for city in city_facts.cities(site).values()):
        return [query.text, name], {**query.properties, "place": [beside]}
    # What follows a comma and is no place that is known here says nothing.
    return [query.text, name, *([beside] if "(" in normal(query.text) else [])], query.properties


def _is_sure(ranked: Sequence[Candidate]) -> bool:
    fitting = [candidate for candidate in ranked if candidate.exact and not candidate.contradicts]
    # 京都 is the city before it is the prefecture: the same spelling goes before the same name without an ending.
    best = [candidate for candidate in fitting if candidate.similarity == max(other.similarity for other in fitting)]
    return len(best) == 1 and ranked[0] is best[0]


def _hits(site: Site, text: str, kinds: Sequence[str]) -> Iterable[Hit]:
    bare = endings.stem(text)
    hits = [*site.search.named(text), *site.search.named(bare), *site.search.find(text, "en", _LOOKED_AT)]
    hits += site.search.find(bare, "en", _LOOKED_AT)
    near = site.search.near(text, "en", kinds, _LOOKED_AT // 4)
    return [hit for hit in (*hits, *near) if hit.kind in kinds]


def _candidate(hit: Hit, text: str) -> Candidate:
    exact = folded(hit.matched) == folded(text)
    bare = endings.stem(hit.matched) == endings.stem(text) and _of_one_tier(hit.matched, text)
    similarity = likeness(folded(hit.matched), folded(text))
    if _holds(words(hit.matched), words(text)) or _holds(words(text), words(hit.matched)):
        # Cali is a part of Santiago de Cali.
        similarity = max(similarity, 0.6 + 0.3 * similarity)
    similarity = 1.0 if exact else 0.98 if bare else min(0.95, similarity)
    return Candidate(hit.thing, hit.kind, hit.matched, similarity, exact or bare)


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    """Tell whether some words stand in others, one after the other."""
    size = len(part)
    return 0 < size < len(whole) and any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _of_one_tier(name: str, other: str) -> bool:
    """Tell whether two names may be of one level: 静岡 and 静岡市 may, 静岡市 and 静岡県 may not."""
    tier, another = endings.tier(name), endings.tier(other)
    return tier is None or another is None or (tier in endings.LOCAL) == (another in endings.LOCAL)


def likeness(word: str, other: str) -> float:
    """Return Dice's coefficient of the pairs of letters of two folded names: 1 for equal names.

    >>> round(likeness("kanazawa", "kanazzawa"), 2), likeness("kobe", "paris")
    (0.95, 0.0)
    """
    pairs, others = ({f"^{name}$"[at : at + 2] for at in range(len(name) + 1)} for name in (word, other))
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _agrees(
    site: Site, city: City | None, key: str, values: Sequence[str], properties: Mapping[str, Sequence[str]]
) -> bool:
    """Tell whether a thing has one of some values of a property; what has none of it does not."""
    if city is None:
        return False
    if key in ("country", "place"):
        return any(
            _thing(site, value, "place") in city.around or folded(value) in city.names_around for value in values
        )
    networks = {_thing(site, value, "network") for value in properties.get("network", ())}
    memberships = [membership for membership in city.memberships if not networks or membership.network in networks]
    if key == "network":
        return bool(memberships)
    if key == "field":
        fields = {_thing(site, value, "field") for value in values}
        return any(fields & set(membership.fields) for membership in memberships)
    if key == "date":
        return any(membership.may_hold(value.strip()[:10]) for membership in memberships for value in values)
    codes = {
        namespaces.slug(code.rstrip("/")) for key in ("municipalCode", "exactMatch") for code in city.own.get(key, ())
    }
    return any(namespaces.slug(value.rstrip("/").replace(":", "/")) in codes for value in values)


def _thing(site: Site, value: str, kind: str) -> str:
    """Return the IRI that a value of a property means: as it is, or found by its name; the value itself if none is."""
    if value.startswith(namespaces.BASE):
        return value
    if value.partition("/")[0] in namespaces.SEGMENTS.values():
        return namespaces.BASE + value
    return next((hit.thing for hit in site.search.named(value) if hit.kind in (kind, _ALSO.get(kind))), value)


def features(candidate: Candidate, *, named: bool = False) -> list[dict[str, Any]]:
    """Explain the score: how like the name is, whether it is the same, and which properties agree."""
    explained: list[tuple[str, str, bool | float]] = [
        (
            "name_similarity",
            f"Likeness of the name '{candidate.matched}', from 0 to 100",
            round(100 * candidate.similarity, 1),
        ),
        ("name_is_same", "The name is the same but for its spelling", candidate.exact),
        *((f"property_{key}", f"The {key} agrees", agreed) for key, agreed in candidate.agreements.items()),
    ]
    return [{"id": id_, **({"name": name} if named else {}), "value": value} for id_, name, value in explained]
