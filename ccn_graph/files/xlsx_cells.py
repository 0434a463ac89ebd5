"""Reads the cells of an .xlsx file: what a person sees, and what format, font, formula or an unread part hide."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from ccn_graph.errors import CellError
from ccn_graph.files.tables import CellType

#: Formats of Japanese Excel that a file names by number only (ECMA-376 part 1, 18.8.30, ja-jp).
_JAPANESE = {
    27: "[$-411]ge.m.d", 28: '[$-411]ggge"年"m"月"d"日"', 29: '[$-411]ggge"年"m"月"d"日"', 30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"時"mm"分"', 33: 'h"時"mm"分"ss"秒"', 34: 'yyyy"年"m"月"', 35: 'm"月"d"日"',
    36: "[$-411]ge.m.d", 50: "[$-411]ge.m.d", 51: '[$-411]ggge"年"m"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: '[$-411]ggge"年"m"月"d"日"', 55: 'yyyy"年"m"月"', 56: 'm"月"d"日"', 57: "[$-411]ge.m.d",
    58: '[$-411]ggge"年"m"月"d"日"',
}  # fmt: skip

_NO_VALUE = CellError(
    "formula", "数式の値がファイルに残っていない。Excelで開いて保存し直すか、値として貼り付ける",
    "the file keeps no value of this formula; open and save it in Excel, or paste the value",
)  # fmt: skip
_KEPT = ("数式の値としてファイルに残るものを読んだ", "the value that the file keeps of this formula was read")
_NO_YEAR = (
    "日付の年がセルに表示されていない。年まで表示するか、文字として書く",
    "the cell does not show the year of its date; let it show the year, or write a text",
)
_UNSEEN = ("書式がセルの値を隠している", "the format of the cell hides its value")
_REWORDED = (
    "書式が値にない言葉や桁を見せている。見えるとおりに書き直す",
    "the format shows words or digits that the value does not have; write what is to be seen",
)
_STRUCK = (
    "取り消し線が引かれている。消すか、線を外す",
    "this is struck through; delete it, or take the line away",
)
_ROUNDED = ("書式が丸めて見せている値を、丸めずに読んだ", "the value was read, which the format shows rounded")
_HEDGES = re.compile(
    r"約|およそ|以[上下前後降来]|未満|超|頃|ごろ|[上中下]旬|前後|余|年度|±|~|～|〜|about|circa|over|under|before|after|since"
    r"|until|ca?\.|fy|fiscal|[<>≥≤+?]",
    re.IGNORECASE,
)
#: Colours of a font that nobody sees on a sheet: white, by its value and by its place in the palette or the theme.
_WHITE = {("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("indexed", 1), ("indexed", 9), ("theme", 0)}


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell as a person sees it; `note` is what must be settled first."""

    text: str
    type: CellType
    struck: bool = False
    formula: str = ""
    note: CellError | None = None
    remark: CellError | None = None
    """What is to be told, but forbids nothing."""

    def notes(self) -> Iterator[tuple[CellError, bool]]:
        """Return what is to be said of the cell, and whether it forbids writing."""
        if self.note:
            yield self.note, True
        elif self.formula:
            yield CellError("formula", *_KEPT, f"{self.formula} → {self.text}"), False
        if self.remark:
            yield self.remark, False
        if self.struck:
            yield CellError("struck", *_STRUCK, self.text), True


