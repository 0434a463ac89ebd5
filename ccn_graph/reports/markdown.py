"""Markdown for a pull request or a wiki: numbers, then findings under headings (CommonMark with tables of GFM)."""

from __future__ import annotations

import re

from ccn_graph.reports.model import WORDS, Excerpts, Report, ReportFormat, plain
from ccn_graph.text.outline import code_span, escaped
from ccn_graph.validation.finding import Finding, brief

#: Beyond it, a page is no longer read; the other formats hold all.
MOST = 1_000


def write(report: Report) -> str:
    """Write the report; past `MOST` findings it says how many more there are."""
    word, language = {key: texts[report.language] for key, texts in WORDS.items()}, report.language
    out = [f"# {word['title']}", "", f"**{word['failing'] if report.failing else word['passing']}**", ""]
    out += [f"| {word['severity']} | {word['number']} |", "|---|--:|"]
    out += [f"| {severity.label(language)} | {number} |" for severity, number in report.counts.items()]
    out += ["", f"{word['files']}: {len(report.files)}", ""]
    excerpts, left = Excerpts(), MOST
    for name, findings in report.grouped().items():
        if left <= 0:
            break
        out += [f"## {_text(name)} ({len(findings)})", ""]
        for finding in findings[:left]:
            out += [*_finding(report, finding, excerpts, word), ""]
        left -= len(findings)
    if left < 0:
        out += [word["more"].format(len(report.findings) - MOST), ""]
    return "\n".join(out)


def _finding(report: Report, finding: Finding, excerpts: Excerpts, word: dict[str, str]) -> list[str]:
    language = report.language
    at = f" {_code(finding.at)}" if finding.at else ""
    value = f" {_code(brief(finding.value))}" if finding.value else ""
    place, severity = _code(finding.place(report.base)), finding.severity.label(language)
    lines = [f"- **{severity}** {place}{at} {_text(finding.said(language))}{value} ({_code(finding.rule)})"]
    if excerpt := excerpts.of(finding):
        fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall("`+", "".join(t for _, t in excerpt.lines))), 3)
        lines += ["", f"  {fence}text"]
        for number, text in excerpt.lines:
            lines.append(f"  {'>' if number == excerpt.line else ' '} {number:5} {text}".rstrip())
        lines.append(f"  {fence}")
    if finding.suggestion and not finding.repairs:
        lines += ["", f"  {word['perhaps']} {_text(finding.suggestion)}"]
    lines += ["", f"  ↔ {_text(report.related_places(finding))}"] if finding.related else []
    for repair in finding.repairs:
        edit = repair.replacement
        change = f": {_code(brief(edit.old))} → {_code(brief(edit.new))}" if edit else ""
        lines += ["", f"  {word['repair']}: {_text(repair.text[language])}{change}"]
    return lines


def _text(text: str) -> str:
    return escaped(plain(text))


def _code(text: str) -> str:
    return code_span(plain(text) or " ")


FORMAT = ReportFormat("markdown", {"ja": "Markdown", "en": "Markdown"}, "text/markdown", (".md",), write, rank=3)
