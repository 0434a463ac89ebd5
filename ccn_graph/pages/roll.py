"""Memberships and events of the whole graph by their preferred values, for lists and comparisons; read once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccn_graph.pages import foreign_values
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Interval, Period

_PREFERRED = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX graph: <https://w3id.org/ccn/graph/>
SELECT ?thing ?property ?value WHERE {
  GRAPH graph:preferred { ?thing a CLASS ; ?property ?value }
}
"""

_WITHIN = query_file.own("pages", "countries_and_prefectures")
_NETWORKS = query_file.own("pages", "networks_of_events")

_INACTIVE = query_file.own("pages", "inactive_networks")

#: The period of what nothing is known of.
ALWAYS = Period(Interval(datetime.date.min, datetime.date.max))

Said = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MembershipPeriod:
    """One unbroken period of a member in a network."""

    iri: str
    member: str
    network: str
    fields: tuple[str, ...]
    start: str
    """As it is to be shown: a year, a month, a day or an interval; empty if nothing is known."""
    end: str
    state: str
    since: str = ""
    """Its beginning as all that is known gives it, empty if no document tells of one."""
    period: Period = ALWAYS
    """The days that bound it."""
    source: str = ""
    """The graph of the document that tells of it best."""

    @property
    def ongoing(self) -> bool:
        """Whether no document tells of an end."""
        return self.state == "ongoing"

    @property
    def year(self) -> str:
        """The year in which it began, if that is known."""
        first, slash, last = self.start.partition("/")
        return first[:4] if not slash or first[:4] == last[:4] else ""


_BOUNDS = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")

_STATES = frozenset(("held", "planned", "unconfirmed", "cancelled", "postponed"))


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event with its day, or the day for which it is planned."""

    iri: str
    state: str
    """`held`, `planned`, `unconfirmed`, `cancelled`, `postponed` or empty, on the day for which it was asked."""
    day: str
    """The date to go by, as it is to be shown; empty if no document gives one."""
    end: str
    hosts: tuple[str, ...]
    series: str
    networks: tuple[str, ...]
    participants: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """Its year, empty if none is known."""
        return self.day[:4]


@dataclass(frozen=True)
class CityPlace:
    """Where a city lies, as far as is known."""

    country: str = ""
    prefecture: str = ""


@cached
def memberships(site: Site) -> tuple[MembershipPeriod, ...]:
    """Read all memberships, in the order of their beginning."""
    periods = (_membership_period(iri, values) for iri, values in _read(site, "Membership").items())
    return tuple(sorted(periods, key=lambda period: (period.start or "9999", period.iri)))


@cached
def places(site: Site) -> Mapping[str, CityPlace]:
    """Read where every city lies."""
    rows = site.select(_WITHIN)
    return {row["city"]: CityPlace(row.get("country", ""), row.get("prefecture", "")) for row in rows}


@cached
def inactive(site: Site) -> Mapping[str, tuple[str, str]]:
    """Read which networks are `suspended` or `dissolved`, and since when."""
    return {row["network"]: (row["state"], row["since"]) for row in site.select(_INACTIVE)}


def meetings(site: Site, day: datetime.date) -> list[Meeting]:
    """Return all events as they stand on a day, in the order of time; those without a date last."""
    networks: dict[str, list[str]] = {}
    for event, network in _networks(site):
        networks.setdefault(event, []).append(network)
    events = [_meeting(iri, values, tuple(networks.get(iri, ())), day) for iri, values in _events(site).items()]
    return sorted(events, key=lambda meeting: (meeting.day or "9999", meeting.iri))


@cached
def _events(site: Site) -> dict[str, Said]:
    return _read(site, "Event")


@cached
def _networks(site: Site) -> list[tuple[str, str]]:
    return sorted((row["event"], row["network"]) for row in site.select(_NETWORKS))


def _read(site: Site, class_: str) -> dict[str, Said]:
    things: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in site.select(_PREFERRED.replace("CLASS", f"ccn:{class_}")):
        values = things.setdefault(row["thing"], {})
        name = namespaces.slug(row["property"])
        values[name] = tuple(sorted({*values.get(name, ()), row["value"]}))
    return dict(things)


def _one(values: Said, name: str) -> str:
    return next(iter(values.get(name, ())), "")


def _membership_period(iri: str, values: Said) -> MembershipPeriod:
    start = _one(values, "statedStart") or _one(values, "start")
    return MembershipPeriod(
        iri, _one(values, "member"), _one(values, "organization"), values.get("field", ()), start, _one(values, "end"),
        _one(values, "state"), _one(values, "since"),
        foreign_values.period(*(_one(values, name) for name in _BOUNDS)), _one(values, "bestSource"),
    )  # fmt: skip


def _meeting(iri: str, values: Said, networks: Iterable[str], day: datetime.date) -> Meeting:
    state = _one(values, "state") if _one(values, "state") in _STATES else ""
    at = _one(values, "start") or _one(values, "plannedStart") or _one(values, "date")
    end = _one(values, "end") if _one(values, "start") else _one(values, "plannedEnd")
    last = intervals.read(end or at)
    if state == "planned" and last and last.latest < day:
        state = "unconfirmed"
    return Meeting(iri, state, at, end, values.get("host", ()), _one(values, "editionOf"), tuple(networks),
                   values.get("participant", ()))  # fmt: skip
