"""HTML: one file that needs nothing else, in both languages, to be read on a screen or printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from ccn_graph.files import templating
from ccn_graph.reports.model import WORDS, Excerpt, Excerpts, GroupBy, Report, ReportFormat, letter, plain
from ccn_graph.validation.finding import Finding, Severity, brief

#: Beyond it a browser is slow and nobody reads on; the other formats hold all.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class _Entry:
    found: Finding
    excerpt: Excerpt | None


def write(report: Report, back: str = "") -> str:
    """Write the page; past `MOST` findings it says how many more there are. `back` is where to check again."""
    style = templating.resource("reports", "report.css")
    text = template("report.html.j2").render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file
        digest=digest(),
        groups=list(_groups(report)),
        by_rule=_by_rule(report),
        left_out=max(0, len(report.findings) - MOST),
        words=WORDS,
        back=back,
        languages=("ja", "en"),
        severities=list(report.counts),
        by_severity=report.group is GroupBy.SEVERITY,
        by_file=report.group is GroupBy.FILE,
    )
    return text + "\n"


def digest() -> str:
    """Return the style sheet as a source that a Content-Security-Policy can allow (CSP Level 3, section 2.3.1)."""
    return templating.source("reports", "report.css")


def _groups(report: Report) -> Iterator[tuple[str, list[_Entry], int]]:
    excerpts, left = Excerpts(), MOST
    for name, findings in report.grouped().items():
        if left <= 0:
            return
        yield plain(name), [_Entry(finding, excerpts.of(finding)) for finding in findings[:left]], len(findings)
        left -= len(findings)


def _by_rule(report: Report) -> list[tuple[str, Severity, int]]:
    counted: dict[tuple[str, Severity], int] = {}
    for finding in report.findings:
        counted[finding.rule, finding.severity] = counted.get((finding.rule, finding.severity), 0) + 1
    order = sorted(counted.items(), key=lambda item: (-item[0][1], -item[1], item[0][0]))
    return [(rule, severity, number) for (rule, severity), number in order]


@cache
def template(name: str) -> templating.Template:
    """Return a template of `templates/`, with the filters of reports."""
    environment = templating.environment("reports")
    environment.filters["plain"] = plain
    environment.filters["brief"] = brief
    environment.filters["letter"] = letter
    return environment.get_template(name)


FORMAT = ReportFormat(
    "html", {"ja": "ページ (HTML)", "en": "Page (HTML)"}, "text/html", (".html", ".htm"), write, rank=2
)
