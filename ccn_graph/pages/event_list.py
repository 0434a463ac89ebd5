"""The list of events by date: those to come, those of which nobody tells whether they took place, and the past."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.pages import calendar, facets, roll, sheet
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.roll import Meeting
from ccn_graph.pages.sheet import DownloadTable, TableColumn
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today

#: So many past events are shown at once, below those to come and those that nobody confirms.
_PAST = 30


def page(site: Site, request: PageRequest) -> Page | None:
    """Make the list or a file of it; None where there are no events."""
    context = RenderContext(site, request)
    today = date_of_today()
    meetings = roll.meetings(site, today)
    if not meetings:
        return None
    found, narrowed = facets.narrow(site, context, meetings, {
        "network": lambda one: one.networks,
        "series": lambda one: (one.series,) if one.series else (),
        "host": lambda one: one.hosts,
        "year": lambda one: (one.year,) if one.year else (),
        "state": lambda one: (context.text("list.state-" + one.state),) if one.state else (),
    }, lambda one: one.iri)  # fmt: skip
    site.labels.know({iri for one in found for iri in (one.iri, *one.hosts, *one.networks, one.series) if iri})
    form = request.one("as")
    if form in sheet.FORMS:
        return sheet.page(context, _sheet(context, found), form)
    if form == "ics":
        return calendar.page(context, context.text("list.events"), found)
    coming = [one for one in found if one.state in ("planned", "postponed")]
    unconfirmed = [one for one in found if one.state == "unconfirmed"]
    past = [one for one in found if one not in coming and one not in unconfirmed]
    past.sort(key=lambda one: one.day, reverse=True)
    return render(
        site, request, "events.html.j2", facets=narrowed, coming=coming, unconfirmed=unconfirmed,
        shown=facets.cut(context, past, _PAST), count=len(found), every=len(meetings),
        filtered=any(facet.chosen for facet in narrowed), day=today.isoformat(),
    )  # fmt: skip


def _sheet(context: RenderContext, found: Sequence[Meeting]) -> DownloadTable:
    names = (("event", "iri"), ("when", "date"), ("until", "date"), ("state", "text"), ("host", "iri"),
             ("network", "iri"))  # fmt: skip
    columns = tuple(TableColumn(name, context.text("column." + name), kind) for name, kind in names)
    rows = [
        (one.iri, one.day, one.end, context.text("list.state-" + one.state) if one.state else "",
         next(iter(one.hosts), ""), next(iter(one.networks), ""))
        for one in found
    ]  # fmt: skip
    return DownloadTable("events", context.text("list.events"), columns, rows)
