"""JUnit XML, as Jenkins and its kin read it: a suite for each file, a case for each finding."""

from __future__ import annotations

from xml.etree import ElementTree

from ccn_graph.reports.model import Report, ReportFormat, plain
from ccn_graph.validation.finding import Finding


def write(report: Report) -> str:
    """Write the suites; a file without findings passes one case, a finding too light to fail passes with a remark."""
    by_file: dict[str, list[Finding]] = {report.shown(path): [] for path in report.files}
    for finding in report.findings:
        by_file.setdefault(report.shown(finding.path), []).append(finding)
    suites = ElementTree.Element("testsuites", name="ccn-graph check")
    failures = 0
    for name, findings in by_file.items():
        failed = sum(finding.severity >= report.fail_on for finding in findings)
        failures += failed
        suite = ElementTree.SubElement(suites, "testsuite", name=plain(name))
        _count(suite, max(len(findings), 1), failed)
        for finding in findings:
            _case(suite, report, finding, name)
        if not findings:
            ElementTree.SubElement(suite, "testcase", classname=plain(name), name="check", time="0")
    _count(suites, sum(max(len(findings), 1) for findings in by_file.values()), failures)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _count(element: ElementTree.Element, tests: int, failures: int) -> None:
    for name, number in (("tests", tests), ("failures", failures), ("errors", 0), ("time", 0)):
        element.set(name, str(number))


def _case(suite: ElementTree.Element, report: Report, finding: Finding, name: str) -> None:
    what = f"{finding.rule}: {finding.place(report.base)}" + (f" {finding.subject}" if finding.subject else "")
    case = ElementTree.SubElement(suite, "testcase", classname=plain(name), name=plain(what), time="0")
    hints = "".join(f"\n→ {plain(repair.text[report.language])}" for repair in finding.repairs)
    hints += f"\n↔ {plain(report.related_places(finding))}" if finding.related else ""
    text = plain(finding.render(report.language, report.base)) + hints
    if finding.severity >= report.fail_on:
        message = plain(finding.said(report.language))
        failure = ElementTree.SubElement(case, "failure", message=message, type=finding.severity.name.lower())
        failure.text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text


FORMAT = ReportFormat("junit", {"ja": "JUnit XML", "en": "JUnit XML"}, "application/xml", (".xml",), write, rank=7)