class Styles:
    """The formats and fonts of a workbook, by the numbers that cells name."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.dates = set(book._date_formats)
        self.durations = set(book._timedelta_formats)
        for place, style in enumerate(book._cell_styles):
            if style.numFmtId in _JAPANESE:
                self.dates.add(place)

    def seen(self, cell: dict[str, Any]) -> Seen:
        """Read a cell as the parser gives it."""
        style = self._book._cell_styles[cell["style_id"] or 0]
        font = self._book._fonts[style.fontId]
        struck, partly = _struck(cell["value"], bool(font.strike))
        if cell["formula"] and cell["value"] is None and not cell["worked_out"]:
            return Seen("", CellType.FORMULA, struck, cell["formula"], _NO_VALUE)
        form = self._format(style.numFmtId)
        text, type_, note = shown(cell["value"], form)
        note = CellError("struck", *_STRUCK, text) if partly else note
        if text and font.color is not None and (font.color.type, font.color.value) in _WHITE and not style.fillId:
            note = CellError("unseen", *_UNSEEN, text)
        return Seen(text, type_, struck and bool(text), cell["formula"], note, _rounded(cell["value"], text, form))

    def _format(self, number: int) -> str:
        own = self._book._number_formats
        if number >= BUILTIN_FORMATS_MAX_SIZE:
            place = number - BUILTIN_FORMATS_MAX_SIZE
            return str(own[place]) if place < len(own) else "General"
        return _JAPANESE.get(number) or str(BUILTIN_FORMATS.get(number, "General"))


def _struck(value: Any, whole: bool) -> tuple[bool, bool]:
    """Tell whether a text is struck through as a whole, and whether in part only."""
    if not isinstance(value, list):
        return whole, False
    parts = [(str(part), bool(getattr(getattr(part, "font", None), "strike", whole))) for part in value]
    marks = {mark for text, mark in parts if text.strip()}
    return marks == {True}, marks == {True, False}


def shown(value: Any, form: str) -> tuple[str, CellType, CellError | None]:
    """Return a value as the text a person sees, what it is, and what is wrong with how it is shown."""
    hidden = value is not None and re.fullmatch(r'(?:;|""|\s)*;(?:;|""|\s)*', form) is not None
    note = CellError("unseen", *_UNSEEN, str(value)) if hidden else None
    match value:
        case None:
            return "", CellType.TEXT, None
        case bool():
            return ("true" if value else "false"), CellType.FLAG, note
        case datetime.datetime() | datetime.date():
            text = _date(value, form)
            unknown = CellError("year", *_NO_YEAR, text) if not _shows_year(form) else None
            return text, CellType.DATE, note or unknown or _reworded(text, form)
        case datetime.time() | datetime.timedelta():
            return str(value), CellType.TIME, note
        case int() | float():
            text = _number(value, form)
            return text, CellType.NUMBER, note or _reworded(text, form)
        case list():
            return "".join(str(part) for part in value), CellType.TEXT, note
    return str(value), CellType.TEXT, note


def _letters(form: str) -> str:
    """Return the letters of a date format that stand for parts of the date."""
    return re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", form.lower()).partition(";")[0]


def _shows_year(form: str) -> bool:
    letters = _letters(form)
    return "general" in letters or bool(re.search("[yeg]", letters)) or "$-f800" in form.lower() or not letters.strip()


def _date(value: datetime.datetime | datetime.date, form: str) -> str:
    """Never more precise than what the sheet shows: a cell that shows 2025年10月 holds a first of October."""
    letters = _letters(form)
    if isinstance(value, datetime.datetime) and ("h" in letters or "s" in letters):
        return value.isoformat(sep=" ", timespec="seconds")
    if "d" in letters or letters == "general" or not re.search("[ymge]", letters):
        return value.strftime("%Y-%m-%d")
    return value.strftime("%Y-%m" if "m" in letters else "%Y")


def _number(value: float, form: str) -> str:
    if "%" in re.sub(r'"[^"]*"|\\.', "", form):
        return f"{round(value * 100, 10):g}%"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    # A municipal code that is shown as 012041 is stored as 12041.
    if isinstance(value, int) and re.fullmatch("0+", form):
        return str(value).zfill(len(form))
    return repr(value)


def _reworded(text: str, form: str) -> CellError | None:
    """Tell of a format that shows a number as thousands, or with 'about' before it."""
    words = "".join(quoted or single for quoted, single in re.findall(r'"([^"]*)"|\\(.)', form))
    scaled = re.search(r"[0#?],+(?![0#?,])", form.partition(";")[0])
    return CellError("reworded", *_REWORDED, f"{text} [{form}]") if scaled or _HEDGES.search(words) else None


def _rounded(value: Any, text: str, form: str) -> CellError | None:
    """Tell of a number with more decimals than its format shows."""
    digits = re.fullmatch(r"[^.]*[0#]\.?([0#]*)", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", form).partition(";")[0])
    if digits is None or not isinstance(value, float) or value == round(value, len(digits[1])):
        return None
    return CellError("rounded", *_ROUNDED, f"{text} [{form}]")


_YES = ("1", "true")
#: Lower rows (in points) and narrower columns (in characters) show nothing.
_LEAST = 0.5


class SheetParser(WorkSheetParser):
    """Gives the value that a file keeps of a formula, and remembers what is hidden."""

    def __init__(self, source: Any, strings: Any, book: Any, styles: Styles) -> None:
        """Read the sheet at `source` with the strings and styles of its workbook."""
        super().__init__(
            source, strings, data_only=True, epoch=book.epoch, date_formats=styles.dates,
            timedelta_formats=styles.durations, rich_text=True,
        )  # fmt: skip
        self.hidden_rows: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []

    def parse_row(self, row: Any) -> Any:
        """Return the number of a row and its cells, none where none holds anything."""
        empty = not any(len(cell) for cell in row)
        if empty:
            for cell in list(row):
                row.remove(cell)
        number, cells = super().parse_row(row)
        # A million rows that have a height would fill the memory.
        self.row_dimensions.clear()
        if not empty and _hidden(row, "customHeight", "ht"):
            self.hidden_rows.add(number)
        return number, cells

    def parse_cell(self, element: Any) -> Any:
        """Return a cell with its formula and whether the file keeps the value of it."""
        cell: dict[str, Any] = super().parse_cell(element)
        formula, kept = element.find(FORMULA_TAG), element.find(VALUE_TAG)
        cell["formula"] = "" if formula is None else f"={formula.text or '…'}"
        # Only of a text may the value be empty; programs that work nothing out leave an empty element too.
        cell["worked_out"] = kept is not None and (bool(kept.text) or element.get("t") == "str")
        return cell

    def parse_column_dimensions(self, col: Any) -> None:
        """Remember which columns are hidden."""
        if _hidden(col, "customWidth", "width"):
            self._hidden_columns.append((int(col.get("min")), int(col.get("max"))))

    def conceals(self, column: int) -> bool:
        """Tell whether a column is hidden, from 1."""
        return any(first <= column <= last for first, last in self._hidden_columns)


def _hidden(element: Any, custom: str, size: str) -> bool:
    if element.get("hidden") in _YES:
        return True
    return element.get(custom) in _YES and element.get(size) is not None and float(element.get(size)) < _LEAST
