"""Plots without a library, on logarithmic axes, as SVG: horizontal bars, and lines."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence

_COLOURS = ("#0b6e4f", "#c8553d", "#e3b505", "#4f6d7a", "#9a6fb0", "#2a9df4", "#7a4419", "#d36fa8", "#333333")
_BAR, _GAP, _LEFT, _WIDTH = 9, 12, 230, 900
_PANEL_HEIGHT = 210


def bars(quads: int, series: Mapping[str, Mapping[str, float]], date: str) -> str:
    """Draw a group of bars for each kind of query, a bar for each server."""
    kinds = list(dict.fromkeys(kind for values in series.values() for kind in values))
    most = max((value for values in series.values() for value in values.values()), default=10)
    decades = math.ceil(math.log10(most))
    group = _BAR * len(series) + _GAP
    height = 90 + group * len(kinds)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="20" font-size="15">Distinct queries: answers a second over {quads:,} quads ({date})</text>',
        *_legend(list(series)),
        *_axis(decades, height),
    ]
    for row, kind in enumerate(kinds):
        top = 60 + row * group
        lines.append(_text(_LEFT - 8, top + group / 2, kind, "end"))
        for number, values in enumerate(series.values()):
            width = _place(values.get(kind, 0), decades) - _LEFT
            place = f'x="{_LEFT}" y="{top + number * _BAR}" width="{max(0, width):.1f}" height="{_BAR - 1}"'
            lines.append(f'<rect {place} fill="{_COLOURS[number % len(_COLOURS)]}"/>')
    return "\n".join([*lines, "</svg>", ""])


def lines(panels: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]) -> str:
    """Draw a panel for each figure, a line in it for each series, from small sizes to large; both axes logarithmic."""
    names = list(dict.fromkeys(name for series in panels.values() for name in series))
    top, across = 60 + 18 * math.ceil(len(names) / 3), 3
    height = top + _PANEL_HEIGHT * math.ceil(len(panels) / across)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        _text(10, 20, "What growth costs: quads across, both axes logarithmic"),
    ]
    for number, name in enumerate(names):
        x, y = 10 + number % 3 * 290, 36 + 18 * (number // 3)
        drawn.append(f'<rect x="{x}" y="{y}" width="10" height="10" fill="{_COLOURS[number % len(_COLOURS)]}"/>')
        drawn.append(_text(x + 15, y + 9, name))
    for number, (title, series) in enumerate(panels.items()):
        place = f"translate({number % across * _WIDTH // across}, {top + number // across * _PANEL_HEIGHT})"
        drawn += [f'<g transform="{place}">', *_panel(title, series, names), "</g>"]
    return "\n".join([*drawn, "</svg>", ""])


def _panel(title: str, series: Mapping[str, Sequence[tuple[float, float]]], names: Sequence[str]) -> Iterator[str]:
    yield _text(50, 14, title)
    found = [point for points in series.values() for point in points]
    if not found:
        return
    (left, right), (low, high) = (
        (math.floor(min(values)), max(math.floor(min(values)) + 1, math.ceil(max(values))))
        for values in ([math.log10(x) for x, _ in found], [math.log10(y) for _, y in found])
    )

    def place(x: float, y: float) -> tuple[float, float]:
        return 50 + (x - left) / (right - left) * 230, 170 - (y - low) / (high - low) * 145

    for decade in range(low, high + 1):
        x, y = place(left, decade)
        yield f'<line x1="{x:.1f}" y1="{y:.1f}" x2="280" y2="{y:.1f}" stroke="#ddd"/>'
        yield _text(x - 5, y + 4, f"{10.0**decade:g}", "end")
    for decade in range(left, right + 1):
        yield _text(place(decade, low)[0], 186, f"{_short(10**decade)}", "middle")
    for name, points in series.items():
        colour = _COLOURS[names.index(name) % len(_COLOURS)]
        placed = [place(math.log10(x), math.log10(y)) for x, y in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed)


def _short(number: int) -> str:
    return f"{number // 10**6}M" if number >= 10**6 else f"{number // 1000}k" if number >= 1000 else str(number)


def _place(value: float, decades: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - 30) * max(0.0, math.log10(max(value, 1))) / decades


def _legend(names: list[str]) -> Iterator[str]:
    x = 10
    for number, name in enumerate(names):
        yield f'<rect x="{x}" y="30" width="10" height="10" fill="{_COLOURS[number % len(_COLOURS)]}"/>'
        yield _text(x + 15, 40, name)
        x += 40 + 8 * len(name)


def _axis(decades: int, height: int) -> Iterator[str]:
    for decade in range(decades + 1):
        x = _place(10**decade, decades)
        yield f'<line x1="{x:.1f}" y1="52" x2="{x:.1f}" y2="{height - 25}" stroke="#ddd"/>'
        yield _text(x, height - 8, f"{10**decade:,}", "middle")


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'
