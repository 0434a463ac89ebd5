"""Draws lines: how many there are at the end of each year, from what is added and what is taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ccn_graph.pages import chart
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    """Draw a line for each series, the largest first."""
    year, series = picture.columns["year"], picture.columns["series"]
    changes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    undated = 0
    for record in records:
        if record[year] is None:
            undated += record[picture.columns["plus"]] or 0
        else:
            change = (record[picture.columns["plus"]] or 0) - (record[picture.columns["minus"]] or 0)
            changes[record[series] or ""][int(record[year])] += change
    if not changes:
        return None
    years = range(min(map(min, changes.values())), max(map(max, changes.values())) + 1)
    lines = [chart.Line(picture.named(iri), _summed(by_year, years)) for iri, by_year in changes.items()]
    lines.sort(key=lambda line: -line.points[-1][1])
    largest = lines[0]
    title = picture.context.text("question.growth", series=picture.headings[series])
    told = {"first": years[0], "last": years[-1], "label": largest.label, "value": f"{largest.points[-1][1]:g}"}
    says = picture.context.text("question.growth-says", **told)
    markup = chart.lines(chart.Caption(picture.key, title, says), lines[: chart.MOST_LINES])
    missing = picture.context.text("question.growth-undated", count=undated) if undated else ""
    note = " ".join(filter(None, [missing, picture.cut(chart.MOST_LINES, len(lines))]))
    return Drawing("growth", title, markup, note=note)


def _summed(changes: Mapping[int, int], years: range) -> tuple[tuple[int, float], ...]:
    total, points = 0, []
    for year in range(min(changes), years.stop):
        total += changes.get(year, 0)
        points.append((year, float(total)))
    return tuple(points)


CHART = ChartKind("growth", {"year": "number", "plus": "number", "minus": "number", "series": "iri"}, draw)
