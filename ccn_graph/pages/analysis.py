"""Where networks overlap: shared members of each pair, combinations, cities that bridge, and who met whom."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccn_graph.pages import coverage, network_files, roll
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.roll import MembershipPeriod
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.intervals import Certainty
from ccn_graph.text.today import today as date_of_today

#: So many rows of bridges and of pairs that met are shown; the files have all.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Combination:
    """The members that belong to just these networks."""

    networks: frozenset[str]
    members: Sequence[str]
    at_least: bool
    """Whether there may be more, for one of the networks is held in part."""


def page(site: Site, request: PageRequest) -> Page:
    """Make the page; with `asOf` of those that were members on a day, else of all that ever were."""
    context = RenderContext(site, request)
    day = datetime.date.fromisoformat(context.day) if request.one("asOf").strip() and not context.refused else None
    belong = _belonging(roll.memberships(site), day)
    sizes = Counter(network for networks in belong.values() for network in networks)
    partly = _partly(site)
    networks = [iri for iri, _ in sizes.most_common()]
    combined = _combinations(belong, partly)
    several = sorted(
        (iri for iri, own in belong.items() if len(own) > 1), key=lambda iri: (-len(belong[iri]), context.order(iri))
    )
    met = network_files.met(site).most_common(_MOST)
    site.labels.know({*networks, *belong, *(iri for pair, _ in met for iri in pair)})
    return render(
        site, request, "analysis.html.j2", 400 if context.refused else 200, networks=networks, sizes=sizes,
        shared=_shared(belong), partly=partly, combined=combined, bridges=several[:_MOST], belong=belong,
        several=len(several), members=len(belong), met=met, chosen=day, day=date_of_today().isoformat(),
    )  # fmt: skip


def _belonging(every: Sequence[MembershipPeriod], day: datetime.date | None) -> dict[str, set[str]]:
    """Return the networks of each member, on a day or at any time."""
    networks: dict[str, set[str]] = {}
    for membership in every:
        if day is None or membership.period.on(day) is not Certainty.NO:
            networks.setdefault(membership.member, set()).add(membership.network)
    return networks


def _shared(belong: Mapping[str, set[str]]) -> Counter[tuple[str, str]]:
    """Count the members of each two networks, in either order."""
    return Counter(
        (network, other)
        for networks in belong.values()
        for network in networks
        for other in networks
        if network != other
    )


def _combinations(belong: Mapping[str, set[str]], partly: Mapping[str, int | None]) -> list[Combination]:
    groups: dict[frozenset[str], list[str]] = {}
    for member, networks in belong.items():
        groups.setdefault(frozenset(networks), []).append(member)
    combinations = [Combination(key, sorted(who), bool(key & partly.keys())) for key, who in groups.items()]
    return sorted(
        combinations, key=lambda entry: (len(entry.networks) == 1, -len(entry.members), sorted(entry.networks))
    )


def _partly(site: Site) -> dict[str, int | None]:
    """Return the networks of which what is shared is a lower bound, with the stated number of their members."""
    holdings = coverage.holdings(site, date_of_today())
    return {iri: holding.stated for iri, holding in holdings.items() if holding.in_part or holding.stated is None}
