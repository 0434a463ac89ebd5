"""The one typed result that every format is written from, and the words of the formats for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ccn_graph.errors import CellError, SheetError
from ccn_graph.files import encodings, spreadsheets
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.finding import Finding, Severity, brief, shown

#: What is shown around an offending line, in lines.
CONTEXT = 2

_LONGEST_FILE = 50_000_000
_LONGEST_LINE = 240


class GroupBy(Enum):
    """What findings are put together by."""

    FILE = "file"
    THING = "thing"
    SHAPE = "shape"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one check in their order, the files it looked at, and for whom it is written.

    Paths below `base` are shown relative to it. `language` is the reader's, `fail_on` the least grave severity that
    makes the check fail.
    """

    findings: tuple[Finding, ...]
    files: tuple[Path, ...]
    language: str = "en"
    fail_on: Severity = Severity.WARNING
    group: GroupBy = GroupBy.FILE
    base: Path = field(default_factory=Path.cwd)

    @property
    def failing(self) -> bool:
        """Whether there is anything at least as grave as `fail_on`."""
        return any(finding.severity >= self.fail_on for finding in self.findings)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        return {
            severity: sum(finding.severity is severity for finding in self.findings) for severity in reversed(Severity)
        }

    def shown(self, path: Path) -> str:
        """Write a path for the reader, with slashes on every system."""
        return shown(path, self.base).as_posix()

    def related_places(self, finding: Finding) -> str:
        """Name the other places that a finding speaks of, with what stands there, in one line."""
        return "; ".join(f"{other.place(self.base)} [{brief(other.value)}]" for other in finding.related)

    def grouped(self) -> dict[str, list[Finding]]:
        """Put findings together, the groups in the order of their names, of severities the gravest first."""
        groups: dict[str, list[Finding]] = {}
        graver = (
            sorted(self.findings, key=lambda finding: -finding.severity) if self.group is GroupBy.SEVERITY else None
        )
        for finding in graver or self.findings:
            groups.setdefault(self._group(finding), []).append(finding)
        return groups if graver is not None else dict(sorted(groups.items()))

    def _group(self, finding: Finding) -> str:
        match self.group:
            case GroupBy.FILE:
                return self.shown(finding.path)
            case GroupBy.THING:
                return finding.subject or self.shown(finding.path)
            case GroupBy.SHAPE:
                return finding.rule
        return finding.severity.label(self.language)


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A way to write a report.

    A module of this package that declares one as `FORMAT` adds it to the command line and to /check. `endings` are
    those of files that are meant for it, the first its own; `title` is what a form calls it. Formats are offered by
    `rank`, then by name.
    """

    name: str
    title: Bilingual
    media_type: str
    endings: tuple[str, ...]
    write: Callable[[Report], str]
    rank: int = 100

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats say their character set."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file around the one a finding speaks of, each with its number."""

    lines: tuple[tuple[int, str], ...]
    line: int


class Excerpts:
    """Looks lines up in the files that findings speak of; each file is read once."""

    def __init__(self) -> None:
        """Start with no file read."""
        self._read: dict[Path, dict[int, str]] = {}

    def of(self, finding: Finding) -> Excerpt | None:
        """Return the lines around a finding, None if the file cannot be shown, for example because it is gone."""
        if finding.path not in self._read:
            self._read[finding.path] = _lines(finding.path)
        lines = self._read[finding.path]
        if finding.line not in lines:
            return None
        around = range(finding.line - CONTEXT, finding.line + CONTEXT + 1)
        return Excerpt(tuple((number, lines[number]) for number in around if number in lines), finding.line)


def _lines(path: Path) -> dict[int, str]:
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST_FILE:
            return {}
        if path.suffix.lower() == ".xlsx":
            read = spreadsheets.read(path)
            return {row.number: _line("\t".join(row.cells)) for row in (read.header, *read.rows)}
        data = path.read_bytes()
        text = (
            encodings.decoded(data) if path.suffix.lower() in spreadsheets.ENDINGS else data.decode("utf-8", "replace")
        )
    except (OSError, SheetError, CellError):
        return {}
    lines = re.split(r"\r\n|\r|\n", text)
    # A file ends with a line break; what follows is no line.
    return {number: _line(line) for number, line in enumerate(lines[:-1] if not lines[-1] else lines, start=1)}


def _line(text: str) -> str:
    """Make one printable line of at most `_LONGEST_LINE` characters."""
    text = text[: _LONGEST_LINE + 1].expandtabs(4).rstrip()
    text = "".join(char if char.isprintable() or char == "\u3000" else "\ufffd" for char in text)
    return text if len(text) <= _LONGEST_LINE else text[:_LONGEST_LINE] + "…"


def letter(column: int) -> str:
    """Name a column as spreadsheets do.

    >>> letter(1), letter(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def plain(text: str) -> str:
    r"""Replace what no report should carry on: control characters, which a terminal or an XML parser acts upon.

    >>> plain("a\x1b[31mb")
    'a\ufffd[31mb'
    """
    return "".join(char if char.isprintable() or char in " \u3000" else "\ufffd" for char in text)


def counted(report: Report, files: int | None = None) -> str:
    """Return the numbers in a line, in the reader's language, with the number of files if there is one."""
    counts = ", ".join(f"{number} {severity.label(report.language)}" for severity, number in report.counts.items())
    if files is None:
        return counts
    return counts + (f"({files}ファイル)" if report.language == "ja" else f" ({files} files)")


def rules(findings: Iterable[Finding]) -> list[Finding]:
    """Return the first finding of each rule, in the order of the rules' names."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.rule, finding)
    return [first[name] for name in sorted(first)]


WORDS: Mapping[str, Bilingual] = {
    "title": {"ja": "検証報告", "en": "Validation report"},
    "passing": {"ja": "合格。直す必要のあるものはない。", "en": "Passed: there is nothing that has to be mended."},
    "failing": {"ja": "不合格。直すべきものがある。", "en": "Not passed: something is to be mended."},
    "severity": {"ja": "重さ", "en": "Severity"},
    "number": {"ja": "件数", "en": "Number"},
    "files": {"ja": "調べたファイル数", "en": "Files looked at"},
    "line": {"ja": "行", "en": "line"},
    "column": {"ja": "列", "en": "column"},
    "rule": {"ja": "規則", "en": "rule"},
    "at": {"ja": "文書内の位置", "en": "place in the document"},
    "value": {"ja": "書かれている値", "en": "what stands there"},
    "related": {"ja": "食い違う箇所", "en": "at odds with"},
    "perhaps": {"ja": "もしかして", "en": "Perhaps"},
    "repair": {"ja": "直し方", "en": "Repair"},
    "replace": {"ja": "書き換え", "en": "Replace"},
    "by": {"ja": "→", "en": "→"},
    "language": {"ja": "言語", "en": "Language"},
    "by_rule": {"ja": "規則ごとの件数", "en": "By rule"},
    "again": {"ja": "直して、もう一度確かめる", "en": "Mend it and check again"},
    "none": {"ja": "指摘はない。", "en": "Nothing was found."},
    "more": {
        "ja": "ほかに{}件ある。すべては CSV か JSON で見られる。",
        "en": "There are {} more; CSV or JSON has all of them.",
    },
}  # fmt: skip
