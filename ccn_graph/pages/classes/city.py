"""The page of a city: its networks over time, its events, cities like it, where it lies."""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.pages import chart, member_table, membership, roll, sections
from ccn_graph.pages.sections import PARTS, ClassPage, Section, Subject
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.text.today import today as date_of_today

#: Cities that share with this one a field of a network, its country or its events.
_ALIKE = query_file.own("pages", "similar_cities")

#: Fields that a judgement sets aside.
_SET_ASIDE = query_file.own("pages", "fields_set_aside")

#: How many cities like this one are shown; the table to take away has all of them.
_MOST = 12


@dataclass(slots=True)
class Neighbour:
    """A city like another one, and why."""

    iri: str
    fields: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    """Networks in which both belong and are of one country."""
    events: set[str] = field(default_factory=set)

    @property
    def nearness(self) -> float:
        """How much they have in common: a field weighs most, then the country, then events at which both were."""
        return 3 * len(self.fields) + 2 * len(self.networks) + min(len(self.events), 4) / 2


def _sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page."""
    yield _lead(subject)
    yield _memberships(subject)
    yield _neighbours(subject)
    yield sections.offices(subject)
    yield sections.events(subject, *PARTS)
    yield sections.participations(subject)
    yield sections.acts(subject)
    yield sections.observations(subject)
    yield sections.where(subject)
    yield sections.editorial(subject)


def _memberships(subject: Subject) -> Section | None:
    found = [one for one in membership.of(subject) if one.member == subject.iri]
    if not found:
        return None
    day = subject.context.day
    title = subject.context.text("city.timeline", city=subject.label(subject.iri))
    caption = chart.Caption("networks", title, subject.context.text("city.timeline-says"))
    rows = [one.row(_name(subject, one)) for one in found]
    drawn = chart.timeline(caption, rows, datetime.date.fromisoformat(day))
    values = {"memberships": found, "day": day, "chart": drawn}
    state = {one.iri: subject.context.text(one.state_key(day)) for one in found}
    names = (("network", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"), ("until", "date"),
             ("state", "text"), ("record", "iri"))  # fmt: skip
    cells = [(*one.cells(), state[one.iri], one.iri) for one in found]
    conditions = {"city": namespaces.slug(subject.iri)}
    sheet = subject.sheet("memberships", "city.memberships", names, cells, "networks-of-city", **conditions)
    return Section("memberships", values, frozenset(one.iri for one in found), sheet)


def _name(subject: Subject, one: membership.Membership) -> str:
    fields = [subject.label(value.text) for value in one.fields]
    return subject.label(one.network) + (f" ({', '.join(fields)})" if fields else "")


def _lead(subject: Subject) -> Section | None:
    """Say in a sentence to what the city belongs, since when, beside how many others, and what comes next."""
    ongoing = [one for one in roll.memberships(subject.site) if one.ongoing]
    own = [one for one in ongoing if one.member == subject.iri]
    if not own:
        return None
    main = next((one for one in own if one.fields), own[0])
    alike = {one.member for one in ongoing if one.network == main.network and set(one.fields) & set(main.fields)}
    networks = {one.network for one in own}
    subject.site.labels.know({*networks, *main.fields})
    coming = [one for one in roll.meetings(subject.site, date_of_today()) if one.state == "planned"]
    following = next((one for one in coming if networks & set(one.networks)), None)
    others = len(networks - {main.network})
    return Section("lead", {"main": main, "alike": len(alike), "others": others, "next": following})


def _neighbours(subject: Subject) -> Section | None:
    found: dict[str, Neighbour] = {}
    aside = {(row["membership"], row["field"]) for row in subject.site.select(_SET_ASIDE)}
    for row in subject.site.select(_ALIKE, city=[ox.NamedNode(subject.iri)]):
        if {(row.get("ours"), row["what"]), (row.get("theirs"), row["what"])} & aside:
            continue
        one = found.setdefault(row["other"], Neighbour(row["other"]))
        {"field": one.fields, "country": one.networks, "event": one.events}[row["reason"]].add(row["what"])
    if not found:
        return None
    subject.site.labels.know(found)
    lands, regions = member_table.places(subject.site)
    nearest = sorted(found.values(), key=lambda one: _rank(subject, one, lands, regions))
    rows = [(one.iri, lands.get(one.iri, ""), "; ".join(_reasons(subject, one, lands))) for one in nearest]
    names = (("city", "iri"), ("country", "iri"), ("reasons", "text"))
    subject.site.labels.know({land for _, land, _ in rows if land})
    sheet = subject.sheet("partners", "city.neighbours", names, rows, "neighbouring-members")
    shown = [(one.iri, lands.get(one.iri, ""), _reasons(subject, one, lands)) for one in nearest[:_MOST]]
    return Section("neighbours", {"neighbours": shown}, sheet=sheet)


def _rank(subject: Subject, one: Neighbour, lands: Mapping[str, str], regions: Mapping[str, str]) -> tuple[float, ...]:
    """Order partners: those abroad in the own field, then by what is shared, nearness of years, and part of the world.

    Only what is still alike after that has the order of a hash: that of the alphabet would always favour the same ones.
    """
    here, there = lands.get(subject.iri), lands.get(one.iri)
    abroad = bool(one.fields and here and there and here != there)
    years = _years(subject.site)
    apart = min((abs(a - b) for a in years.get(subject.iri, ()) for b in years.get(one.iri, ())), default=100)
    far = regions.get(subject.iri) != regions.get(one.iri)
    return (not abroad, -one.nearness, apart, far, zlib.crc32(f"{subject.iri} {one.iri}".encode()))


@cached
def _years(site: Site) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for one in roll.memberships(site):
        # Data of anyone's may hold a text in place of a year.
        if one.year and one.year.isascii() and one.year.isdigit():
            found.setdefault(one.member, []).append(int(one.year))
    return found


def _reasons(subject: Subject, one: Neighbour, lands: Mapping[str, str]) -> list[str]:
    text, label = subject.context.text, subject.label
    land = label(lands[subject.iri]) if subject.iri in lands else ""
    return [
        *(text("city.same-field", field=label(iri)) for iri in sorted(one.fields)),
        *(text("city.same-country", network=label(iri), country=land) for iri in sorted(one.networks)),
        *([text("city.same-events", count=len(one.events))] if one.events else []),
    ]


PAGES = (ClassPage(("City",), _sections, PARTS, "AdministrativeArea", "city", rank=1),)
