"""Tables as Parquet files, which DuckDB, R and pandas read with the types of their columns."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence

from ccn_graph.pages import sheet
from ccn_graph.pages.sheet import TableColumn


def can_write() -> bool:
    """Tell whether the library that writes them is there; it is large, and an extra."""
    return importlib.util.find_spec("pyarrow") is not None


def write(table: tuple[Sequence[TableColumn], Sequence[Sequence[str]]]) -> bytes:
    """Write columns and their rows of texts; numbers become numbers, an empty text is no value.

    Dates stay texts, for many are years or months only.
    """
    # Not at the top: it is an extra, and takes long to load.
    import pyarrow
    from pyarrow import parquet

    columns, rows = table
    arrays = [pyarrow.array(_values(column, [row[place] for row in rows])) for place, column in enumerate(columns)]
    written = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays, names=[column.name for column in columns]), written)
    return written.getvalue()


def _values(column: TableColumn, texts: Sequence[str]) -> list[str | int | float | None]:
    filled = [text for text in texts if text]
    if column.kind != "number" or not all(map(sheet.is_number, filled)):
        return [text or None for text in texts]
    number = float if any("." in text for text in filled) else int
    return [number(text) if text else None for text in texts]
