"""Reads the sheets of an .xlsx file, row by row, as a person sees them; and says what a person does not see."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter

from ccn_graph.errors import CellError
from ccn_graph.files import xlsx_cells, zip_size
from ccn_graph.files.tables import MAX_COLUMNS, MAX_ROWS, CellNote, CellType, Sheet, TableRow

#: What an .xlsx may unfold to: beyond it lies a zip bomb, or no list of cities.
MAX_UNFOLDED = 64_000_000
MAX_PARTS = 2_000
MAX_SHEETS = 50
#: As far down as a sheet of Excel reaches.
_LAST_ROW = 1_048_576

# What openpyxl lets through when a file is not what it should be.
_BROKEN = (
    ParseError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, AttributeError,
    IndexError, OverflowError, EOFError, OSError, NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip


def sheets(data: bytes, path: Path) -> list[Sheet]:
    """Return the sheets that hold anything. Raises CellError for a file that is broken, protected or too large."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CellError(
            "sheet", "古い .xls か、パスワードで保護された表である。保護を外して .xlsx で保存する",
            "this is an old .xls or a protected sheet; save it as .xlsx without a password",
        )  # fmt: skip
    try:
        _measure(data)
        return list(_sheets(data, path))
    except _BROKEN as error:
        raise CellError(
            "sheet", f".xlsx として読めない ({error})", f"cannot be read as .xlsx ({error})"
        ) from error  # fmt: skip


def _measure(data: bytes) -> None:
    parts, unfolded = zip_size.of(data)
    if parts > MAX_PARTS or unfolded > MAX_UNFOLDED:
        raise CellError(
            "sheet", f"展開すると{MAX_UNFOLDED // 1_000_000}MBを超える。分けて取り込む",
            f"the file unfolds to more than {MAX_UNFOLDED // 1_000_000} MB; import it in parts",
        )  # fmt: skip


def _sheets(data: bytes, path: Path) -> Iterator[Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False, rich_text=True)
        try:
            for table in book.worksheets[:MAX_SHEETS]:
                rows, notes = _Table(book, table).read()
                if rows:
                    hidden = table.sheet_state != "visible"
                    yield Sheet(path, rows[0], tuple(rows[1:]), table.title, tuple(notes), hidden)
        finally:
            book.close()


class _Table:
    """One sheet while it is read."""

    def __init__(self, book: Any, table: Any) -> None:
        self._styles = xlsx_cells.Styles(book)
        self._source = table._get_source()
        self._parser = xlsx_cells.SheetParser(self._source, table._shared_strings, book, self._styles)
        self._cells: dict[int, dict[int, xlsx_cells.Seen]] = {}
        self._hidden: list[int] = []
        self._struck: list[int] = []
        self._concealed: dict[int, int] = {}
        self._notes: list[CellNote] = []

    def read(self) -> tuple[list[TableRow], list[CellNote]]:
        with self._source:
            for number, cells in self._parser.parse():
                self._row(number, cells)
        # Merged ranges stand after the rows that they hold together.
        for merged in self._parser.merged_cells.mergeCell if self._parser.merged_cells else ():
            self._merge(merged.ref, *merged.bounds)
        for numbers, message in ((self._hidden, _HIDDEN_ROWS), (self._struck, _STRUCK_ROWS)):
            self._notes += [_about_rows(first, last, message) for first, last in _runs(numbers)]
        for column, row in self._concealed.items():
            self._notes.append(CellNote(row, column, CellError("hidden", *_HIDDEN_COLUMN, _letters(column))))
        rows = [_as_row(number, cells) for number, cells in sorted(self._cells.items())]
        return rows, sorted(self._notes, key=lambda note: (note.row, note.column))

    def _row(self, number: int, cells: list[dict[str, Any]]) -> None:
        if number > _LAST_ROW:
            raise CellError("sheet", "Excelの行数を超える", "a row lies beyond the last of the rows that Excel has")
        seen = {
            cell["column"]: shown for cell in cells if (shown := self._styles.seen(cell)).text.strip() or shown.note
        }
        if not seen:
            return
        if number in self._parser.hidden_rows:
            self._hidden.append(number)
            return
        for column in [column for column in seen if self._parser.conceals(column)]:
            self._concealed.setdefault(column, number)
            del seen[column]
        if seen and all(cell.struck for cell in seen.values()):
            self._struck.append(number)
            return
        for column, cell in seen.items():
            self._notes += [CellNote(number, column, note, severe) for note, severe in cell.notes()]
        if seen:
            self._keep(number, seen)

    def _keep(self, number: int, seen: dict[int, xlsx_cells.Seen]) -> None:
        self._cells[number] = seen
        if len(self._cells) > MAX_ROWS + 1:
            raise CellError(
                "sheet", f"{MAX_ROWS}行を超える。分けて取り込む",
                f"the sheet has more than {MAX_ROWS} rows; import it in parts",
            )  # fmt: skip
        if max(seen) > MAX_COLUMNS:
            raise CellError(
                "sheet", f"{MAX_COLUMNS}列を超える。区切り文字と引用符を確かめる",
                f"the row has more than {MAX_COLUMNS} cells; check separators and quotes",
            )  # fmt: skip

    def _merge(self, ref: str, left: int, top: int, right: int, bottom: int) -> None:
        value = self._cells.get(top, {}).get(left)
        if value is None:
            return
        if right > left:
            self._notes.append(CellNote(top, left, CellError("merged", *_MERGED_ACROSS, ref), severe=True))
            return
        held = [number for number in self._cells if top < number <= bottom]
        for number in held:
            self._cells[number][left] = value
        if held:
            self._notes.append(CellNote(top, left, CellError("merged", *_MERGED_DOWN, ref)))


_HIDDEN_ROWS = ("非表示または絞り込みで見えない行は読まない", "rows that are hidden or filtered out are not read")
_STRUCK_ROWS = ("取り消し線の引かれた行は読まない", "rows that are struck through are not read")
_HIDDEN_COLUMN = ("非表示の列は読まない", "a hidden column is not read")
_MERGED_DOWN = (
    "結合されたセルの値は、その各行の値として読んだ",
    "the value of merged cells was read for each of their rows",
)
_MERGED_ACROSS = (
    "列をまたいで結合されており、どの列の値か分からない。結合を解いて書き直す",
    "cells are merged across columns, so that nothing says whose value it is; unmerge and fill them",
)


def _about_rows(first: int, last: int, message: tuple[str, str]) -> CellNote:
    return CellNote(first, 0, CellError("hidden", *message, str(first) if first == last else f"{first}-{last}"))


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Return the first and last of each run of numbers without a gap."""
    begin = None
    for number, following in zip(numbers, [*numbers[1:], -1], strict=False):
        begin = number if begin is None else begin
        if following != number + 1:
            yield begin, number
            begin = None


def _as_row(number: int, seen: dict[int, xlsx_cells.Seen]) -> TableRow:
    places = range(1, max(seen) + 1)
    empty = xlsx_cells.Seen("", CellType.TEXT)
    cells = [seen.get(place, empty) for place in places]
    return TableRow(number, tuple(cell.text for cell in cells), tuple(cell.type for cell in cells))


def _letters(column: int) -> str:
    return get_column_letter(column)
