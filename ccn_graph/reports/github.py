"""Annotations of GitHub Actions: a workflow command for each finding, with its escapes."""

from __future__ import annotations

from ccn_graph.reports.model import Report, ReportFormat, plain
from ccn_graph.validation.finding import Severity, brief

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report) -> str:
    """Write one command a line."""
    lines = []
    for finding in report.findings:
        column = f",col={finding.column}" if finding.column else ""
        place = f"file={_property(report.shown(finding.path))},line={finding.line}{column}"
        value = f"  [{brief(finding.value)}]" if finding.value else ""
        hints = [finding.suggestion] if finding.suggestion else []
        hints += [f"↔ {report.related_places(finding)}"] if finding.related else []
        hints += [repair.text[report.language] for repair in finding.repairs]
        text = "\n".join([finding.said(report.language) + value, *(f"→ {plain(hint)}" for hint in hints)])
        lines.append(f"::{_COMMANDS[finding.severity]} {place},title={_property(finding.rule)}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = ReportFormat("github", {"ja": "GitHubの注釈", "en": "Annotations of GitHub"}, "text/plain", (), write, rank=8)
