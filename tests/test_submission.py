"""Files that somebody brings: the same faults are found in every syntax, each at its place."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest

from ccn_graph.errors import CcnError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.sheets import submission
from ccn_graph.sheets.submission import Submission
from ccn_graph.validation.finding import Finding
from tests.conftest import PREFIXES, ROOT, TODAY, Write

DATA = ROOT / "tests" / "faulty" / "base"

TEXT = f"""{PREFIXES}@prefix event: <https://w3id.org/ccn/event/> .

event:forum a ccn:Event ;
    skos:prefLabel "集い"@ja, "Gathering"@en ;
    ccn:host city:example-minatoo ;
    ccn:start "2025" ;
    ccn:locator "本文" .
"""

FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(ROOT, DATA)


def check(project: Project, cache: Cache, path: Path, **how: object) -> list[Finding]:
    return submission.findings(project, Submission((path,), **how), today=TODAY, cache=cache)  # type: ignore[arg-type]


def rules(findings: list[Finding]) -> set[str]:
    return {found.rule for found in findings}


@pytest.mark.parametrize("ending", FORMATS)
def test_each_syntax_gives_the_same_findings_at_their_places(
    project: Project, cache: Cache, write: Write, tmp_path: Path, ending: str
) -> None:
    wanted = rules(check(project, cache, write("forum.ttl", TEXT)))
    assert wanted == {"host-city", "start-date", "document-head-missing"}
    path, format_ = tmp_path / f"forum.{ending}", FORMATS[ending]
    home = ox.NamedNode("https://example.org/graph") if format_.supports_datasets else ox.DefaultGraph()
    quads = [
        ox.Quad(said.subject, said.predicate, said.object, home)
        for said in ox.parse(TEXT.encode(), format=ox.RdfFormat.TURTLE)
    ]
    prefixes = {"ccn": "https://w3id.org/ccn/ns#", "skos": "http://www.w3.org/2004/02/skos/core#"}
    triples = quads if format_.supports_datasets else [quad.triple for quad in quads]
    path.write_bytes(ox.serialize(triples, format=format_, prefixes=prefixes) or b"")
    findings = check(project, cache, path)
    assert rules(findings) == wanted
    assert {found.path for found in findings} == {path}
    (host,) = (found for found in findings if found.rule == "host-city")
    assert host.suggestion == "city:example-minato"
    assert "example-minatoo" in path.read_text(encoding="utf-8").split("\n")[host.line - 1]
    if ending == "rdf":
        assert host.at == "/rdf:RDF/ccn:Event[1]/ccn:host[1]"
    if ending == "jsonld":
        assert host.at.startswith("/0/") and host.at.endswith("ns#host/0")


def test_shapes_alone_know_nothing_of_our_data_nor_our_rules(project: Project, cache: Cache, write: Write) -> None:
    text = TEXT.replace("example-minatoo", "example-minato")
    assert rules(check(project, cache, write("forum.ttl", text))) == {"start-date", "document-head-missing"}
    assert rules(check(project, cache, write("forum.ttl", text), shapes_only=True)) == {"host-city", "start-date"}


def test_the_house_format_counts_only_where_it_is_wanted(project: Project, cache: Cache, write: Write) -> None:
    path = write("forum.ttl", TEXT.replace("    ccn:start", "\tccn:start"))
    assert "style" in rules(check(project, cache, path))
    assert "style" not in rules(check(project, cache, path, style=False))


SHEET = "member,organization,field,start,locator\nExample Port,Example City Network,design,2008,row 1\n"


def test_a_sheet_gives_row_and_column_of_what_is_wrong(project: Project, cache: Cache, write: Write) -> None:
    rows = "Exampel Port,Example City Network,,2008,row 2\nExample Port,Example City Network,,yesterday,row 3\n"
    path = write("members.csv", SHEET.splitlines(keepends=True)[0] + rows)
    found = check(project, cache, path)
    assert [(one.line, one.column, one.rule) for one in found] == [(2, 1, "unknown"), (3, 4, "date")]


def test_a_finding_of_shapes_and_rules_knows_its_cell_too(project: Project, cache: Cache, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["organization", "member", "start", "locator"],
        ["Example City Network", "Example Port", "2119", "row 2"],
    ):
        sheet.append(row)
    book.save(tmp_path / "members.xlsx")
    found = check(project, cache, tmp_path / "members.xlsx")
    assert (2, 3, "date-implausible") in [(one.line, one.column, one.rule) for one in found]
    assert {one.path.name for one in found} == {"members.xlsx"}


def test_a_sheet_that_fits_no_kind_or_several_asks_which(project: Project, cache: Cache, write: Write) -> None:
    with pytest.raises(CcnError, match="--as"):
        check(project, cache, write("odd.csv", "colour,weight\nred,3\n"))
    with pytest.raises(CcnError, match="shapes-only"):
        check(project, cache, write("members.csv", SHEET), shapes_only=True)
    found = check(project, cache, write("odd.csv", "colour,weight\nred,3\n"), kind="memberships")
    assert {(one.line, one.column) for one in found} == {(1, 1), (1, 2)}
