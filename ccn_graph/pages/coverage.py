"""`/coverage`: how much of each network is held, and over which regions, years and sources the records are spread."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccn_graph.pages import foreign_values, roll
from ccn_graph.pages.rendering import render
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today

PATH = "/coverage"

#: The share of the stated members from which on a network is broken down; below it what is held tells little of it.
ENOUGH = 0.8

#: The questions that tell how much is held of each network, and how its records are spread.
QUESTION, _SPREAD = "network-coverage", "coverage-and-bias"

#: In what respects the spread is told, in this order.
_ASPECTS = ("region", "year", "through", "document", "reading", "publisher", "evidence")

#: So many rows of a spread are shown; the table of the question has all.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Holding:
    """How many member cities of a network are held, of how many that a document states for `as_of`."""

    network: str
    certain: int
    possible: int
    stated: int | None
    """None where no document states a number."""
    as_of: str = ""
    lacks_members: bool = False
    """Whether the editors know of members that are missing."""

    @property
    def share(self) -> float | None:
        """The share of the stated members that is surely held; None where no number is stated."""
        return min(self.certain / self.stated, 1) if self.stated else None

    @property
    def percent(self) -> int:
        """The share in per cent; 0 where no number is stated."""
        return round(100 * (self.share or 0))

    @property
    def in_part(self) -> bool:
        """Whether so little is held that breaking it down would mislead: little of what is stated, or nobody knows."""
        return self.lacks_members if self.share is None else self.share < ENOUGH


@dataclass(frozen=True, slots=True)
class Spread:
    """How the memberships lie in one respect: value (an IRI, a text, or nothing where unknown) -> how many."""

    aspect: str
    counts: Mapping[str, int]

    @property
    def largest(self) -> tuple[str, int]:
        """The value that most memberships share, and their number; nothing and 0 where there is none."""
        return max(self.counts.items(), key=lambda pair: pair[1], default=("", 0))

    @property
    def shown(self) -> Sequence[tuple[str, int]]:
        """The values to show: years in their order, else the most frequent first and the unknown last."""
        if self.aspect == "year":
            return sorted(self.counts.items(), key=lambda pair: (not pair[0], pair[0]))
        return sorted(self.counts.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))[:_MOST]

    @property
    def hidden(self) -> int:
        """How many values are not shown."""
        return len(self.counts) - len(self.shown)


def percent(count: int, total: int) -> str:
    """Write a share in per cent; what is not nothing and not all is never written as if it were.

    >>> percent(1, 405), percent(403, 405), percent(405, 405), percent(81, 405)
    ('<1', '>99', '100', '20')
    """
    share = round(100 * count / total)
    return "<1" if count and not share else ">99" if share == 100 and count < total else str(share)


def page(site: Site, request: PageRequest) -> Page | None:
    """Make the page, of all networks or of the one that `network` names by the last part of its IRI.

    There is none for data without the questions that it is made of.
    """
    if QUESTION not in site.questions:
        return None
    spreads = _spreads(site)
    wanted = namespaces.BASE + "network/" + request.one("network").strip()
    chosen = wanted if wanted in spreads else ""
    every = holdings(site, date_of_today())
    shown = spreads[chosen] if chosen else _together(spreads)
    site.labels.know(
        {*every, *(iri for spread in shown for iri in spread.counts if iri.startswith("http"))}
        | {of["through"].largest[0] for of in map(_by_aspect, spreads.values())}
    )
    return render(
        site, request, "coverage.html.j2", holdings=list(every.values()), chosen=chosen, shown=shown,
        lists={iri: _by_aspect(respects)["through"].largest for iri, respects in spreads.items()},
        counts={iri: sum(_by_aspect(respects)["evidence"].counts.values()) for iri, respects in spreads.items()},
        total=sum(shown[-1].counts.values()) if shown else 0, enough=round(100 * ENOUGH), percent=percent,
        question=site.questions.get(_SPREAD), inactive=roll.inactive(site), day=date_of_today().isoformat(),
    )  # fmt: skip


@functools.lru_cache(maxsize=4)
def holdings(site: Site, day: datetime.date) -> Mapping[str, Holding]:
    """Return what is held of each network on a day; the largest first, those without a member last."""
    rows = _answer(site, QUESTION, today=day.isoformat())
    by_network: dict[str, Holding] = {}
    for row in rows:
        # A network whose number stands in several places of a document, or that has several gaps, has several rows.
        by_network.setdefault(row["network"], _holding(row))
    ranked = sorted(
        by_network.values(), key=lambda holding: (-holding.certain, -(holding.stated or 0), holding.network)
    )
    return {holding.network: holding for holding in ranked}


def _holding(row: Mapping[str, str]) -> Holding:
    stated = foreign_values.whole(row["stated"]) if "stated" in row else None
    return Holding(
        row["network"], foreign_values.whole(row["held"]), foreign_values.whole(row.get("possible", "")), stated,
        row.get("asOf", ""), "whereEn" in row or "whereJa" in row,
    )  # fmt: skip


@cached
def _spreads(site: Site) -> Mapping[str, Sequence[Spread]]:
    """Read how the memberships of each network are spread, in each respect."""
    by_network: dict[str, dict[str, Counter[str]]] = {}
    for row in _answer(site, _SPREAD):
        counts = by_network.setdefault(row["network"], {aspect: Counter() for aspect in _ASPECTS})[row["aspect"]]
        counts[row.get("thing") or row.get("value", "")] += foreign_values.whole(row["memberships"])
    return {network: [Spread(*pair) for pair in aspects.items()] for network, aspects in by_network.items()}


def _together(spreads: Mapping[str, Sequence[Spread]]) -> Sequence[Spread]:
    counts: dict[str, Counter[str]] = {}
    for part in (spread for respects in spreads.values() for spread in respects):
        counts.setdefault(part.aspect, Counter()).update(part.counts)
    return [Spread(*pair) for pair in counts.items()]


def _by_aspect(spreads: Sequence[Spread]) -> Mapping[str, Spread]:
    return {spread.aspect: spread for spread in spreads}


def _answer(site: Site, name: str, **settings: str) -> list[dict[str, str]]:
    """Ask a question of the project; nothing where it has no such question, or the engine answers it wrongly."""
    asked = site.questions.get(name)
    return site.select(asked.query(site.labels, settings)) if asked and name not in site.unfit else []
