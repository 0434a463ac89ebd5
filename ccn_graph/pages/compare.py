"""Two to five cities side by side: memberships over time, one table, and the events that they share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccn_graph.pages import chart, foreign_values, membership, roll, sheet
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.roll import CityPlace, Meeting, MembershipPeriod
from ccn_graph.pages.sheet import DownloadTable, TableColumn
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.intervals import Certainty
from ccn_graph.text.today import today as date_of_today

#: So many cities at once.
MOST = 5

#: So many rows a timeline has at most, unless two networks alone have more.
_ROWS = 8

_SLUG = re.compile(r"[A-Za-z0-9._-]+")

#: No name is longer.
_LONGEST = 100

_POPULATIONS = query_file.own("pages", "populations")

_DOCUMENTS = query_file.own("pages", "documents_that_name_cities")


@dataclass(frozen=True, slots=True)
class City:
    """What is compared of a city."""

    iri: str
    place: CityPlace
    memberships: tuple[MembershipPeriod, ...]
    hosted: tuple[Meeting, ...]
    attended: tuple[Meeting, ...]
    population: tuple[str, str] = ("", "")
    """The number and of when it is; empty if no document states it."""
    documents: str = "0"

    def in_network(self, network: str) -> Sequence[MembershipPeriod]:
        """Return its memberships in a network."""
        return [entry for entry in self.memberships if entry.network == network]

    @property
    def fields(self) -> list[str]:
        """The fields of its memberships that go on."""
        return list(dict.fromkeys(iri for entry in self.memberships if entry.ongoing for iri in entry.fields))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The cities that are asked for, and what was written for which there is none, with cities of a near name."""

    cities: tuple[str, ...]
    unknown: Mapping[str, Sequence[str]] = field(default_factory=dict)


def page(site: Site, request: PageRequest) -> Page:
    """Make the page of a comparison, or the file of its table."""
    context = RenderContext(site, request)
    wanted = read(site, context)
    cities = _cities(site, wanted.cities[:MOST])
    # Those in which most of them are come first.
    networks = [
        iri
        for iri, _ in Counter(
            iri for city in cities for iri in {entry.network for entry in city.memberships}
        ).most_common()
    ]
    things = [iri for city in cities for iri in (city.iri, *city.fields, city.place.country, city.place.prefecture)]
    site.labels.know(iri for iri in (*networks, *things) if iri)
    form = request.one("as")
    if len(cities) > 1 and form in sheet.FORMS:
        return sheet.page(context, _sheet(context, cities, networks), form)
    shared = _shared(site, cities)
    return render(
        site, request, "compare.html.j2", cities=cities, networks=networks, shared=shared, most=MOST, wanted=wanted,
        lead=_lead(cities), drawn=_drawn(site, context, cities, networks), states=_states(cities, networks),
        inactive=roll.inactive(site), day=date_of_today().isoformat(), here=_address(context, wanted.cities),
        without={iri: _address(context, [entry for entry in wanted.cities if entry != iri]) for iri in wanted.cities},
    )  # fmt: skip


def read(site: Site, context: RenderContext) -> Wanted:
    """Read which cities are asked for, by the last part of an IRI or by any name of theirs."""
    iris: dict[str, None] = {}
    unknown: dict[str, Sequence[str]] = {}
    for name, written in context.request.parameters[: 4 * MOST]:
        text = written.strip()[:_LONGEST]
        if name != "city" or not text:
            continue
        iri = _city(site, text)
        if iri:
            iris[iri] = None
        else:
            hits = [*site.search.find(text, context.language, 30), *site.search.near(text, context.language, ("city",))]
            near = list(dict.fromkeys(hit.thing for hit in hits if hit.kind == "city"))[:5]
            site.labels.know(near)
            unknown[text] = near
    return Wanted(tuple(iris), unknown)


def _city(site: Site, text: str) -> str:
    iri = f"{namespaces.BASE}city/{text}"
    if _SLUG.fullmatch(text) and site.labels.exists(iri):
        return iri
    named = {hit.thing for hit in site.search.named(text) if hit.kind == "city"}
    if len(named) != 1:
        named = {hit.thing for hit in site.search.find(text, "ja") if hit.kind == "city"}
    return named.pop() if len(named) == 1 else ""


def _address(context: RenderContext, cities: Sequence[str]) -> str:
    chosen = f"&lang={context.language}" if context.request.chosen else ""
    return "/compare?" + "&".join(f"city={namespaces.slug(iri)}" for iri in cities) + chosen


