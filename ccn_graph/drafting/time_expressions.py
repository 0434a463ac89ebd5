"""Finds days, months, years, fiscal years and hours in a text, relative ones against the day of the document."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ccn_graph.errors import CellError
from ccn_graph.text import dates

_ERA = r"(?:令和|平成|昭和|大正|明治|[RHS])"
_YEAR = (
    rf"(?:{_ERA}\s*(?:\d{{1,2}}|元)(?:/{_ERA}\d{{1,2}})?(?:年(?!度))?\s*\(\s*\d{{4}}年?\s*\)年?"
    rf"|\d{{4}}\s*(?:\(\s*{_ERA}\s*(?:\d{{1,2}}|元)年?\s*\)年?|年?\s*\(\s*{_ERA}\s*(?:\d{{1,2}}|元)年?\s*\)年?)"
    rf"|(?:令和|平成|昭和|大正|明治)\s*(?:\d{{1,2}}|元)年(?!度)"
    r"|\d{4}年(?![度代])|今年(?!度)|本年(?!度)|昨年(?!度)|来年(?!度)|翌年(?!度)|同年(?!度))"
)
_MONTH_DAY = r"(?:\s*(?P<m{0}>\d{{1,2}})月(?:\s*(?P<d{0}>\d{{1,2}})日)?)"
_WEEKDAY = r"(?:\s*\((?P<w{0}>[月火水木金土日])(?:曜日?)?(?:・?祝)?\))?"
_HOUR = r"(?:\s*(?P<h{0}>\d{{1,2}})(?:時(?:(?P<i{0}>\d{{1,2}})分|(?P<half{0}>半))?|:(?P<j{0}>\d{{2}})))?"
_TO = r"\s*(?:[~〜～–—‒―-]|から)\s*"


def _one(number: int) -> str:
    parts = (_MONTH_DAY, _WEEKDAY, _HOUR)
    return rf"(?P<y{number}>{_YEAR})?" + "".join(part.format(number) for part in parts)


_JA_DAY = re.compile(
    rf"{_one(1)}(?:{_TO}(?:(?=(?:{_YEAR})?\s*\d+月){_one(2)}|(?P<d3>\d{{1,2}})日(?:\s*\([月火水木金土日]\))?"
    rf"|(?P<h4>\d{{1,2}})(?::(?P<j4>\d{{2}})|時(?:(?P<i4>\d{{1,2}})分)?)))?"
)
_JA_YEAR = re.compile(_YEAR)
_FISCAL = re.compile(
    rf"(?:{_ERA}\s*(?:\d{{1,2}}|元)|\d{{4}})年?度(?:\s*\(\d{{4}}年?\))?|[今本昨来]年度"
    r"|(?:FY|fiscal (?:year )?)\s?\d{4}"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_EN = [re.compile(form) for form in (
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:[–—-]|to|and)\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m1>{_MONTHS}),?\s+(?P<y1>\d{{4}})",
    rf"(?P<m1>{_MONTHS})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:[–—-]|to|and)\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})",
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTHS}),?\s+(?P<y1>\d{{4}})",
    rf"(?P<m1>{_MONTHS})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>\d{{4}})",
    rf"(?P<m1>{_MONTHS}),?\s+(?P<y1>\d{{4}})",
    rf"(?P<rel>[Tt]his|[Ll]ast|[Nn]ext)\s+(?P<m1>{_MONTHS})",
    rf"(?P<m1>{_MONTHS})\s+(?P<rel>[Tt]his|[Ll]ast|[Nn]ext)\s+year",
    rf"(?P<m1>{_MONTHS})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,?\s+\d{{4}})",
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTHS})(?!,?\s+\d{{4}})",
    r"(?P<rel>[Tt]his|[Ll]ast|[Nn]ext|[Oo]n)\s+(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
    r"(?P<rel>[Yy]esterday|[Tt]oday|[Tt]omorrow|(?:[Tt]his|[Ll]ast|[Nn]ext) year)\b",
    r"(?<![\w.,/-])(?P<y1>(?:19|20)\d{2})/(?P<y2>\d{2})(?!\d)",
    r"(?<![\w.,/-])(?P<y1>(?:19[5-9]|20[0-4])\d)(?![\w,]\d|\d|[-/]\d|\s?(?:cities|members|people))",
)]  # fmt: skip
_RELATIVE = {"今年": 0, "本年": 0, "昨年": -1, "来年": 1, "this": 0, "last": -1, "next": 1}
_NAMED_DAYS = {"World Cities Day": "10-31", "世界都市デー": "10-31", "世界都市の日": "10-31"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Time:
    """A time in a text: `first` and `last` in the lexical form of their precision; `last` may be empty."""

    start: int
    end: int
    first: str
    last: str = ""
    kind: str = "date"
    """`date`, or `fiscal` for a fiscal year."""
    assumed: bool = False
    """Whether the year is that of what stands around it."""
    doubt: str = ""
    """Why it may be wrong: `weekday`."""


@dataclass
class Clock:
    """What times are read against: the document's own day, and the year that the text speaks of."""

    issued: str = ""
    year: int = 0
    before: int = 0
    """The last year that was printed."""
    zone: str = "+09:00"
    _span: tuple[int, ...] = field(default=(), repr=False)

    @property
    def own_year(self) -> int:
        """The year of the document, 0 if it has no date."""
        return int(self.issued[:4]) if self.issued[:4].isdigit() else 0

    def spoken_of(self, month: int) -> int:
        """Return the year of a month without one: that of the fiscal year or heading, else the document's."""
        if len(self._span) == 2:
            return self._span[0] if month >= 4 else self._span[1]
        return self.year or self.own_year

    def set_year(self, year: int, *, fiscal: bool = False) -> None:
        """Take the year of a heading; of a fiscal year, January to March lie in the next."""
        self.year, self._span = year, (year, year + 1) if fiscal else ()


