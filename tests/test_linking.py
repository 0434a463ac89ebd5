"""Rows of a table are matched with cities by identifier, then by name, country and distance, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli import main
from ccn_graph.files.tables import TableRow
from ccn_graph.graph import table_documents
from ccn_graph.graph.graph import Place
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import linking
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.linkable_cities import Cities
from ccn_graph.sheets.linking import Described
from tests.conftest import ROOT
from tests.linking import judged
from tests.test_table_documents import CSV, Made, made

__all__ = ["made"]
P, C = namespaces.PREFIXES, namespaces.CCN
GEONAMES = "https://sws.geonames.org/"


@pytest.fixture
def cities() -> Cities:
    """Two countries; in one of them two cities of one name, and a government above them of that name."""
    facts, here = Facts(Graph([])), Place(Path("city.ttl"), 1)

    def add(iri: str, class_: str, names: str, place: tuple[float, float] | None, within: str, *more: str) -> None:
        facts.add(iri, namespaces.RDF_TYPE, ox.NamedNode(C + class_), here)
        for name in names.split("|"):
            facts.add(iri, namespaces.PREF_LABEL, ox.Literal(name, language="en"), here)
        for axis, value in zip(("lat", "long"), place or (), strict=False):
            facts.add(iri, P["wgs"] + axis, ox.Literal(str(value)), here)
        facts.add(iri, C + "within", ox.NamedNode(P["place"] + within), here)
        for one in more:
            relation = P["skos"] + "exactMatch" if one.startswith("http") else C + "kind"
            facts.add(iri, relation, ox.NamedNode(one if one.startswith("http") else P["kind"] + one), here)

    for slug, code in (("utopia", "UT"), ("erewhon", "ER")):
        facts.add(P["place"] + slug, namespaces.RDF_TYPE, ox.NamedNode(C + "Country"), here)
        facts.add(P["place"] + slug, P["skos"] + "notation", ox.Literal(code), here)
    add(P["city"] + "alba", "City", "Alba|Άλμπα", (10, 10), "utopia", GEONAMES + "1/")
    add(P["city"] + "bora", "City", "Bora", (20, 20), "utopia", GEONAMES + "2/")
    add(P["city"] + "bora-north", "City", "Bora", (21, 20), "utopia")
    add(P["city"] + "dora", "City", "Dora City", (30, 30), "utopia")
    add(P["city"] + "alba-er", "City", "Alba", (10.1, 10), "erewhon")
    add(P["city"] + "alba-province", "City", "Alba Province", (10, 10), "utopia", "regional-government")
    return Cities.of_record(facts)


def row(
    name: str, country: str = "UT", place: tuple[float, float] | None = (10.05, 10), *ids: str, key: str = "1"
) -> Described:
    return Described(TableRow(2, ()), key, (name,), country, "", place, frozenset(f"{GEONAMES}{one}/" for one in ids))


@pytest.mark.parametrize(
    ("wanted", "city", "how"),
    [
        (row("ALBA"), "alba", "name-and-distance"),
        (row("City of Alba"), "alba", "name-and-distance"),
        (row("Alba / Albo"), "alba", "name-and-distance"),
        (row("Alba", "ER"), "alba-er", "name-and-distance"),
        (row("Dora Town", place=(30, 30)), "", "ambiguous"),
        (row("Dora", place=(30, 30)), "dora", "name-and-distance"),
        (row("Alba", "XX"), "", ""),
        (row("Alba", "UT", (11, 10)), "", "ambiguous"),
        (row("Alba", "UT", None), "alba", "name"),
        (row("City of Alba", "UT", None), "", "ambiguous"),
        (row("Alba Province"), "alba-province", "name-and-distance"),
        (row("Bora", "UT", (20.01, 20)), "", "ambiguous"),
        (row("Cora", "UT", (10, 10.01)), "", "ambiguous"),
        (row("Cora", "UT", (50, 50)), "", ""),
        (row("Cora", "UT", (50, 50), "1"), "alba", "geonames"),
        (row("Alba", "UT", (10, 10), "9"), "", ""),
        (row("Cora", "UT", None, "1", "2"), "", "ambiguous"),
    ],
)  # fmt: skip
def test_a_row_is_matched_only_if_nothing_speaks_against_it(
    wanted: Described, city: str, how: str, cities: Cities
) -> None:
    found = linking.propose([wanted], cities)
    assert [(namespaces.slug(link.city), link.how) for link in found] == ([(city, how)] if how else [])


def test_what_two_rows_may_be_stays_open_unless_an_identifier_says_which(cities: Cities) -> None:
    two = [row("Alba", key="1"), row("Alba Town", place=(10.01, 10), key="2")]
    assert [link.how for link in linking.propose(two, cities)] == ["ambiguous", "ambiguous"]
    sure = [row("Alba", "UT", (10.05, 10), "1", key="1"), two[1]]
    assert [link.how for link in linking.propose(sure, cities)] == ["geonames", "ambiguous"]
    assert [link.how for link in linking.propose([two[0], row("Alba", key="3")], cities)] == ["name-and-distance"] * 2


@pytest.mark.parametrize(
    ("table", "countries", "recall"),
    [
        ("jrc-gcom-2024-01", ("DE", "GB", "TR", "SE"), 0.85),
        ("net-zero-tracker-2022-12-20", (), 0.95),
        ("japan-heritage-2023-08-03", (), 0.95),
    ],
)
def test_names_and_places_alone_find_the_cities_of_the_open_lists(
    table: str, countries: tuple[str, ...], recall: float, graph: Graph
) -> None:
    """Judged by identifiers that the matching does not see; of the longest list all rows of four countries."""
    document = table_documents.open_(ROOT / "data" / "tables" / table / "csv-metadata.json")
    rows = [one for one in linking.described(document) if (one.country in countries if countries else one.country)]
    found = judged(rows, Cities.of_record(Facts(graph)))
    assert len(rows) > 200
    assert found.precision == 1.0, found.wrong
    assert found.recall >= recall, found.missed


def test_the_verb_shows_writes_and_promotes(made: Made, tmp_path: Path) -> None:
    project = made(CSV.replace("Minato", "Port of Example Port / 例港"), links="row,city,how,note\n3,,group,two\n")
    links = project.data / "tables" / "example-list" / "links.csv"
    options = ["--root", str(project.root), "--data-dir", str(project.data), "--lang", "en"]
    run = CliRunner().invoke(main.main, ["link", "example-list", *options])
    assert run.stdout == "row,city,how,note\n1,example-minato,name,\n"
    run = CliRunner().invoke(main.main, ["link", "example-list", "--hold", "town=Nowhere:refused", "--write", *options])
    assert (run.exit_code, links.read_text(encoding="utf-8")) == (
        0, "row,city,how,note\n1,example-minato,name,\n2,,refused,town Nowhere\n3,,group,two\n"
    )  # fmt: skip
    sheet = tmp_path / "cities.csv"
    run = CliRunner().invoke(main.main, ["link", "example-list", "--promote", "2", "--to", str(sheet), *options])
    assert run.exit_code == 0
    assert "nowhere,,,Nowhere," in sheet.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "asked", [["nothing"], ["example-list", "--hold", "x=1:group"], ["example-list", "--promote", "1"]]
)
def test_the_verb_refuses_what_it_cannot_do(asked: list[str], made: Made) -> None:
    project = made()
    run = CliRunner().invoke(main.main, ["link", *asked, "--root", str(project.root), "--data-dir", str(project.data)])
    assert run.exit_code == 2
