"""What is wrong with a sheet, one of its cells or the file as a whole, in two languages."""

from __future__ import annotations

from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.query_file import Bilingual


class CellError(CcnError):
    """A cell, or a part of it, that cannot be taken as it stands.

    `rule` is stable, like the name of a shape; `message` says what is wrong and what to write instead.
    """

    def __init__(self, rule: str, ja: str, en: str, value: str = "", suggestion: str = "") -> None:
        """Keep both wordings, what stands in the cell and what was perhaps meant."""
        super().__init__(en)
        self.rule, self.value, self.suggestion = rule, shortened(value), suggestion
        self.message: Bilingual = {"ja": ja, "en": en}


class ColumnError(CcnError):
    """A CellError and the column it stands in."""

    def __init__(self, column: str, fault: CellError) -> None:
        """Keep both."""
        super().__init__(f"{column}: {fault}")
        self.column, self.fault = column, fault


class SheetError(CcnError):
    """A file that cannot be read as a sheet."""

    def __init__(self, path: Path, line: int, message: Bilingual) -> None:
        """Keep the place and the wording in both languages."""
        super().__init__(f"{path}:{line}: {message['en']}")
        self.path, self.line, self.message = path, line, message


def shortened(value: str) -> str:
    """Cut what is shown of a cell, which may hold anything, to one short line.

    >>> shortened("a  b" + "c" * 100)[-4:]
    'ccc…'
    """
    line = "".join(char if char.isprintable() else " " for char in value[:200])
    line = " ".join(line.split())
    return line if len(line) <= 60 else line[:60] + "…"
