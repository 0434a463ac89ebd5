"""Draws an answer in the ways its question declares (`#+ chart: …`), each of which is a module of `pages.charts`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from ccn_graph.errors import QuestionError
from ccn_graph.files import modules
from ccn_graph.graph.questions import Chart, Question
from ccn_graph.graph.rows import plain
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.terms import Row

#: By name.
KINDS: Mapping[str, ChartKind] = {
    kind.name: kind for kind in modules.declared("ccn_graph.pages.charts", "CHART").values()
}


def draw(
    site: Site, context: RenderContext, question: Question, rows: Sequence[Row], day: datetime.date
) -> list[Drawing]:
    """Draw what can be drawn of `rows`, as of `day`; nothing of an answer without what the drawing needs.

    Raises QuestionError for a chart that the columns of the question do not allow.
    """
    names = [column.name for column in question.columns]
    records = [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in rows]
    drawn = []
    for number, declared in enumerate(question.charts, start=1):
        kind = fitting(question, declared)
        picture = Picture(site, context, question, declared, f"chart-{number}", day)
        drawing = kind.draw(picture, records) if records else None
        drawn += [drawing] if drawing is not None else []
    return drawn


def fitting(question: Question, declared: Chart) -> ChartKind:
    """Find the kind of a chart. Raises QuestionError if there is none, or if the columns do not fit its roles."""
    kind = KINDS.get(declared.kind)
    kinds = {column.name: column.kind for column in question.columns}
    roles = {} if kind is None else kind.roles
    fits = all(
        role in roles and kinds.get(name, "") == roles[role].rstrip("?") for role, name in declared.columns.items()
    )
    missing = [role for role in roles if role not in declared.columns and not roles[role].endswith("?")]
    if kind is None or missing or not fits:
        usages = "; ".join(
            f"{name} {' '.join(f'{role}=…' for role in chart_kind.roles)}" for name, chart_kind in KINDS.items()
        )
        message = f"'#+ chart: {declared.text}' does not fit the columns; write one of: {usages}"
        raise QuestionError(message, path=question.file.path, line=question.file.line(declared.text))
    return kind
