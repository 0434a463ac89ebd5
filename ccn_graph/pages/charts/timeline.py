"""Draws a timeline: from when to when, as far as documents tell."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.pages import chart, date
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record

#: A picture of more is none.
_MOST = 60


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    """Draw a row for each thing."""
    label = picture.columns["label"]
    spans: dict[str | None, dict[chart.Span, None]] = {}
    for record in records:
        for span in _spans(picture, record, picture.named(record[label])):
            spans.setdefault(record[label], {})[span] = None
    rows = [chart.TimelineRow(picture.named(iri), tuple(parts)) for iri, parts in spans.items()]
    if not rows:
        return None
    title = picture.context.text("question.timeline", label=picture.headings[label])
    says = picture.context.text("question.timeline-says", count=len(rows))
    markup = chart.timeline(chart.Caption(picture.key, title, says), rows[:_MOST], picture.day)
    return Drawing("timeline", title, markup, note=picture.note(records, drawn=spans, by=label, most=_MOST))


def _spans(picture: Picture, record: Record, label: str) -> list[chart.Span]:
    start, end, known_by, planned = (
        str(record[picture.columns[role]] or "") if role in picture.columns else ""
        for role in ("start", "end", "known", "planned")
    )
    known_by = "" if start else known_by
    dates = [date.spell(text, picture.context.language) for text in (start, known_by, end) if text]
    if dates:
        title = f"{label}: {' – '.join(dates)}"
        return [chart.Span(start, end, known_by, ongoing="ongoing" in picture.columns, title=title)]
    title = f"{label}: {date.spell(planned, picture.context.language)}"
    return [chart.Span(planned, planned=True, title=title)] if planned else []


CHART = ChartKind(
    "timeline",
    {"label": "iri", "start": "date?", "end": "date?", "known": "date?", "planned": "date?", "ongoing": "?"},
    draw,
)
