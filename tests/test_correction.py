"""From the page of a statement to a correction, and from a correction to an edit for review."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.graph.project import Project
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.sheets.correction import MOST_BYTES, Correction
from tests.conftest import ROOT, some
from tests.test_changes import BASE

MEMBER, DOCUMENT = "membership/example-example-minato", "example-2026-01-01"
GRAPH = namespaces.PREFIXES["graph"] + DOCUMENT
GYEAR = namespaces.PREFIXES["xsd"] + "gYear"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "data")
    return tmp_path / "data"


def of_start(**values: object) -> dict[str, object]:
    """Write a correction of the start of a membership as plain values."""
    correction = Correction(
        namespaces.BASE + MEMBER, namespaces.CCN + "start", ["2015", None, GYEAR], GRAPH, proposed="2016"
    )
    return json.loads(correction.as_json()) | values  # type: ignore[no-any-return]


def apply(data: Path, correction: object, *options: str) -> tuple[int, str, str]:
    path = data.parent / "correction.json"
    path.write_text(correction if isinstance(correction, str) else json.dumps(correction), encoding="utf-8")
    arguments = ["apply", str(path), "--data-dir", str(data), "--root", str(ROOT), "--lang", "en", *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def changed(difference: str) -> list[str]:
    return [line for line in difference.splitlines() if re.match(r"[+-](?![+-])", line)]


def test_a_value_is_replaced_in_its_line_and_written_only_when_told(data: Path) -> None:
    path = data / "documents" / f"{DOCUMENT}.ttl"
    before = path.read_text(encoding="utf-8")
    code, difference, _ = apply(data, of_start())
    line = before.splitlines().index('    ccn:start "2015"^^xsd:gYear ;') + 1
    assert code == 0
    assert changed(difference) == ['-    ccn:start "2015"^^xsd:gYear ;', '+    ccn:start "2016"^^xsd:gYear ;']
    assert f"@@ -{line - 3}," in difference
    assert path.read_text(encoding="utf-8") == before
    assert apply(data, of_start(proposed="平成28年5月"), "--write")[0] == 0
    assert 'ccn:start "2016-05"^^xsd:gYearMonth ;' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("of", "property_", "value", "proposed", "lines"),
    [
        (MEMBER, "ccn:field", "field/design", "field:music",
         ["-    ccn:field field:design ;", "+    ccn:field field:music ;"]),
        ("network/example", "ccn:covers", "field/design", "",
         ["-    ccn:covers field:design, field:music ;", "+    ccn:covers field:music ;"]),
        (MEMBER, "org:role", "role/coordinator", "", ["-    org:role role:coordinator ;"]),
        ("event/example-meeting-1", "ccn:theme", ["例", "ja", None], '一"二\\', ['-    ccn:theme "例"@ja ;',
                                                                           '+    ccn:theme "一\\"二\\\\"@ja ;']),
    ],
)  # fmt: skip
def test_things_texts_and_what_should_go(
    data: Path, of: str, property_: str, value: object, proposed: str, lines: list[str]
) -> None:
    given = namespaces.BASE + value if isinstance(value, str) else value
    correction = of_start(subject=namespaces.BASE + of, property=namespaces.expand(property_), value=given)
    _, difference, errors = apply(data, {**correction, "proposed": proposed})
    assert changed(difference) == lines, errors


def test_what_another_document_says_goes_there_with_its_place(data: Path) -> None:
    other = of_start(document="example-2026-02-01", place="Members, l. 9")
    code, difference, _ = apply(data, other)
    assert "b/" in difference
    assert "example-2026-02-01.ttl" in difference
    added = changed(difference)
    assert 'ccn:start "2016"^^xsd:gYear ;' in " ".join(added)
    assert '+    ccn:locator "Members, l. 9" .' in added
    assert "+@prefix member: <https://w3id.org/ccn/membership/> ." in added
    assert all(line.startswith("+") for line in added)
    # The two documents disagree now, which the check tells.
    assert code == 1
    code, _, errors = apply(data, other | {"place": ""})
    assert (code, "at which place" in errors) == (2, True)
    code, _, errors = apply(data, other | {"document": "no such document"})
    assert (code, "is not on record" in errors) == (2, True)


def test_a_finding_keeps_the_edit_from_being_written(data: Path) -> None:
    path = data / "documents" / f"{DOCUMENT}.ttl"
    before = path.read_bytes()
    # An end before the start.
    correction = of_start(subject=namespaces.BASE + "city/example-oka", property=namespaces.CCN + "x")
    assert apply(data, correction)[0] == 2
    code, difference, errors = apply(
        data,
        of_start(property=namespaces.PREFIXES["org"] + "member", value=f"{namespaces.BASE}city/example-minato",
                 proposed="field:design"),
        "--write",
    )  # fmt: skip
    assert difference
    assert (code, "violation" in errors) == (1, True)
    assert path.read_bytes() == before


STALE = {"value": ["2014", None, GYEAR]}


@pytest.mark.parametrize(
    ("correction", "reason"),
    [
        (of_start(**STALE), "not stated any more"),
        (of_start(proposed="2015"), "what is said"),
        (of_start(proposed="next spring"), "is no date"),
        (of_start(subject="not an iri"), "is no correction"),
        (of_start(subject=5), "is no correction"),
        (of_start(value=None), "has no value"),
        (of_start(value=["1", "2", "3", "4"]), "is no correction"),
        (of_start(note="x" * 5_000), "is no text of at most"),
        (of_start(path="/etc/passwd"), "has 'path'"),
        (of_start(form="another"), "has no form"),
        ([], "has no form"),
        ("[" * 30_000, "is no correction"),
        ("x" * (MOST_BYTES + 1), "larger than"),
        ("\x1b[2J{", "is no correction"),
    ],
    ids=range(14),
)
def test_what_no_longer_matches_or_is_no_correction_is_refused(data: Path, correction: object, reason: str) -> None:
    code, difference, errors = apply(data, correction, "--write")
    assert (code, difference) == (2, "")
    assert reason in errors
    assert "\x1b" not in errors


@pytest.fixture
def open_page(data: Path) -> Callable[..., Page]:
    graph = Graph.load(Project(ROOT, data))
    site = Site(graph.engine, graph.labels, Statistics.of(graph.engine, graph.version, union=True), {})

    def open_(address: str, language: str = "en", **more: str) -> Page:
        parts = urlsplit(address)
        parameters = (*parse_qsl(parts.query, keep_blank_values=True), *more.items())
        return routes.make(site, PageRequest(parts.path, parameters, language))

    return open_


def links(page: Page) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/correct[^"]*)"', page.body.decode())]


def test_every_statement_of_a_record_leads_to_its_correction(open_page: Callable[..., Page]) -> None:
    found = links(open_page(f"/{MEMBER}.html"))
    said = {dict(parse_qsl(urlsplit(link).query))["property"] for link in found}
    assert said == {"org:member", "org:organization", "org:role", "ccn:field", "ccn:start"}
    for language in ("ja", "en"):
        for link in found:
            page = open_page(link, language)
            assert page.status == 200
            assert "example-2026-01-01" in page.body.decode()
    names = [link for link in links(open_page("/city/example-minato.html")) if "prefLabel" in link]
    assert len(names) == 2


def test_from_the_page_to_the_edit(open_page: Callable[..., Page], data: Path) -> None:
    (link,) = (link for link in links(open_page(f"/{MEMBER}.html")) if "ccn%3Astart" in link)
    made = open_page(link, made="1", proposed="2017", note="```\n<b>see</b> @all").body.decode()
    assert "<b>see" not in made
    issue = unescape(re.search(r'<pre class="correction"[^>]*><code>(.*?)</code>', made, re.DOTALL)[1])  # type: ignore[index]
    (saved,) = (one for one in some(links_of_file(made)))
    file = open_page(saved)
    assert dict(file.headers)["cache-control"] == "no-store"
    assert (file.content_type, dict(file.headers)["content-disposition"]) == (
        "application/json", 'attachment; filename="correction-example-example-minato-start.json"',
    )  # fmt: skip
    for text in (file.body.decode(), f"Somebody wrote:\n\n{issue}\nThank you."):
        code, difference, _ = apply(data, text)
        assert code == 0
        assert changed(difference)[1] == '+    ccn:start "2017"^^xsd:gYear ;'


def links_of_file(text: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/correct[^"]*as=file[^"]*)"', text)]


@pytest.mark.parametrize("address", [
    "/correct", "/correct?of=member:example-example-minato&property=ccn:start&value=000000000000",
    "/correct?of=https://example.org/x&property=ccn:start&value=0", "/correct?of=member:a b>&property=x&value=",
])  # fmt: skip
def test_what_is_not_stated_has_no_form(open_page: Callable[..., Page], address: str) -> None:
    assert open_page(address).status == 404
