"""The pages of event series and events: what was announced, what was held, who was there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccn_graph.pages import chart, date, sections
from ccn_graph.pages.record import Record
from ccn_graph.pages.sections import ClassPage, Section, Subject
from ccn_graph.rdf import namespaces
from ccn_graph.text.today import today as date_of_today


def series_sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page of a series."""
    editions = subject.read(link.subject for link in subject.description.linking("editionOf"))
    if editions:
        yield _editions(subject, editions)
    yield sections.acts(subject)
    yield sections.observations(subject)
    yield sections.editorial(subject)


def event_sections(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections of the page of an event."""
    yield sections.appearances(subject)
    yield sections.participations(subject)
    yield sections.events(subject, "partOf", "heldWith")
    yield sections.observations(subject)
    yield sections.acts(subject)
    yield sections.editorial(subject)
    yield sections.where(subject)


def _editions(subject: Subject, editions: Sequence[Record]) -> Section:
    ordered = sorted(editions, key=lambda event: (_ordinal(event), sections.when(event)))
    ordinals = {_ordinal(event) for event in editions if event.text("ordinal")}
    # What was counted before a known edition must have taken place; whether more came after it, nobody says.
    missing = sorted(set(range(1, max(ordinals))) - ordinals) if ordinals else []
    rows = [
        chart.TimelineRow(subject.label(event.iri), (_span(subject, event),))
        for event in ordered
        if sections.when(event)
    ]
    title = subject.context.text("series.timeline", series=subject.label(subject.iri))
    drawn = chart.timeline(
        chart.Caption("editions", title, subject.context.text("series.timeline-says")), rows, date_of_today()
    )
    names = (("ordinal", "number"), ("event", "iri"), ("start", "date"), ("planned", "date"), ("host", "iri"))
    cells = [
        (event.text("ordinal"), event.iri, event.text("start"), event.text("plannedStart"), event.text("host"))
        for event in ordered
    ]
    conditions = {"series": namespaces.slug(subject.iri)}
    sheet = subject.sheet("editions", "series.editions", names, cells, "editions-of-series", **conditions)
    values = {"editions": ordered, "missing": missing, "chart": drawn, "rows": rows}
    return Section("editions", values, sheet=sheet)


def _ordinal(event: Record) -> int:
    text = event.text("ordinal")
    return int(text) if text.isdigit() else 0


def _span(subject: Subject, event: Record) -> chart.Span:
    title = f"{subject.label(event.iri)}: {date.spell(sections.when(event), subject.context.language)}"
    if event.text("start"):
        return chart.Span(start=event.text("start"), end=event.text("end"), title=title)
    return chart.Span(start=event.text("plannedStart"), end=event.text("plannedEnd"), planned=True, title=title)


PAGES = (
    ClassPage(("EventSeries",), series_sections, ("editionOf",), "EventSeries", "series", rank=3),
    ClassPage(("Event",), event_sections, ("partOf", "heldWith"), "Event", "event", rank=4),
)
