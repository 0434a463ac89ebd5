"""Dates as documents give them: to the year, the month or the day, and never more precise than that."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

_LEXICAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?(?:Z|[+-]\d{2}:\d{2})?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date of xsd:gYear, xsd:gYearMonth, xsd:date or xsd:dateTime: the first and the last day that it may mean."""

    first: datetime.date
    last: datetime.date

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last

    @property
    def begin(self) -> float:
        """Where its first day begins, in years: 2019-07-02 is about 2019.5."""
        return _years(self.first)

    @property
    def end(self) -> float:
        """Where its last day ends, in years."""
        return _years(self.last + datetime.timedelta(days=1))


def read(lexical: str) -> Moment | None:
    """Read what a literal says (XML Schema 1.1 part 2, sections 3.3.7 to 3.3.11); None if it names no day of 1 to 9998.

    >>> read("2024-02").last.isoformat()
    '2024-02-29'
    >>> read("2026-06-17T14:30:00+09:00").exact
    True
    >>> read("about 1990") is None
    True
    """
    match = _LEXICAL.fullmatch(lexical)
    if not match or not 1 <= int(match[1]) < datetime.MAXYEAR:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Moment(first, first)
    end_month = month or 12
    return Moment(first, datetime.date(year, end_month, calendar.monthrange(year, end_month)[1]))


def _years(day: datetime.date) -> float:
    start = datetime.date(day.year, 1, 1)
    return day.year + (day - start).days / (366 if calendar.isleap(day.year) else 365)
