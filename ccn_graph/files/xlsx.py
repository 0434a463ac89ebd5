"""Reads the first sheet of an .xlsx file, row by row, as the text a person sees in it."""

from __future__ import annotations

import datetime
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from ccn_graph.errors import CellError

#: What an .xlsx may unfold to: beyond it lies a zip bomb, or no list of cities.
MAX_UNFOLDED = 64_000_000
MAX_PARTS = 2_000

# What openpyxl lets through when a file is not what it should be.
_BROKEN = (
    ParseError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, AttributeError,
    IndexError, OverflowError, EOFError, OSError, NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip


def rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give number and cells of each row of the first sheet. Raises CellError for one broken, protected or too large."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CellError(
            "sheet", "古い .xls か、パスワードで保護された表である。保護を外して .xlsx で保存する",
            "this is an old .xls or a protected sheet; save it as .xlsx without a password",
        )  # fmt: skip
    try:
        _measure(data)
        yield from _rows(data)
    except _BROKEN as error:
        raise CellError(
            "sheet", f".xlsx として読めない ({error})", f"cannot be read as .xlsx ({error})"
        ) from error  # fmt: skip


def _measure(data: bytes) -> None:
    # The sizes a zip declares bind: zipfile reads no further than them.
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
    if len(listed) > MAX_PARTS or sum(part.file_size for part in listed) > MAX_UNFOLDED:
        raise CellError(
            "sheet", f"展開すると{MAX_UNFOLDED // 1_000_000}MBを超える。分けて取り込む",
            f"the file unfolds to more than {MAX_UNFOLDED // 1_000_000} MB; import it in parts",
        )  # fmt: skip


def _rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    # Here, because few people import an .xlsx and the library takes its time to load.
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            table = book.worksheets[0]
            # A sheet may claim any size; read what is there.
            table.reset_dimensions()
            for number, cells in enumerate(table.iter_rows(), start=1):
                yield number, tuple(shown(cell) for cell in cells)
        finally:
            book.close()


def shown(cell: Any) -> str:
    """Give a cell as the text a person sees: a date at the precision of its format, a formula as its text."""
    value, form = cell.value, str(getattr(cell, "number_format", ""))
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime.datetime() | datetime.date():
            return _date(value, form)
        case int() | float():
            return _number(value, form)
        case str():
            return value
    # A formula over several cells is an object that holds its text.
    return str(getattr(value, "text", None) or value)


def _date(value: datetime.datetime | datetime.date, form: str) -> str:
    """Never more precise than what the sheet shows: a cell that shows 2025年10月 holds a first of October."""
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", form.lower()).partition(";")[0]
    if isinstance(value, datetime.datetime) and ("h" in letters or "s" in letters):
        return value.isoformat(sep=" ", timespec="seconds")
    if "d" in letters or letters == "general" or not re.search("[ymge]", letters):
        return value.strftime("%Y-%m-%d")
    return value.strftime("%Y-%m" if "m" in letters else "%Y")


def _number(value: float, form: str) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    # A municipal code that is shown as 012041 is stored as 12041.
    if isinstance(value, int) and re.fullmatch("0+", form):
        return str(value).zfill(len(form))
    return repr(value)
