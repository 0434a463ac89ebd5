"""The first page, and the page of the data while there are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.pages import roll, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases import read_release
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.validation import shape_catalogue
from tests import markup
from tests.conftest import TODAY, some


@pytest.fixture(scope="module")
def site(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Site:
    assert graph.project
    place = tmp_path_factory.mktemp("shelf")
    return Site(
        graph.engine, graph.labels, Statistics.of(graph.engine, graph.version, union=True),
        questions.read_all(graph.project), vocabulary=shape_catalogue.read(graph.project),
        release_dir=ReleaseDirectory(place / "release", place / "failed"),
    )  # fmt: skip


def ask(site: Site, path: str, language: str = "en") -> Page:
    return routes.make(site, PageRequest(path, language=language))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_says_what_there_is_and_what_is_missing(site: Site, graph: Graph, language: str) -> None:
    page = ask(site, "/", language)
    text = page.body.decode()
    for name in ("City", "Network", "Membership", "Event", "Document"):
        count = site.statistics.classes[f"https://w3id.org/ccn/ns#{name}"]
        assert f"<dd>{count:,}</dd>" in text
    asked = site.questions["network-coverage"]
    for network, stated, held, *_ in some(graph.query(asked.query(graph.labels)).rows()):
        table = text[text.index('class="coverage"') :]
        row = table[table.index(f"/network/{str(getattr(network, 'value', '')).rpartition('/')[2]}.html") :]
        assert held is not None
        assert f'<td class="number">{int(held.value):,}' in row.split("</tr>")[0]  # type: ignore[union-attr]
        if stated is not None:
            assert f'<td class="number">{int(stated.value):,}</td>' in row.split("</tr>")[0]  # type: ignore[union-attr]
    assert "/questions/known-gaps" in text
    read = "SELECT (MAX(STR(?day)) AS ?last) { ?document <https://w3id.org/ccn/ns#retrieved> ?day }"
    (last,), *_ = graph.query(read).rows()
    assert f'datetime="{last.value}"' in text, "the last update"  # type: ignore[union-attr]
    assert graph.version in text, "how to cite"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_its_example_questions_are_one_of_each_theme(site: Site, language: str) -> None:
    text = ask(site, "/", language).body.decode()
    listed = text[text.index('class="asked"') :].split("</ul>")[0]
    themes = {asked.theme for asked in site.questions.values() if f'/questions/{asked.name}"' in listed}
    assert themes == {asked.theme for asked in site.questions.values()}
    for asked in some(site.questions.values()):
        if f'/questions/{asked.name}"' in listed:
            assert asked.text[language] in listed


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_its_files_the_page_of_the_data_says_they_are_coming(site: Site, language: str) -> None:
    page = ask(site, "/data/", language)
    assert page.status == 200
    headers = dict(page.headers)
    assert headers["cache-control"] == "no-store"
    assert int(headers["retry-after"]) > 0
    assert {"ja": "書き出しています", "en": "still being written"}[language] in page.body.decode()
    assert "ccn-graph.ttl" not in page.body.decode()


def test_a_failure_to_write_them_is_told(site: Site, tmp_path: Path) -> None:
    release_dir = ReleaseDirectory(tmp_path / "release", tmp_path / "failed")
    release_dir.failure.touch()
    failed = Site(site.engine, site.labels, site.statistics, release_dir=release_dir)
    assert "could not be written" in ask(failed, "/data/").body.decode()


def test_a_directory_that_is_incomplete_is_no_release(tmp_path: Path) -> None:
    assert read_release.read(tmp_path) is None
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  dataset.ttl\n", encoding="utf-8")
    assert read_release.read(tmp_path) is None
    (tmp_path / "dataset.ttl").write_text("<", encoding="utf-8")
    assert read_release.read(tmp_path) is None


def test_the_first_page_counts_what_the_lists_and_the_questions_count(site: Site) -> None:
    home = markup.text(markup.read(ask(site, "/", "en")).find(".//main"))
    events = site.statistics.classes[namespaces.CCN + "Event"]
    assert len(roll.meetings(site, TODAY)) == events
    assert f"{events:,}" in home
    answer = site.engine.query(site.questions["network-coverage"].query(site.labels, {"today": TODAY.isoformat()}))
    for row in answer.rows():
        network, held = str(getattr(row[0], "value", "")), str(getattr(row[2], "value", ""))
        path, day = f"/network/{namespaces.slug(network)}.html", (("asOf", TODAY.isoformat()),)
        page = routes.make(site, PageRequest(path, day, "en")).body.decode()
        if row[1] is not None and "Documents state" in page:
            assert f"of which {held} certain ones are held" in page, network


def test_each_number_of_the_first_page_leads_to_a_list_of_just_so_many(site: Site) -> None:
    counts = next(
        element for element in markup.read(ask(site, "/", "en")).iter("dl") if element.get("class") == "counts"
    )
    for one in some(list(counts)):
        count, link = markup.text(one.find("dd")), one.find(".//a")
        assert link is not None
        listed = markup.text(markup.read(ask(site, link.get("href", ""), "en")).find(".//main"))
        assert re.search(rf"(?<![\d,]){count}(?![\d,])", listed), link.get("href")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_comes_next_is_planned_and_what_is_not_confirmed_is_counted(site: Site, language: str) -> None:
    main = markup.read(ask(site, "/", language)).find(".//main")
    coming = ask(site, "/", language).body.decode().partition('id="coming"')[2].partition("</section>")[0]
    planned = [one for one in roll.meetings(site, TODAY) if one.state == "planned"]
    for one in some(planned[:2]):
        assert f'/event/{namespaces.slug(one.iri)}.html"' in coming
    unconfirmed = sum(one.state == "unconfirmed" for one in roll.meetings(site, TODAY))
    assert str(unconfirmed) in markup.text(main)


def test_each_field_has_its_number_of_members(site: Site, graph: Graph) -> None:
    bars = ask(site, "/", "en").body.decode().partition('class="bars"')[2].partition("</ul>")[0]
    counted = graph.query(
        f"""PREFIX ccn: <{namespaces.CCN}> PREFIX org: <http://www.w3.org/ns/org#>
        SELECT ?field (COUNT(DISTINCT ?member) AS ?n) {{ GRAPH <{namespaces.BASE}graph/preferred> {{
          ?m a ccn:Membership ; ccn:field ?field ; org:member ?member ; ccn:state "ongoing" }} }} GROUP BY ?field"""
    ).rows()
    for field, count in some(list(counted)):
        name = namespaces.slug(str(getattr(field, "value", "")))
        bar = bars.partition(f"/field/{name}.html")[2].partition("</li>")[0]
        assert f'<span class="number">{getattr(count, "value", "")}</span>' in bar
