"""The page of a city: its networks over time, its events, cities like it, where it lies."""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccn_graph.pages import chart, date, member_table, membership, roll, sections
from ccn_graph.pages.sections import PARTS, ClassPage, Section, Subject, Tile
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces
from ccn_graph.text.today import today as date_of_today

#: How many partners abroad and at home are shown; the table to take away has all of them.
_MOST, _MOST_AT_HOME = 6, 4

#: Joining so many years apart is near.
_NEAR_YEARS = 2

#: So many cities of the same country are named in the first sentence.
_NAMED = 3


@dataclass(slots=True)
class Neighbour:
    """A city like another one, and why."""

    iri: str
    fields: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    """Networks in which both belong and are of one country."""
    events: set[str] = field(default_factory=set)
    since: str = ""
    """When it joined in a field of both, as it is to be shown."""

    @property
    def nearness(self) -> float:
        """How much they have in common: a field weighs most, then the country, then events at which both were."""
        return 3 * len(self.fields) + 2 * len(self.networks) + min(len(self.events), 4) / 2


def _sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page."""
    yield from _lead(subject)
    yield _memberships(subject)
    yield _neighbours(subject)
    yield sections.offices(subject)
    yield sections.events(subject, *PARTS)
    yield sections.participations(subject)
    yield sections.acts(subject)
    yield sections.observations(subject)
    yield sections.aside(sections.where(subject))
    yield sections.editorial(subject)


def _memberships(subject: Subject) -> Section | None:
    memberships = [entry for entry in membership.of(subject) if entry.member == subject.iri]
    if not memberships:
        return None
    day = subject.context.day
    title = subject.context.text("city.timeline", city=subject.label(subject.iri))
    caption = chart.Caption("networks", title, subject.context.text("city.timeline-says"))
    rows = [entry.row(_name(subject, entry), subject.context.language) for entry in memberships]
    drawn = chart.timeline(caption, rows, datetime.date.fromisoformat(day))
    values = {"memberships": memberships, "day": day, "chart": drawn}
    state = {entry.iri: subject.context.text(entry.state_key(day)) for entry in memberships}
    names = (("network", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"), ("until", "date"),
             ("state", "text"), ("record", "iri"))  # fmt: skip
    cells = [(*entry.cells(), state[entry.iri], entry.iri) for entry in memberships]
    conditions = {"city": namespaces.slug(subject.iri)}
    sheet = subject.sheet("memberships", "city.memberships", names, cells, "networks-of-city", **conditions)
    return Section("memberships", values, frozenset(entry.iri for entry in memberships), sheet)


def _name(subject: Subject, entry: membership.Membership) -> str:
    fields = [subject.label(value.text) for value in entry.fields]
    return subject.label(entry.network) + (f" ({', '.join(fields)})" if fields else "")


def _lead(subject: Subject) -> Iterator[Section]:
    """Say in a sentence to what the city belongs, since when, beside how many others; then the figures."""
    ongoing = [entry for entry in roll.memberships(subject.site) if entry.ongoing]
    own = [entry for entry in ongoing if entry.member == subject.iri]
    if not own:
        return
    main = next((entry for entry in own if entry.fields), own[0])
    alike = {
        entry.member for entry in ongoing if entry.network == main.network and set(entry.fields) & set(main.fields)
    }
    networks = {entry.network for entry in own}
    lands, _ = member_table.places(subject.site)
    here = lands.get(subject.iri)
    at_home = subject.sorted(iri for iri in alike if here and lands.get(iri) == here and iri != subject.iri)
    subject.site.labels.know({*networks, *main.fields})
    coming = [entry for entry in roll.meetings(subject.site, date_of_today()) if entry.state == "planned"]
    following = next((entry for entry in coming if networks & set(entry.networks)), None)
    values = {
        "main": main, "alike": len(alike), "lands": len({lands[iri] for iri in alike if iri in lands}),
        "others": len(networks - {main.network}), "next": following, "at_home": at_home[:_NAMED],
        "more_at_home": len(at_home) - _NAMED,
    }  # fmt: skip
    yield Section("lead", values)
    yield Section("tiles", {"tiles": _figures(subject, values)})


def _figures(subject: Subject, lead: Mapping[str, Any]) -> list[Tile]:
    """Return the figures that stand below the first sentence."""
    text, main, today = subject.context.text, lead["main"], date_of_today()
    tiles = []
    if main.year.isdigit():
        years = text("tile.years", count=today.year - int(main.year))
        since = text("map.since", date=date.spell(main.start, subject.context.language))
        tiles.append(Tile(years, text("tile.member-of", network=subject.label(main.network)), "#memberships", since))
    if main.fields:
        note = text("tile.in-lands", lands=lead["lands"], home=len(lead["at_home"]) + max(lead["more_at_home"], 0) + 1)
        tiles.append(Tile(str(lead["alike"]), text("tile.in-field"), "#neighbours", note))
    events = roll.meetings(subject.site, today)
    hosted = [event for event in events if subject.iri in event.hosts]
    attended = [event for event in events if subject.iri in event.participants and event not in hosted]
    if hosted or attended:
        unsure = sum(event.state in ("planned", "unconfirmed") for event in (*hosted, *attended))
        note = text("tile.hosted", hosted=len(hosted), attended=len(attended))
        note += text("tile.unsure", count=unsure) if unsure else ""
        tiles.append(Tile(str(len(hosted) + len(attended)), text("tile.events"), "#events", note))
    met = {iri for event in (*hosted, *attended) for iri in (*event.hosts, *event.participants)} - {subject.iri}
    if met:
        tiles.append(Tile(str(len(met)), text("tile.met"), "", text("tile.met-says")))
    documents = set(subject.description.sources.values())
    tiles.append(Tile(str(len(documents)), text("tile.documents"), "#references", ""))
    return tiles


def _neighbours(subject: Subject) -> Section | None:
    neighbours = _alike(subject)
    if not neighbours:
        return None
    subject.site.labels.know(neighbours)
    lands, regions = member_table.places(subject.site)
    here = lands.get(subject.iri, "")
    nearest = sorted(neighbours.values(), key=lambda entry: _rank(subject, entry, lands, regions))
    rows = [
        (entry.iri, lands.get(entry.iri, ""), entry.since, "; ".join(_reasons(subject, entry, lands)))
        for entry in nearest
    ]
    names = (("city", "iri"), ("country", "iri"), ("since", "date"), ("reasons", "text"))
    subject.site.labels.know({land for _, land, *_ in rows if land})
    main = next(
        (entry.network for entry in roll.memberships(subject.site) if entry.member == subject.iri and entry.ongoing), ""
    )
    conditions = {"network": namespaces.slug(main), "country": namespaces.slug(here)} if main and here else {}
    sheet = subject.sheet("partners", "city.neighbours", names, rows, "neighbouring-members", **conditions)
    abroad = [entry for entry in nearest if lands.get(entry.iri, "") != here]
    home = [entry for entry in nearest if lands.get(entry.iri, "") == here]
    alike = all(entry.fields for entry in abroad[:_MOST])
    groups = [
        (
            "abroad-alike" if alike else "abroad",
            len(abroad),
            [
                (entry, lands.get(entry.iri, ""), _reasons(subject, entry, lands, field=not alike))
                for entry in abroad[:_MOST]
            ],
        ),
        ("home", len(home), [(entry, here, _reasons(subject, entry, lands)) for entry in home[:_MOST_AT_HOME]]),
    ]
    return Section("neighbours", {"groups": groups}, sheet=sheet)


def _alike(subject: Subject) -> dict[str, Neighbour]:
    """Find the cities that share a field of a network, a network and the country, or an event."""
    every = roll.memberships(subject.site)
    own = [entry for entry in every if entry.member == subject.iri]
    networks = {entry.network for entry in own}
    lands, _ = member_table.places(subject.site)
    here = lands.get(subject.iri)
    neighbours: dict[str, Neighbour] = {}
    for entry in every:
        fields = {iri for mine in own if mine.network == entry.network for iri in mine.fields} & set(entry.fields)
        at_home = here is not None and entry.network in networks and lands.get(entry.member) == here
        if entry.member == subject.iri or not (fields or at_home) or not _is_city(entry.member):
            continue
        other = neighbours.setdefault(entry.member, Neighbour(entry.member))
        other.fields |= fields
        other.networks |= {entry.network} if at_home else set()
        other.since = min(filter(None, (other.since, entry.start if fields else "")), default="")
    for meeting in roll.meetings(subject.site, date_of_today()):
        there = {*meeting.hosts, *meeting.participants}
        for iri in there - {subject.iri} if subject.iri in there else ():
            if _is_city(iri):
                neighbours.setdefault(iri, Neighbour(iri)).events.add(meeting.iri)
    return neighbours


def _is_city(iri: str) -> bool:
    return iri.startswith(namespaces.PREFIXES["city"])


def _rank(
    subject: Subject, other: Neighbour, lands: Mapping[str, str], regions: Mapping[str, str]
) -> tuple[float, ...]:
    """Order partners: those abroad in the own field, then by what is shared, nearness of years, and part of the world.

    Only what is still alike after that has the order of a hash: that of the alphabet would always favour the same ones.
    """
    here, there = lands.get(subject.iri), lands.get(other.iri)
    abroad = bool(other.fields and here and there and here != there)
    years = _years(subject.site)
    apart = min((abs(a - b) for a in years.get(subject.iri, ()) for b in years.get(other.iri, ())), default=100)
    far = regions.get(subject.iri) != regions.get(other.iri)
    return (not abroad, -other.nearness, apart, far, zlib.crc32(f"{subject.iri} {other.iri}".encode()))


@cached
def _years(site: Site) -> Mapping[str, Sequence[int]]:
    years: dict[str, list[int]] = {}
    for entry in roll.memberships(site):
        # Data of anyone's may hold a text in place of a year.
        if entry.year and entry.year.isascii() and entry.year.isdigit():
            years.setdefault(entry.member, []).append(int(entry.year))
    return years


def _reasons(subject: Subject, other: Neighbour, lands: Mapping[str, str], *, field: bool = True) -> list[str]:
    """Say what two cities share; `field` says whether that they share one is said as well."""
    text, label = subject.context.text, subject.label
    land = label(lands[subject.iri]) if subject.iri in lands else ""
    networks = text("ns.comma").join(label(iri) for iri in sorted(other.networks))
    years = _years(subject.site)
    apart = min((abs(a - b) for a in years.get(subject.iri, ()) for b in years.get(other.iri, ())), default=100)
    return [
        *(text("city.same-field", field=label(iri)) for iri in sorted(other.fields) if field),
        *([text("city.same-country", network=networks, country=land)] if networks else []),
        *([text("city.same-events", count=len(other.events))] if other.events else []),
        *([text("city.same-year" if apart == 0 else "city.near-year", count=apart)] if apart <= _NEAR_YEARS else []),
    ]


PAGES = (ClassPage(("City",), _sections, PARTS, "AdministrativeArea", "city", rank=1),)
