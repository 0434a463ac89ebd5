"""SARIF 2.1.0, the format of static analysis that code hosts and editors read (OASIS Standard with Errata 01)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ccn_graph
from ccn_graph.reports.model import Excerpts, Report, ReportFormat, rules
from ccn_graph.validation.finding import Finding, Replacement, Severity, brief

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def write(report: Report) -> str:
    """Write one run with all findings."""
    by_rule = rules(report.findings)
    number = {finding.rule: place for place, finding in enumerate(by_rule)}
    excerpts = Excerpts()
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "ccn-graph",
                "semanticVersion": ccn_graph.__version__,
                "rules": [_rule(finding, report.language) for finding in by_rule],
            }
        },
        "language": {"ja": "ja", "en": "en"}[report.language],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": report.base.resolve().as_uri() + "/"}},
        "results": [_result(report, finding, number[finding.rule], excerpts) for finding in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": finding.said(language)},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }


def _result(report: Report, finding: Finding, rule: int, excerpts: Excerpts) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line}
    excerpt = excerpts.of(finding)
    if excerpt:
        region["snippet"] = {"text": dict(excerpt.lines)[finding.line]}
    value = f" [{brief(finding.value)}]" if finding.value else ""
    other = {"ja": "en", "en": "ja"}[report.language]
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(report, finding.path),
                                                     "region": region}}  # fmt: skip
    name = finding.at or finding.subject
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.said(report.language) + value},
        "locations": [location],
        "partialFingerprints": {"ccnGraph/v1": _fingerprint(report, finding)},
        "properties": {f"message_{other}": finding.said(other)},
    }
    if finding.related:
        result["relatedLocations"] = _related(report, finding)
    if finding.column:
        result["properties"]["sheetColumn"] = finding.column
    if finding.suggestion:
        result["properties"]["suggestion"] = finding.suggestion
    # An edit is told of by its line; without a look at the line its columns are not known.
    fixes = [_fix(report, repair.text[report.language], edit, excerpt) for repair in finding.repairs
             if (edit := repair.replacement)]  # fmt: skip
    if any(fixes):
        result["fixes"] = [fix for fix in fixes if fix]
    return result


def _related(report: Report, finding: Finding) -> list[dict[str, Any]]:
    return [
        {
            "physicalLocation": {
                "artifactLocation": _artifact(report, other.path), "region": {"startLine": other.line},
            },
            "message": {"text": other.value or other.place(report.base)},
        }
        for other in finding.related
    ]  # fmt: skip


def _fix(report: Report, text: str, edit: Replacement, excerpt: Any) -> dict[str, Any] | None:
    try:
        line = edit.path.read_text(encoding="utf-8").split("\n")[edit.line - 1]
    except (OSError, ValueError, IndexError):
        return None
    start = line.find(edit.old) + 1
    if not start or not excerpt:
        return None
    region = {"startLine": edit.line, "startColumn": start, "endColumn": start + len(edit.old)}
    change = {"deletedRegion": region, "insertedContent": {"text": edit.new}}
    changes = [{"artifactLocation": _artifact(report, edit.path), "replacements": [change]}]
    return {"description": {"text": text}, "artifactChanges": changes}


def _artifact(report: Report, path: Path) -> dict[str, Any]:
    shown = report.shown(path)
    if Path(shown).is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(shown), "uriBaseId": "SRCROOT"}


def _fingerprint(report: Report, finding: Finding) -> str:
    """Stand for a finding across edits that move its line."""
    parts = (report.shown(finding.path), finding.rule, finding.subject, finding.value)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


FORMAT = ReportFormat(
    "sarif",
    {"ja": "SARIF 2.1.0", "en": "SARIF 2.1.0"},
    "application/sarif+json",
    (".sarif", ".sarif.json"),
    write,
    rank=6,
)
