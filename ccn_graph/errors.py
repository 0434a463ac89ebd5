"""What can go wrong, as a tree.

    CcnError                 anything this package raises on purpose
    ├── ProjectError         no project here, or a part of it is missing
    ├── SourceError          a data file cannot be read (path, line)
    ├── QuestionError        a query file or a parameter is wrong (path, line, suggestions)
    ├── QueryError           a SPARQL query that may not or cannot run (code, line, column)
    ├── CellError            a cell of a sheet that cannot be taken (rule, value, suggestion)
    ├── ColumnError          a CellError and its column
    ├── SheetError           a file that cannot be read as a sheet (path, line)
    └── EngineError          an engine on another machine that does not do what it was asked for (code)

Each message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class CcnError(Exception):
    """Anything this package raises on purpose; `str()` is fit to be shown to a person, in a terminal too."""

    def __str__(self) -> str:
        """Return the message without what a terminal would act upon: it may quote files and servers of anyone's."""
        return visible(super().__str__())


class ProjectError(CcnError):
    """There is no project where one was looked for, or one of its parts is missing."""


class SourceError(CcnError):
    """A data file cannot be read as RDF."""

    def __init__(self, path: Path, line: int, message: str, message_ja: str = "", at: str = "") -> None:
        """Keep the place, `path`, `line` (1 is the first) and the path inside the document, and what is wrong there."""
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message, self.at = path, line, message, at
        self.message_ja = message_ja or message


class QuestionError(CcnError):
    """A query file, a question's name or a parameter is wrong."""

    def __init__(self, message: str, *, path: Path | None = None, line: int = 0) -> None:
        """Keep the place, where there is one."""
        super().__init__(f"{path}:{line}: {message}" if path else message)
        self.path, self.line, self.message = path, line, message


class QueryError(CcnError):
    """A SPARQL query that is not valid, not allowed or too large.

    `code` is stable and machine-readable: `syntax`, `service-refused`, `update-refused`,
    `too-long`, `too-deep`.
    """

    def __init__(self, code: str, message: str, *, line: int = 0, column: int = 0) -> None:
        """Keep the code and, for a syntax error, the place in the query (1 is the first)."""
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


class EngineError(CcnError):
    """An engine on another machine that cannot be reached, refuses, fails or breaks off.

    `code` is stable and machine-readable: `engine-unavailable` (nothing answers, or 502, 503, 504), `engine-timeout`
    (it does not answer in time), `engine-refused` (401, 403), `engine-partial` (it says that its answer is cut off),
    `engine-failed` (anything else).
    """

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        """Keep the code, and the HTTP status where there was an answer (else 0)."""
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class CellError(CcnError):
    """A cell, or a part of it, that cannot be taken as it stands.

    `rule` is stable, like the name of a shape; `message` says what is wrong and what to write instead.
    """

    def __init__(self, rule: str, ja: str, en: str, value: str = "", suggestion: str = "") -> None:
        """Keep both wordings, what stands in the cell and what was perhaps meant."""
        super().__init__(en)
        self.rule, self.value, self.suggestion = rule, shortened(value), suggestion
        self.message: Mapping[str, str] = {"ja": ja, "en": en}


class ColumnError(CcnError):
    """A CellError and the column it stands in."""

    def __init__(self, column: str, fault: CellError) -> None:
        """Keep both."""
        super().__init__(f"{column}: {fault}")
        self.column, self.fault = column, fault


class SheetError(CcnError):
    """A file that cannot be read as a sheet."""

    def __init__(self, path: Path, line: int, message: Mapping[str, str]) -> None:
        """Keep the place and the wording in both languages."""
        super().__init__(f"{path}:{line}: {message['en']}")
        self.path, self.line, self.message = path, line, message


def visible(text: str) -> str:
    r"""Replace what a terminal would act upon, and marks that turn the direction of what follows.

    >>> visible("a\x1b[2Jb\u202e")
    'a\ufffd[2Jb\ufffd'
    """
    return "".join(char if char.isprintable() or char in _SHOWN else "\ufffd" for char in text)


#: Blanks, and joiners that letters of some scripts need.
_SHOWN = frozenset("\n\t\u3000\u00a0\u200c\u200d")


def shortened(value: str) -> str:
    """Cut what is shown of a cell, which may hold anything, to one short line.

    >>> shortened("a  b" + "c" * 100)[-4:]
    'ccc…'
    """
    line = "".join(char if char.isprintable() else " " for char in value[:200])
    line = " ".join(line.split())
    return line if len(line) <= 60 else line[:60] + "…"
