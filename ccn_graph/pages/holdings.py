"""What is held of each network, of each field, and in each document: the rows of their lists."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccn_graph.pages import foreign_values, roll
from ccn_graph.pages.roll import MembershipPeriod
from ccn_graph.pages.site_data import Footnotes, Site
from ccn_graph.rdf import query_file
from ccn_graph.text.intervals import Certainty

_NETWORKS = query_file.own("pages", "networks")
_FIELDS = query_file.own("pages", "fields")
_NAMED = query_file.own("pages", "documents_that_name")
_GRAPHS = query_file.own("pages", "documents_with_graphs")


@dataclass(frozen=True, slots=True)
class Holding:
    """A thing and what is held of it: the values of each column, as the data write them; none where nothing is."""

    iri: str
    values: Mapping[str, tuple[str, ...]]

    def first(self, column: str) -> str:
        """Return its first value of a column; empty if there is none."""
        return next(iter(self.values.get(column, ())), "")


@dataclass(frozen=True, slots=True)
class HoldingList:
    """How the things of a kind are listed: `columns` are name -> kind, as in files; `facets` and `sorts` name some."""

    columns: Mapping[str, str]
    facets: tuple[str, ...]
    sorts: tuple[str, ...]
    read: Callable[[Site, datetime.date], Sequence[Holding]]


def _networks(site: Site, day: datetime.date) -> list[Holding]:
    meetings = roll.meetings(site, day)
    holdings = []
    for iri, own in _by(site, _NETWORKS, lambda entry: (entry.network,)).items():
        events = [entry for entry in meetings if iri in entry.networks]
        inactive, _ = roll.inactive(site).get(iri, ("", ""))
        years = [*(entry.year for entry in own), *(entry.year for entry in events)]
        values = _members(own, day) | {
            "events": _count(events), "years": _years(years, day),
            "inactive": (inactive,) if inactive else (),
        }  # fmt: skip
        holdings.append(Holding(iri, values))
    return _with_documents(site, holdings)


def _fields(site: Site, day: datetime.date) -> list[Holding]:
    holdings = []
    for iri, own in _by(site, _FIELDS, lambda entry: entry.fields).items():
        networks = tuple(sorted({entry.network for entry in own}))
        values = _members(own, day) | {"network": networks, "years": _years((entry.year for entry in own), day)}
        holdings.append(Holding(iri, values))
    return _with_documents(site, holdings)


def _by(site: Site, query: str, of: Callable[[MembershipPeriod], Iterable[str]]) -> dict[str, list[MembershipPeriod]]:
    """Return the memberships of each thing that a query finds."""
    by_thing: dict[str, list[MembershipPeriod]] = {row["thing"]: [] for row in site.select(query)}
    for entry in roll.memberships(site):
        for iri in of(entry):
            if iri in by_thing:
                by_thing[iri].append(entry)
    return by_thing


def _members(own: Iterable[MembershipPeriod], day: datetime.date) -> dict[str, tuple[str, ...]]:
    """Count those who surely belong on a day, and those of whom it is only possible; nothing if none is on record."""
    states: dict[str, set[Certainty]] = defaultdict(set)
    for item in own:
        states[item.member].add(item.period.on(day))
    if not states:
        return {}
    certain = [item for item in states.values() if Certainty.CERTAIN in item]
    possible = [item for item in states.values() if Certainty.POSSIBLE in item and Certainty.CERTAIN not in item]
    return {"certain": _count(certain), "possible": _count(possible)}


def _count(things: Sequence[object]) -> tuple[str]:
    return (str(len(things)),)


def _years(years: Iterable[str], day: datetime.date) -> tuple[str, ...]:
    """Return the first and the last year of what has happened, as one text."""
    past = sorted({year for year in years if year.isascii() and year.isdigit() and int(year) <= day.year})
    return (past[0] if past[0] == past[-1] else f"{past[0]}–{past[-1]}",) if past else ()


def _with_documents(site: Site, holdings: Sequence[Holding]) -> list[Holding]:
    named: dict[str, set[str]] = defaultdict(set)
    things = foreign_values.nodes(holding.iri for holding in holdings)
    for row in site.select(_NAMED, thing=things) if things else ():
        named[row["thing"]].add(row["document"])
    return [
        Holding(holding.iri, {**holding.values, "documents": _count(tuple(named[holding.iri]))}) for holding in holdings
    ]


def _documents(site: Site, _day: datetime.date) -> list[Holding]:
    graphs: dict[str, list[str]] = defaultdict(list)
    for row in site.select(_GRAPHS):
        graphs[row["document"]] += [row["graph"]] if "graph" in row else []
    source = Footnotes(site).sources(graphs)
    return [
        Holding(iri, {
            name: (value,)
            for name, value in (
                ("publisher", source[iri].publisher), ("issued", source[iri].issued), ("year", source[iri].issued[:4]),
                ("read", source[iri].howRead),
                ("statements", str(sum(site.statistics.graphs.get(graph, 0) for graph in of)))
            )
            if value
        })
        for iri, of in graphs.items()
    ]  # fmt: skip


_COUNTED = {"certain": "number", "possible": "number"}

#: By the segment of the path of the list.
LISTS: Mapping[str, HoldingList] = {
    "network": HoldingList(
        {"network": "iri", **_COUNTED, "events": "number", "years": "text", "documents": "number"},
        ("inactive",), ("certain", "name", "events", "documents"), _networks,
    ),
    "field": HoldingList(
        {"field": "iri", "network": "iri", **_COUNTED, "years": "text", "documents": "number"},
        ("network",), ("certain", "name", "documents"), _fields,
    ),
    "document": HoldingList(
        {"document": "iri", "publisher": "iri", "issued": "date", "read": "iri", "statements": "number"},
        ("publisher", "year", "read"), ("issued", "name", "publisher", "statements"), _documents,
    ),
}  # fmt: skip


@functools.lru_cache(maxsize=12)
def held(site: Site, segment: str, day: datetime.date) -> Sequence[Holding]:
    """Return what is held of the things of a kind, members as of a day; computed once."""
    return LISTS[segment].read(site, day)
