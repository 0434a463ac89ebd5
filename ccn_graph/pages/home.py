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
        counts=[count for count in counts if count[2]], examples=_examples(site), gaps=site.questions.get(_GAPS),
        coverage=site.questions.get(coverage.QUESTION), cited=dataset.cited(site, context), tried=_tried(site, context),
        inactive=roll.inactive(site), schema=discovery.schema(site, context), **_lately(site, today), **_by_field(site),
    ).with_headers(discovery.signposts())  # fmt: skip


def _lately(site: Site, today: datetime.date) -> dict[str, Any]:
    """Return the next events, how many are not confirmed, and the latest changes."""
    meetings = roll.meetings(site, today)
    planned = [meeting for meeting in meetings if meeting.state == "planned"]
    changes = what_changed.every(site, today)[:_LATEST]
    what_changed.know(site, changes)
    site.labels.know(iri for meeting in planned[:_NEXT] for iri in (meeting.iri, *meeting.hosts))
    unconfirmed = sum(meeting.state == "unconfirmed" for meeting in meetings)
    return {"coming": planned[:_NEXT], "unconfirmed": unconfirmed, "changes": changes}


def _by_field(site: Site) -> dict[str, Any]:
    """Count the members in each field, of the networks that have fields, the most first."""
    by_field: dict[str, set[str]] = {}
    for entry in roll.memberships(site):
        for field in entry.fields if entry.ongoing else ():
            by_field.setdefault(field, set()).add(entry.member)
    site.labels.know(by_field)
    return {"fields": sorted(((iri, len(members)) for iri, members in by_field.items()), key=lambda pair: -pair[1])}


def _tried(site: Site, context: RenderContext) -> list[str]:
    """Return things to try the search with: the city with the most networks, its field, and the next event."""
    networks: dict[str, set[str]] = {}
    for entry in roll.memberships(site):
        networks.setdefault(entry.member, set()).add(entry.network)
    own = [entry for entry in roll.memberships(site) if entry.fields]
    most = max(own, key=lambda entry: (len(networks[entry.member]), entry.member), default=None)
    following = next(what_changed.coming(site, date_of_today()), None)
    iris = ([most.member, most.fields[0]] if most else []) + ([following.iri] if following else [])
    site.labels.know(iris)
    return [iri for iri in iris if context.knows(iri)]


@cached
def _updated(site: Site) -> str:
    rows = site.select(_UPDATED)
    return rows[0].get("latest", "") if rows else ""


def _examples(site: Site) -> list[Question]:
    """Return the first question of each theme."""
    by_theme = ([asked for asked in site.questions.values() if asked.theme == theme] for theme in THEMES)
    return [asked[0] for asked in by_theme if asked]
