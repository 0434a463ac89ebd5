"""Draws an answer in the ways its question declares (`#+ chart: …`): on a map, as bars, as lines of growth, in time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from ccn_graph.graph.questions import Chart, Question, plain
from ccn_graph.pages import chart, date
from ccn_graph.pages.city_map import CityMap, Point
from ccn_graph.pages.rendering import Voice
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.terms import Row

_PLACES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?thing ?lat ?long WHERE {
  VALUES ?thing { ccn:City }
  ?thing wgs:lat ?lat ; wgs:long ?long
}
"""

#: A picture of more is none.
_MOST_BARS, _MOST_ROWS = 60, 60

_Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of an answer: markup, or a map; `note` says what is left out."""

    kind: str
    title: str
    markup: Markup = field(default_factory=Markup)
    map: CityMap | None = None
    note: str = ""


def draw(site: Site, voice: Voice, question: Question, rows: Sequence[Row], day: datetime.date) -> list[Drawing]:
    """Draw what can be drawn of `rows`, as of `day`; nothing of an answer without what the drawing needs."""
    names = [column.name for column in question.columns]
    records = [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in rows]
    drawn = []
    for number, declared in enumerate(question.charts, start=1):
        picture = _Picture(site, voice, question, declared, f"chart-{number}", day)
        found = getattr(picture, declared.kind)(records) if records else None
        drawn += [found] if found is not None else []
    return drawn


class _Picture:
    def __init__(
        self, site: Site, voice: Voice, question: Question, declared: Chart, key: str, day: datetime.date
    ) -> None:
        self.site, self.voice, self.columns, self.key, self.day = site, voice, declared.columns, key, day
        self.headings = {column.name: column.heading[voice.language] for column in question.columns}

    def map(self, records: Sequence[_Record]) -> Drawing | None:
        column = self.columns["place"]
        wanted = list(dict.fromkeys(record[column] for record in records if record[column]))
        nodes = [ox.NamedNode(iri) for iri in wanted]
        placed = {row["thing"]: row for row in self.site.select(_PLACES, thing=nodes)} if nodes else {}
        points = [Point(iri, float(placed[iri]["lat"]), float(placed[iri]["long"])) for iri in wanted if iri in placed]
        if not points:
            return None
        note = self.voice.text("question.map-without", count=len(wanted) - len(points))
        title = self.voice.text("question.map", place=self.headings[column])
        drawn = CityMap(self.voice, self.key, points)
        return Drawing("map", title, map=drawn, note=note if len(points) < len(wanted) else "")

    def bars(self, records: Sequence[_Record]) -> Drawing | None:
        label, value = self.columns["label"], self.columns["value"]
        told = {(record[label], record[value]) for record in records if record[label] and record[value] is not None}
        values = dict(told)
        # With two numbers for one thing, a bar would show only one of them.
        if not values or len(values) < len(told):
            return None
        ranked = sorted(values.items(), key=lambda pair: (-pair[1], self.voice.order(pair[0])))
        items = [chart.Bar(self.voice.label(iri), number, self.voice.number(number)) for iri, number in ranked]
        title = self.voice.text("question.bars", value=self.headings[value], label=self.headings[label])
        says = self.voice.text("question.bars-says", count=len(items), label=items[0].label, value=items[0].shown)
        markup = chart.bars(chart.Caption(self.key, title, says), items[:_MOST_BARS])
        return Drawing("bars", title, markup, note=self._note(records, told=values, by=label, most=_MOST_BARS))

    def growth(self, records: Sequence[_Record]) -> Drawing | None:
        year, series = self.columns["year"], self.columns["series"]
        changes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        undated = 0
        for record in records:
            if record[year] is None:
                undated += record[self.columns["plus"]] or 0
            else:
                change = (record[self.columns["plus"]] or 0) - (record[self.columns["minus"]] or 0)
                changes[record[series] or ""][int(record[year])] += change
        if not changes:
            return None
        years = range(min(map(min, changes.values())), max(map(max, changes.values())) + 1)
        lines = [chart.Line(self._named(iri), _summed(by_year, years)) for iri, by_year in changes.items()]
        lines.sort(key=lambda line: -line.points[-1][1])
        largest = lines[0]
        title = self.voice.text("question.growth", series=self.headings[series])
        told = {"first": years[0], "last": years[-1], "label": largest.label, "value": f"{largest.points[-1][1]:g}"}
        says = self.voice.text("question.growth-says", **told)
        markup = chart.lines(chart.Caption(self.key, title, says), lines[: chart.MOST_LINES])
        missing = self.voice.text("question.growth-undated", count=undated) if undated else ""
        note = " ".join(filter(None, [missing, self._cut(chart.MOST_LINES, len(lines))]))
        return Drawing("growth", title, markup, note=note)

    def timeline(self, records: Sequence[_Record]) -> Drawing | None:
        label = self.columns["label"]
        spans: dict[str | None, dict[chart.Span, None]] = {}
        for record in records:
            for span in self._spans(record, self._named(record[label])):
                spans.setdefault(record[label], {})[span] = None
        rows = [chart.Row(self._named(iri), tuple(found)) for iri, found in spans.items()]
        if not rows:
            return None
        title = self.voice.text("question.timeline", label=self.headings[label])
        says = self.voice.text("question.timeline-says", count=len(rows))
        markup = chart.timeline(chart.Caption(self.key, title, says), rows[:_MOST_ROWS], self.day)
        return Drawing("timeline", title, markup, note=self._note(records, told=spans, by=label, most=_MOST_ROWS))

    def _spans(self, record: _Record, label: str) -> list[chart.Span]:
        start, end, known, planned = (
            str(record[self.columns[role]] or "") if role in self.columns else ""
            for role in ("start", "end", "known", "planned")
        )
        known = "" if start else known
        told = [date.spell(text, self.voice.language) for text in (start, known, end) if text]
        if told:
            title = f"{label}: {' – '.join(told)}"
            return [chart.Span(start, end, known, ongoing="ongoing" in self.columns, title=title)]
        title = f"{label}: {date.spell(planned, self.voice.language)}"
        return [chart.Span(planned, planned=True, title=title)] if planned else []

    def _named(self, iri: str | None) -> str:
        return self.voice.label(iri) if iri else self.voice.text("question.unknown")

    def _note(self, records: Sequence[_Record], *, told: Collection[str | None], by: str, most: int) -> str:
        """Say what is not drawn: things without a date or number, and those past the most that a chart takes."""
        missing = len({record[by] for record in records} - set(told))
        undrawn = self.voice.text("question.undrawn", count=missing) if missing else ""
        return " ".join(filter(None, [undrawn, self._cut(most, len(told))]))

    def _cut(self, most: int, count: int) -> str:
        return self.voice.text("question.chart-cut", most=most, count=count) if count > most else ""


def _summed(changes: Mapping[int, int], years: range) -> tuple[tuple[int, float], ...]:
    total, points = 0, []
    for year in range(min(changes), years.stop):
        total += changes.get(year, 0)
        points.append((year, float(total)))
    return tuple(points)
