from __future__ import annotations

import re

import pytest

from ccn_graph.errors import QuestionError
from ccn_graph.graph import questions
from ccn_graph.graph.questions import plain
from ccn_graph.pages import answer_charts
from ccn_graph.pages.charts import bars
from ccn_graph.pages.charts.picture import Drawing
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import query_file
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.terms import Row
from tests.conftest import TODAY, Write


def drawn(site: Site, name: str, language: str = "en", **settings: str) -> tuple[list[Row], list[Drawing]]:
    question = site.questions[name]
    rows = list(site.engine.query(question.query(site.labels, settings)).rows())
    context = RenderContext(site, PageRequest(f"/questions/{name}", (), language))
    return rows, answer_charts.draw(site, context, question, rows, TODAY)


def test_every_member_with_coordinates_is_on_the_map_and_the_others_are_counted(site: Site) -> None:
    rows, (found,) = drawn(site, "members-on-date", network="uccn", date="2025-10-31")
    assert found.map is not None
    members = {str(plain(row[0])) for row in rows}
    placed = {point.iri for point in found.map.points}
    assert placed <= members
    assert len(placed) > 390
    assert found.note == f"{len(members - placed)} without coordinates are not on the map."


def test_bars_are_the_numbers_of_the_answer_the_largest_first(site: Site) -> None:
    rows, (found,) = drawn(site, "fields-on-date")
    numbers = sorted((int(str(plain(row[1]))) for row in rows), reverse=True)
    shown = re.findall(r'chart-value"[^>]*>(\d+)<', found.markup)
    assert [int(number) for number in shown] == numbers
    assert found.title == "members by field"


def test_lines_end_where_the_sum_of_all_changes_ends(site: Site) -> None:
    rows, (found,) = drawn(site, "members-by-field")
    numbers = [[int(str(plain(value))) if value else None for value in row[2:5]] for row in rows]
    changes = sum((joined or 0) - (left or 0) for year, joined, left in numbers if year)
    last = max(year for year, _, _ in numbers if year)
    undated = sum(joined or 0 for year, joined, _ in numbers if not year)
    assert found.note == f"{undated} whose year no document gives are not in the lines."
    assert sum(int(value) for value in re.findall(rf"<title>[^<]* {last}: (\d+)</title>", found.markup)) == changes


def test_what_is_planned_is_told_from_what_was_held(site: Site) -> None:
    rows, (found, _) = drawn(site, "editions-of-series", "ja")
    planned = sum(row[2] is None and row[3] is not None for row in rows)
    assert planned
    assert found.markup.count("chart-span planned") == planned
    assert found.markup.count('class="chart-span"') == sum(row[2] is not None for row in rows)


def test_what_has_no_date_is_not_in_the_timeline_and_counted(site: Site) -> None:
    rows, (found,) = drawn(site, "meetings-held-together")
    undated = {str(plain(row[0])) for row in rows if row[2] is None and row[3] is None}
    assert undated
    assert found.note == f"{len(undated)} without a date or number are not in the chart."


def test_a_picture_that_leaves_something_out_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "_MOST", 3)
    _, (found,) = drawn(site, "fields-on-date")
    assert found.markup.count("chart-bar ") + found.markup.count('"chart-bar"') == 3
    assert found.note == "The chart shows 3 of 8; the table has all of them."


def test_an_empty_answer_is_not_drawn(site: Site) -> None:
    rows, found = drawn(site, "members-on-date", date="1900-01-01")
    assert rows == []
    assert found == []


def test_every_chart_fits_the_columns_of_its_question(site: Site) -> None:
    drawn = {name: asked.charts for name, asked in site.questions.items() if asked.charts}
    fitting = {
        answer_charts.fitting(site.questions[name], declared).name
        for name, charts in drawn.items()
        for declared in charts
    }
    assert fitting == set(answer_charts.KINDS)
    assert drawn["members-on-date"] == (questions.Chart("map", {"place": "member"}, "map place=member"),)


@pytest.mark.parametrize(
    "chart",
    [
        "pie label=city",
        "map",
        "map place=locator",
        "map place=nothing",
        "bars label=city",
        "map place=city extra=city",
        "timeline",
    ],
)
def test_a_chart_that_does_not_fit_is_refused_with_its_line(write: Write, chart: str) -> None:
    text = (
        f"#+ column: city iri 都市 / city\n#+ column: locator text 箇所 / locator\n#+ chart: {chart}\nSELECT * {{}}\n"
    )
    file = query_file.read(write("odd.rq", text), {"column", "chart"})
    asked = questions.Question(file)
    (declared,) = asked.charts
    with pytest.raises(QuestionError, match=r"odd\.rq:3: .*write one of: bars label=… value=…"):
        answer_charts.fitting(asked, declared)
