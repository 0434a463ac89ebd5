"""Dates as people read them, at the precision they have."""

from __future__ import annotations

import re

from ccn_graph.text.intervals import OPEN

_DATE = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)\S*)?)?)?\S*")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def spell(value: str, language: str) -> str:
    """Write a year, month, day, time or interval out; give back what is none.

    >>> spell("2013-10", "en"), spell("2013-10-21", "ja"), spell("2026-06-17T14:30:00+09:00", "ja")
    ('October 2013', '2013年10月21日', '2026年6月17日 14:30')
    >>> spell("2015-04/2016-03", "ja"), spell("2015-04/2016-03", "en"), spell("../2026-11-21", "en")
    ('2015年4月から2016年3月のうち', 'between April 2015 and March 2016', 'by 21 November 2026')
    """
    first, slash, last = value.partition("/")
    if slash and {first, last} != {OPEN}:
        return _interval(_single(first, language), _single(last, language), language)
    return _single(value, language)


def _interval(first: str, last: str, language: str) -> str:
    """Say that something happened at one time within an interval."""
    if first == OPEN:
        return f"遅くとも{last}" if language == "ja" else f"by {last}"
    if last == OPEN:
        return f"{first}以降" if language == "ja" else f"not before {first}"
    return f"{first}から{last}のうち" if language == "ja" else f"between {first} and {last}"


def _single(value: str, language: str) -> str:
    match = _DATE.fullmatch(value)
    if not match:
        return value
    year, month, day, hour, minute = match.groups()
    if month and not 1 <= int(month) <= len(_MONTHS):
        return value
    time = f"{hour}:{minute}" if hour else ""
    if language == "ja":
        parts = f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
        return f"{parts} {time}".strip()
    named = _MONTHS[int(month) - 1] if month else ""
    return " ".join(part for part in (str(int(day)) if day else "", named, year) if part) + (
        f", {time}" if time else ""
    )
