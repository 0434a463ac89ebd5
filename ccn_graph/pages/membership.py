"""Memberships as pages show them: who, where, in which fields, since when, and how each of that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ccn_graph.pages.chart import Row, Span
from ccn_graph.pages.record import Record, Standing, Value
from ccn_graph.pages.site_data import Site

#: Whose country a city is in.
_COUNTRIES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT DISTINCT ?city ?country WHERE {
  VALUES ?network { ccn:Network }
  ?membership org:organization ?network ; org:member ?city .
  ?city ccn:within+ ?country .
  ?country a ccn:Country
}
"""


@dataclass(frozen=True)
class Membership:
    """One unbroken spell of a member in a network, as its record tells it."""

    record: Record

    @property
    def iri(self) -> str:
        """The IRI of the record."""
        return self.record.iri

    @property
    def member(self) -> str:
        """Who belongs."""
        return self.record.text("org:member")

    @property
    def network(self) -> str:
        """To what."""
        return self.record.text("org:organization")

    @cached_property
    def fields(self) -> tuple[Value, ...]:
        """In which fields, as far as no judgement sets one aside."""
        return tuple(value for value in self.record.all("field") if value.standing is not Standing.SET_ASIDE)

    @property
    def start(self) -> Value | None:
        """Since when, if a document says so."""
        return self.record.one("start")

    @property
    def end(self) -> Value | None:
        """Until when, if a document says so."""
        return self.record.one("end")

    @property
    def stated(self) -> Value | None:
        """The first day for which a document states it."""
        return min(self.record.all("asOf"), key=lambda value: value.text, default=None)

    @property
    def begun(self) -> str:
        """The date from which it counts: its start, else the first day for which it is stated."""
        first = self.start or self.stated
        return first.text if first else ""

    def holds_on(self, day: str) -> bool:
        """Tell whether it had begun by that day and not ended; a year counts as its first day."""
        return bool(self.begun) and self.begun <= day and not (self.end and self.end.text <= day)

    def state_key(self, day: str) -> str:
        """Give the key of the words for how it stands on a day."""
        known = "membership.holds-not" if self.begun else "membership.unknown"
        return "membership.holds" if self.holds_on(day) else known

    def cells(self) -> tuple[str, str, str, str, str]:
        """Give network, first field, start, the day by which it is known where no start is, and end, as texts."""
        known = "" if self.start else self.begun or self.record.text("knownBy")
        field = self.fields[0].text if self.fields else ""
        return self.network, field, self.start.text if self.start else "", known, self.end.text if self.end else ""

    def row(self, label: str) -> Row:
        """Give its row in a timeline."""
        start = self.start.text if self.start else ""
        end = self.end.text if self.end else ""
        known = "" if start else self.begun
        return Row(label, (Span(start=start, end=end, known=known, ongoing=not end, title=label),))


def of(records: Iterable[Record]) -> list[Membership]:
    """Give the memberships among records, the earliest first."""
    found = [Membership(record) for record in records if record.is_a("Membership")]
    return sorted(found, key=lambda membership: (membership.begun or "9999", membership.iri))


def countries(site: Site, network: str) -> dict[str, str]:
    """Give the country of each member of a network."""
    return {row["city"]: row["country"] for row in site.select(_COUNTRIES, network=[ox.NamedNode(network)])}


def growth(memberships: Sequence[Membership]) -> tuple[tuple[int, float], ...]:
    """Count the members at the end of each year, by what is known of start and end; from the first year to the last."""
    begun = [int(membership.begun[:4]) for membership in memberships if membership.begun]
    if not begun:
        return ()
    ended = [int(membership.end.text[:4]) for membership in memberships if membership.begun and membership.end]
    years = range(min(begun), max([*begun, *ended]) + 1)
    return tuple((year, float(sum(one <= year for one in begun) - sum(one <= year for one in ended))) for year in years)
