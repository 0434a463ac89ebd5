"""IRIs that were renamed or withdrawn, on a small data directory."""

from __future__ import annotations

import datetime
import json
import shutil

import pytest

from ccn_graph import Graph, check
from ccn_graph.graph.project import Project
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from tests.conftest import ROOT

RENAMED = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .

city:example-harbour dcterms:isReplacedBy city:example-minato .

city:example-twice
    owl:deprecated true ;
    ccn:note "二重に登録した。"@ja, "Registered twice."@en .

member:example-harbour dcterms:isReplacedBy city:example-oka .
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    data = tmp_path_factory.mktemp("renamed") / "data"
    shutil.copytree(ROOT / "tests" / "faulty" / "base", data)
    (data / "registers" / "renamed.ttl").write_text(RENAMED, encoding="utf-8")
    return Graph.load(Project(ROOT, data))


@pytest.fixture(scope="module")
def site(graph: Graph) -> Site:
    return Site(graph.engine, graph.labels, Statistics.of(graph.engine, graph.version, union=True))


def ask(site: Site, path: str, **request: object) -> Page:
    return routes.make(site, PageRequest(path, **request))  # type: ignore[arg-type]


def test_renamed_and_withdrawn_iris_are_no_findings(graph: Graph) -> None:
    found = check(graph, today=datetime.date(2026, 11, 21))
    assert [one.render("en") for one in found if one.path.name == "renamed.ttl"] == []


@pytest.mark.parametrize("ending", ["", ".html", ".ttl", ".jsonld", ".nt", ".rdf", ".trig", ".nq"])
def test_a_renamed_iri_leads_to_the_new_one_in_every_form(site: Site, ending: str) -> None:
    found = ask(site, f"/city/example-harbour{ending}")
    assert (found.status, dict(found.headers)["location"]) == (301, f"/city/example-minato{ending}")


def test_it_takes_along_what_was_asked(site: Site) -> None:
    found = ask(site, "/city/example-harbour.html", parameters=(("asOf", "2020-01-01"),), language="ja", chosen=True)
    assert dict(found.headers)["location"] == "/city/example-minato.html?asOf=2020-01-01&lang=ja"


def test_a_thing_may_come_to_be_one_of_another_kind(site: Site) -> None:
    assert dict(ask(site, "/membership/example-harbour.ttl").headers)["location"] == "/city/example-oka.ttl"


@pytest.mark.parametrize(("language", "note"), [("ja", "二重に登録した。"), ("en", "Registered twice.")])
def test_a_withdrawn_iri_is_gone_and_says_why(site: Site, language: str, note: str) -> None:
    page = ask(site, "/city/example-twice", language=language)
    assert page.status == 410
    assert note in page.body.decode()
    told = ask(site, "/city/example-twice.ttl", language=language, format="ttl")
    assert (told.status, told.content_type) == (410, "application/problem+json")
    body = json.loads(told.body)
    assert body["code"] == "gone"
    assert note in body["detail"]


def test_all_others_are_where_they_were(site: Site) -> None:
    assert ask(site, "/city/example-minato.html").status == 200
    assert ask(site, "/city/example-minato").status == 303
    assert ask(site, "/city/nowhere.html").status == 404