def _cities(site: Site, iris: Sequence[str]) -> list[City]:
    nodes = foreign_values.nodes(iris)
    if not nodes:
        return []
    populations: dict[str, tuple[str, str]] = {}
    for row in site.select(_POPULATIONS, city=nodes):
        populations.setdefault(row["city"], (row["value"], row.get("day", "")))
    documents = {row["city"]: row["count"] for row in site.select(_DOCUMENTS, city=nodes)}
    meetings = [entry for entry in roll.meetings(site, date_of_today()) if entry.state != "cancelled"]
    meetings.reverse()
    places = roll.places(site)
    return [
        City(
            iri, places.get(iri, CityPlace()), tuple(entry for entry in roll.memberships(site) if entry.member == iri),
            tuple(entry for entry in meetings if iri in entry.hosts),
            tuple(entry for entry in meetings if iri in entry.participants and iri not in entry.hosts),
            populations.get(iri, ("", "")), documents.get(iri, "0"),
        )
        for iri in iris
    ]  # fmt: skip


def _shared(site: Site, cities: Sequence[City]) -> list[tuple[Meeting, list[str]]]:
    """Return the events at which two or more of the cities were, the latest first."""
    wanted = [city.iri for city in cities]
    shared = []
    for meeting in reversed(roll.meetings(site, date_of_today())):
        there = [iri for iri in wanted if iri in (*meeting.hosts, *meeting.participants)]
        if len(there) > 1:
            shared.append((meeting, there))
    site.labels.know(iri for meeting, _ in shared for iri in (meeting.iri, *meeting.hosts))
    return shared


def _lead(cities: Sequence[City]) -> Mapping[str, Any]:
    """Return what all have in common: a field, and since when each has it."""
    fields = [set(city.fields) for city in cities]
    common = sorted(set.intersection(*fields)) if fields else []
    joined = [
        (city.iri, min((own.start for own in city.memberships if common[0] in own.fields and own.start), default=""))
        for city in cities if common
    ]  # fmt: skip
    return {"field": common[0] if common else "", "joined": sorted(joined, key=lambda pair: pair[1] or "9")}


def _drawn(site: Site, context: RenderContext, cities: Sequence[City], networks: Sequence[str]) -> Any:
    inactive = roll.inactive(site)
    # What only one of them has is drawn if there is room: the whole has to fit on a sheet.
    several = [entry for entry in networks if sum(bool(city.in_network(entry)) for city in cities) > 1]
    drawn = (
        networks if sum(len(city.in_network(entry)) for entry in networks for city in cities) <= _ROWS else several[:2]
    )
    rows = [
        chart.TimelineRow(
            f"{context.label(city.iri)} – {context.label(network)}",
            tuple(
                membership.span(entry.period, entry.since, inactive.get(network, ("", ""))[1],
                                f"{context.label(city.iri)} – {context.label(network)}", context.language)
                for entry in city.in_network(network)
            ),
        )
        for network in drawn for city in cities if city.in_network(network)
    ]  # fmt: skip
    caption = chart.Caption("compared", context.text("compare.over-time"), context.text("city.timeline-says"))
    return chart.timeline(caption, rows, date_of_today()) if rows else ""


def _states(cities: Sequence[City], networks: Sequence[str]) -> Mapping[tuple[str, str], Certainty]:
    """Tell how each city stands in each network today; what never was has no entry."""
    order = (Certainty.NO, Certainty.POSSIBLE, Certainty.CERTAIN)
    return {
        (city.iri, network): max((spell.period.on(date_of_today()) for spell in spells), key=order.index)
        for city in cities for network in networks if (spells := city.in_network(network))
    }  # fmt: skip


def _sheet(context: RenderContext, cities: Sequence[City], networks: Sequence[str]) -> DownloadTable:
    text, label = context.text, context.label

    def since(city: City, network: str) -> str:
        return "; ".join(entry.start or text("membership.undated") for entry in city.in_network(network))

    rows: list[tuple[str, ...]] = [
        (text("column.country"), *(label(city.place.country) if city.place.country else "" for city in cities)),
        (text("column.field"), *("; ".join(map(label, city.fields)) for city in cities)),
        *((label(network), *(since(city, network) for city in cities)) for network in networks),
        (text("compare.hosted"), *(str(len(city.hosted)) for city in cities)),
        (text("compare.attended"), *(str(len(city.attended)) for city in cities)),
        (text("compare.population"), *(" ".join(filter(None, city.population)) for city in cities)),
        (text("home.count-Document"), *(city.documents for city in cities)),
    ]
    slugs = [namespaces.slug(city.iri) for city in cities]
    named = (TableColumn(slug, label(city.iri)) for slug, city in zip(slugs, cities, strict=True))
    columns = (TableColumn("item", text("compare.item")), *named)
    return DownloadTable(f"compare-{'-'.join(slugs)}"[:90], text("compare.title"), columns, rows)
