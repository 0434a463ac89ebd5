"""The page of a network: its members by field, country and year, its growth, events, bodies and stated size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.pages import chart, foreign_values, member_table, membership, sections
from ccn_graph.pages.city_map import Belonging, CityMap, Point
from ccn_graph.pages.membership import Membership
from ccn_graph.pages.sections import ClassPage, Section, Subject
from ccn_graph.pages.sheet import DownloadTable
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.text.intervals import Certainty

#: How many countries a chart shows; the table has all.
_MOST_BARS = 8

_PLACES = query_file.own("pages", "where_members_lie")


#: Stated numbers of member cities of the whole network, with what is on record of them: the method of the question
#: `membership-coverage`.
_SIZES = query_file.own("pages", "stated_sizes")

#: The share of the stated members from which on a network is broken down by field and country.
_ENOUGH = 0.8


def _sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page."""
    found = [one for one in membership.of(subject) if one.network == subject.iri]
    if found:
        yield from _members(subject, found)
    yield _series(subject)
    yield sections.offices(subject)
    yield sections.events(subject, "network", "organizer", "partOf")
    yield sections.participations(subject)
    yield sections.acts(subject)
    yield sections.observations(subject)
    yield sections.editorial(subject)


def _members(subject: Subject, found: Sequence[Membership]) -> Iterator[Section]:
    day = subject.context.day
    states = {one.iri: one.state_on(day) for one in found}
    shown = [one for one in found if states[one.iri] is not Certainty.NO]
    certain = [one for one in shown if states[one.iri] is Certainty.CERTAIN]
    countries = membership.countries(subject.site, subject.iri)
    subject.site.labels.know({*countries, *countries.values()})
    order = subject.site.labels.order
    shown.sort(key=lambda one: order(one.member, subject.context.language))
    sizes = _sizes(subject)
    coverage = next((size for size in reversed(sizes) if size.day <= day), None)
    values = {
        "members": shown, "states": states, "day": day, "countries": countries, "held": len(certain),
        "possible": len(shown) - len(certain), "coverage": coverage, "inactive": found[0].inactive,
        "network_state": found[0].network_state,
        "table": member_table.narrowed(subject, shown, day),
        "partly": coverage is not None and not coverage.is_enough, "enough": round(100 * _ENOUGH),
    }  # fmt: skip
    told = frozenset(one.iri for one in found)
    yield Section("members", values, told, _sheet(subject, found, countries))
    yield _figures(subject, certain, found, countries, sizes, coverage)
    yield _map(subject, shown, countries)


@dataclass(frozen=True, slots=True)
class Size:
    """A stated number of member cities, its last possible day, and how many on record it surely or perhaps counted."""

    day: str
    stated: float
    certain: int
    possible: int
    as_of: str

    @property
    def is_enough(self) -> bool:
        """Whether so many of the stated members are held that breaking them down tells of the network."""
        return self.certain >= _ENOUGH * self.stated

    @property
    def percent(self) -> int:
        """How much of the stated number is held, in per cent."""
        return round(100 * self.certain / self.stated) if self.stated else 0


def _sizes(subject: Subject) -> list[Size]:
    rows = subject.site.select(_SIZES, network=[ox.NamedNode(subject.iri)])
    return [
        Size(
            row["day"], stated, foreign_values.whole(row["certain"]), foreign_values.whole(row["possible"]), row["asOf"]
        )
        for row in rows
        if row["day"] <= subject.context.day and (stated := foreign_values.number(row["stated"])) is not None
    ]


def _sheet(subject: Subject, found: Sequence[Membership], countries: dict[str, str]) -> DownloadTable:
    day = subject.context.day
    names = (("member", "iri"), ("country", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"),
             ("until", "date"), ("state", "text"), ("record", "iri"))  # fmt: skip
    rows = [
        (one.member, countries.get(one.member, ""), *one.cells()[1:], subject.context.text(one.state_key(day)), one.iri)
        for one in found
    ]
    conditions = {"network": namespaces.slug(subject.iri), "date": day}
    return subject.sheet("members", "network.members", names, rows, "members-on-date", **conditions)


def _figures(
    subject: Subject, certain: Sequence[Membership], found: Sequence[Membership], countries: dict[str, str],
    sizes: Sequence[Size], coverage: Size | None,
) -> Section:  # fmt: skip
    text, label, day = subject.context.text, subject.label, subject.context.day
    whole = coverage is None or coverage.is_enough
    fields = Counter(field for one in certain for field in one.fields_on(day)) if whole else Counter()
    lands = Counter(countries[one.member] for one in certain if one.member in countries) if whole else Counter()
    growth = membership.growth(found, int(day[:4]))
    held = chart.Line(
        text("network.held-certain"), tuple((year, float(count)) for year, count, _ in growth),
        upper=tuple((year, float(most)) for year, _, most in growth),
    )  # fmt: skip
    stated = chart.Line(
        text("network.stated-size"), tuple((int(size.day[:4]), size.stated) for size in sizes), dots=True
    )
    drawn = {
        "fields": chart.bars(
            chart.Caption("fields", text("network.by-field"), text("network.by-field-says")),
            [
                chart.Bar(label(iri), count, text("network.count", count=str(count)))
                for iri, count in fields.most_common()
            ],
        ),
        "lands": chart.bars(
            chart.Caption("countries", text("network.by-country"), text("network.by-country-says")),
            [
                chart.Bar(label(iri), count, text("network.count", count=str(count)))
                for iri, count in lands.most_common(_MOST_BARS)
            ],
        ),
        "growth": chart.lines(
            chart.Caption("growth", text("network.growth"), text("network.growth-says")),
            [held, stated] if stated.points else [held],
        ),
    }
    values = {"fields": fields.most_common(), "lands": lands.most_common(), "growth": growth, "drawn": drawn,
              "sizes": sizes, "coverage": coverage, "whole": whole, "enough": round(100 * _ENOUGH)}  # fmt: skip
    return Section("figures", values)


def _map(subject: Subject, shown: Sequence[Membership], countries: dict[str, str]) -> Section:
    rows = subject.site.select(_PLACES, network=[ox.NamedNode(subject.iri)])
    places = {
        row["city"]: place for row in rows if (place := foreign_values.position(row["lat"], row["long"])) is not None
    }
    points = []
    for one in shown:
        if one.member in places:
            field = next(iter(one.fields_on(subject.context.day)), None)
            belonging = Belonging.of(one.network, field, one.period, one.since)
            text = subject.label(countries[one.member]) if one.member in countries else ""
            points.append(Point(one.member, *places[one.member], text, (belonging,)))
    return Section("map", {"map": CityMap(subject.context, "members", points)})


def _series(subject: Subject) -> Section | None:
    links = [*subject.description.linking("network"), *subject.description.linking("org:subOrganizationOf")]
    records = subject.read(link.subject for link in links)
    series = [record for record in records if record.is_a("EventSeries")]
    bodies = [record for record in records if record.is_a("NetworkBody", "Body")]
    programmes = [record for record in records if record.is_a("Programme")]
    if not (series or bodies or programmes):
        return None
    return Section("parts", {"series": series, "bodies": bodies, "programmes": programmes})


_LINKS = ("network", "org:subOrganizationOf", "organizer", "partOf")
PAGES = (ClassPage(("Network",), _sections, _LINKS, "Organization", "network", rank=2),)
