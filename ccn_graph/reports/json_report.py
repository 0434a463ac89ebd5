"""JSON for other programs, as `report.schema.json` beside this module describes it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import ccn_graph
from ccn_graph.reports.model import Report, ReportFormat
from ccn_graph.validation.finding import Finding, Repair, Severity


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what `write` writes."""
    text = files("ccn_graph.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


def write(report: Report) -> str:
    """Write the report with all its findings, in both languages."""
    described = {
        "$schema": schema()["$id"],
        "generator": {"name": "ccn-graph", "version": ccn_graph.__version__},
        "passed": not report.failing,
        "failOn": _name(report.fail_on),
        "language": report.language,
        "files": [report.shown(path) for path in report.files],
        "counts": {_name(severity): number for severity, number in report.counts.items()},
        "findings": [_finding(report, finding) for finding in report.findings],
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    fields = {
        "path": report.shown(finding.path),
        "line": finding.line,
        "column": finding.column,
        "at": finding.at,
        "severity": _name(finding.severity),
        "rule": finding.rule,
        "subject": finding.subject,
        "value": finding.value,
        "suggestion": finding.suggestion,
        "message": {language: finding.said(language) for language in ("ja", "en")},
        "repairs": [_repair(report, repair) for repair in finding.repairs],
        "related": [
            {"path": report.shown(other.path), "line": other.line, "value": other.value} for other in finding.related
        ],
    }
    if finding.nodes:
        nodes = finding.nodes
        fields["focusNode"] = str(nodes.focus)
        fields["resultPath"] = nodes.path.value if nodes.path else ""
        fields["sourceConstraintComponent"] = nodes.component
    return {key: value for key, value in fields.items() if value}


def _repair(report: Report, repair: Repair) -> dict[str, Any]:
    fields: dict[str, Any] = {"text": dict(repair.text)}
    if edit := repair.replacement:
        fields["replacement"] = {
            "path": report.shown(edit.path), "line": edit.line, "old": edit.old, "new": edit.new,
        }  # fmt: skip
    return fields


def _name(severity: Severity) -> str:
    return severity.name.lower()


FORMAT = ReportFormat("json", {"ja": "JSON", "en": "JSON"}, "application/json", (".json",), write, rank=5)