def find(text: str, clock: Clock) -> list[Time]:
    """Return the times in a text, in their order; none overlaps another."""
    times: list[Time] = []
    for time in [*_fiscal(text, clock), *_japanese(text, clock), *_english(text, clock), *_named_days(text, clock)]:
        if not any(time.start < other.end and other.start < time.end for other in times):
            times.append(time)
            if time.kind == "date" and not time.assumed:
                clock.before = int(time.first[:4])
    return sorted(times, key=lambda time: time.start)


def _fiscal(text: str, clock: Clock) -> Iterator[Time]:
    for match in _FISCAL.finditer(text):
        printed = re.sub(r"\s*\(\d{4}年?\)$", "", match[0])
        own = _fiscal_year(clock.issued)
        relative = {"今": own, "本": own, "昨": own - 1, "来": own + 1}.get(printed[0])
        if relative is not None:
            printed = f"{relative}年度" if own else ""
        if western := re.search(r"(\d{4})$", printed):
            printed = f"{western[1]}年度"
        if first := _parsed(printed.replace(" ", "")):
            yield Time(match.start(), match.end(), first, "", "fiscal")


def _fiscal_year(issued: str) -> int:
    """Return the fiscal year of Japan that a day or month lies in, 0 if it cannot be told."""
    if len(issued) < 7:
        return int(issued[:4] or 0)
    return int(issued[:4]) - (int(issued[5:7]) < 4)


def _japanese(text: str, clock: Clock) -> Iterator[Time]:
    for match in _JA_DAY.finditer(text):
        if time := _japanese_day(match, clock):
            yield time
    for match in _JA_YEAR.finditer(text):
        year = _year(match[0], clock)
        if year:
            yield Time(match.start(), match.end(), f"{year:04}", assumed=match[0] == "同年")


def _japanese_day(match: re.Match[str], clock: Clock) -> Time | None:
    month, day = int(match["m1"]), _int(match["d1"])
    year = _year(match["y1"], clock) if match["y1"] else clock.spoken_of(month)
    if not year or not (first := _written(year, month, day)):
        return None
    last = ""
    if match["m2"]:
        year2 = _year(match["y2"], clock) if match["y2"] else year + (int(match["m2"]) < month)
        last = _written(year2, int(match["m2"]), _int(match["d2"]))
        last = _with_hour(last, match["h2"], match["i2"] or match["j2"], match["half2"], clock)
    elif match["d3"] and day:
        last = _written(year, month, int(match["d3"]))
    elif match["h4"] and match["h1"]:
        last = _with_hour(first, match["h4"], match["i4"] or match["j4"], None, clock)
    wrong = match["w1"] and len(first) == 10 and "月火水木金土日"[_day(first).weekday()] != match["w1"]
    first = _with_hour(first, match["h1"], match["i1"] or match["j1"], match["half1"], clock)
    assumed = not match["y1"]
    end = match.end()
    return Time(match.start(), end, first, last, assumed=assumed, doubt="weekday" if wrong else "")


