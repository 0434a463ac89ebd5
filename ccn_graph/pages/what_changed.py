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
        Change(one.day, "met", next(iter(one.networks), ""), (one.iri,), one.state)
        for one in roll.meetings(site, today)
        if one.state not in ("planned", "postponed", "")
    )
    found = (one for one in (*_lasting(site), *meetings) if _begun(one.day, today))
    return sorted(found, key=lambda one: (one.day, one.kind, one.network, one.things), reverse=True)


def _begun(day: str, today: datetime.date) -> bool:
    read = intervals.read(day)
    return read is not None and datetime.date.min < read.earliest <= today


@cached
def _lasting(site: Site) -> list[Change]:
    """Read what does not depend on the day of today."""
    joined: dict[tuple[str, str, str], list[str]] = {}
    for one in roll.memberships(site):
        if one.since and "/" not in one.since:
            joined.setdefault(("joined", one.network, one.since), []).append(one.member)
        if one.end:
            joined.setdefault(("left", one.network, one.end), []).append(one.member)
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
        for one in changes
        for iri in (*one.things[:NAMED], one.network, one.detail)
        if iri.startswith(("http://", "https://"))
    )
    site.labels.know(dict.fromkeys(named))


def page(site: Site, request: PageRequest) -> Page:
    """Make the page of what changed in a year, and since the release before."""
    context, today = RenderContext(site, request), date_of_today()
    changes = [one for one in every(site, today) if one.year]
    written = normalisation.folded(request.one("q"))
    changes = [one for one in changes if not written or _names(site, context, one, written)]
    years = sorted({one.year for one in changes}, reverse=True)
    year = request.one("year") if request.one("year") in years else (years[0] if years else "")
    kept, narrowed = facets.narrow(site, context, changes, {
        "network": lambda one: (one.network,) if one.network else (),
    }, lambda one: " ".join((one.day, one.kind, *one.things)))  # fmt: skip
    shown = [one for one in kept if one.year == year]
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
    told = release.changes() if release else {}
    if not told.get("since"):
        return {}
    known = {one.iri: one for one in roll.memberships(site)}
    groups = {
        kind: _by_network(told["memberships"][kind], known) for kind in ("added", "ended", "removed")
    }  # fmt: skip
    site.labels.know(iri for found in told["memberships"].values() for iri in found)
    documents = [one["document"] for kind in ("added", "changed") for one in told["documents"][kind]]
    site.labels.know(documents)
    return {"since": told["since"], "memberships": groups, "documents": documents}


def _by_network(memberships: Sequence[str], known: Mapping[str, roll.MembershipPeriod]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = {}
    for iri in memberships:
        spell = known.get(iri)
        # A membership that is no more has no spell: its own label has to do.
        groups.setdefault(spell.network if spell else "", []).append(spell.member if spell else iri)
    return groups


def coming(site: Site, today: datetime.date) -> Iterator[roll.Meeting]:
    """Yield the events that are announced, the next first."""
    for one in roll.meetings(site, today):
        if one.state == "planned":
            yield one
