"""The datatypes of XML Schema (XSD 1.1, part 2): which lexical forms are valid, and how values are ordered.

One table for shapes, imports and questions. What is written is judged, not what a programming language makes of it:
digits are ASCII, days exist in the calendar, 24:00:00 is a time, years may have more than four digits or a minus.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

XSD = "http://www.w3.org/2001/XMLSchema#"

_ZONE = r"(?P<zone>Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))"
_MONTH, _DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_CLOCK = (
    r"(?:(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d(?:\.\d+)?)|(?P<midnight>24:00:00(?:\.0+)?))"
)
_MOMENT = rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}"
_TIMES = r"T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?|\.\d+)S)?"
_MONTHS = r"(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?"
_SIGN = r"(?P<sign>-)?P"
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"{_NAME_START}.0-9\u00b7\u0300-\u036f\u203f\u2040-"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
#: Characters that no document of XML may hold (XML 1.0, section 2.2).
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
_WORD = rf"[^ \t\n\r{_CONTROL}]+"
_WORDS = rf"(?:{_WORD}(?: {_WORD})*)?"
_BASE64 = (
    r"(?:(?:[A-Za-z0-9+/] ?){4})*"
    r"(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?"
)

#: Whole numbers: the least and the greatest value, where there is one.
_WHOLE: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}

_FORMS = {
    **dict.fromkeys(_WHOLE, r"[+-]?\d+"),
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": _FLOAT,
    "float": _FLOAT,
    "boolean": "true|false|1|0",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": f"{_MOMENT}{_ZONE}",
    "dateTimeStamp": f"{_MOMENT}{_ZONE[:-1]}",
    "time": f"{_CLOCK}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "duration": rf"{_SIGN}(?=[\dT]){_MONTHS}(?:(?P<days>\d+)D)?(?:{_TIMES})?",
    "yearMonthDuration": rf"{_SIGN}(?=\d){_MONTHS}",
    "dayTimeDuration": rf"{_SIGN}(?=[\dT])(?:(?P<days>\d+)D)?(?:{_TIMES})?",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": _BASE64,
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": rf"[^\t\n\r{_CONTROL}]*",
    "token": _WORDS,
    "Name": f"[:{_NAME_START}][:{_NAME}]*",
    "NCName": f"[{_NAME_START}][{_NAME}]*",
    "NMTOKEN": f"[:{_NAME}]+",
    # XSD 1.1 (3.3.17) takes any text for an address: whatever is no character of one can be escaped.
    "anyURI": _WORDS,
    "string": f"[^{_CONTROL}]*",
}

_PATTERNS = {XSD + name: re.compile(form, re.ASCII | re.DOTALL) for name, form in _FORMS.items()}

#: The datatypes that this table knows.
KNOWN = frozenset(_PATTERNS)

_NUMERIC = frozenset(XSD + name for name in (*_WHOLE, "decimal", "double", "float"))
_FLOATING = {XSD + "double", XSD + "float"}
_TEXTUAL = {XSD + name for name in ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN")}
_FAMILIES = {XSD + "dateTimeStamp": XSD + "dateTime"}
_DURATIONS = {XSD + name for name in ("duration", "yearMonthDuration", "dayTimeDuration")}

# Two moments of which only one has a time zone are in order if they are further apart than any zone (XSD 1.1, E.3.4).
_ZONES = 14 * 3600


def is_valid(lexical: str, datatype: str) -> bool | None:
    """Tell whether a literal is well-formed; None for a datatype that is none of XSD's.

    >>> is_valid("2024-02-30", XSD + "date"), is_valid("-0044-03-15", XSD + "date"), is_valid("９", XSD + "integer")
    (False, True, False)
    """
    pattern = _PATTERNS.get(datatype)
    if pattern is None:
        return None
    match = pattern.fullmatch(lexical)
    if match is None:
        return False
    parts = match.groupdict()
    if parts.get("day"):
        return int(parts["day"]) <= _days(parts)
    bounds = _WHOLE.get(datatype[len(XSD) :])
    if bounds and bounds != (None, None):
        # A number of thousands of digits is not worth turning into one.
        return (len(lexical.lstrip("+-0")) < 40 and _between(int(lexical), *bounds)) or _unbounded(lexical, bounds)
    return True


def _unbounded(lexical: str, bounds: tuple[int | None, int | None]) -> bool:
    """Tell whether a very long number lies in a range that is open on its side."""
    if len(lexical.lstrip("+-0")) < 40:
        return False
    return (bounds[0] if lexical.startswith("-") else bounds[1]) is None


def _between(number: int, least: int | None, most: int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _days(parts: dict[str, str | None]) -> int:
    """Return the number of days of a month; of February without a year, the greatest."""
    month = int(parts.get("month") or 1)
    if month != 2:
        return 30 if month in (4, 6, 9, 11) else 31
    year = parts.get("year")
    return 29 if year is None or _is_leap(int(year)) else 28


def _is_leap(year: int) -> bool:
    # XSD 1.1 has a year 0000, which is 1 BC.
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@dataclass(frozen=True, slots=True)
class _Instant:
    """Seconds on the time line, and whether the time zone is known."""

    seconds: Fraction
    zoned: bool


def compare(lexical: str, datatype: str, other: str, its_datatype: str) -> int | None:
    """Return -1, 0 or 1 as one value lies before, at or after another; None where they have no order.

    Numbers compare with numbers, texts with texts, everything else with its own kind only.

    >>> compare("2020-01-01", XSD + "date", "2020-01-02T00:00:00Z", XSD + "dateTime") is None
    True
    >>> compare("1.50", XSD + "decimal", "2", XSD + "integer")
    -1
    """
    if not (is_valid(lexical, datatype) and is_valid(other, its_datatype)):
        return None
    if datatype in _NUMERIC and its_datatype in _NUMERIC:
        return _of_numbers(lexical, datatype, other, its_datatype)
    if datatype in _TEXTUAL and its_datatype in _TEXTUAL:
        return (lexical > other) - (lexical < other)
    if datatype in _DURATIONS and its_datatype in _DURATIONS:
        return _of_durations(lexical, other)
    family = _FAMILIES.get(datatype, datatype)
    if family != _FAMILIES.get(its_datatype, its_datatype):
        return None
    if family == XSD + "boolean":
        first, second = lexical in ("true", "1"), other in ("true", "1")
        return first - second
    if family[len(XSD) :] in ("date", "dateTime", "time", "gYear", "gYearMonth", "gMonth", "gDay", "gMonthDay"):
        return _of_instants(_instant(lexical, datatype), _instant(other, its_datatype))
    return None


def _of_numbers(lexical: str, datatype: str, other: str, its_datatype: str) -> int | None:
    if {datatype, its_datatype} & _FLOATING:
        first, second = (float(text.replace("INF", "inf")) for text in (lexical, other))
        if first != first or second != second:
            return None
        return (first > second) - (first < second)
    exact, second_exact = Decimal(lexical), Decimal(other)
    return (exact > second_exact) - (exact < second_exact)


def _of_instants(instant: _Instant, other: _Instant) -> int | None:
    apart = instant.seconds - other.seconds
    if instant.zoned != other.zoned and abs(apart) <= _ZONES:
        return None
    return (apart > 0) - (apart < 0)


@lru_cache(1 << 16)
def _instant(lexical: str, datatype: str) -> _Instant:
    match = _PATTERNS[datatype].fullmatch(lexical)
    assert match
    parts = match.groupdict()
    # A year that every month and day is in: of times, and of days of months, only the order matters.
    days = _day_number(int(parts.get("year") or 1972), int(parts.get("month") or 12 if parts.get("day") and not
                       parts.get("month") else parts.get("month") or 1), int(parts.get("day") or 1))  # fmt: skip
    if parts.get("midnight"):
        seconds = Fraction(86400 if parts.get("day") else 0)
    else:
        seconds = Fraction(parts.get("second") or 0) + 60 * int(parts.get("minute") or 0)
        seconds += 3600 * int(parts.get("hour") or 0)
    zone = parts.get("zone")
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[4:6])
        seconds -= 60 * minutes * (-1 if zone[0] == "-" else 1)
    return _Instant(86400 * days + seconds, zone is not None)


def _day_number(year: int, month: int, day: int) -> int:
    """Count the days of the proleptic Gregorian calendar, before Christ too."""
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day


def _of_durations(lexical: str, other: str) -> int | None:
    """Compare durations, months apart from seconds: where these disagree at any date, there is no order."""
    first, second = _duration(lexical), _duration(other)
    months, seconds = first[0] - second[0], first[1] - second[1]
    if months == 0:
        return (seconds > 0) - (seconds < 0)
    # So many months have at least and at most so many days, whenever they begin (XSD 1.1, 3.3.6.1).
    signs = {_sign(_day_number(year, month, 1), months, seconds) for year, month in _BEGINNINGS}
    return signs.pop() if len(signs) == 1 else None


_BEGINNINGS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))


def _sign(start: int, months: int, seconds: Fraction) -> int:
    year, month = next((year, month) for year, month in _BEGINNINGS if _day_number(year, month, 1) == start)
    ahead = year * 12 + month - 1 + months
    moved = 86400 * (_day_number(ahead // 12, ahead % 12 + 1, 1) - start) + seconds
    return (moved > 0) - (moved < 0)


def _duration(lexical: str) -> tuple[int, Fraction]:
    match = _PATTERNS[XSD + "duration"].fullmatch(lexical)
    assert match
    parts = {name: text or "0" for name, text in match.groupdict().items() if name != "sign"}
    months = int(parts["years"]) * 12 + int(parts["months"])
    seconds = Fraction(int(parts["days"]) * 86400 + int(parts["hours"]) * 3600 + int(parts["minutes"]) * 60)
    seconds += Fraction(parts["seconds"] if not parts["seconds"].endswith(".") else parts["seconds"] + "0")
    return (-months, -seconds) if match["sign"] else (months, seconds)
