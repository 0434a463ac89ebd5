"""CSV for spreadsheets: a row for each finding, in both languages (RFC 4180, UTF-8 with a mark that Excel needs)."""

from __future__ import annotations

import csv
import io

from ccn_graph.reports.model import Report, ReportFormat
from ccn_graph.text import spreadsheet_guard
from ccn_graph.validation.finding import Finding, brief

COLUMNS = (
    "path", "line", "column", "at", "severity", "rule", "subject", "value", "suggestion",
    "message_ja", "message_en", "repair_ja", "repair_en", "old", "new", "related",
)  # fmt: skip

#: Longest text of a cell; Excel takes 32767 characters.
_MOST = 5_000


def write(report: Report) -> str:
    """Write the table; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in report.findings:
        writer.writerow([_inert(cell) for cell in _cells(report, finding)])
    return "\ufeff" + out.getvalue()


def _cells(report: Report, finding: Finding) -> list[str]:
    repair = finding.repairs[0] if finding.repairs else None
    edit = next((repair.replacement for repair in finding.repairs if repair.replacement), None)
    return [
        report.shown(finding.path), str(finding.line), str(finding.column or ""), finding.at,
        finding.severity.name.lower(), finding.rule, finding.subject, finding.value, finding.suggestion,
        finding.said("ja"), finding.said("en"),
        repair.text["ja"] if repair else "", repair.text["en"] if repair else "",
        edit.old if edit else "", edit.new if edit else "", report.related_places(finding),
    ]  # fmt: skip


def _inert(cell: str) -> str:
    return spreadsheet_guard.inert(brief(cell, _MOST))


FORMAT = ReportFormat("csv", {"ja": "表 (CSV)", "en": "Table (CSV)"}, "text/csv", (".csv",), write, rank=4)
