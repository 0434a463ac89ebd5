"""Draws bars: one number for each thing."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.pages import chart
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record

#: A picture of more is none.
_MOST = 60


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    """Draw the largest first; nothing if a thing has two numbers."""
    label, value = picture.columns["label"], picture.columns["value"]
    pairs = {(record[label], record[value]) for record in records if record[label] and record[value] is not None}
    values = dict(pairs)
    # With two numbers for one thing, a bar would show only one of them.
    if not values or len(values) < len(pairs):
        return None
    ranked = sorted(values.items(), key=lambda pair: (-pair[1], picture.context.order(pair[0])))
    items = [chart.Bar(picture.context.label(iri), number, picture.context.number(number)) for iri, number in ranked]
    title = picture.context.text("question.bars", value=picture.headings[value], label=picture.headings[label])
    says = picture.context.text("question.bars-says", count=len(items), label=items[0].label, value=items[0].shown)
    markup = chart.bars(chart.Caption(picture.key, title, says), items[:_MOST])
    return Drawing("bars", title, markup, note=picture.note(records, drawn=values, by=label, most=_MOST))


CHART = ChartKind("bars", {"label": "iri", "value": "number"}, draw)
