"""Table documents: what is linked is stated and checked like any document, what is not is counted and found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pyoxigraph as ox
import pytest
from openpyxl import Workbook

from ccn_graph import Finding, Graph, Severity, check
from ccn_graph.graph import kept
from ccn_graph.graph.project import ALL_ROWS, Project
from ccn_graph.graph.search import Index
from ccn_graph.pages import facets, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases import dcat, read_release, snapshot_writing, write_release
from tests.conftest import ROOT, TODAY

NAME = "example-list"
CSV = "id,town,land,since\n1,Minato,JP,2020-01-02\n2,Nowhere,JP,2021\n3,Two towns,JP,2021-02-03\n"
LINKS = "row,city,how,note\n1,example-minato,name,\n3,,group,two\n"
HEAD = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix howread: <https://w3id.org/ccn/how-read/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

doc:example-list a ccn:Document ;
    dcterms:title "例の一覧"@ja ;
    ccn:titleTranslated "An invented list"@en ;
    dcterms:publisher city:example-minato ;
    dcterms:issued "2026-03-01"^^xsd:date ;
    dcterms:language "ja" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    ccn:retrieved "2026-03-02"^^xsd:date ;
    ccn:howRead howread:in-full .
"""
CITY = {"aboutUrl": "{+_cityUrl}", "suppressOutput": True}
MAPPING = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "list.csv",
    "tableSchema": {
        "aboutUrl": "https://w3id.org/ccn/membership/example-plain-{_city}",
        "primaryKey": "id",
        "columns": [
            {"titles": "id", "suppressOutput": True},
            {"titles": "town", "propertyUrl": "skos:prefLabel", **CITY},
            {"titles": "land", "propertyUrl": "https://schema.org/addressCountry", **CITY},
            {"titles": "since", "propertyUrl": "https://w3id.org/ccn/ns#start", "datatype": "date"},
            {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "https://w3id.org/ccn/ns#Membership"},
            {"virtual": True, "propertyUrl": "org:member", "valueUrl": "{+_cityUrl}"},
            {
                "virtual": True,
                "propertyUrl": "org:organization",
                "valueUrl": "https://w3id.org/ccn/network/example-plain",
            },
        ],
    },
}

