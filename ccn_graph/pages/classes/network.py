"""The page of a network: its members by field, country and year, its growth, events, bodies and stated size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.pages import chart, membership
from ccn_graph.pages import sections as section
from ccn_graph.pages.city_map import Belonging, CityMap, Point
from ccn_graph.pages.membership import Membership
from ccn_graph.pages.sections import ClassPage, Section, Subject
from ccn_graph.pages.sheet import Sheet
from ccn_graph.rdf import namespaces

#: How many countries a chart shows; the table has all.
_MOST_BARS = 15

_PLACES = """
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT DISTINCT ?city ?lat ?long WHERE {
  VALUES ?network { ccn:Network }
  ?membership org:organization ?network ; org:member ?city .
  ?city wgs:lat ?lat ; wgs:long ?long
}
"""


def sections(subject: Subject) -> Iterator[Section | None]:
    """Give the sections of the page."""
    found = [one for one in membership.of(subject.description.records) if one.network == subject.iri]
    if found:
        yield from _members(subject, found)
    yield _series(subject)
    yield section.offices(subject)
    yield section.events(subject, "network", "organizer", "partOf")
    yield section.participations(subject)
    yield section.acts(subject)
    yield section.observations(subject)
    yield section.editorial(subject)


def _members(subject: Subject, found: Sequence[Membership]) -> Iterator[Section]:
    day = subject.voice.day
    holding = [one for one in found if one.holds_on(day)]
    undated = [one for one in found if not one.begun]
    countries = membership.countries(subject.site, subject.iri)
    subject.site.labels.know({*countries, *countries.values()})
    order = subject.site.labels.order
    members = sorted((*holding, *undated), key=lambda one: order(one.member, subject.voice.language))
    stated = [
        record
        for record in subject.description.of_class("Observation")
        if record.text("measure") == namespaces.PREFIXES["measure"] + "member-cities" and not record.all("area")
    ]
    values = {"members": members, "day": day, "countries": countries, "held": len(holding), "stated": stated}
    told = frozenset(one.iri for one in found)
    yield Section("members", values, told, _sheet(subject, found, countries))
    yield _figures(subject, holding, found, countries)
    yield _map(subject, holding, countries)


def _sheet(subject: Subject, found: Sequence[Membership], countries: dict[str, str]) -> Sheet:
    day = subject.voice.day
    names = (("member", "iri"), ("country", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"),
             ("until", "date"), ("state", "text"), ("record", "iri"))  # fmt: skip
    rows = [
        (one.member, countries.get(one.member, ""), *one.cells()[1:], subject.voice.text(one.state_key(day)), one.iri)
        for one in found
    ]
    conditions = {"network": namespaces.slug(subject.iri), "date": day}
    return subject.sheet("members", "network.members", names, rows, "members-on-date", **conditions)


def _figures(
    subject: Subject, holding: Sequence[Membership], found: Sequence[Membership], countries: dict[str, str]
) -> Section:
    text = subject.voice.text
    fields = Counter(value.text for one in holding for value in one.fields[:1])
    lands = Counter(countries[one.member] for one in holding if one.member in countries)
    growth = membership.growth(found)
    label = subject.label
    drawn = {
        "fields": chart.bars(
            chart.Caption("fields", text("network.by-field"), text("network.by-field-says")),
            [chart.Bar(label(iri), count, str(count)) for iri, count in fields.most_common()],
        ),
        "lands": chart.bars(
            chart.Caption("countries", text("network.by-country"), text("network.by-country-says")),
            [chart.Bar(label(iri), count, str(count)) for iri, count in lands.most_common(_MOST_BARS)],
        ),
        "growth": chart.lines(
            chart.Caption("growth", text("network.growth"), text("network.growth-says")), [chart.Line("", growth)]
        ),
    }
    values = {"fields": fields.most_common(), "lands": lands.most_common(), "growth": growth, "drawn": drawn}
    return Section("figures", values)


def _map(subject: Subject, holding: Sequence[Membership], countries: dict[str, str]) -> Section:
    rows = subject.site.select(_PLACES, network=[ox.NamedNode(subject.iri)])
    places = {row["city"]: (float(row["lat"]), float(row["long"])) for row in rows}
    points = []
    for one in holding:
        if one.member in places:
            field = next((value.text for value in one.fields), None)
            belonging = Belonging(one.network, field, one.begun, one.end.text if one.end else None)
            text = subject.label(countries[one.member]) if one.member in countries else ""
            points.append(Point(one.member, *places[one.member], text, (belonging,)))
    return Section("map", {"map": CityMap(subject.voice, "members", points)})


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
PAGES = (ClassPage(("Network",), sections, _LINKS, "Organization", "network", rank=2),)
