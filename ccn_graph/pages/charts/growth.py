"""Draws lines: how many there surely were at the end of each year, and as a band above how many there may have been."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ccn_graph.pages import chart
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record


class _Count(NamedTuple):
    certain: int
    possible: int


#: Year -> what was counted at its end, for the years in which that changed.
_Counts = dict[int, _Count]


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    """Draw a line for each series, the sum of its parts, the largest first."""
    counts, undated = _read(picture, records)
    if not counts:
        return None
    every = [year for parts in counts.values() for by_year in parts.values() for year in by_year]
    years = range(min(every), max(every) + 1)
    lines = [_line(picture.named(iri), list(parts.values()), years) for iri, parts in counts.items()]
    lines.sort(key=lambda line: -line.points[-1][1])
    largest = lines[0]
    title = picture.context.text("question.growth", series=picture.headings[picture.columns["series"]])
    words = {"first": years[0], "last": years[-1], "label": largest.label, "value": f"{largest.points[-1][1]:g}"}
    says = picture.context.text("question.growth-says", **words)
    markup = chart.lines(chart.Caption(picture.key, title, says), lines[: chart.MOST_LINES])
    missing = picture.context.text("question.growth-undated", count=undated) if undated else ""
    band = picture.context.text("question.growth-band") if any(line.upper for line in lines) else ""
    note = " ".join(filter(None, [band, missing, picture.cut(chart.MOST_LINES, len(lines))]))
    return Drawing("growth", title, markup, note=note)


def _read(picture: Picture, records: Sequence[Record]) -> tuple[Mapping[str, Mapping[str, _Counts]], int]:
    """Return the counts by series and part, and how many began in no known year."""
    year, plus, certain, possible, part, series = (picture.columns[role] for role in CHART.roles)
    counts: dict[str, dict[str, _Counts]] = defaultdict(lambda: defaultdict(dict))
    undated = 0
    for record in records:
        if record[year] is None:
            undated += record[plus] or 0
        else:
            counted = _Count(record[certain] or 0, record[possible] or 0)
            counts[record[series] or ""][record[part] or ""][int(record[year])] = counted
    return counts, undated


def _line(label: str, parts: Sequence[_Counts], years: range) -> chart.Line:
    """Sum the parts of a series, each of which stays as it is until it is counted anew."""
    at = [_Count(0, 0)] * len(parts)
    points, upper = [], []
    for year in range(min(min(part) for part in parts), years.stop):
        at = [part.get(year, before) for part, before in zip(parts, at, strict=True)]
        certain = sum(count.certain for count in at)
        points.append((year, float(certain)))
        upper.append((year, float(certain + sum(count.possible for count in at))))
    return chart.Line(label, tuple(points), upper=tuple(upper) if upper != points else ())


CHART = ChartKind(
    "growth",
    {"year": "number", "plus": "number", "certain": "number", "possible": "number", "part": "iri", "series": "iri"},
    draw,
)
