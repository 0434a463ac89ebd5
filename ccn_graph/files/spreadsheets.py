"""Reads a sheet (.csv, .tsv, .txt, .xlsx) into rows that know their number; nothing in it is trusted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.errors import CellError, SheetError
from ccn_graph.files import xlsx

#: A larger file or longer sheet is refused: lists of cities are far smaller, and memory stays bounded.
MAX_BYTES = 50_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as text, and its number in the file (1 is the first line)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The heading row of a sheet and its rows that are not empty."""

    path: Path
    header: Row
    rows: tuple[Row, ...]


def read(path: Path) -> Sheet:
    """Read a sheet whole. Raises SheetError for what is missing, too large, or no sheet at all."""
    try:
        if path.suffix.lower() not in ENDINGS:
            raise CellError(
                "sheet", f"読めるのは {' '.join(ENDINGS)}。表計算ソフトで「CSV UTF-8」か .xlsx として保存する",
                f"this is none of {' '.join(ENDINGS)}; save it as 'CSV UTF-8' or .xlsx",
            )  # fmt: skip
        data = _bytes(path)
        excel = path.suffix.lower() == ".xlsx"
        rows = (Row(*row) for row in xlsx.rows(data)) if excel else _text_rows(path, data)
        filled = list(_filled(path, rows))
    except CellError as fault:
        raise SheetError(path, 1, fault.message) from fault
    if not filled:
        raise SheetError(path, 1, {"ja": "表が空である", "en": "the sheet is empty"})
    return Sheet(path, filled[0], tuple(filled[1:]))


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise CellError("sheet", "ファイルでない", "this is no file")
        if size > MAX_BYTES:
            raise CellError(
                "sheet", f"{MAX_BYTES // 1_000_000}MBを超える。分けて取り込む",
                f"the file is larger than {MAX_BYTES // 1_000_000} MB; import it in parts",
            )  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise CellError("sheet", f"読めない: {error.strerror}", f"cannot be read: {error.strerror}") from error


def _filled(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count > MAX_ROWS:
            raise SheetError(path, row.number, {
                "ja": f"{MAX_ROWS}行を超える。分けて取り込む",
                "en": f"the sheet has more than {MAX_ROWS} rows; import it in parts",
            })  # fmt: skip
        cells = row.cells
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > MAX_COLUMNS:
            raise SheetError(path, row.number, {
                "ja": f"{MAX_COLUMNS}列を超える。区切り文字と引用符を確かめる",
                "en": f"the row has more than {MAX_COLUMNS} cells; check separators and quotes",
            })  # fmt: skip
        if cells:
            yield Row(row.number, cells)


def _text_rows(path: Path, data: bytes) -> Iterator[Row]:
    text = decoded(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SheetError(path, line, {
            "ja": "NUL文字がある。「CSV UTF-8」として保存し直す",
            "en": "there is a NUL character; save the sheet again as 'CSV UTF-8'",
        })  # fmt: skip
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = 0
    try:
        for cells in reader:
            yield Row(before + 1, tuple(cells))
            before = reader.line_num
    except csv.Error as error:
        raise SheetError(path, before + 1, {
            "ja": f"CSVとして読めない。引用符の閉じ忘れか、長すぎるセルがある ({error})",
            "en": f"cannot be read as CSV; a quote is left open or a cell is too long ({error})",
        }) from error  # fmt: skip


def _delimiter(text: str) -> str:
    """Take the separator that stands most often in the heading line: comma, tab (Excel's Unicode text), semicolon."""
    heading = re.sub(r'"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    return max(",\t;", key=heading.count)


def decoded(data: bytes) -> str:
    r"""Decode what spreadsheets write: UTF-8 with or without BOM, UTF-16 with BOM, else Shift_JIS (CP932).

    Raises CellError for bytes that are none of these, or that would turn into other letters than were meant.

    >>> decoded("神戸".encode("cp932")), decoded(b"\xef\xbb\xbfKobe")
    ('神戸', 'Kobe')
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(data, "cp932")
    # European letters read as CP932 become rare kanji inside words, EUC-JP becomes half-width kana.
    odd = re.search(r"[a-z][\u4e00-\u9fff\uff61-\uff9f]|[\u4e00-\u9fff\uff61-\uff9f][a-z]{2}", text)
    kana = len(re.findall(r"[\uff61-\uff9f]", text)) > len(re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]", text))
    if kana or (odd and not re.search(r"[\u3040-\u30ff]", text)):
        raise _unclear()
    return text


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unclear() from error


def _unclear() -> CellError:
    return CellError(
        "sheet", "文字コードが UTF-8、UTF-16、Shift_JIS (CP932) のどれでもない。「CSV UTF-8」として保存し直す",
        "the encoding is not UTF-8, UTF-16 or Shift_JIS (CP932); save the sheet again as 'CSV UTF-8'",
    )  # fmt: skip
