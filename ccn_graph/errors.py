"""What can go wrong, as a tree.

    CcnError                 anything this package raises on purpose
    ├── ProjectError         no project here, or a part of it is missing
    ├── SourceError          a data file cannot be read (path, line)
    ├── QuestionError        a query file or a parameter is wrong (path, line, suggestions)
    ├── QueryError           a SPARQL query that may not or cannot run (code, line, column)
    └── EngineError          an engine on another machine that does not do what it was asked for (code)

Each message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from pathlib import Path


class CcnError(Exception):
    """Anything this package raises on purpose; `str()` is fit to be shown to a person."""


class ProjectError(CcnError):
    """There is no project where one was looked for, or one of its parts is missing."""


class SourceError(CcnError):
    """A data file cannot be read as RDF."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        """Keep the place: `path`, `line` (1 is the first) and what is wrong there."""
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


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
