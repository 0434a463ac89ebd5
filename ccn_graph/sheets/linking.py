"""Proposes which city on record a row of a table speaks of: by identifier, then by name, country and distance.

Nothing is guessed. A row is matched if an identifier says so, or if exactly one city of its country has its name and
lies where the row says. Whatever speaks against it - another identifier, another row that would be the same city, a
name that two cities share, a place too far away - leaves the row open, with the cities it may be.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.files.tables import TableRow
from ccn_graph.graph import table_documents
from ccn_graph.graph.links import Link
from ccn_graph.graph.table_documents import TableDocument
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.linkable_cities import CODE, LAT, LONG, MATCH, Cities, City
from ccn_graph.text import endings
from ccn_graph.text.normalisation import folded

#: How far apart, in km, a row and a city of the same name may lie: town halls and centres of areas differ.
NEAR = 25.0
#: And if the names are the same only without 'City of' and the like.
VERY_NEAR = 15.0
#: As many rows with the same coordinates, and the coordinates tell of no place.
_SHARED = 3
#: A city so near may be meant, under another name: for the curator to see.
_BESIDE = 5.0


@dataclass(frozen=True, slots=True)
class Described:
    """What a row says of its city."""

    row: TableRow
    key: str
    names: tuple[str, ...]
    country: str
    region: str
    place: tuple[float, float] | None
    identifiers: frozenset[str]

    @property
    def itself(self) -> tuple[object, ...]:
        """What two rows of one city share."""
        return self.names, self.country, self.region, self.identifiers or self.place


def described(document: TableDocument) -> list[Described]:
    """Return what each row of a table says of its city; coordinates that many rows share are none."""
    rows = [_described(document, row) for row in document.sheet.rows]
    shared = Counter(row.place for row in rows if row.place)
    empty = {place for place, count in shared.items() if count >= _SHARED and _differ(rows, place)} | {(0.0, 0.0)}
    return [_without_place(row) if row.place in empty or _is_round(row.place) else row for row in rows]


def _described(document: TableDocument, row: TableRow) -> Described:
    texts: dict[str, list[str]] = defaultdict(list)
    for statement in document.described_by(row):
        texts[statement.predicate.value].append(statement.value.value)
    for statement in document.conversion.statements(row, _OF_NONE, [], document.stated):
        if statement.predicate.value == MATCH and isinstance(statement.value, ox.NamedNode):
            texts[MATCH].append(statement.value.value)
    names = tuple(name for relation in sorted(table_documents.NAMES) for name in texts.get(relation, ()))
    try:
        place = (float(texts[LAT][0]), float(texts[LONG][0])) if texts.get(LAT) and texts.get(LONG) else None
    except ValueError:
        place = None
    return Described(
        row, document.conversion.key(row), names, (texts.get(table_documents.COUNTRY) or [""])[0].upper(),
        (texts.get(table_documents.REGION) or [""])[0], place, frozenset([*texts.get(MATCH, ()), *texts.get(CODE, ())]),
    )  # fmt: skip


#: A row that says which city it is only by an identifier that it states of that city.
_OF_NONE = {table_documents.CITY: "none", table_documents.CITY_IRI: "urn:none"}


def _differ(rows: Sequence[Described], place: tuple[float, float]) -> bool:
    return len({row.names for row in rows if row.place == place}) >= _SHARED


def _is_round(place: tuple[float, float] | None) -> bool:
    return place is not None and all(value == round(value) for value in place)


def _without_place(row: Described) -> Described:
    return Described(row.row, row.key, row.names, row.country, row.region, None, row.identifiers)


def propose(rows: Sequence[Described], cities: Cities, *, identifiers: bool = True) -> list[Link]:
    """Propose a link for every row that can be matched, or that several cities fit; none for the others.

    `identifiers` may be left out of it, to measure how well names and places do alone.
    """
    links = {row.key: _match(row, cities, identifiers) for row in rows}
    named = _same_names(rows)
    links = {row.key: _unless_shared(row, links[row.key], named) for row in rows}
    claimed: dict[str, dict[tuple[object, ...], str]] = defaultdict(dict)
    for row in rows:
        link = links[row.key]
        if link and link.city:
            claimed[link.city].setdefault(row.itself, row.key)
    return [link for row in rows if (link := _unless_claimed(row, links[row.key], claimed, links))]


def _same_names(rows: Iterable[Described]) -> Mapping[tuple[str, str], int]:
    """Count the different rows of each name in a country: where there are two, a name alone says nothing."""
    different: dict[tuple[str, str], set[object]] = defaultdict(set)
    for row in rows:
        for name in row.names:
            different[row.country, folded(name)].add(row.itself)
    return {name: len(itself) for name, itself in different.items()}


def _match(row: Described, cities: Cities, identifiers: bool) -> Link | None:
    if identifiers and row.identifiers:
        by_identifier = sorted(
            {iri for identifier in row.identifiers for iri in cities.by_identifier.get(identifier, ())}
        )
        if len(by_identifier) == 1:
            return Link(0, row.key, by_identifier[0], _method(row, cities.of[by_identifier[0]]))
        if by_identifier:
            return _open(row, by_identifier, "identifiers of several cities")
    return _by_name(row, cities, identifiers)


def _method(row: Described, city: City) -> str:
    shared = " ".join(row.identifiers & city.identifiers)
    return "geonames" if "geonames" in shared else "wikidata" if "wikidata" in shared else "municipal-code"


def _by_name(row: Described, cities: Cities, identifiers: bool) -> Link | None:
    country = cities.countries.get(row.country, "")
    if not country or not row.names:
        return None
    exact = {iri for name in _forms(row) for iri in cities.by_name.get((country, folded(name)), ())}
    bare = {iri for name in _forms(row) for iri in cities.by_name.get((country, endings.stem(name)), ())}
    regions = cities.regions.get(folded(row.region), set()) if row.region else set()
    candidates = [
        city for city in map(cities.of.__getitem__, sorted(exact | bare))
        if _tiers_agree(row, city) and (not regions or regions & city.around)
    ]  # fmt: skip
    fitting = [city for city in candidates if not (identifiers and _contradict(row, city))]
    if not fitting:
        return _beside(row, cities.by_country.get(country, ())) if row.place else None
    if not row.place:
        same = [city for city in fitting if city.iri in exact]
        if len(fitting) == 1 and same:
            return Link(0, row.key, fitting[0].iri, "name")
        return _open(row, [city.iri for city in fitting], "by name alone")
    near = [
        city for city in fitting
        if city.place and distance(row.place, city.place) <= (NEAR if city.iri in exact else VERY_NEAR)
    ]  # fmt: skip
    if len(near) == 1 and len(fitting) == 1:
        return Link(
            0, row.key, near[0].iri, "name-and-distance", f"{distance(row.place, near[0].place or row.place):.1f} km"
        )
    return _open(row, [city.iri for city in fitting], "of that name, but far away" if not near else "of that name")


def _forms(row: Described) -> Iterator[str]:
    """Yield the names of a row: whole, without what stands in brackets, and on each side of a slash."""
    for name in row.names:
        yield name
        split = endings.qualified(name)
        if split:
            yield split[0]
        yield from (part.strip() for part in name.split("/") if len(part.strip()) > 1 and part != name)


def _tiers_agree(row: Described, city: City) -> bool:
    """Tell whether a row may be of a city: a province is none, nor is a government above cities, nor 越前町 越前市."""
    tiers = {tier for name in row.names if (tier := endings.tier(name))}
    local = tiers & endings.LOCAL
    if local and city.tiers & endings.LOCAL and not any(endings.agree(tier, set(city.tiers)) for tier in local):
        return False
    return city.above == bool(tiers and tiers <= endings.ABOVE)


def _contradict(row: Described, city: City) -> bool:
    """Tell whether both have an identifier of one sort, and not the same."""
    hosts = {_sort(identifier) for identifier in row.identifiers} & {
        _sort(identifier) for identifier in city.identifiers
    }
    return any(
        not {identifier for identifier in row.identifiers if _sort(identifier) == host} & city.identifiers
        for host in hosts
    )


def _sort(identifier: str) -> str:
    return identifier.split("/")[2] if "://" in identifier else "code"


def _beside(row: Described, cities: Iterable[City]) -> Link | None:
    near = sorted(
        (distance(row.place, city.place), city.iri)
        for city in cities
        if row.place and city.place and not city.above and distance(row.place, city.place) <= _BESIDE
        and not _contradict(row, city)
    )  # fmt: skip
    return _open(row, [iri for _, iri in near], "of another name, but near") if near else None


def _open(row: Described, cities: Sequence[str], why: str) -> Link:
    return Link(0, row.key, "", "ambiguous", f"{why}: {' '.join(namespaces.slug(iri) for iri in cities[:5])}")


def _unless_shared(row: Described, link: Link | None, named: Mapping[tuple[str, str], int]) -> Link | None:
    if link and link.how == "name" and any(named[row.country, folded(name)] > 1 for name in row.names):
        return _open(row, [link.city], "other rows have that name")
    return link


def _unless_claimed(
    row: Described, link: Link | None, claimed: Mapping[str, Mapping[tuple[object, ...], str]],
    links: Mapping[str, Link | None],
) -> Link | None:  # fmt: skip
    """Leave open what two different rows would be, unless an identifier says which of them it is."""
    if link is None or not link.city or len(claimed[link.city]) == 1:
        return link
    surest = [key for key in claimed[link.city].values() if _by_identifier(links[key])]
    if len(surest) == 1 and _by_identifier(link):
        return link
    others = [key for key in claimed[link.city].values() if key != row.key]
    return _open(row, [link.city], f"row {' '.join(others[:3])} may be it, too")


def _by_identifier(link: Link | None) -> bool:
    return link is not None and link.how in ("geonames", "wikidata", "municipal-code")


def distance(point: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two places on the globe in km (haversine formula, mean radius of the earth).

    >>> round(distance((34.69, 135.18), (35.68, 139.69)))
    424
    """
    (lat, long), (its_lat, its_long) = ([math.radians(value) for value in place] for place in (point, other))
    half = math.sin((its_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(its_lat) * math.sin((its_long - long) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))
