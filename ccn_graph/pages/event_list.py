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
    events, narrowed = facets.narrow(site, context, meetings, {
        "network": lambda event: event.networks,
        "series": lambda event: (event.series,) if event.series else (),
        "host": lambda event: event.hosts,
        "year": lambda event: (event.year,) if event.year else (),
        "state": lambda event: (context.text("list.state-" + event.state),) if event.state else (),
    }, lambda event: event.iri)  # fmt: skip
    site.labels.know(
        {iri for event in events for iri in (event.iri, *event.hosts, *event.networks, event.series) if iri}
    )
    form = request.one("as")
    if form in sheet.FORMS:
        return sheet.page(context, _sheet(context, events), form)
    if form == "ics":
        return calendar.page(context, context.text("list.events"), events)
    coming = [event for event in events if event.state in ("planned", "postponed")]
    unconfirmed = [event for event in events if event.state == "unconfirmed"]
    past = [event for event in events if event not in coming and event not in unconfirmed]
    past.sort(key=lambda event: event.day, reverse=True)
    return render(
        site, request, "events.html.j2", facets=narrowed, coming=coming, unconfirmed=unconfirmed,
        shown=facets.cut(context, past, _PAST), count=len(events), every=len(meetings),
        filtered=any(facet.chosen for facet in narrowed), day=today.isoformat(),
    )  # fmt: skip


def _sheet(context: RenderContext, events: Sequence[Meeting]) -> DownloadTable:
    names = (("event", "iri"), ("when", "date"), ("until", "date"), ("state", "text"), ("host", "iri"),
             ("network", "iri"))  # fmt: skip
    columns = tuple(TableColumn(name, context.text("column." + name), kind) for name, kind in names)
    rows = [
        (event.iri, event.day, event.end, context.text("list.state-" + event.state) if event.state else "",
         next(iter(event.hosts), ""), next(iter(event.networks), ""))
        for event in events
    ]  # fmt: skip
    return DownloadTable("events", context.text("list.events"), columns, rows)
