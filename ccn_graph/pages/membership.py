"""Memberships as pages show them: who, where, in which fields, when surely and when perhaps, and how that is known."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ccn_graph.pages import date, foreign_values
from ccn_graph.pages.chart import Span, TimelineRow
from ccn_graph.pages.record import Record, Standing, StatedValue
from ccn_graph.pages.sections import Subject
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import query_file
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Certainty, Interval, Period

#: Whose country a city is in.
_COUNTRIES = query_file.own("pages", "countries_of_members")
_PERIODS = query_file.own("pages", "periods_of_memberships")
"""When the memberships of a thing began and ended, as far as it is known."""

_SPELLS = query_file.own("pages", "fields_of_memberships")
"""When they were in which field."""


@dataclass(frozen=True)
class Membership:
    """One unbroken period of a member in a network: its record, and what follows from it and others for its days.

    `periods` tells when it was in which field; `inactive` since when the network is `suspended` or
    `dissolved`, its `network_state`.
    """

    record: Record
    period: Period
    since: str = ""
    periods: tuple[tuple[str, Period], ...] = ()
    inactive: str = ""
    network_state: str = ""

    @property
    def iri(self) -> str:
        """The IRI of the record."""
        return self.record.iri

    @cached_property
    def member(self) -> str:
        """Who belongs."""
        return self.record.text("org:member")

    @cached_property
    def network(self) -> str:
        """To what."""
        return self.record.text("org:organization")

    @cached_property
    def fields(self) -> tuple[StatedValue, ...]:
        """In which fields, as far as no judgement sets one aside."""
        return tuple(value for value in self.record.all("field") if value.standing is not Standing.SET_ASIDE)

    @property
    def start(self) -> StatedValue | None:
        """Since when, if a document says so."""
        return self.record.one("start")

    @property
    def end(self) -> StatedValue | None:
        """Until when, if a document says so."""
        return self.record.one("end")

    @property
    def stated(self) -> StatedValue | None:
        """The first day for which a document states it, or on which an undated document that does was read."""
        values = [*self.record.all("asOf"), *self.record.all("knownBy")]
        return min(values, key=lambda value: value.text, default=None)

    def state_on(self, day: str) -> Certainty:
        """Tell whether it held on a day (YYYY-MM-DD): surely, perhaps, or surely not."""
        return self.period.on(datetime.date.fromisoformat(day))

    def fields_on(self, day: str) -> list[str]:
        """Return the fields that it surely had on a day."""
        at = datetime.date.fromisoformat(day)
        return [field for field, period in self.periods if period.on(at) is Certainty.CERTAIN]

    def state_key(self, day: str) -> str:
        """Return the key of the words for how it stands on a day."""
        return "membership.is-" + self.state_on(day)

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return network, field, start, the day by which it is known where no start is, and end, as texts."""
        start = self.period.start.latest
        known_by = "" if self.since or start == datetime.date.max else start.isoformat()
        field = self.periods[-1][0] if self.periods else self.fields[0].text if self.fields else ""
        return self.network, field, self.since, known_by, self.end.text if self.end else ""

    def row(self, label: str, language: str) -> TimelineRow:
        """Return its row in a timeline; see `span`."""
        return TimelineRow(label, (span(self.period, self.since, self.inactive, label, language),))


def span(period: Period, since: str, inactive: str, label: str, language: str) -> Span:
    """Return what a timeline shows: what is certain and what is possible; it ends where the network is inactive.

    Its title names it by `label` and spells its dates.
    """
    start, end = period.start, period.end
    over = intervals.read(inactive) if end is None else end
    if over is not None:
        start = start.meet(Interval(datetime.date.min, over.latest)) or start
    has_start = since or start.earliest > datetime.date.min
    first, last = start.literal()[0], over.literal()[0] if over else ""
    spelt = [date.spell(day, language) for day in (since or first, last) if day]
    return Span(start=first if has_start else "", end=last, known="" if has_start else start.latest.isoformat(),
                ongoing=over is None, title=f"{label}: {' – '.join(spelt)}")  # fmt: skip


def of(subject: Subject) -> list[Membership]:
    """Return the memberships among the records of a thing, the earliest first."""
    thing = [ox.NamedNode(subject.iri)]
    rows = {row["membership"]: row for row in subject.site.select(_PERIODS, thing=thing)}
    periods: dict[str, list[tuple[str, Period]]] = defaultdict(list)
    for row in subject.site.select(_SPELLS, thing=thing):
        periods[row["membership"]].append((row["field"], _period(row)))
    memberships = [
        _membership(record, rows.get(record.iri), periods[record.iri])
        for record in subject.description.records
        if record.is_a("Membership")
    ]
    return sorted(memberships, key=lambda entry: (entry.period.start.latest, entry.iri))


def _membership(record: Record, row: dict[str, str] | None, periods: Sequence[tuple[str, Period]]) -> Membership:
    if row is None:
        # Data without the derived graph: what the record itself says must do.
        starts, ends, held, known_by = (
            [day for value in record.all(name) if (day := intervals.read(value.text))]
            for name in ("start", "end", "asOf", "knownBy")
        )
        return Membership(record, intervals.period(starts, [], ends, held, known_by))
    return Membership(record, _period(row), row.get("since", ""), tuple(periods), row.get("inactive", ""),
                      row.get("network_state", ""))  # fmt: skip


def _period(row: dict[str, str]) -> Period:
    return foreign_values.period(*(row.get(name, "") for name in ("from", "begun", "ending", "over")))


def countries(site: Site, network: str) -> dict[str, str]:
    """Return the country of each member of a network."""
    return {row["city"]: row["country"] for row in site.select(_COUNTRIES, network=[ox.NamedNode(network)])}


def growth(memberships: Sequence[Membership], until: int) -> tuple[tuple[int, int, int], ...]:
    """Count the members at the end of each year to the year `until`: those that surely were, and with the possible."""
    days = [entry.period.start.earliest for entry in memberships if entry.period.start.earliest > datetime.date.min]
    days += [entry.period.start.latest for entry in memberships if entry.period.start.latest < datetime.date.max]
    counted = []
    for year in range(min(days, default=datetime.date.max).year, until + 1):
        states = [entry.period.on(datetime.date(year, 12, 31)) for entry in memberships]
        certain = states.count(Certainty.CERTAIN)
        counted.append((year, certain, certain + states.count(Certainty.POSSIBLE)))
    return tuple(counted)
