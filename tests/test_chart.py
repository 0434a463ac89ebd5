from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree as ET

import pytest

from ccn_graph.pages import chart
from ccn_graph.pages.chart import Bar, Caption, Line, Span, TimelineRow
from ccn_graph.text import intervals

CAPTION = Caption("growth", 'Growth of "A & <b>"', "From 2004 to 2025")
TODAY = datetime.date(2026, 11, 21)


def svg(markup: str) -> ET.Element:
    """Parse the first SVG of what a chart gave; it must be well-formed and free of styles and scripts."""
    assert not re.search(r"\bstyle=|<style|<script|\bon\w+=", markup)
    return ET.fromstring(
        markup[: markup.rindex("</svg>") + 6] if "<ul" not in markup else markup[: markup.index("<ul")]
    )


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in (element.get("class") or "").split()]


def share(element: ET.Element, attribute: str) -> float:
    return float((element.get(attribute) or "").rstrip("%"))


def test_a_chart_is_one_image_with_a_name_and_a_description() -> None:
    root = svg(chart.bars(CAPTION, [Bar("Kobe", 3)]))
    texts = {element.get("id"): element.text for element in root if element.get("id")}
    assert root.get("role") == "img"
    assert texts[root.get("aria-labelledby")] == 'Growth of "A & <b>"'
    assert texts[root.get("aria-describedby")] == "From 2004 to 2025"


def test_bars_are_as_long_as_their_values() -> None:
    root = svg(chart.bars(CAPTION, [Bar("日本", 12), Bar("<b>", 3, "3 都市"), Bar("none", 0)]))
    assert [share(bar, "width") for bar in of_class(root, "chart-bar")] == [100, 25, 0]
    assert [text.text for text in of_class(root, "chart-value")] == ["12", "3 都市", "0"]


def test_no_bars_at_all_is_a_chart_too() -> None:
    assert not of_class(svg(chart.bars(CAPTION, [])), "chart-bar")
    assert not of_class(svg(chart.lines(CAPTION, [])), "chart-line")
    assert not of_class(svg(chart.timeline(CAPTION, [], TODAY)), "chart-span")


def test_lines_run_from_the_first_year_to_the_last_and_from_nought_to_the_top() -> None:
    root = svg(chart.lines(CAPTION, [Line("", ((2025, 400), (2004, 0), (2014, 100)))]))
    (line,) = of_class(root, "chart-line")
    assert line.get("points") == "0,100 47.62,75 100,0"
    assert [dot[0].text for dot in of_class(root, "chart-dot")] == ["2004: 0", "2014: 100", "2025: 400"]


def test_several_lines_have_a_legend_and_too_many_are_refused() -> None:
    drawn = chart.lines(CAPTION, [Line("A & B", ((2004, 1),)), Line("デザイン", ((2005, 2),))])
    svg(drawn)
    assert "A &amp; B</li>" in drawn
    assert "デザイン</li>" in drawn
    with pytest.raises(ValueError, match="8 lines"):
        chart.lines(CAPTION, [Line(str(number), ()) for number in range(9)])


def test_a_year_is_light_over_its_width_and_solid_only_where_it_is_certain() -> None:
    rows = [TimelineRow("UCCN", (Span("2016", "2020-12-31"),)), TimelineRow("CCNJ", (Span("2013-01-01", "2026"),))]
    root = svg(chart.timeline(CAPTION, rows, datetime.date(2030, 1, 1)))
    light, solid = of_class(root, "chart-about"), of_class(root, "chart-sure")
    # From 2013 to 2027 there are 14 years.
    assert share(light[0], "x") == pytest.approx(300 / 14, abs=0.01)
    assert share(light[0], "width") == pytest.approx(500 / 14, abs=0.02)
    assert share(solid[0], "x") == pytest.approx(400 / 14, abs=0.01)
    assert share(solid[0], "width") == pytest.approx(400 / 14, abs=0.02)
    assert share(solid[1], "x") == 0
    assert share(solid[1], "width") == pytest.approx(1300 / 14, abs=0.01)


def test_what_goes_on_lasts_to_the_day_of_the_drawing() -> None:
    root = svg(chart.timeline(CAPTION, [TimelineRow("UCCN", (Span("2016-01-01", ongoing=True),))], TODAY))
    (solid,) = of_class(root, "chart-sure")
    (now,) = of_class(root, "chart-now")
    assert share(solid, "x") + share(solid, "width") == pytest.approx(share(now, "x1"), abs=0.05)


def test_an_unstated_start_is_light_from_the_edge_to_the_day_it_is_known_for() -> None:
    spans = (Span(known="2024-06-01", ongoing=True),)
    root = svg(chart.timeline(CAPTION, [TimelineRow("A", spans), TimelineRow("B", (Span("2022-01-01"),))], TODAY))
    light, solid = of_class(root, "chart-about")[0], of_class(root, "chart-sure")[0]
    assert share(light, "x") == 0
    assert share(solid, "x") > 40


def test_single_days_are_dots_and_plans_are_told_apart() -> None:
    rows = [TimelineRow("Meetings", (Span("2018-10-21"), Span("2026-06-17T14:30:00+09:00", planned=True, title="9th")))]
    root = svg(chart.timeline(CAPTION, rows, TODAY))
    assert len([element for element in root.iter() if element.tag == "circle"]) == 2
    (planned,) = of_class(root, "planned")
    assert planned.find("title") is not None


def test_dates_that_cannot_be_read_are_left_out() -> None:
    root = svg(chart.timeline(CAPTION, [TimelineRow("A", (Span("someday"), Span(), Span("2020")))], TODAY))
    assert len(of_class(root, "chart-span")) == 1


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert chart.ticks(0, 1, 4) == [0, 1]
    assert chart.ticks(2004, 2026, 5) == [2000, 2005, 2010, 2015, 2020, 2025, 2030]
    assert chart.ticks(0, 7, 4)[-1] >= 7


@pytest.mark.parametrize(
    ("lexical", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2019-05-20", "2019-05-20", "2019-05-20"),
        ("2025-10-14T13:30:00+09:00", "2025-10-14", "2025-10-14"),
        ("2019-05-20Z", "2019-05-20", "2019-05-20"),
        ("2019+09:00", "2019-01-01", "2019-12-31"),
    ],
)
def test_a_moment_covers_the_days_it_may_mean(lexical: str, first: str, last: str) -> None:
    found = intervals.read(lexical)
    assert found == intervals.Interval(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@pytest.mark.parametrize("lexical", ["", "2019-13", "2019-02-30", "-0044", "12019", "9999", "0000", "20 19", "2019-5"])
def test_a_moment_that_is_none_is_not_made_up(lexical: str) -> None:
    assert intervals.read(lexical) is None
