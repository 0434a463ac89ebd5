"""Reads tables (.csv, .tsv, .txt, .xlsx) into rows that know their number; nothing in them is trusted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ccn_graph.errors import CellError, SheetError
from ccn_graph.files import encodings
from ccn_graph.files.tables import MAX_COLUMNS, MAX_ROWS, CellType, Sheet, TableRow

#: A larger file is refused: lists of cities are far smaller, and memory stays bounded.
MAX_BYTES = 50_000_000

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")

_SEPARATOR_LINE = re.compile(r'"?sep=(?P<mark>[^"\r\n])"?[ \t,;]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def read(path: Path) -> Sheet:
    """Read the first table that is to be seen. Raises SheetError for what is missing, too large, or no table at all."""
    sheets = read_all(path)
    return next((sheet for sheet in sheets if not sheet.hidden), sheets[0])


def read_all(path: Path) -> list[Sheet]:
    """Read every table that holds anything, one at least. Raises SheetError as `read` does."""
    try:
        if path.suffix.lower() not in ENDINGS:
            raise CellError(
                "sheet", f"読めるのは {' '.join(ENDINGS)}。表計算ソフトで「CSV UTF-8」か .xlsx として保存する",
                f"this is none of {' '.join(ENDINGS)}; save it as 'CSV UTF-8' or .xlsx",
            )  # fmt: skip
        data = _bytes(path)
        if path.suffix.lower() == ".xlsx":
            # Here, because few tables are .xlsx and the library that reads them takes its time to load.
            from ccn_graph.files import xlsx

            sheets = xlsx.sheets(data, path)
        else:
            filled = list(_filled(path, _text_rows(path, data)))
            sheets = [Sheet(path, filled[0], tuple(filled[1:]))] if filled else []
    except CellError as fault:
        raise SheetError(path, 1, fault.message) from fault
    if not sheets:
        raise SheetError(path, 1, {"ja": "表が空である", "en": "the sheet is empty"})
    return sheets


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


def _filled(path: Path, rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Return the rows that hold anything, without the empty cells at their end."""
    count = 0
    for row in rows:
        cells = row.cells
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if not cells:
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise SheetError(path, row.number, {
                "ja": f"{MAX_ROWS}行を超える。分けて取り込む",
                "en": f"the sheet has more than {MAX_ROWS} rows; import it in parts",
            })  # fmt: skip
        if len(cells) > MAX_COLUMNS:
            raise SheetError(path, row.number, {
                "ja": f"{MAX_COLUMNS}列を超える。区切り文字と引用符を確かめる",
                "en": f"the row has more than {MAX_COLUMNS} cells; check separators and quotes",
            })  # fmt: skip
        yield TableRow(row.number, cells, row.types[: len(cells)])


def _text_rows(path: Path, data: bytes) -> Iterator[TableRow]:
    text = encodings.decoded(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SheetError(path, line, {
            "ja": "NUL文字がある。「CSV UTF-8」として保存し直す",
            "en": "there is a NUL character; save the sheet again as 'CSV UTF-8'",
        })  # fmt: skip
    before, mark = 0, _delimiter(text)
    if match := _SEPARATOR_LINE.match(text):
        # A line that Excel writes and reads to tell the separator.
        before, mark, text = 1, match["mark"], text[match.end() :]
    first = before
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for cells in reader:
            if _is_plain("".join(cells)):
                yield TableRow(before + 1, tuple(cells), (CellType.TEXT,) * len(cells))
            else:
                taken = [_taken(cell) for cell in cells]
                yield TableRow(before + 1, tuple(cell for cell, _ in taken), tuple(type_ for _, type_ in taken))
            before = first + reader.line_num
    except csv.Error as error:
        raise SheetError(path, before + 1, {
            "ja": f"CSVとして読めない。引用符の閉じ忘れか、長すぎるセルがある ({error})",
            "en": f"cannot be read as CSV; a quote is left open or a cell is too long ({error})",
        }) from error  # fmt: skip


def _is_plain(row: str) -> bool:
    """Tell that nothing in a row can be what `_taken` looks for; most rows of long tables are so."""
    return "=" not in row and "'" not in row


def _taken(cell: str) -> tuple[str, CellType]:
    """Take off what spreadsheets put around a text that is to stay one: ="012041", and ' before a sign of a formula."""
    bare = cell.strip()
    if not bare.startswith(("=", "'")):
        return cell, CellType.TEXT
    if quoted := re.fullmatch(r'="((?:[^"]|"")*)"', bare):
        return quoted[1].replace('""', '"'), CellType.TEXT
    if re.match(r"'(?:\s*[=+\-@＝＋－＠]|[\t\r\n])", bare):
        return bare[1:], CellType.TEXT
    return cell, CellType.FORMULA if bare.startswith("=") and len(bare) > 1 else CellType.TEXT


def _delimiter(text: str) -> str:
    """Take the separator that stands most often in the first line that has one: comma, tab (Excel), semicolon."""
    lines = (re.sub(r'"[^"]*"', "", line) for line in text[:100_000].splitlines())
    return max(",\t;", key=next((line for line in lines if re.search("[,\t;]", line)), "").count)