Made = Callable[..., Project]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A project with the clean base and a table document."""

    def make(csv: str = CSV, links: str = LINKS, url: str = "list.csv") -> Project:
        data = tmp_path / "data"
        if not data.exists():
            shutil.copytree(ROOT / "tests" / "faulty" / "base", data)
        table = data / "tables" / NAME
        table.mkdir(parents=True, exist_ok=True)
        (table / f"{NAME}.ttl").write_text(HEAD, encoding="utf-8")
        (table / "csv-metadata.json").write_text(json.dumps({**MAPPING, "url": url}, indent=1), encoding="utf-8")
        (table / "list.csv").write_text(csv, encoding="utf-8")
        (table / "links.csv").write_text(links, encoding="utf-8")
        return Project(ROOT, data)

    return make


def found(project: Project) -> list[Finding]:
    """Check a project."""
    return check(Graph.load(project), today=TODAY)


def places(findings: list[Finding]) -> list[tuple[str, int, int, str]]:
    return [(one.path.name, one.line, one.column, one.rule) for one in findings]


def said(graph: Graph, text: str) -> list[tuple[str, ...]]:
    prefixes = "PREFIX ccn: <https://w3id.org/ccn/ns#> PREFIX graph: <https://w3id.org/ccn/graph/> "
    return sorted(
        tuple(str(getattr(term, "value", term)) for term in row) for row in graph.query(prefixes + text).rows()
    )


def test_a_linked_row_states_a_record_with_its_place_and_others_are_candidates(made: Made) -> None:
    graph = Graph.load(made())
    assert said(graph, "SELECT ?m ?at ?day { GRAPH graph:example-list { ?m ccn:start ?day ; ccn:locator ?at } }") == [
        ("https://w3id.org/ccn/membership/example-plain-example-minato", "list.csv, row 2, id 1", "2020-01-02")
    ]
    assert said(graph, "SELECT ?row ?name { ?row a ccn:TableRow ; ccn:nameInTable ?name }") == [
        ("https://w3id.org/ccn/document/example-list#row=3", "Nowhere"),
    ]
    counts = "SELECT ?all ?linked ?open { ?d ccn:rows ?all ; ccn:linkedRows ?linked ; ccn:candidateRows ?open }"
    assert said(graph, counts) == [("3", "1", "1")]
    assert places(check(graph, today=TODAY)) == []


def test_candidates_are_found_by_their_name_and_are_no_things_of_the_derived_graph(made: Made) -> None:
    graph = Graph.load(made())
    (hit,) = Index.of(graph.engine, graph.labels).find("nowhere", "en")
    assert (hit.kind, hit.thing) == ("row", "https://w3id.org/ccn/document/example-list#row=3")
    assert said(graph, "SELECT ?s { GRAPH graph:preferred { ?s a ccn:TableRow } }") == []
    assert said(
        graph,
        "SELECT ?m { GRAPH graph:preferred { ?m a ccn:Membership ; ccn:start ?day FILTER(STR(?day) = '2020-01-02') } }",
    )


@pytest.mark.parametrize(
    ("csv", "links", "expected"),
    [
        (
            CSV.replace("2020-01-02", "2.1.2020"),
            LINKS,
            [("list.csv", 2, 0, "membership-when"), ("list.csv", 2, 4, "table-cell")],
        ),
        (
            CSV.replace("2020-01-02", "0013-01-02"),
            LINKS,
            [("list.csv", 2, 4, "date-implausible"), ("list.csv", 2, 4, "member-before-founding")],
        ),
        (CSV.replace("town", "city"), LINKS, [("list.csv", 1, 2, "table-heading")]),
        (CSV + "1,Minato,JP,2022-01-01\n", LINKS, [("list.csv", 5, 1, "table-row"), ("list.csv", 5, 4, "start")]),
        (CSV, LINKS.replace("example-minato", "example-minatu"), [("list.csv", 2, 0, "member-member")]),
        (CSV, LINKS + "9,example-oka,name,\n", [("links.csv", 4, 1, "table-link")]),
        (CSV, LINKS.replace("name", "felt"), [("links.csv", 2, 3, "table-link")]),
        (CSV, LINKS.replace("group", ""), [("links.csv", 3, 3, "table-link")]),
        (CSV, LINKS + "1,example-oka,name,\n", [("links.csv", 4, 1, "table-link")]),
        (CSV.replace("1,Minato", '"1,Minato'), LINKS, [("list.csv", 2, 0, "syntax")]),
    ],
)  # fmt: skip
def test_check_tells_row_and_column(csv: str, links: str, expected: list[object], made: Made) -> None:
    assert places(found(made(csv, links))) == expected


def test_a_workbook_is_read_as_its_text(made: Made) -> None:
    project = made(url="list.xlsx")
    book = Workbook()
    sheet = book.create_sheet("Towns", 0)
    for line in CSV.splitlines():
        sheet.append(line.split(","))
    book.save(project.data / "tables" / NAME / "list.xlsx")
    graph = Graph.load(project)
    assert said(graph, "SELECT ?at { GRAPH graph:example-list { ?m ccn:start ?day ; ccn:locator ?at } }") == [
        ("Towns, row 2, id 1",)
    ]


@pytest.mark.parametrize("body", [b"PK\x03\x04" + b"\0" * 100, b"\xff\xfe\x00", b"a,b\n" * 30_000, b""])
def test_no_table_breaks_the_others(body: bytes, made: Made) -> None:
    project = made(url="list.xlsx" if body.startswith(b"PK") else "list.csv")
    for name in ("list.csv", "list.xlsx"):
        (project.data / "tables" / NAME / name).write_bytes(body)
    graph = Graph.load(project)
    assert [error.path.parent.name for error in graph.errors] == [NAME]
    assert len(graph.documents) == 3


@pytest.mark.parametrize("name", ["list.csv", "links.csv", "csv-metadata.json"])
def test_what_is_kept_is_good_for_the_same_files_only(name: str, made: Made, tmp_path: Path) -> None:
    project = made()
    first = kept.load(project, "programs", tmp_path / "kept")
    assert isinstance(kept.load(project, "programs", tmp_path / "kept"), kept.KeptGraph)
    path = project.data / "tables" / NAME / name
    path.write_text(path.read_text(encoding="utf-8").replace("1,", "5,") + "\n", encoding="utf-8")
    again = kept.load(project, "programs", tmp_path / "kept")
    assert not isinstance(again, kept.KeptGraph)
    assert first.version != again.version


def test_a_snapshot_holds_the_table(made: Made, tmp_path: Path) -> None:
    graph = Graph.load(made())
    written = snapshot_writing.write(graph, tmp_path / "snapshot")
    assert written.project
    again = Graph.load(Project(ROOT, written.project.data))
    assert again.version == graph.version


def test_all_rows_become_cities_for_research(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    project = made(CSV.replace("2021\n", "2021-05-06\n"))
    monkeypatch.setenv(ALL_ROWS, "1")
    graph = Graph.load(Project.find(ROOT, project.data))
    assert said(
        graph, "SELECT ?m ?c { ?m <http://www.w3.org/ns/org#member> ?c . FILTER(STRENDS(STR(?c), 'list-2')) }"
    ) == [("https://w3id.org/ccn/membership/example-plain-example-list-2", "https://w3id.org/ccn/city/example-list-2")]
    city = ox.NamedNode("https://w3id.org/ccn/city/example-list-2")
    assert graph.labels.of(city.value, "ja") == "Nowhere"
    assert [one.render("en") for one in check(graph, today=TODAY) if one.severity > Severity.INFO] == []


def answer(project: Project, path: str, **parameters: str) -> str:
    """Any page, in English."""
    graph = Graph.load(project)
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    site = Site(graph.engine, graph.labels, statistics, search=Index.of(graph.engine, graph.labels))
    return routes.make(site, PageRequest(path, tuple(parameters.items()), "en", format="html")).body.decode()


def page(project: Project, **parameters: str) -> str:
    """The page of the table document."""
    return answer(project, f"/document/{NAME}.html", **parameters)


def test_the_page_of_a_table_counts_its_rows_and_seeks_candidates(made: Made) -> None:
    shown = page(made())
    assert "Of 3 rows, 1 are linked with things on record; 1 are candidates." in shown
    assert shown.index("example-plain-example-minato") < shown.index("Nowhere")
    assert "Two towns" not in shown
    assert "Nowhere" in page(made(), q="NOW")
    assert "Nowhere" not in page(made(), q="then")
    assert 'value="&#34;} UNION {"' in page(made(), q='"} UNION {')


def test_the_page_of_a_long_table_is_short(made: Made) -> None:
    rows = "".join(f"{number},Town {number},JP,2020-01-01\n" for number in range(10, 3000))
    shown = page(made(CSV + rows), page="2")
    assert len(shown) < 60_000
    assert shown.count("<tr id=") == facets.FEW


def test_the_address_of_a_row_is_a_place_on_the_page_of_its_table(made: Made) -> None:
    rows = "".join(f"{number},Town {number},JP,2020-01-01\n" for number in range(10, 100))
    project = made(CSV + rows)
    address = re.search('href="([^"]*row=[^"]*)"', answer(project, "/search", q="Town 99"))
    assert address
    split = urlsplit(address[1])
    assert split.path == f"/document/{NAME}.html"
    shown = answer(project, split.path, **dict(parse_qsl(split.query)))
    assert re.findall('<tr id="(.*?)">', shown) == [split.fragment]
    assert "Show all rows that are not linked" in shown
    assert "Town 98" not in shown


@pytest.mark.parametrize("path", ["/document/", "/place/japan.html"])
def test_rows_stand_in_no_list_of_things(path: str, made: Made) -> None:
    shown = answer(made(), path)
    assert "<h1" in shown
    assert "row=" not in shown
    assert "Nowhere" not in shown


def test_pages_and_descriptions_name_the_licence_of_a_document(made: Made) -> None:
    assert ">CC BY 4.0</a>" in page(made()).partition("<footer")[0]
    graph = Graph.load(made())
    described = {
        (triple.subject.value, triple.object.value)
        for triple in dcat.describe(graph, [])
        if isinstance(triple.subject, ox.NamedNode)
        and triple.predicate.value.endswith("license")
        and isinstance(triple.object, ox.NamedNode)
    }
    assert (f"{read_release.DATASET}/graph/{NAME}", "https://creativecommons.org/licenses/by/4.0/") in described


def test_what_is_under_share_alike_is_in_a_dump_of_its_own_and_in_no_other_file(made: Made, tmp_path: Path) -> None:
    project = made()
    head = project.data / "tables" / NAME / f"{NAME}.ttl"
    head.write_text(HEAD.replace("/by/", "/by-sa/"), encoding="utf-8")
    graph = Graph.load(project)
    written = {path.name: path for path in write_release.write(graph, tmp_path / "release")}
    own = tmp_path / "release" / "share-alike" / f"{NAME}.nq"
    assert "2020-01-02" in own.read_text(encoding="utf-8")
    dump = written["ccn-graph.nq"].read_text(encoding="utf-8")
    assert f"graph/{NAME}" not in dump
    assert "example-plain-example-minato" not in dump
    assert f"share-alike/{NAME}.nq" in written["SHA256SUMS"].read_text(encoding="utf-8")
    assert "licenses/by-sa/4.0/" in written["dataset.ttl"].read_text(encoding="utf-8")
    again = read_release.read(tmp_path / "release")
    assert again
    assert again.version == graph.version
