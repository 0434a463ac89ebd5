"""The formats of a report by name, file ending and media type, and how each is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.reports import (
    csv_report,
    github,
    html_report,
    json_report,
    junit,
    markdown,
    sarif,
    shacl_report,
    text_report,
)
from ccn_graph.reports.model import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report; `endings` are those of files that are meant for it, the first its own."""

    media_type: str
    endings: tuple[str, ...]
    write: Callable[[Report], str]

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats say their character set."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


#: By name. Where formats share an ending, the first is meant.
FORMATS: Mapping[str, Format] = {
    "text": Format("text/plain", (".txt", ".log"), text_report.lines),
    "html": Format("text/html", (".html", ".htm"), html_report.write),
    "markdown": Format("text/markdown", (".md",), markdown.write),
    "csv": Format("text/csv", (".csv",), csv_report.write),
    "json": Format("application/json", (".json",), json_report.write),
    "sarif": Format("application/sarif+json", (".sarif", ".sarif.json"), sarif.write),
    "junit": Format("application/xml", (".xml",), junit.write),
    "github": Format("text/plain", (), github.write),
    "turtle": Format("text/turtle", (".ttl",), shacl_report.write),
}


def guessed(path: Path) -> str:
    """Give the name of the format that a file's ending stands for, the longest ending first. Raises CcnError."""
    endings = {ending: name for name, known in reversed(list(FORMATS.items())) for ending in known.endings}
    for ending in sorted(endings, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return endings[ending]
    known_ = " ".join(sorted(endings))
    raise CcnError(f"{path}: no format has this ending ({known_}); name one with --format")
