from __future__ import annotations

import json

import pytest

from ccn_graph import Graph
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from tests import markup


def ask(site: Site, language: str = "en", **parameters: str) -> Page:
    return routes.make(site, PageRequest("/search", tuple(parameters.items()), language, format="html"))


@pytest.mark.parametrize(("language", "kind"), [("ja", "都市"), ("en", "City")])
def test_finds_are_grouped_by_kind_with_the_best_first(site: Site, language: str, kind: str) -> None:
    page = ask(site, language, q="篠山")
    root = markup.read(page)
    assert page.status == 200
    assert markup.text(next(root.iter("h2"))) == kind
    (first, *_) = root.findall(".//ul[@class='found']/li/a")
    assert first.get("href") == "/city/tamba-sasayama.html"
    assert "篠山市" in markup.text(root.find(".//ul[@class='found']/li"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_found_has_near_names(site: Site, language: str) -> None:
    root = markup.read(ask(site, language, q="asahikwa"))
    links = [link.get("href") for link in root.findall(".//ul[@class='found']/li/a")]
    assert links[0] == "/city/asahikawa.html"
    assert not markup.of_class(markup.read(ask(site, language, q="xqzzyw")), "found")


def test_an_empty_search_is_a_form(site: Site) -> None:
    for page in (ask(site), ask(site, q="  ")):
        root = markup.read(page)
        assert page.status == 200
        forms = [form for form in root.iter("form") if form.get("class") == "conditions"]
        assert [(form.get("method"), form.get("action")) for form in forms] == [("get", "/search")]


def test_finds_past_the_limit_are_announced(site: Site) -> None:
    root = markup.read(ask(site, q="a"))
    assert len(root.findall(".//ul[@class='found']/li")) == 100
    assert "More than 100" in markup.text(root.find(".//main"))


def test_scripts_read_the_finds_as_json(site: Site) -> None:
    page = ask(site, "en", q="ささやま", format="json")
    assert page.content_type == "application/json"
    (first, *_) = json.loads(page.body)["results"]
    assert first["iri"] == "https://w3id.org/ccn/city/tamba-sasayama"
    assert first["url"] == "/city/tamba-sasayama.html"
    assert (first["label"], first["kind"], first["kind_label"]) == ("Tamba-Sasayama", "city", "City")
    assert (first["matched"], first["lang"]) == ("ささやまし", "ja-Hira")
    assert first["note"] == "City · formerly ささやまし"
    assert json.loads(ask(site, q="", format="json").body) == {"results": []}
    assert len(json.loads(ask(site, q="a", format="json").body)["results"]) == 8


def test_questions_are_found_by_what_they_ask(site: Site) -> None:
    results = json.loads(ask(site, "ja", q="ある日の会員", format="json").body)["results"]
    assert results[0]["url"] == "/questions/members-on-date"
    assert results[0]["label"] == site.questions["members-on-date"].title["ja"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b>', "{{ 7*7 }}", "\0", "%00", "x" * 100_000, "‮"])
def test_whatever_is_sought_comes_back_as_text_only(site: Site, text: str) -> None:
    page = ask(site, q=text)
    root = markup.read(page)
    assert page.status == 200
    assert b"<script>alert" not in page.body
    assert len(page.body) < 15_000
    sought = next(control for control in root.iter("input") if control.get("id") == "sought")
    assert len(sought.get("value", "")) <= 100


@pytest.mark.parametrize(("language", "told"), [("ja", "名前の検索がありません"), ("en", "cannot be searched by name")])
def test_data_without_an_index_are_said_to_have_none(graph: Graph, language: str, told: str) -> None:
    bare = Site.over(graph.engine, Statistics.of(graph.engine, "", union=True))
    for sought in ("kobe", ""):
        root = markup.read(ask(bare, language, q=sought))
        assert told in markup.text(root.find(".//main"))
        assert not list(root.iter("form")), "a field that finds nothing would promise too much"
        assert [link.get("href") for link in root.findall(".//main//a")] == ["/sparql"]
