from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.errors import CellError
from ccn_graph.text import dates

ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}


@pytest.mark.parametrize(
    ("text", "lexical"),
    [
        ("2015年度", "2015-04/2016-03"),
        ("平成27年度", "2015-04/2016-03"),
        ("Ｈ２７年度", "2015-04/2016-03"),
        ("令和元年度", "2019-04/2020-03"),
        ("2013-10-21/2014-02-26", "2013-10-21/2014-02-26"),
        ("2023-01/2023-06", "2023-01/2023-06"),
        ("2019/2020", "2019/2020"),
    ],
)
def test_a_fiscal_year_of_japan_and_a_span_are_intervals(text: str, lexical: str) -> None:
    assert dates.parse(text) == dates.Date(lexical, dates.INTERVAL)


@pytest.mark.parametrize(
    ("text", "lexical"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("2025-10", "2025-10"),
        ("2025/10", "2025-10"),
        ("2025年10月", "2025-10"),
        ("2025-10-31", "2025-10-31"),
        ("2025/1/3", "2025-01-03"),
        ("2025.10.31", "2025-10-31"),
        ("20251031", "2025-10-31"),
        ("２０２５年１０月３１日", "2025-10-31"),
        ("二〇二五年十月三十一日", "2025-10-31"),
        ("31 October 2025", "2025-10-31"),
        ("October 31st, 2025", "2025-10-31"),
        ("Sept. 2025", "2025-09"),
        ("May 2025", "2025-05"),
        ("平成25年1月13日", "2013-01-13"),
        ("平成二十五年一月十三日", "2013-01-13"),
        ("H25.1.13", "2013-01-13"),
        ("h25/1", "2013-01"),
        ("平25", "2013"),
        ("㍻25年", "2013"),
        ("令和7年", "2025"),
        ("R7", "2025"),
        ("R元.5.1", "2019-05-01"),
        ("平成元年1月8日", "1989-01-08"),
        ("昭和64年1月7日", "1989-01-07"),
        ("昭和64年", "1989"),
        ("大正15年12月25日", "1926-12-25"),
        ("明治45年7月30日", "1912-07-30"),
        ("平成30年(2018年)10月", "2018-10"),
        ("2018年（平成30年）10月4日", "2018-10-04"),
        ("H30(2018)", "2018"),
        ("٢٠١٥", "2015"),
        ("2026年6月17日(水)", "2026-06-17"),
        ("2026-06-17 (Wed)", "2026-06-17"),
        ("2026-06-17T14:30+09:00", "2026-06-17T14:30:00+09:00"),
        ("2026/6/17 14:30:15 JST", "2026-06-17T14:30:15+09:00"),
        ("2026年6月17日(水)14時30分 日本時間", "2026-06-17T14:30:00+09:00"),
        ("2026-06-17T05:30:00Z", "2026-06-17T05:30:00+00:00"),
    ],
)
def test_a_date_keeps_the_precision_it_is_written_with(text: str, lexical: str) -> None:
    date = dates.parse(text)
    kinds = {4: dates.YEAR, 7: dates.MONTH, 10: dates.DAY, 25: dates.MOMENT}
    assert (date.lexical, date.datatype) == (lexical, kinds[len(lexical)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-13", "no such date"),
        ("2023-02-29", "no such date"),
        ("2015-00-00", "no such date"),
        ("2015-01-00", "no such date"),
        ("令和7年0月", "no such date"),
        ("0025", "no such date"),
        ("平成元年1月7日", "began on 1989-01-08"),
        ("平成31年5月", "ended on 2019-04-30"),
        ("平成32年", "write 2020"),
        ("昭和64年1月8日", "ended on 1989-01-07"),
        ("令和元年4月", "began on 2019-05-01"),
        ("昭和元年12月24日", "began on 1926-12-25"),
        ("明治5年", "lunar"),
        ("R0", "counted from 1"),
        ("平成30年(2019年)", "平成30 is 2018"),
        ("FY2015", "fiscal"),
        ("fiscal 2015", "fiscal"),
        ("第3年度", "fiscal"),
        ("2016-03/2015-04", "before it begins"),
        ("2015-13/2016-03", "no such date"),
        ("平成31/令和2", "no date"),
        ("10²-01", "no date"),
        ("令和0年度", "counted from 1"),
        ("FY2025", "fiscal"),
        ("2026-06-17 (火)", "weekday"),
        ("2026-06-17 14:30", "offset"),
        ("2026-06 14:30 JST", "offset"),
        ("2026-06-17T25:00Z", "no such time"),
        ("45961", "serial number"),
        ("10/31/2025", "order"),
        ("Oct-25", "no date"),
        ("202510", "no date"),
        ("2025-", "no date"),
        ("2013-2015", "no date"),
        ("約2010", "no date"),
        ("", "no date"),
    ],
)
def test_what_is_no_date_or_cannot_be_one_is_refused(text: str, said: str) -> None:
    with pytest.raises(CellError) as caught:
        dates.parse(text)
    assert said in caught.value.message["en"]
    assert caught.value.message["ja"]


def test_what_is_proposed_for_a_day_after_an_era_is_that_day() -> None:
    with pytest.raises(CellError) as caught:
        dates.parse("平成31年5月1日")
    assert caught.value.suggestion == "2019-05-01"


@given(st.dates(datetime.date(1873, 1, 1), datetime.date(2100, 12, 31)), st.sampled_from(["{}年{}月{}日", "{}.{}.{}"]))
def test_every_day_comes_back_from_its_era(day: datetime.date, form: str) -> None:
    name = max((name for name in ERAS if dates._ERAS[name][0] <= day), key=lambda name: ERAS[name])
    assert dates.parse(name + form.format(day.year - ERAS[name] + 1, day.month, day.day)).lexical == day.isoformat()


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_fault(text: str) -> None:
    try:
        assert dates.parse(text).lexical[:4].isdigit()
    except CellError as fault:
        assert fault.rule == "date"
