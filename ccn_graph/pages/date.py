"""Dates as people read them, at the precision they have."""

from __future__ import annotations

import re

_DATE = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)\S*)?)?)?\S*")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def spell(value: str, language: str) -> str:
    """Write a year, month, day or time out; give back what is none.

    >>> spell("2013-10", "en"), spell("2013-10-21", "ja"), spell("2026-06-17T14:30:00+09:00", "ja")
    ('October 2013', '2013年10月21日', '2026年6月17日 14:30')
    """
    match = _DATE.fullmatch(value)
    if not match:
        return value
    year, month, day, hour, minute = match.groups()
    time = f"{hour}:{minute}" if hour else ""
    if language == "ja":
        parts = f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
        return f"{parts} {time}".strip()
    named = _MONTHS[int(month) - 1] if month else ""
    return " ".join(part for part in (str(int(day)) if day else "", named, year) if part) + (
        f", {time}" if time else ""
    )
