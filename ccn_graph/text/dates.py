"""Dates as people write them in sheets, Japanese eras among them, at just the precision they are written."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from ccn_graph.errors import CellError
from ccn_graph.text.normalisation import kept

_XSD = "http://www.w3.org/2001/XMLSchema#"
YEAR, MONTH, DAY, MOMENT = (_XSD + name for name in ("gYear", "gYearMonth", "date", "dateTime"))
#: An interval in which something happened at one unknown time.
INTERVAL = "http://id.loc.gov/datatypes/edtf/EDTF"

#: Era -> its first and last day, and its other signs.
_ERAS = {
    "明治": (datetime.date(1868, 1, 25), datetime.date(1912, 7, 30), "明M"),
    "大正": (datetime.date(1912, 7, 30), datetime.date(1926, 12, 25), "大T"),
    "昭和": (datetime.date(1926, 12, 25), datetime.date(1989, 1, 7), "昭S"),
    "平成": (datetime.date(1989, 1, 8), datetime.date(2019, 4, 30), "平H"),
    "令和": (datetime.date(2019, 5, 1), datetime.date.max, "令R"),
}
_SIGNS = {sign: era for era, (_, _, signs) in _ERAS.items() for sign in (era, *signs, *signs.lower())}

_ERA = rf"(?P<era>{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?P<eraYear>\d{{1,2}}|元)"
_REST = r"(?:(?P<month>\d{1,2})(?:月|$|(?=[-/.]))(?:[-/.]?(?P<day>\d{1,2})日?)?)?"
_WESTERN = re.compile(rf"(?P<year>\d{{4}})(?:年(?=\d|$)|[-/.](?=\d)|$){_REST}")
_JAPANESE = re.compile(rf"{_ERA}(?:年(?=\d|$)|[-/.](?=\d)|$){_REST}")
# Both calendars side by side: 平成30年(2018年)10月, 2018年(平成30年)10月, H30(2018).
_ERA_FIRST = re.compile(rf"(?P<japanese>{_ERA})年?\((?P<western>\d{{4}})年?\)年?(?P<rest>.*)")
_ERA_SECOND = re.compile(rf"(?P<western>\d{{4}})年?\((?P<japanese>{_ERA})年?\)年?(?P<rest>.*)")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")

_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_NAME = rf"(?P<name>{'|'.join(rf'{name[:3]}(?:{name[3:]}|t)?' if name[3:] else name for name in _MONTHS)})\.?"
_ENGLISH = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_NAME},? (?P<year>\d{{4}})",
        rf"{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"{_NAME},? (?P<year>\d{{4}})",
    )
]

# Extended Date/Time Format, level 0: two dates, both of them within.
_INTERVAL = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)/(\d{4}(?:-\d{2}(?:-\d{2})?)?)")
_FISCAL = re.compile(rf"(?:(?P<western>\d{{4}})|{_ERA})年?度")
_SQUARES = str.maketrans({"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"})

_TIME = re.compile(
    r"(?P<date>.*?\d日?(?:\([^()]*\))?)(?:T| +|(?<=[日)]))(?P<hour>\d{1,2})"
    r"(?::|時)(?P<minute>\d{2})?分?(?::(?P<second>\d{2})(?:\.0+)?)?"
    r" ?(?P<offset>Z|UTC|JST|日本時間|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = re.compile(r"\s*\((?:(?P<ja>[月火水木金土日])(?:曜日?)?|(?P<en>mon|tue|wed|thu|fri|sat|sun)[a-z]*)\)", re.I)
_KANJI = {char: digit for digit, char in enumerate("〇一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Date:
    """The lexical form of a date and its datatype, which is its precision."""

    lexical: str
    datatype: str


def parse(text: str) -> Date:
    """Read a date at the precision it is written. Raises CellError for what is no date or cannot be one.

    >>> parse("平成25年1月13日")
    Date(lexical='2013-01-13', datatype='http://www.w3.org/2001/XMLSchema#date')
    >>> parse("R7").lexical, parse("２０２５年１０月").lexical, parse("平成27年度").lexical
    ('2025', '2025-10', '2015-04/2016-03')
    """
    plain = _arabic(kept(text.translate(_SQUARES)))
    plain = re.sub(r"\d", lambda digit: str(int(digit[0])), plain)
    if match := _INTERVAL.fullmatch(plain):
        return _interval(text, match[1], match[2])
    if match := _FISCAL.fullmatch(plain):
        year = int(match["western"]) if match["western"] else _western(text, match)[0]
        # The fiscal year of Japan begins in April.
        return _interval(text, f"{year}-04", f"{year + 1}-03")
    if re.search(r"年度|^fy\b|^fy\d|fiscal", plain, re.IGNORECASE):
        raise _fault(
            text, "年度の始まりと終わりが分からない。2015-04/2016-03 のように書く",
            "nothing says when this fiscal year begins; write its first and last month, like 2015-04/2016-03",
        )  # fmt: skip
    timed = _TIME.fullmatch(plain)
    plain, weekday = _without_weekday(timed["date"] if timed else plain)
    year, month, day = _parts(text, plain)
    date = _checked(text, year, month, day)
    if weekday is not None:
        _check_weekday(text, date, weekday)
    return _moment(text, date, timed) if timed else date


def _interval(text: str, first: str, last: str) -> Date:
    for end in (first, last):
        _checked(text, *_parts(text, end))
    if first > last[: len(first)].ljust(len(first), "9"):
        raise _fault(
            text, "幅の終わりが始まりより前にある", "the interval ends before it begins", f"{last}/{first}"
        )  # fmt: skip
    return Date(f"{first}/{last}", INTERVAL)


def _parts(text: str, plain: str) -> tuple[int, int | None, int | None]:
    """Return year, month and day of a date without time and weekday."""
    for both in (_ERA_FIRST, _ERA_SECOND):
        if match := both.fullmatch(plain):
            rest = match["rest"]
            year = _parts(text, f"{match['japanese']}年{rest}" if rest[:1].isdigit() else match["japanese"] + rest)
            if year[0] != int(match["western"]):
                raise _fault(
                    text, f"元号と西暦が合わない。{match['japanese']}年は西暦{year[0]}年",
                    f"the era and the Western year differ; {match['japanese']} is {year[0]}",
                )  # fmt: skip
            return year
    if match := _JAPANESE.fullmatch(plain):
        return _western(text, match)
    for form in (_WESTERN, _COMPACT, *_ENGLISH):
        if match := form.fullmatch(plain):
            parts = match.groupdict()
            name = parts.get("name")
            month = next(number for number, full in enumerate(_MONTHS, 1) if full[:3] == name[:3].lower()) if name \
                else _number(parts.get("month"))  # fmt: skip
            return int(parts["year"]), month, _number(parts.get("day"))
    raise _unreadable(text, plain)


def _western(text: str, match: re.Match[str]) -> tuple[int, int | None, int | None]:
    """Turn an era date into a Western one, if the era lasted that long."""
    era = _SIGNS[match["era"]]
    first, last, _ = _ERAS[era]
    number = 1 if match["eraYear"] == "元" else int(match["eraYear"])
    rest = match.groupdict()
    year, month, day = first.year + number - 1, _number(rest.get("month")), _number(rest.get("day"))
    if number == 0:
        raise _fault(text, "元号の年は元年(1年)から数える", "years of an era are counted from 1")
    if year < 1873:
        raise _fault(
            text, "明治5年までの日付は旧暦による。西暦に直して書く",
            "dates before Meiji 6 are in the lunar calendar; write the Western date",
        )  # fmt: skip
    written = [part for part in (year, month, day) if part is not None]
    if written < [first.year, first.month, first.day][: len(written)]:
        raise _fault(text, f"{era}は{_kanji_date(first)}に始まる", f"the era {era} began on {first}")
    if written > [last.year, last.month, last.day][: len(written)]:
        raise _fault(
            text, f"{era}は{_kanji_date(last)}に終わった。西暦{year}年なら {year} と書く",
            f"the era {era} ended on {last}; write {year} if that is the year meant",
            "-".join(f"{part:02}" for part in written),
        )  # fmt: skip
    return year, month, day


def _checked(text: str, year: int, month: int | None, day: int | None) -> Date:
    try:
        date = datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        date = None
    if date is None or not 1000 <= year <= 2999:
        raise _fault(text, "この日付は暦にない", "there is no such date in the calendar")
    if month is None:
        return Date(f"{year:04}", YEAR)
    return Date(f"{year:04}-{month:02}", MONTH) if day is None else Date(date.isoformat(), DAY)


def _moment(text: str, date: Date, timed: re.Match[str]) -> Date:
    """Add the time of day, which needs its offset from UTC to be the same moment everywhere."""
    offset = timed["offset"]
    if offset is None or date.datatype != DAY:
        raise _fault(
            text, "時刻には日付と時差が要る。2026-06-17T14:30+09:00 のように書く(日本時間は JST でもよい)",
            "a time needs its day and its offset; write it like 2026-06-17T14:30+09:00",
        )  # fmt: skip
    named = {"Z": "+00:00", "UTC": "+00:00", "JST": "+09:00", "日本時間": "+09:00"}
    offset = named.get(offset) or f"{offset[:3]}:{offset[-2:]}"
    hour, minute, second = (int(timed[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59 or int(offset[1:3]) > 14 or int(offset[4:]) > 59:
        raise _fault(text, "この時刻はない", "there is no such time of day")
    return Date(f"{date.lexical}T{hour:02}:{minute:02}:{second:02}{offset}", MOMENT)


def _without_weekday(plain: str) -> tuple[str, int | None]:
    match = _WEEKDAY.search(plain)
    if match is None or match.end() != len(plain):
        return plain, None
    weekdays = "月火水木金土日" if match["ja"] else ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return plain[: match.start()], weekdays.index((match["ja"] or match["en"]).lower())


def _check_weekday(text: str, date: Date, weekday: int) -> None:
    if date.datatype == DAY and datetime.date.fromisoformat(date.lexical).weekday() != weekday:
        real = "月火水木金土日"[datetime.date.fromisoformat(date.lexical).weekday()]
        raise _fault(
            text, f"曜日が合わない。{date.lexical}は{real}曜日。日付を確かめ、曜日は書かない",
            f"the weekday does not fit {date.lexical}; check the date and leave the weekday out",
        )  # fmt: skip


def _arabic(plain: str) -> str:
    """Turn numbers in kanji before 年, 月 and 日 into digits: 二十五年 is 25年, 二〇二五年 is 2025年."""

    def number(match: re.Match[str]) -> str:
        written = match[1]
        if "十" not in written:
            return "".join(str(_KANJI[char]) for char in written) + match[2]
        tens, _, ones = written.partition("十")
        if len(tens) > 1 or len(ones) > 1:
            return match[0]
        return str(_KANJI.get(tens, 1) * 10 + _KANJI.get(ones, 0)) + match[2]

    return re.sub(r"([〇一二三四五六七八九十]+)([年月日])", number, plain)


def _unreadable(text: str, plain: str) -> CellError:
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        return _fault(
            text, "日付でなく表計算ソフトの通し番号のようである。セルの表示を日付に直す",
            "this looks like the serial number of a spreadsheet; format the cell as a date",
        )  # fmt: skip
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", plain):
        return _fault(
            text, "年・月・日の順が決まらない。2025-10-31 のように年から書く",
            "the order of day, month and year is open; begin with the year, like 2025-10-31",
        )  # fmt: skip
    return _fault(
        text,
        "日付として読めない。2025、2025-10、2025-10-31、平成25年1月13日 のように一つ書き、幅の中の一時点は"
        " 2013-10/2014-02 と書き、「頃」は注記に書く",
        "this is no date; write one, like 2025, 2025-10 or 2025-10-31, one unknown time within a span like"
        " 2013-10/2014-02, and put 'about' in the note",
    )  # fmt: skip


def _fault(text: str, ja: str, en: str, suggestion: str = "") -> CellError:
    return CellError("date", ja, en, text, suggestion)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _kanji_date(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
