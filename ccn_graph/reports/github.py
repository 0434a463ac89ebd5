"""Annotations of GitHub Actions: a workflow command for each finding, with its escapes."""

from __future__ import annotations

from ccn_graph.reports.model import Report, ReportFormat, plain
from ccn_graph.validation.finding import Severity, brief

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report) -> str:
    """Write one command a line."""
    lines = []
    for found in report.findings:
        column = f",col={found.column}" if found.column else ""
        place = f"file={_property(report.shown(found.path))},line={found.line}{column}"
        value = f"  [{brief(found.value)}]" if found.value else ""
        hints = [found.suggestion] if found.suggestion else []
        hints += [f"↔ {report.told(found)}"] if found.related else []
        hints += [repair.text[report.language] for repair in found.repairs]
        text = "\n".join([found.said(report.language) + value, *(f"→ {plain(hint)}" for hint in hints)])
        lines.append(f"::{_COMMANDS[found.severity]} {place},title={_property(found.rule)}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = ReportFormat("github", {"ja": "GitHubの注釈", "en": "Annotations of GitHub"}, "text/plain", (), write, rank=8)
