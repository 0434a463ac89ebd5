"""The members of a network or of a field as a table that is narrowed down, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ccn_graph.pages import facets
from ccn_graph.pages.membership import Membership
from ccn_graph.pages.sections import Subject
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import query_file

_REGIONS = query_file.own("pages", "regions_of_countries")


def narrowed(subject: Subject, memberships: Sequence[Membership], day: str) -> Mapping[str, Any]:
    """Return what the table shows of memberships: the rows of this page, their lands, and the form to narrow them."""
    lands, regions = places(subject.site)
    text = subject.context.text

    def fields(entry: Membership) -> Iterable[str]:
        return [value.text for value in entry.fields]

    has: dict[str, Callable[[Membership], Iterable[str]]] = {
        "network": lambda entry: (entry.network,),
        "region": lambda entry: [regions[entry.member]] if entry.member in regions else (),
        "country": lambda entry: [lands[entry.member]] if entry.member in lands else (),
        "field": fields,
        "year": lambda entry: [entry.since[:4]] if entry.since and "/" not in entry.since else (),
        "state": lambda entry: (text(entry.state_key(day)),),
    }
    kept, offered = facets.narrow(subject.site, subject.context, memberships, has, lambda entry: entry.iri)
    shown = facets.cut(subject.context, kept, facets.FEW)
    subject.site.labels.know(
        {iri for entry in shown.items for iri in (entry.member, lands.get(entry.member, "")) if iri}
    )
    chosen = any(facet.chosen for facet in offered)
    return {"shown": shown, "facets": offered, "lands": lands, "regions": regions, "filtered": chosen, "day": day}


@cached
def places(site: Site) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read the country and the part of the world of every city."""
    rows = site.select(_REGIONS)
    return (
        {row["city"]: row["country"] for row in rows},
        {row["city"]: row["region"] for row in rows if "region" in row},
    )
