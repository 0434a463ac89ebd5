"""A line for each finding, as compilers write them, or groups of findings under headings."""

from __future__ import annotations

from collections.abc import Iterator

from ccn_graph.reports.model import Report, ReportFormat, plain
from ccn_graph.validation.finding import Finding, Severity, brief

_BOLD = "1"
#: ECMA-48 Select Graphic Rendition.
_COLOURS = {Severity.VIOLATION: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


def lines(report: Report, *, colour: bool = False) -> str:
    """Write a line for each finding, below it what it also speaks of and how to mend it; empty if there is none."""
    return "".join(
        f"{line}\n"
        for finding in report.findings
        for line in (_line(report, finding, colour), *(f"    {more}" for more in _more(report, finding)))
    )


def _more(report: Report, finding: Finding) -> Iterator[str]:
    for other in finding.related:
        yield f"↔ {plain(other.place(report.base))}" + (f"  [{plain(brief(other.value))}]" if other.value else "")
    for repair in finding.repairs:
        edit = repair.replacement
        change = f": {plain(brief(edit.old))} → {plain(brief(edit.new))}" if edit and edit.old.strip() else ""
        yield f"→ {plain(repair.text[report.language])}{change}"


def grouped(report: Report, *, colour: bool = False) -> str:
    """Write the findings under headings, each with its repairs."""
    groups = []
    for name, findings in report.grouped().items():
        number = {"ja": f"{len(findings)}件", "en": str(len(findings))}[report.language]
        written = [_styled(f"{plain(name)} ({number})", _BOLD, colour)]
        for finding in findings:
            written.append(f"  {_line(report, finding, colour)}")
            written += [f"    {more}" for more in _more(report, finding)]
        groups.append("".join(f"{line}\n" for line in written))
    return "\n".join(groups)


def _line(report: Report, finding: Finding, colour: bool) -> str:
    line = plain(finding.render(report.language, report.base))
    if not colour:
        return line
    place, severity = plain(finding.place(report.base)), finding.severity.label(report.language)
    rest = line.removeprefix(f"{place}: {severity}")
    return f"{_styled(place, _BOLD, colour)}: {_styled(severity, _COLOURS[finding.severity], colour)}{rest}"


def _styled(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


FORMAT = ReportFormat(
    "text", {"ja": "テキスト (1行に一つ)", "en": "Text (one line each)"}, "text/plain", (".txt", ".log"), lines, rank=1
)
