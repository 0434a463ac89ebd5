"""What is known of a day: the earliest and the latest that it may be, and what follows for any other day.

This is the only place where dates of documents are compared; in SPARQL the derived graph holds what is computed here
(see `ccn_graph.graph.preferred`), so that a query compares days of xsd:date and nothing else.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_DAY = datetime.timedelta(days=1)
_XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

OPEN = ".."
"""What stands for an unknown bound (Extended Date/Time Format, ISO 8601-2, level 1)."""

_LEXICAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?(?:Z|[+-]\d{2}:\d{2})?")


class Certainty(StrEnum):
    """Whether something held on a day: surely, perhaps (what is known allows both), or surely not."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO = "no"

    def both(self, other: Certainty) -> Certainty:
        """Tell whether both of two things held."""
        order = (Certainty.NO, Certainty.POSSIBLE, Certainty.CERTAIN)
        return order[min(order.index(self), order.index(other))]


@dataclass(frozen=True, slots=True)
class Interval:
    """The earliest and the latest day that a date may mean; `date.min` and `date.max` where nothing bounds it."""

    earliest: datetime.date
    latest: datetime.date

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.earliest == self.latest

    @property
    def begin(self) -> float:
        """Where its first day begins, in years: 2019-07-02 is about 2019.5."""
        return _years(self.earliest)

    @property
    def end(self) -> float:
        """Where its last day ends, in years."""
        return _years(self.latest + _DAY)

    def meet(self, other: Interval) -> Interval | None:
        """Return the days that both may mean; None if there are none."""
        earliest, latest = max(self.earliest, other.earliest), min(self.latest, other.latest)
        return Interval(earliest, latest) if earliest <= latest else None

    def on_or_before(self, day: datetime.date) -> Certainty:
        """Tell whether it had come by a day, this day included."""
        if self.latest <= day:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if self.earliest <= day else Certainty.NO

    def literal(self) -> tuple[str, str]:
        """Write it as shortly as it can be said: lexical form and datatype.

        >>> read("2015-04/2016-03").literal()[0], Interval(datetime.date.min, datetime.date(2026, 11, 21)).literal()[0]
        ('2015-04/2016-03', '../2026-11-21')
        """
        for length, name in ((4, "gYear"), (7, "gYearMonth")):
            lexical = self.earliest.isoformat()[:length]
            if read(lexical) == self:
                return lexical, _XSD + name
        if self.exact:
            return self.earliest.isoformat(), _XSD + "date"
        first, last = self.earliest, self.latest
        whole = {4: (first.month, first.day) == (1, 1) and (last.month, last.day) == (12, 31),
                 7: first.day == 1 and (last == last.max or (last + _DAY).day == 1)}  # fmt: skip
        length = next((length for length, fits in whole.items() if fits), 10)
        begin, end = first.isoformat()[:length], last.isoformat()[:length]
        return f"{OPEN if first == first.min else begin}/{OPEN if last == last.max else end}", EDTF


@dataclass(frozen=True, slots=True)
class Period:
    """A time that began on a day in `start` and ended with the day before one in `end`; None: no end is known."""

    start: Interval
    end: Interval | None = None

    def on(self, day: datetime.date) -> Certainty:
        """Tell whether it held on a day. Without a known end it lasts."""
        begun = self.start.on_or_before(day)
        if self.end is None:
            return begun
        over = self.end.on_or_before(day)
        opposite = {
            Certainty.CERTAIN: Certainty.NO,
            Certainty.POSSIBLE: Certainty.POSSIBLE,
            Certainty.NO: Certainty.CERTAIN,
        }
        return begun.both(opposite[over])

    def within(self, days: Interval) -> Certainty:
        """Tell whether it held on a day that is only known to be one of `days`."""
        first, last = self.on(days.earliest), self.on(days.latest)
        if first == last == Certainty.CERTAIN:
            return Certainty.CERTAIN
        begun = self.start.on_or_before(days.latest)
        over = Certainty.NO if self.end is None else self.end.on_or_before(days.earliest)
        return Certainty.NO if begun is Certainty.NO or over is Certainty.CERTAIN else Certainty.POSSIBLE


def read(lexical: str) -> Interval | None:
    """Read a date of xsd:gYear, xsd:gYearMonth, xsd:date, xsd:dateTime, or an interval of edtf:EDTF.

    XML Schema 1.1 part 2, sections 3.3.7 to 3.3.11; a time of day counts by its own local day. None if it names no day
    of the years 1 to 9998, or if an interval ends before it begins.

    >>> read("2024-02").latest.isoformat(), read("2023-01/2023-06").latest.isoformat()
    ('2024-02-29', '2023-06-30')
    >>> read("2026-06-17T14:30:00+09:00").exact, read("about 1990") is None
    (True, True)
    """
    first, slash, last = lexical.partition("/")
    if not slash:
        return _read_one(lexical)
    begin = Interval(datetime.date.min, datetime.date.min) if first == OPEN else _read_one(first)
    end = Interval(datetime.date.max, datetime.date.max) if last == OPEN else _read_one(last)
    if begin is None or end is None or begin.earliest > end.latest:
        return None
    return Interval(begin.earliest, end.latest)


def agreed(stated: Iterable[Interval]) -> Interval | None:
    """Return what several documents say of one day together: what all allow, else all that any of them allows."""
    days = list(stated)
    if not days:
        return None
    earliest, latest = max(day.earliest for day in days), min(day.latest for day in days)
    if earliest <= latest:
        return Interval(earliest, latest)
    return Interval(min(day.earliest for day in days), max(day.latest for day in days))


def period(
    starts: Sequence[Interval], designations: Sequence[Interval], ends: Sequence[Interval],
    held: Sequence[Interval] = (), known_by: Sequence[Interval] = (), not_before: Interval | None = None,
) -> Period:  # fmt: skip
    """Put together what is stated of the beginning and the end of a membership.

    `designations` are the days of the acts that began it; `held` are times at one day of which it held, `known_by` days
    by which it had begun; nothing began before `not_before`. It lasted a day at least. What contradicts the stated
    start or end does not narrow it.
    """
    start, designated, end = agreed(starts), agreed(designations), agreed(ends)
    anything = Interval(datetime.date.min, datetime.date.max)
    start = (start.meet(designated) or start) if start and designated else start or designated or anything
    latest = [day.latest for day in (*held, *known_by)]
    if end and end.latest > datetime.date.min:
        latest.append(end.latest - _DAY)
    earliest = not_before.earliest if not_before else datetime.date.min
    start = start.meet(Interval(datetime.date.min, min(latest, default=datetime.date.max))) or start
    start = start.meet(Interval(earliest, datetime.date.max)) or start
    if end:
        after = [day.earliest + _DAY for day in (*held, start) if day.earliest < datetime.date.max]
        end = end.meet(Interval(max(after, default=datetime.date.min), datetime.date.max)) or end
    return Period(start, end)


def _read_one(lexical: str) -> Interval | None:
    match = _LEXICAL.fullmatch(lexical)
    if not match or not 1 <= int(match[1]) < datetime.MAXYEAR:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Interval(first, first)
    end_month = month or 12
    return Interval(first, datetime.date(year, end_month, calendar.monthrange(year, end_month)[1]))


def _years(day: datetime.date) -> float:
    start = datetime.date(day.year, 1, 1)
    return day.year + (day - start).days / (366 if calendar.isleap(day.year) else 365)
