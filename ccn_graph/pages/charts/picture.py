"""What every kind of chart is drawn from and results in."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from ccn_graph.graph.questions import Chart, Question
from ccn_graph.pages.city_map import CityMap
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of an answer: markup, or a map; `note` says what is left out."""

    kind: str
    title: str
    markup: Markup = field(default_factory=Markup)
    map: CityMap | None = None
    note: str = ""


class Picture:
    """A chart that a question declares, for one reader on one day."""

    def __init__(
        self, site: Site, context: RenderContext, question: Question, declared: Chart, key: str, day: datetime.date
    ) -> None:
        """Take what is to be drawn; `key` makes the ids of the page."""
        self.site, self.context, self.columns, self.key, self.day = site, context, declared.columns, key, day
        self.headings = {column.name: column.heading[context.language] for column in question.columns}

    def named(self, iri: str | None) -> str:
        """Name a thing for the reader."""
        return self.context.label(iri) if iri else self.context.text("question.unknown")

    def note(self, records: Sequence[Record], *, drawn: Collection[str | None], by: str, most: int) -> str:
        """Say what is not drawn: things without a date or number, and those past the most that a chart takes."""
        missing = len({record[by] for record in records} - set(drawn))
        undrawn = self.context.text("question.undrawn", count=missing) if missing else ""
        return " ".join(filter(None, [undrawn, self.cut(most, len(drawn))]))

    def cut(self, most: int, count: int) -> str:
        """Say how many of all are drawn, if not all are."""
        return self.context.text("question.chart-cut", most=most, count=count) if count > most else ""


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A way to draw an answer.

    A module of this package that declares one as `CHART` adds it to what questions can declare. `roles` are what it
    shows, as role -> kind of column; `?` marks a role that may be left out. `draw` gives None for an answer without
    what the chart needs.
    """

    name: str
    roles: Mapping[str, str]
    draw: Callable[[Picture, Sequence[Record]], Drawing | None]
