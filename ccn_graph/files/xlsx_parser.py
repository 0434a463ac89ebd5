"""The parser of one sheet of an .xlsx file: values of formulas, hidden rows and columns, empty rows passed over."""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from ccn_graph.files.xlsx_cells import Styles

_YES = ("1", "true")


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
    return element.get(custom) in _YES and element.get(size) is not None and float(element.get(size)) == 0
