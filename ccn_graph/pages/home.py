"""The first page: a search, the map, what comes next and what changed, and the ways in by network and field."""

from __future__ import annotations

import datetime
from typing import Any

from ccn_graph.graph.questions import Question
from ccn_graph.pages import city_map, coverage, dataset, discovery, roll, what_changed
from ccn_graph.pages.questions import THEMES
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today

_UPDATED = query_file.own("pages", "last_reading")

#: What is counted on the first page, in this order, and where it is listed.
_COUNTED = {
    "City": "/city/",
    "Network": "/network/",
    "Membership": "/questions/table-of-memberships",
    "Event": "/event/",
    "Document": "/document/",
}

#: So many events to come and changes are shown.
_NEXT, _LATEST = 4, 5

#: The question that lists what is known to be missing.
_GAPS = "known-gaps"


def page(site: Site, request: PageRequest) -> Page:
    """Make the first page."""
    context, today = RenderContext(site, request), date_of_today()
    counts = [(name, path, site.statistics.classes.get(namespaces.CCN + name, 0)) for name, path in _COUNTED.items()]
    networks = coverage.holdings(site, today)
    site.labels.know(networks)
    return render(
        site, request, "home.html.j2", holdings=list(networks.values()), updated=_updated(site),
        map=city_map.of_members(site, context),
        counts=[one for one in counts if one[2]], examples=_examples(site), gaps=site.questions.get(_GAPS),
        coverage=site.questions.get(coverage.QUESTION), cited=dataset.cited(site, context), tried=_tried(site, context),
        inactive=roll.inactive(site), schema=discovery.schema(site, context), **_lately(site, today), **_by_field(site),
    ).with_headers(discovery.signposts())  # fmt: skip


def _lately(site: Site, today: datetime.date) -> dict[str, Any]:
    """Return the next events, how many are not confirmed, and the latest changes."""
    meetings = roll.meetings(site, today)
    planned = [one for one in meetings if one.state == "planned"]
    changes = what_changed.every(site, today)[:_LATEST]
    what_changed.know(site, changes)
    site.labels.know(iri for one in planned[:_NEXT] for iri in (one.iri, *one.hosts))
    unconfirmed = sum(one.state == "unconfirmed" for one in meetings)
    return {"coming": planned[:_NEXT], "unconfirmed": unconfirmed, "changes": changes}


def _by_field(site: Site) -> dict[str, Any]:
    """Count the members in each field, of the networks that have fields, the most first."""
    found: dict[str, set[str]] = {}
    for one in roll.memberships(site):
        for field in one.fields if one.ongoing else ():
            found.setdefault(field, set()).add(one.member)
    site.labels.know(found)
    return {"fields": sorted(((iri, len(members)) for iri, members in found.items()), key=lambda pair: -pair[1])}


def _tried(site: Site, context: RenderContext) -> list[str]:
    """Return things to try the search with: the city with the most networks, its field, and the next event."""
    networks: dict[str, set[str]] = {}
    for one in roll.memberships(site):
        networks.setdefault(one.member, set()).add(one.network)
    own = [one for one in roll.memberships(site) if one.fields]
    most = max(own, key=lambda one: (len(networks[one.member]), one.member), default=None)
    following = next(what_changed.coming(site, date_of_today()), None)
    found = ([most.member, most.fields[0]] if most else []) + ([following.iri] if following else [])
    site.labels.know(found)
    return [iri for iri in found if context.knows(iri)]


@cached
def _updated(site: Site) -> str:
    found = site.select(_UPDATED)
    return found[0].get("latest", "") if found else ""


def _examples(site: Site) -> list[Question]:
    """Return the first question of each theme."""
    found = ([asked for asked in site.questions.values() if asked.theme == theme] for theme in THEMES)
    return [asked[0] for asked in found if asked]
