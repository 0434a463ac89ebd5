"""The list of cities: narrowed by network, country, prefecture, field and year, sorted, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccn_graph.pages import facets, roll, sheet
from ccn_graph.pages.rendering import Voice, render
from ccn_graph.pages.roll import Place, Spell
from ccn_graph.pages.sheet import Column, Sheet
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text import normalisation
from ccn_graph.text.today import today as date_of_today

#: By what the list may be sorted; by name unless something else is asked for.
SORTS = ("name", "country", "year", "networks")

_CITIES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT DISTINCT ?city WHERE { ?city a ccn:City }
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A city and one of its memberships, if it has any."""

    city: str
    place: Place
    spell: Spell | None


@dataclass(frozen=True, slots=True)
class City:
    """A city with the memberships that fit what is chosen."""

    iri: str
    place: Place
    spells: tuple[Spell, ...]


def page(site: Site, request: PageRequest) -> Page | None:
    """Make the list or the file of it; None where there are no cities."""
    voice = Voice(site, request)
    rows = _rows(site)
    if not rows:
        return None
    # Each row is of one membership, so that one and the same has to fit all that is chosen.
    found, narrowed = facets.narrow(site, voice, rows, {
        "network": lambda row: (row.spell.network,) if row.spell else (),
        "country": lambda row: (row.place.country,) if row.place.country else (),
        "prefecture": lambda row: (row.place.prefecture,) if row.place.prefecture else (),
        "field": lambda row: row.spell.fields if row.spell else (),
        "year": lambda row: (row.spell.year,) if row.spell and row.spell.year else (),
    }, lambda row: row.city)  # fmt: skip
    ordered = _sorted(site, voice, _named(site, voice, _cities(found)))
    if (form := request.one("as")) in sheet.FORMS:
        return sheet.page(voice, _sheet(voice, ordered), form)
    shown = facets.cut(voice, ordered)
    things = [iri for city in shown.items for iri in (city.iri, city.place.country, city.place.prefecture)]
    site.labels.know(iri for iri in things if iri)
    return render(
        site, request, "cities.html.j2", facets=narrowed, shown=shown, sorts=SORTS, sort=_sort(voice),
        others=tuple(city.iri for city in ordered) if shown.pages > 1 else (),
        day=date_of_today().isoformat(), filtered=any(facet.chosen for facet in narrowed) or request.one("q"),
    )  # fmt: skip


@cached
def _rows(site: Site) -> tuple[Row, ...]:
    """Return a row for each membership that goes on, and one for each city that has none."""
    held: dict[str, list[Spell]] = {}
    for spell in roll.spells(site):
        if spell.ongoing:
            held.setdefault(spell.member, []).append(spell)
    places = roll.places(site)
    iris = dict.fromkeys(row["city"] for row in site.select(_CITIES))
    return tuple(Row(iri, places.get(iri, Place()), spell) for iri in iris for spell in held.get(iri, (None,)))


def _cities(rows: Sequence[Row]) -> list[City]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.city, []).append(row)
    return [City(iri, own[0].place, tuple(row.spell for row in own if row.spell)) for iri, own in found.items()]


def _named(site: Site, voice: Voice, cities: Sequence[City]) -> Sequence[City]:
    written = normalisation.folded(voice.request.one("q"))
    if not written:
        return cities
    site.labels.know(city.iri for city in cities)
    hits = {hit.thing for hit in site.search.find(voice.request.one("q"), voice.language, 1_000)}
    return [city for city in cities if city.iri in hits or written in normalisation.folded(voice.label(city.iri))]


def _sort(voice: Voice) -> str:
    wanted = voice.request.one("sort")
    return wanted if wanted in SORTS else SORTS[0]


def _sorted(site: Site, voice: Voice, cities: Sequence[City]) -> list[City]:
    site.labels.know({iri for city in cities for iri in (city.iri, city.place.country) if iri})
    named = sorted(cities, key=lambda city: voice.order(city.iri))
    match _sort(voice):
        case "country":
            return sorted(named, key=lambda city: voice.order(city.place.country) if city.place.country else ("~", ""))
        case "year":
            return sorted(named, key=lambda city: min((one.year or "9999" for one in city.spells), default="~"))
        case "networks":
            return sorted(named, key=lambda city: -len({spell.network for spell in city.spells}))
    return named


def _sheet(voice: Voice, cities: Sequence[City]) -> Sheet:
    names = (("city", "iri"), ("country", "iri"), ("prefecture", "iri"), ("network", "iri"), ("field", "iri"),
             ("since", "date"))  # fmt: skip
    columns = tuple(Column(name, voice.text("column." + name), kind) for name, kind in names)
    rows = [
        (city.iri, city.place.country, city.place.prefecture, *cells)
        for city in cities
        for cells in (
            [(one.network, field, one.start) for one in city.spells for field in one.fields or ("",)] or [("", "", "")]
        )
    ]
    return Sheet("cities", voice.text("list.cities"), columns, rows)
