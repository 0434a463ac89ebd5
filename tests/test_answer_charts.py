from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from ccn_graph.errors import QuestionError
from ccn_graph.graph import questions
from ccn_graph.graph.rows import plain
from ccn_graph.pages import answer_charts
from ccn_graph.pages.charts import bars
from ccn_graph.pages.charts.picture import Drawing
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.terms import Row, Term
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


def test_lines_end_where_the_members_of_all_countries_end(site: Site) -> None:
    rows, (found,) = drawn(site, "members-by-field")
    last: dict[tuple[object, object], int] = {}
    for field, country, year, _, _, members, _ in (map(cell, row) for row in rows):
        if year:
            last[field, country] = int(str(members))
    undated = sum(int(str(cell(row[3]))) for row in rows if row[2] is None)
    assert f"{undated} whose year of joining no document gives" in found.note
    year = max(int(str(cell(row[2]))) for row in rows if row[2])
    ends = re.findall(rf"<title>[^<]* {year}: (\d+)</title>", found.markup)
    assert sum(map(int, ends)) == sum(last.values())


def cell(value: Term | None) -> str | int | float | bool | None:
    return None if value is None else plain(value)


def test_those_that_may_have_been_members_are_a_band_above_the_line(site: Site) -> None:
    question = site.questions["membership-growth"]
    rows = [
        (2010, "europe", "france", 1, 0, 1, 0), (2012, "europe", "spain", 0, 0, 0, 2),
        (2014, "europe", "spain", 0, 0, 1, 1), (2016, "asia", "japan", 1, 0, 1, 0),
    ]  # fmt: skip
    place = namespaces.BASE + "place/"
    terms: list[Row] = [
        tuple(ox.Literal(value) if isinstance(value, int) else ox.NamedNode(place + value) for value in row)
        for row in rows
    ]
    context = RenderContext(site, PageRequest("/questions/membership-growth"))
    (found,) = answer_charts.draw(site, context, question, terms, TODAY)
    assert (
        found.note == "A line counts those that surely were members, the band above it those that may have been, too."
    )
    (band,) = re.findall(r'class="chart-band series-1" points="([^"]*)"', found.markup)
    heights = [float(point.partition(",")[2]) for point in band.split()]
    # To and fro along the years 2010 to 2016: the certain, then all, on a scale to three.
    counted = [1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 1, 1]
    scale = (100 - heights[0]) / counted[0]
    assert [round((100 - height) / scale) for height in heights] == counted
    assert "chart-band series-2" not in found.markup


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
