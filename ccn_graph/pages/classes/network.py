"""The page of a network: its members by field, country and year, its growth, events, bodies and stated size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox
from markupsafe import Markup

from ccn_graph.pages import chart, foreign_values, member_table, membership, sections
from ccn_graph.pages.city_map import Belonging, CityMap, Point
from ccn_graph.pages.coverage import ENOUGH, Holding
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

#: What a gap speaks of where members are missing.
_MEMBER = namespaces.PREFIXES["org"] + "member"


def _sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page."""
    memberships = [entry for entry in membership.of(subject) if entry.network == subject.iri]
    if memberships:
        yield from _members(subject, memberships)
    yield _series(subject)
    yield sections.offices(subject)
    yield sections.events(subject, "network", "organizer", "partOf")
    yield sections.participations(subject)
    yield sections.acts(subject)
    yield sections.observations(subject)
    yield sections.editorial(subject)


def _members(subject: Subject, memberships: Sequence[Membership]) -> Iterator[Section]:
    day = subject.context.day
    states = {entry.iri: entry.state_on(day) for entry in memberships}
    shown = [entry for entry in memberships if states[entry.iri] is not Certainty.NO]
    certain = [entry for entry in shown if states[entry.iri] is Certainty.CERTAIN]
    countries = membership.countries(subject.site, subject.iri)
    subject.site.labels.know({*countries, *countries.values()})
    order = subject.site.labels.order
    shown.sort(key=lambda entry: order(entry.member, subject.context.language))
    sizes = _sizes(subject)
    coverage = _coverage(subject, sizes, len(certain))
    values = {
        "members": shown, "states": states, "day": day, "countries": countries, "held": len(certain),
        "possible": len(shown) - len(certain), "coverage": coverage, "inactive": memberships[0].inactive,
        "network_state": memberships[0].network_state,
        "table": member_table.narrowed(subject, shown, day),
        "enough": round(100 * ENOUGH), "network": subject.iri,
    }  # fmt: skip
    iris = frozenset(entry.iri for entry in memberships)
    yield Section("members", values, iris, _sheet(subject, memberships, countries))
    yield _figures(subject, certain, memberships, countries, sizes, coverage)
    yield _map(subject, shown, countries)


def _sizes(subject: Subject) -> list[tuple[str, Holding]]:
    """Return the stated numbers of members up to the day of the page, each with its last possible day."""
    rows = subject.site.select(_SIZES, network=[ox.NamedNode(subject.iri)])
    return [(row["day"], _holding(subject, row)) for row in rows if row["begun"] <= subject.context.day]


def _holding(subject: Subject, row: dict[str, str]) -> Holding:
    certain, possible, stated = (foreign_values.whole(row[name]) for name in ("certain", "possible", "stated"))
    return Holding(subject.iri, certain, possible, stated, row["asOf"])


def _coverage(subject: Subject, sizes: Sequence[tuple[str, Holding]], certain: int) -> Holding:
    """Return what is held of the last stated number, or just how many are, and whether some are known to be missing."""
    gaps = subject.description.of_class("Gap")
    lacks = any(value.text == _MEMBER for record in gaps for value in record.all("property"))
    latest = sizes[-1][1] if sizes else Holding(subject.iri, certain, 0, None)
    return replace(latest, lacks_members=lacks)


def _sheet(subject: Subject, memberships: Sequence[Membership], countries: dict[str, str]) -> DownloadTable:
    day = subject.context.day
    names = (("member", "iri"), ("country", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"),
             ("until", "date"), ("state", "text"), ("record", "iri"))  # fmt: skip
    rows = [
        (
            entry.member,
            countries.get(entry.member, ""),
            *entry.cells()[1:],
            subject.context.text(entry.state_key(day)),
            entry.iri,
        )
        for entry in memberships
    ]
    conditions = {"network": namespaces.slug(subject.iri), "date": day}
    return subject.sheet("members", "network.members", names, rows, "members-on-date", **conditions)


def _figures(
    subject: Subject, certain: Sequence[Membership], memberships: Sequence[Membership], countries: dict[str, str],
    sizes: Sequence[tuple[str, Holding]], coverage: Holding,
) -> Section:  # fmt: skip
    text, day = subject.context.text, subject.context.day
    counted = [] if coverage.in_part else certain
    fields = Counter(field for entry in counted for field in entry.fields_on(day)).most_common()
    lands = Counter(countries[entry.member] for entry in counted if entry.member in countries).most_common()
    growth = membership.growth(memberships, int(day[:4]))
    held = chart.Line(
        text("network.held-certain"), tuple((year, float(count)) for year, count, _ in growth),
        upper=tuple((year, float(most)) for year, _, most in growth),
    )  # fmt: skip
    stated = chart.Line(
        text("network.stated-size"), tuple((int(last[:4]), float(size.stated or 0)) for last, size in sizes), dots=True
    )
    drawn = {
        "fields": _bars(subject, "fields", "network.by-field", fields),
        "lands": _bars(subject, "countries", "network.by-country", lands[:_MOST_BARS]),
        "growth": chart.lines(
            chart.Caption("growth", text("network.growth"), text("network.growth-says")),
            [held, stated] if stated.points else [held],
        ),
    }  # fmt: skip
    values = {"fields": fields, "lands": lands, "growth": growth, "drawn": drawn,
              "sizes": [size for _, size in sizes], "coverage": coverage, "enough": round(100 * ENOUGH)}  # fmt: skip
    return Section("figures", values)


def _bars(subject: Subject, key: str, title: str, counts: Sequence[tuple[str, int]]) -> Markup:
    text = subject.context.text
    items = [chart.Bar(subject.label(iri), count, text("network.count", count=str(count))) for iri, count in counts]
    return chart.bars(chart.Caption(key, text(title), text(title + "-says")), items)


def _map(subject: Subject, shown: Sequence[Membership], countries: dict[str, str]) -> Section:
    rows = subject.site.select(_PLACES, network=[ox.NamedNode(subject.iri)])
    places = {
        row["city"]: place for row in rows if (place := foreign_values.position(row["lat"], row["long"])) is not None
    }
    points = []
    for entry in shown:
        if entry.member in places:
            field = next(iter(entry.fields_on(subject.context.day)), None)
            belonging = Belonging.of(entry.network, field, entry.period, entry.since)
            text = subject.label(countries[entry.member]) if entry.member in countries else ""
            points.append(Point(entry.member, *places[entry.member], text, (belonging,)))
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
