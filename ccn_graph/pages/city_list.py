"""The list of cities: narrowed by network, country, prefecture, field and year, sorted, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccn_graph.pages import facets, roll, sheet
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.roll import CityPlace, MembershipPeriod
from ccn_graph.pages.sheet import DownloadTable, TableColumn
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today

#: By what the list may be sorted; by name unless something else is asked for.
SORTS = ("name", "country", "year", "networks")

_CITIES = query_file.own("pages", "cities")


@dataclass(frozen=True, slots=True)
class CityRow:
    """A city and one of its memberships, if it has any."""

    city: str
    place: CityPlace
    period: MembershipPeriod | None


@dataclass(frozen=True, slots=True)
class City:
    """A city with the memberships that fit what is chosen."""

    iri: str
    place: CityPlace
    memberships: tuple[MembershipPeriod, ...]


def page(site: Site, request: PageRequest) -> Page | None:
    """Make the list or the file of it; None where there are no cities."""
    context = RenderContext(site, request)
    rows = _rows(site)
    if not rows:
        return None
    # Each row is of one membership, so that one and the same has to fit all that is chosen.
    kept, narrowed = facets.narrow(site, context, rows, {
        "network": lambda row: (row.period.network,) if row.period else (),
        "country": lambda row: (row.place.country,) if row.place.country else (),
        "prefecture": lambda row: (row.place.prefecture,) if row.place.prefecture else (),
        "field": lambda row: row.period.fields if row.period else (),
        "year": lambda row: (row.period.year,) if row.period and row.period.year else (),
    }, lambda row: row.city)  # fmt: skip
    ordered = _sorted(site, context, facets.named(site, context, _cities(kept), lambda city: city.iri))
    if (form := request.one("as")) in sheet.FORMS:
        return sheet.page(context, _sheet(context, ordered), form)
    shown = facets.cut(context, ordered)
    things = [iri for city in shown.items for iri in (city.iri, city.place.country, city.place.prefecture)]
    site.labels.know(iri for iri in things if iri)
    return render(
        site, request, "cities.html.j2", facets=narrowed, shown=shown, sorts=SORTS, sort=facets.sort(context, SORTS),
        count=len({row.city for row in rows}),
        others=tuple(city.iri for city in ordered) if shown.pages > 1 else (),
        day=date_of_today().isoformat(), filtered=any(facet.chosen for facet in narrowed) or request.one("q"),
    )  # fmt: skip


@cached
def _rows(site: Site) -> tuple[CityRow, ...]:
    """Return a row for each membership that goes on, and one for each city that has none."""
    held: dict[str, list[MembershipPeriod]] = {}
    for period in roll.memberships(site):
        if period.ongoing:
            held.setdefault(period.member, []).append(period)
    places = roll.places(site)
    iris = dict.fromkeys(row["city"] for row in site.select(_CITIES))
    return tuple(
        CityRow(iri, places.get(iri, CityPlace()), period) for iri in iris for period in held.get(iri, (None,))
    )


def _cities(rows: Sequence[CityRow]) -> list[City]:
    by_city: dict[str, list[CityRow]] = {}
    for row in rows:
        by_city.setdefault(row.city, []).append(row)
    return [City(iri, own[0].place, tuple(row.period for row in own if row.period)) for iri, own in by_city.items()]


def _sorted(site: Site, context: RenderContext, cities: Sequence[City]) -> list[City]:
    site.labels.know({iri for city in cities for iri in (city.iri, city.place.country) if iri})
    named = sorted(cities, key=lambda city: context.order(city.iri))
    match facets.sort(context, SORTS):
        case "country":
            return sorted(
                named, key=lambda city: context.order(city.place.country) if city.place.country else ("~", "")
            )
        case "year":
            return sorted(
                named, key=lambda city: min((membership.year or "9999" for membership in city.memberships), default="~")
            )
        case "networks":
            return sorted(named, key=lambda city: -_networks(city))
    return named


def _networks(city: City) -> int:
    """Return in how many networks a city is; a section of one, or another body, is no network."""
    joined = {period.network for period in city.memberships}
    return sum(iri.startswith(namespaces.PREFIXES["net"]) for iri in joined)


def _sheet(context: RenderContext, cities: Sequence[City]) -> DownloadTable:
    names = (("city", "iri"), ("country", "iri"), ("prefecture", "iri"), ("network", "iri"), ("field", "iri"),
             ("since", "date"))  # fmt: skip
    columns = tuple(TableColumn(name, context.text("column." + name), kind) for name, kind in names)
    rows = [
        (city.iri, city.place.country, city.place.prefecture, *cells)
        for city in cities
        for cells in (
            [
                (membership.network, field, membership.start)
                for membership in city.memberships
                for field in membership.fields or ("",)
            ]
            or [("", "", "")]
        )
    ]
    return DownloadTable("cities", context.text("list.cities"), columns, rows)
