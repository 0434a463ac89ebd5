"""A plot without a library: horizontal bars on a logarithmic axis, as SVG."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping

_COLOURS = ("#0b6e4f", "#c8553d", "#e3b505", "#4f6d7a", "#9a6fb0")
_BAR, _GAP, _LEFT, _WIDTH = 9, 12, 230, 900


def bars(quads: int, series: Mapping[str, Mapping[str, float]], date: str) -> str:
    """Draw a group of bars for each kind of query, a bar for each server."""
    kinds = list(dict.fromkeys(kind for values in series.values() for kind in values))
    most = max(value for values in series.values() for value in values.values())
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
