"""The table of XML Schema's datatypes says what the standard says, whatever Python takes for a number or a date."""

from __future__ import annotations

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.text import xsd
from ccn_graph.text.xsd import XSD

FORMS = {
    **{
        name: ([str(least), str(most), f"+{most}", f"000{most}"], [str(least - 1), str(most + 1), "1.0", "1e2", ""])
        for name, (least, most) in {
            "byte": (-128, 127), "short": (-32_768, 32_767), "int": (-(2**31), 2**31 - 1),
            "long": (-(2**63), 2**63 - 1),
            "unsignedByte": (0, 255), "unsignedShort": (0, 65_535), "unsignedInt": (0, 2**32 - 1),
            "unsignedLong": (0, 2**64 - 1),
        }.items()
    },
    "positiveInteger": (["1", "+1", "9" * 60], ["0", "-0", "-1"]),
    "nonPositiveInteger": (["0", "-0", "+0", "-" + "9" * 60], ["1"]),
    "negativeInteger": (["-1"], ["0", "-0", "1"]),
    "float": (["-INF", "1E5", "-.5e-3", "1."], ["-NaN", "+NaN", "1e5.0", "1f"]),
    "integer": (["9", "+5", "-0", "007"], ["９", "٣", "1_000", "－5", "1.0", "", " 1"]),
    "nonNegativeInteger": (["0", "-0", "9" * 60], ["-1"]),
    "decimal": (["1.", ".5", "-0.10"], [".", "1e3", "1,5", "INF"]),
    "double": (["1e-3", "INF", "+INF", "NaN", ".5E3"], ["inf", "nan", "1e", "Infinity", "0x1"]),
    "boolean": (["true", "0"], ["True", "yes", ""]),
    "date": (["2024-02-29", "2024-01-01Z", "-0044-03-15", "12024-01-01", "2024-01-01+14:00", "0000-01-01"],
             ["2023-02-29", "2024-13-01", "2024-1-1", "20240101", "02024-01-01", "2024-01-01+14:30", "２０２４-01-01"]),
    "dateTime": (["2024-01-01T24:00:00", "2024-01-01T00:00:00.1234567890123Z"],
                 ["2024-01-01 00:00:00", "2024-01-01T00:00", "2024-01-01T24:00:01", "2016-12-31T23:59:60Z",
                  "2024-01-01T00:00:00+0900", "20240101T000000", "2024-01-01"]),
    "dateTimeStamp": (["2024-01-01T00:00:00Z"], ["2024-01-01T00:00:00"]),
    "time": (["24:00:00", "09:00:00+09:00"], ["24:00:01", "9:00:00", "09:00"]),
    "gYear": (["2024", "-0001", "12345"], ["24", "0x7e8", "01234", "2024-01"]),
    "gYearMonth": (["2024-12"], ["2024-13", "2024-00", "2024-1", "202401", "2024-01-01"]),
    "gMonthDay": (["--02-29"], ["--02-30", "02-28"]),
    "gDay": (["---31"], ["---32"]),
    "gMonth": (["--12"], ["--13", "12"]),
    "duration": (["P1Y2M3DT4H5M6.7S", "-P1D", "PT1S"], ["P", "PT", "P1DT", "PT1.S", "P1M1Y", "P1.5D", "+P1D", "P1W",
                 "1D", "P1S", "P-1D"]),
    "dayTimeDuration": (["P1DT1H"], ["P1M", "P1Y"]),
    "yearMonthDuration": (["P1Y1M"], ["P1D", "P"]),
    "hexBinary": (["0aFF", ""], ["0", "zz"]),
    "base64Binary": (["QQ==", "QUI=", "QUJD", ""], ["Q", "QR==", "Q==="]),
    "language": (["ja", "en-GB"], ["日本語", "toolonglanguage"]),
    "NCName": (["a-b", "神戸"], ["1a", "a:b"]),
    "anyURI": (["https://example.org/a%20b", "a b", "日本", "<x>", ""], [" a", "a\tb", "a\x01"]),
    "Name": ([":a", "a:b", "_1", "名"], ["1a", "-a", "a b", "", "\u00b7a", "a×"]),
    "NMTOKEN": (["1a", "-", "a.b:c"], ["a b", "", "a/b"]),
    "token": (["a b", "", "\u00a0a"], [" a", "a  b", "a\nb", "\x01"]),
    "normalizedString": ([" a  b ", ""], ["a\tb", "\r", "a\x00"]),
    "string": (["a\tb\r\n", "\U0001f600", ""], ["a\x00", "\x0b", "\uffff"]),
}  # fmt: skip


def test_all_datatypes_have_examples() -> None:
    assert {XSD + name for name in FORMS} == xsd.KNOWN


@pytest.mark.parametrize("name", FORMS)
def test_lexical_forms_are_those_of_the_standard(name: str) -> None:
    valid, wrong = FORMS[name]
    assert [form for form in valid if not xsd.is_valid(form, XSD + name)] == []
    assert [form for form in wrong if xsd.is_valid(form, XSD + name) is not False] == []


def test_other_datatypes_are_not_judged() -> None:
    assert xsd.is_valid("x", "https://example.org/own") is None


@given(year=st.integers(1, 9999), month=st.integers(1, 12), day=st.integers(1, 31))
def test_days_are_those_of_the_calendar(year: int, month: int, day: int) -> None:
    known = day <= calendar.monthrange(year, month)[1]
    assert xsd.is_valid(f"{year:04}-{month:02}-{day:02}", XSD + "date") is known


@given(one=st.datetimes(), other=st.datetimes())
def test_moments_are_in_the_order_of_the_calendar(one: object, other: object) -> None:
    order = xsd.compare(one.isoformat(), XSD + "dateTime", other.isoformat(), XSD + "dateTime")  # type: ignore[attr-defined]
    assert order == (one > other) - (one < other)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("2023-12-31T24:00:00", "2024-01-01T00:00:00", 0),
        ("2002-10-10T12:00:00", "2002-10-10T12:00:00-05:00", None),
        ("2002-10-10T12:00:00", "2012-10-10T12:00:00-05:00", -1),
        ("-0001-01-01T00:00:00", "0001-01-01T00:00:00", -1),
        ("2024-01-01T09:00:00+09:00", "2024-01-01T00:00:00Z", 0),
    ],
)
def test_moments_compare_as_the_standard_has_it(one: str, other: str, order: int | None) -> None:
    assert xsd.compare(one, XSD + "dateTime", other, XSD + "dateTime") == order


def test_values_of_different_kinds_have_no_order() -> None:
    assert xsd.compare("2020-01-01", XSD + "date", "2020-01-02T00:00:00Z", XSD + "dateTime") is None
    assert xsd.compare("1", XSD + "integer", "2", XSD + "string") is None
    assert xsd.compare("P1M", XSD + "duration", "P30D", XSD + "duration") is None
    assert xsd.compare("P1M", XSD + "duration", "P27D", XSD + "duration") == 1
    assert xsd.compare("NaN", XSD + "double", "1", XSD + "integer") is None
