"""Charts as inline SVG: bars, lines over years, and timelines of dates known to the year, the month or the day.

A chart follows the width of its column while its text keeps its size: what lies along the width is given in per cent,
and curves are stretched in an SVG of their own. There are no styles in it, only classes (`chart.css`), so that it obeys
the Content-Security-Policy and follows the reader's light or dark. To those who do not see it, it is one image with a
title and a description; the page shows the same figures in a table.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from ccn_graph.text import intervals

#: As many lines as one chart tells apart (classes `series-1` to `series-8`, by colour and by dashes).
MOST_LINES = 8

_PLOT_TOP, _PLOT_HEIGHT, _AXIS = 22, 210, 26
_ROW = 44

#: The pattern of what is only possible; by an attribute, for an address in a style sheet may be taken for the sheet's.
_HATCH: dict[str, str | float] = {"fill": "url(#hatch)"}


@dataclass(frozen=True, slots=True)
class Caption:
    """What is told of a chart: `key` is unique on its page and makes the ids, `description` says what is to be seen."""

    key: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` is not negative, `shown` is the value as the reader writes it."""

    label: str
    value: float
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A series of values by year, drawn as it stands: steps where a year is missing are not filled in.

    Between it and `upper`, where given, lies a band: what is possible beyond what is certain. `dots` are not joined.
    """

    label: str
    points: tuple[tuple[int, float], ...]
    upper: tuple[tuple[int, float], ...] = ()
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time on a row of a timeline; dates are written as in the data, `2019`, `2019-05` or `2019-05-20`.

    With `start` alone it is a single date. `known` stands in for a start nobody states: it held on that day at the
    latest. A span that is `ongoing` lasts to the day the timeline is drawn for. `title` is shown on hovering.
    """

    start: str = ""
    end: str = ""
    known: str = ""
    ongoing: bool = False
    planned: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row of a timeline with its label and spans."""

    label: str
    spans: tuple[Span, ...]


def bars(caption: Caption, items: Sequence[Bar]) -> Markup:
    """Draw one horizontal bar for each item, in their order."""
    root = _root(caption, "chart-bars", _ROW * len(items))
    most = max((item.value for item in items), default=0) or 1
    for number, item in enumerate(items):
        top = number * _ROW
        _text(root, "0", top + 16, item.label, "chart-label")
        _text(root, "100%", top + 16, item.shown or f"{item.value:g}", "chart-value", "end")
        share = 100 * max(item.value, 0) / most
        bar = _add(root, "rect", {"class": "chart-bar", "x": "0", "y": top + 23, "width": _percent(share), "height": 9})
        _add(bar, "title", {}, f"{item.label}: {item.shown or f'{item.value:g}'}")
    return _written(root)


def lines(caption: Caption, series: Sequence[Line]) -> Markup:
    """Draw lines over years, at most `MOST_LINES`; the value axis begins at nought. Raises ValueError for more."""
    if len(series) > MOST_LINES:
        raise ValueError(f"a chart tells {MOST_LINES} lines apart, not {len(series)}")
    years = [year for line in series for year, _ in line.points]
    values = [value for line in series for _, value in (*line.points, *line.upper)]
    first, last = (min(years), max(years)) if years else (0, 0)
    scale = ticks(0, max([*values, 1]), 4)
    root = _root(caption, "chart-lines", _PLOT_TOP + _PLOT_HEIGHT + _AXIS)
    for value in scale:
        height = _PLOT_TOP + _PLOT_HEIGHT * (1 - value / scale[-1])
        _add(root, "line", {"class": "chart-grid", "x1": "0", "x2": "100%", "y1": _short(height), "y2": _short(height)})
        _text(root, "0", height - 5, f"{value:g}", "chart-tick")
    _years(root, first, max(last, first + 1), _PLOT_TOP + _PLOT_HEIGHT + 18)
    plot: dict[str, str | float] = {
        "x": "0",
        "y": _PLOT_TOP,
        "width": "100%",
        "height": _PLOT_HEIGHT,
        "viewBox": "0 0 100 100",
    }
    inner = _add(root, "svg", {**plot, "preserveAspectRatio": "none", "class": "chart-plot"})
    for number, line in enumerate(series, start=1):
        placed = [(_place(year, first, last), value / scale[-1]) for year, value in sorted(line.points)]
        if line.upper:
            above = [(_place(year, first, last), value / scale[-1]) for year, value in sorted(line.upper, reverse=True)]
            _add(inner, "polygon", {"class": f"chart-band series-{number}", "points": _points([*placed, *above])})
        if not line.dots:
            joined: dict[str, str | float] = {"points": _points(placed), "vector-effect": "non-scaling-stroke"}
            _add(inner, "polyline", {"class": f"chart-line series-{number}", **joined})
        for (x, y), (year, value) in zip(placed, sorted(line.points), strict=True):
            center = _short(_PLOT_TOP + _PLOT_HEIGHT * (1 - y))
            kind = f"chart-dot series-{number}{' quiet' if len(series) > 1 and not line.dots else ''}"
            dot = _add(root, "circle", {"class": kind, "cx": _percent(x), "cy": center, "r": 3.5})
            most = dict(line.upper).get(year, value)
            figures = f"{year}: {value:g}" + (f"–{most:g}" if most > value else "")
            _add(dot, "title", {}, f"{line.label} {figures}".strip())
    return _written(root) + _legend([line.label for line in series if line.label])


def timeline(caption: Caption, rows: Sequence[TimelineRow], today: datetime.date) -> Markup:
    """Draw spans of time, one row above the other.

    A date known to the year takes the width of that year in a light tone; only what is certain is solid. What was
    planned is an outline. Dates that cannot be read are left out. A rule marks `today`, the day it is drawn for.
    """
    placed = [[span_extent for span in row.spans if (span_extent := _extent(span, today)) is not None] for row in rows]
    edges = [edge for spans in placed for extent in spans for edge in (extent.light[0], extent.light[1])]
    finite = [edge for edge in edges if math.isfinite(edge)]
    first, last = math.floor(min(finite, default=today.year)), math.ceil(max(finite, default=today.year + 1))
    last = max(last, first + 1)
    root = _root(caption, "chart-timeline", _ROW * len(rows) + _AXIS + 6)
    _years(root, first, last, 14, down_to=_ROW * len(rows) + _AXIS + 6)
    now = intervals.Interval(today, today).begin
    if first <= now <= last:
        place = _percent(_place(now, first, last))
        _add(root, "line", {"class": "chart-now", "x1": place, "x2": place, "y1": 20, "y2": "100%"})
    for number, (row, extents) in enumerate(zip(rows, placed, strict=True)):
        top = _AXIS + number * _ROW
        _text(root, "0", top + 16, row.label, "chart-label")
        for extent in extents:
            _draw(root, extent, top + 23, first, last)
    return _written(root)


def ticks(low: float, high: float, about: int) -> list[float]:
    """Return round values from `low` rounded down to `high` rounded up, about as many as asked.

    >>> ticks(0, 408, 4)
    [0, 100, 200, 300, 400, 500]
    """
    rough = max((high - low) / about, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.8)
    return [step * number for number in range(math.floor(low / step), math.ceil(high / step) + 1)]


@dataclass(frozen=True, slots=True)
class _Extent:
    span: Span
    light: tuple[float, float]
    solid: tuple[float, float]


def _extent(span: Span, today: datetime.date) -> _Extent | None:
    start, end = intervals.read(span.start or span.known), intervals.read(span.end)
    if start is None and end is None:
        return None
    if end is None and span.ongoing:
        # What began at an unknown time, by a day that is still to come, may have begun by now.
        start = start and (start.meet(intervals.Interval(datetime.date.min, today)) or start)
        if start and span.known and not span.start and start.earliest > today:
            start = intervals.Interval(today, today)
        end = intervals.Interval(today, today)
    begin = -math.inf if start is None or not span.start else start.begin
    if start is not None and end is None:
        sure = (start.begin, start.end) if start.exact else (start.end, start.end)
        return _Extent(span, (begin, start.end), sure)
    assert end is not None
    solid = (start.begin if start.exact else start.end, end.end if end.exact else end.begin) if start else (0.0, 0.0)
    return _Extent(span, (begin, max(end.end, start.end if start else end.end)), solid)


def _draw(root: ET.Element, extent: _Extent, top: int, first: int, last: int) -> None:
    group = _add(root, "g", {"class": "chart-span planned" if extent.span.planned else "chart-span"})
    if extent.span.title:
        _add(group, "title", {}, extent.span.title)
    begin, end = (_place(edge, first, last) for edge in extent.light)
    # What lasted a few days in a picture of decades would vanish: such a thing is a dot.
    if end - begin < 1:
        _add(group, "circle", {"class": "chart-sure", "cx": _percent((begin + end) / 2), "cy": top + 4, "r": 5})
        return
    for name, (left, right) in (("chart-about", extent.light), ("chart-sure", extent.solid)):
        left, right = _place(left, first, last), _place(right, first, last)
        if right > left:
            box: dict[str, str | float] = {"x": _percent(left), "y": top, "width": _percent(right - left), "height": 9}
            _add(group, "rect", {"class": name, **({} if name == "chart-sure" else _HATCH), **box})


def _years(root: ET.Element, first: int, last: int, baseline: int, down_to: int = 0) -> None:
    for value in ticks(first, last, 5):
        place = _place(value, first, last)
        if not first <= value <= last:
            continue
        anchor = "start" if place < 4 else "end" if place > 96 else "middle"
        if down_to:
            edge = _percent(place)
            _add(root, "line", {"class": "chart-grid", "x1": edge, "x2": edge, "y1": baseline + 6, "y2": down_to})
        _text(root, _percent(place), baseline, f"{value:g}", "chart-tick", anchor)


def _legend(labels: Iterable[str]) -> Markup:
    items = [
        Markup('<li><svg class="chart-key" width="28" height="10" aria-hidden="true"><line class="chart-line series-{}"'
               ' x1="0" x2="28" y1="5" y2="5"/></svg> {}</li>').format(number, label)
        for number, label in enumerate(labels, start=1)
    ]  # fmt: skip
    return Markup('<ul class="chart-legend">{}</ul>').format(Markup("").join(items)) if len(items) > 1 else Markup("")


def _root(caption: Caption, kind: str, height: int) -> ET.Element:
    title, description = f"{caption.key}-title", f"{caption.key}-description"
    svg = {"class": f"chart {kind}", "role": "img", "width": "100%", "height": str(max(height, 1))}
    root = ET.Element("svg", {**svg, "aria-labelledby": title, "aria-describedby": description})
    _add(root, "title", {"id": title}, caption.title)
    _add(root, "desc", {"id": description}, caption.description)
    return root


def _add(parent: ET.Element, tag: str, attributes: Mapping[str, str | float], text: str = "") -> ET.Element:
    element = ET.SubElement(parent, tag, {name: str(value) for name, value in attributes.items()})
    element.text = text or None
    return element


def _text(parent: ET.Element, x: str, y: float, text: str, kind: str, anchor: str = "start") -> None:
    _add(parent, "text", {"class": kind, "x": x, "y": _short(y), "text-anchor": anchor}, text)


def _place(value: float, first: float, last: float) -> float:
    return min(max(100 * (value - first) / ((last - first) or 1), 0), 100)


def _points(placed: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_short(x)},{_short(100 - 100 * y)}" for x, y in placed)


def _percent(share: float) -> str:
    return f"{_short(share)}%"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _written(root: ET.Element) -> Markup:
    # An ElementTree escapes what it writes, so that its text is markup by construction.
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704
