"""The cities on record as rows of a table can be matched with them: by identifier, and by country and name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.text import endings
from ccn_graph.text.normalisation import folded

_P, _CCN = namespaces.PREFIXES, namespaces.CCN
_CITY, CODE, MATCH = _CCN + "City", _CCN + "municipalCode", _P["skos"] + "exactMatch"
LAT, LONG = _P["wgs"] + "lat", _P["wgs"] + "long"
_NAMES = (_P["skos"] + "prefLabel", _P["skos"] + "altLabel")
_FORMER, _FORM = _P["skosxl"] + "altLabel", _P["skosxl"] + "literalForm"
_ABOVE = {"prefectural-government", "regional-government"}


@dataclass(frozen=True, slots=True)
class City:
    """A city on record as it can be matched."""

    iri: str
    names: frozenset[str]
    stems: frozenset[str]
    around: frozenset[str]
    place: tuple[float, float] | None
    identifiers: frozenset[str]
    above: bool
    """Whether it governs more than one municipality."""
    tiers: frozenset[endings.Tier] = frozenset()
    """What its names say that it is."""


@dataclass(slots=True)
class Cities:
    """All cities on record, by country and name, and by identifier."""

    by_identifier: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    of: dict[str, City] = field(default_factory=dict)
    by_name: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_country: dict[str, list[City]] = field(default_factory=lambda: defaultdict(list))
    countries: dict[str, str] = field(default_factory=dict)
    """Code -> IRI."""
    regions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Name of a part of a country -> IRIs."""

    @staticmethod
    def of_record(facts: Facts) -> Cities:
        """Index the cities of a graph."""
        cities = Cities()
        for thing in facts.things.values():
            if _CCN + "Country" in thing.classes:
                cities.countries |= dict.fromkeys(thing.texts(_P["skos"] + "notation"), thing.iri)
            if _CCN + "Prefecture" in thing.classes:
                for name in (name for relation in _NAMES for name in thing.texts(relation)):
                    cities.regions[folded(name)].add(thing.iri)
            if _CITY in thing.classes:
                cities._add(_city(thing, facts))
        return cities

    def _add(self, city: City) -> None:
        self.of[city.iri] = city
        for identifier in city.identifiers:
            self.by_identifier[identifier].add(city.iri)
        for place in city.around:
            self.by_country[place].append(city)
            for name in city.names | city.stems:
                self.by_name[place, name].add(city.iri)


def _city(thing: Thing, facts: Facts) -> City:
    names = [name for relation in _NAMES for name in thing.texts(relation)]
    names += [
        name for former in thing.iris(_FORMER) if former in facts.things for name in facts.things[former].texts(_FORM)
    ]
    names = [form for name in names for form in {name, (endings.qualified(name) or (name,))[0]}]
    place = [*thing.texts(LAT)[:1], *thing.texts(LONG)[:1]]
    kinds = {namespaces.slug(kind) for kind in thing.iris(_CCN + "kind")}
    return City(
        thing.iri, frozenset(map(folded, names)), frozenset(map(endings.stem, names)),
        frozenset(facts.around(thing.iri)[1:]), (float(place[0]), float(place[1])) if len(place) == 2 else None,
        frozenset({*thing.iris(MATCH), *thing.texts(CODE)}), bool(kinds & _ABOVE),
        frozenset(tier for name in names if (tier := endings.tier(name))),
    )  # fmt: skip
