"""Events as a calendar file (RFC 5545): of one event, a series, a network, or a list."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from icalendar import Calendar, Event, vText

from ccn_graph.pages import roll, sheet
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.roll import Meeting
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text import intervals
from ccn_graph.text.today import today as date_of_today

TYPE = "text/calendar; charset=utf-8"

_STATUS = {"held": "CONFIRMED", "planned": "CONFIRMED", "cancelled": "CANCELLED"}


def of_thing(site: Site, request: PageRequest, segment: str, slug: str) -> Page | None:
    """Make the calendar of an event, of the events of a series, or of those of a network; None if there are none."""
    iri = f"{namespaces.BASE}{segment}/{slug}"
    every = roll.meetings(site, date_of_today())
    events = [event for event in every if iri in (event.iri, event.series, *event.networks)]
    context = RenderContext(site, request)
    return page(context, context.label(iri), events, f"{segment}-{slug}") if events else None


def page(context: RenderContext, title: str, meetings: Iterable[Meeting], name: str = "events") -> Page:
    """Write a calendar of the events whose month is known; those of which only the year is known have no place in it.

    An event that is known to a month only stands over the whole month.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//ccn-graph//city networks//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for meeting in meetings:
        if (entry := _entry(context, meeting)) is not None:
            calendar.add_component(entry)
    return sheet.download(f"{name}.ics", TYPE, calendar.to_ical())


def _entry(context: RenderContext, meeting: Meeting) -> Event | None:
    first, last = intervals.read(meeting.day), intervals.read(meeting.end or meeting.day)
    if first is None or last is None or (first.latest - first.earliest).days > 31:
        return None
    entry = Event()
    entry.add("uid", meeting.iri)
    entry.add("dtstamp", datetime.datetime.combine(first.earliest, datetime.time(), datetime.UTC))
    state = context.text("list.state-" + meeting.state) if meeting.state not in ("held", "planned", "") else ""
    entry.add("summary", context.label(meeting.iri) + (f" ({state})" if state else ""))
    entry.add("dtstart", first.earliest)
    # The end of a whole day is the day after (section 3.6.1).
    entry.add("dtend", max(last.latest, first.earliest) + datetime.timedelta(days=1))
    entry.add("status", _STATUS.get(meeting.state, "TENTATIVE"))
    if meeting.hosts:
        entry.add("location", vText(", ".join(map(context.label, meeting.hosts))))
    entry.add("url", meeting.iri)
    entry.add("transp", "TRANSPARENT")
    return entry
