"""Writes a table as an .xlsx file with one sheet."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as WrittenCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | datetime.date | None

#: What a cell of Excel holds at most, in characters.
_LONGEST = 32_767

#: Width of a column in characters, at least and at most.
_NARROW, _WIDE = 8, 48

#: What the name of a sheet must not hold, and how long it is at most.
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_NAME = 31


def write(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write headings and rows; texts stay texts, also those that begin as a formula does."""
    held = [tuple(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_clean(title).translate(_NO_NAME).strip()[:_LONGEST_NAME] or "1")
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings):
        widths = (_width(row[number]) for row in held[:200])
        wanted = max([_width(heading), *widths])
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(max(wanted + 2, _NARROW), _WIDE)
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in held:
        sheet.append([_cell(sheet, value) for value in row])
    if headings:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(held) + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: object, value: Cell, *, bold: bool = False) -> WrittenCell:
    cell = WriteOnlyCell(sheet, _clean(value)[:_LONGEST] if isinstance(value, str) else value)  # type: ignore[arg-type]
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)


def _width(value: Cell) -> int:
    # A Japanese character is as wide as two Latin ones.
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value)) if value is not None else 0