def _english(text: str, clock: Clock) -> Iterator[Time]:
    for form in _EN:
        for match in form.finditer(text):
            if time := _english_time(match, clock):
                yield time


def _english_time(match: re.Match[str], clock: Clock) -> Time | None:
    parts = match.groupdict()
    start, end = match.span()
    relative = (parts.get("rel") or "").lower().split()
    if parts.get("weekday"):
        day = _near_weekday(clock.issued, relative[0], parts["weekday"])
        return Time(start, end, day) if day else None
    if not parts.get("m1"):
        return _english_year(match, clock, relative)
    month, day1 = _MONTHS.split("|").index(parts["m1"]) + 1, _int(parts.get("d1"))
    printed = _int(parts.get("y1"))
    year = printed or (clock.own_year + _RELATIVE[relative[0]] if relative and clock.own_year else 0)
    assumed = not year
    year = year or clock.spoken_of(month)
    first = _written(year, month, day1) if year else ""
    last = _written(year, month, _int(parts["d2"])) if parts.get("d2") and year else ""
    return Time(start, end, first, last, assumed=assumed) if first else None


def _english_year(match: re.Match[str], clock: Clock, relative: list[str]) -> Time | None:
    parts = match.groupdict()
    if relative:
        if len(relative) == 2:
            year = clock.own_year + _RELATIVE[relative[0]] if clock.own_year else 0
            return Time(match.start(), match.end(), f"{year:04}") if year else None
        if len(clock.issued) != 10:
            return None
        shift = {"yesterday": -1, "today": 0, "tomorrow": 1}[relative[0]]
        day = _day(clock.issued) + datetime.timedelta(days=shift)
        return Time(match.start(), match.end(), day.isoformat())
    last = parts["y1"][:2] + parts["y2"] if parts.get("y2") else ""
    return Time(match.start(), match.end(), parts["y1"], last)


def _named_days(text: str, clock: Clock) -> Iterator[Time]:
    for name, day in _NAMED_DAYS.items():
        at = text.find(name)
        if at >= 0 and clock.own_year:
            yield Time(at, at + len(name), f"{clock.own_year:04}-{day}", assumed=True)


def _near_weekday(issued: str, which: str, name: str) -> str:
    """Return the day of a weekday: 'last' before the document's day, 'next' after it, 'this' of its own week."""
    if len(issued) != 10:
        return ""
    day, wanted = _day(issued), _WEEKDAYS.index(name)
    shift = wanted - day.weekday()
    if which == "last":
        shift -= 7 if shift >= 0 else 0
    elif which == "next":
        shift += 7 if shift <= 0 else 0
    elif which == "on":
        shift -= 7 if shift > 0 else 0
    return (day + datetime.timedelta(days=shift)).isoformat()


def _year(printed: str, clock: Clock) -> int:
    if printed[:2] in _RELATIVE:
        return clock.own_year + _RELATIVE[printed[:2]] if clock.own_year else 0
    if printed[:2] in ("同年", "翌年"):
        return clock.before + (printed[:2] == "翌年") if clock.before else 0
    if western := re.search(r"\d{4}", printed):
        return int(western[0])
    return int((_parsed(printed.replace(" ", "")) or "0")[:4])


def _written(year: int, month: int, day: int) -> str:
    """Return a month or a day, empty if the calendar has no such day."""
    try:
        datetime.date(year, month, day or 1)
    except ValueError:
        return ""
    return f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")


def _with_hour(day: str, hour: str | None, minute: str | None, half: str | None, clock: Clock) -> str:
    if not hour or len(day) != 10 or int(hour) > 23:
        return day
    return f"{day}T{int(hour):02}:{int(minute or (30 if half else 0)):02}{clock.zone}"


def _parsed(text: str) -> str:
    try:
        return dates.parse(text).lexical if text else ""
    except CellError:
        return ""


def _day(lexical: str) -> datetime.date:
    return datetime.date.fromisoformat(lexical[:10])


def _int(digits: str | None) -> int:
    return int(digits) if digits else 0
