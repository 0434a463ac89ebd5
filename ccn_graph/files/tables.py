"""A table as it was read from a file: rows of cells as text, what each cell is, and what the eye does not see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from ccn_graph.errors import CellError

#: A longer or wider table is refused; rows that hold nothing do not count.
MAX_ROWS = 20_000
MAX_COLUMNS = 200


class CellType(Enum):
    """What a file says that a cell is. A text file knows texts and formulas only."""

    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    TIME = auto()
    FLAG = auto()
    FORMULA = auto()


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row as text, and its number in the file (1 is the first line)."""

    number: int
    cells: tuple[str, ...]
    #: What each cell is; shorter where the rest are texts.
    types: tuple[CellType, ...] = ()

    def type_of(self, place: int) -> CellType:
        """Return what the cell at a place is, from 0."""
        return self.types[place] if place < len(self.types) else CellType.TEXT


@dataclass(frozen=True, slots=True)
class CellNote:
    """Something that the eye does not see, or sees otherwise: at a row, and a column from 1 (0: the whole row)."""

    row: int
    column: int
    error: CellError
    #: Whether nothing may be written before it is settled.
    severe: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The heading row of a table and the rows after it, without empty ones."""

    path: Path
    header: TableRow
    rows: tuple[TableRow, ...]
    #: The name of the sheet in its workbook, empty for a text file.
    title: str = ""
    notes: tuple[CellNote, ...] = ()
    hidden: bool = False
    #: Rows above the headings.
    above: tuple[TableRow, ...] = ()

    def headed(self, place: int) -> Sheet:
        """Return the same table with another of its rows as its heading, from 0."""
        rows = (self.header, *self.rows)
        return replace(self, header=rows[place], rows=rows[place + 1 :], above=rows[:place])
