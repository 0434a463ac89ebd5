"""What changed, in sentences: memberships that began or ended, events, stated sizes and acts, by year and network."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccn_graph.pages import facets, roll
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import query_file
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text import intervals, normalisation
from ccn_graph.text.today import today as date_of_today

_SIZES = query_file.own("pages", "stated_sizes_of_networks")

_ACTS = query_file.own("pages", "dated_acts")

#: So many names stand in a sentence; the list that it leads to has all.
NAMED = 8


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened, or was stated, on a day.

    `kind` is `joined`, `left`, `met`, `stated` or `act`; `things` are the members, or the event or record itself.
    """

    day: str
    kind: str
    network: str
    things: tuple[str, ...]
    detail: str = ""
    """The state of an event, a stated number, or the class of an act."""

    @property
    def year(self) -> str:
        """The year, empty for what is known to no year."""
        return self.day[:4] if self.day[:4].isdigit() else ""


def every(site: Site, today: datetime.date) -> list[Change]:
    """Return all changes as of a day, the latest first; what is still to come is left out."""
    meetings = (
        Change(entry.day, "met", next(iter(entry.networks), ""), (entry.iri,), entry.state)
        for entry in roll.meetings(site, today)
        if entry.state not in ("planned", "postponed", "")
    )
    begun = (entry for entry in (*_lasting(site), *meetings) if _begun(entry.day, today))
    return sorted(begun, key=lambda entry: (entry.day, entry.kind, entry.network, entry.things), reverse=True)


def _begun(day: str, today: datetime.date) -> bool:
    read = intervals.read(day)
    return read is not None and datetime.date.min < read.earliest <= today


@cached
def _lasting(site: Site) -> list[Change]:
    """Read what does not depend on the day of today."""
    joined: dict[tuple[str, str, str], list[str]] = {}
    for entry in roll.memberships(site):
        if entry.since and "/" not in entry.since:
            joined.setdefault(("joined", entry.network, entry.since), []).append(entry.member)
        if entry.end:
            joined.setdefault(("left", entry.network, entry.end), []).append(entry.member)
    spells = [Change(day, kind, network, tuple(dict.fromkeys(who))) for (kind, network, day), who in joined.items()]
    sizes = [
        Change(row["day"], "stated", row["network"], (row["record"],), row["stated"])
        for row in site.select(_SIZES) if {"day", "record"} <= row.keys()
    ]  # fmt: skip
    acts = [
        Change(row["day"], "act", row.get("network", ""), (row["act"],), row["kind"])
        for row in site.select(_ACTS) if {"act", "day", "kind"} <= row.keys()
    ]  # fmt: skip
    return [*spells, *sizes, *acts]


def know(site: Site, changes: Iterable[Change]) -> None:
    """Read the labels of all that changes name."""
    named = (
        iri
        for change in changes
        for iri in (*change.things[:NAMED], change.network, change.detail)
        if iri.startswith(("http://", "https://"))
    )
    site.labels.know(dict.fromkeys(named))


def page(site: Site, request: PageRequest) -> Page:
    """Make the page of what changed in a year, and since the release before."""
    context, today = RenderContext(site, request), date_of_today()
    changes = [change for change in every(site, today) if change.year]
    written = normalisation.folded(request.one("q"))
    changes = [change for change in changes if not written or _names(site, context, change, written)]
    years = sorted({change.year for change in changes}, reverse=True)
    year = request.one("year") if request.one("year") in years else (years[0] if years else "")
    kept, narrowed = facets.narrow(site, context, changes, {
        "network": lambda change: (change.network,) if change.network else (),
    }, lambda change: " ".join((change.day, change.kind, *change.things)))  # fmt: skip
    shown = [change for change in kept if change.year == year]
    know(site, shown)
    filtered = any(facet.chosen for facet in narrowed) or bool(written)
    return render(
        site, request, "changes.html.j2", shown=shown, years=years, year=year, facets=narrowed, filtered=filtered,
        released=_released(site), day=today.isoformat(),
    )  # fmt: skip


def _names(site: Site, context: RenderContext, change: Change, written: str) -> bool:
    site.labels.know(change.things)
    return any(written in normalisation.folded(context.label(iri)) for iri in change.things)


def _released(site: Site) -> Mapping[str, Any]:
    """Return what the release has that the one before had not, by network; empty if there is nothing to compare."""
    release = site.release_dir.release(site.statistics.version) if site.release_dir else None
    changes = release.changes() if release else {}
    if not changes.get("since"):
        return {}
    periods = {entry.iri: entry for entry in roll.memberships(site)}
    groups = {
        kind: _by_network(changes["memberships"][kind], periods) for kind in ("added", "ended", "removed")
    }  # fmt: skip
    site.labels.know(iri for iris in changes["memberships"].values() for iri in iris)
    documents = [entry["document"] for kind in ("added", "changed") for entry in changes["documents"][kind]]
    site.labels.know(documents)
    return {"since": changes["since"], "memberships": groups, "documents": documents}


def _by_network(
    memberships: Sequence[str], periods: Mapping[str, roll.MembershipPeriod]
) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = {}
    for iri in memberships:
        spell = periods.get(iri)
        # A membership that is no more has no spell: its own label has to do.
        groups.setdefault(spell.network if spell else "", []).append(spell.member if spell else iri)
    return groups


def coming(site: Site, today: datetime.date) -> Iterator[roll.Meeting]:
    """Yield the events that are announced, the next first."""
    for meeting in roll.meetings(site, today):
        if meeting.state == "planned":
            yield meeting
