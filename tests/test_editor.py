"""The query editor: who gets it, and what it is given."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pyoxigraph as ox
import pytest

from ccn_graph.graph import questions
from ccn_graph.graph.graph import Graph
from ccn_graph.pages import editor, translations
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.server.problem import PROBLEMS
from tests.conftest import ROOT, some
from tests.serving import Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def site(graph: Graph) -> Site:
    assert graph.project
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    return Site(graph.engine, graph.labels, statistics, questions.read_all(graph.project))


def data(site: Site, language: str) -> dict[str, Any]:
    page = editor.page(site, PageRequest("/sparql", language=language))
    block = re.search(rb'<script type="application/json" id="query-data">(.*?)</script>', page.body, re.DOTALL)
    assert block
    found: dict[str, Any] = json.loads(block[1])
    return found


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("text/turtle, text/html;q=0.9", "text/turtle; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/turtle, text/html", "text/turtle; charset=utf-8"),
    ],
)
def test_browsers_get_the_editor_and_programs_the_service_description(
    site_server: Server, accept: str, content_type: str
) -> None:
    response = site_server.http.get("/sparql", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert "Accept" in response.headers["vary"]
    assert ("<textarea" in response.text) is content_type.startswith("text/html")


def test_without_an_accept_header_there_is_the_service_description(site_server: Server) -> None:
    request = site_server.http.build_request("GET", "/sparql")
    del request.headers["accept"]
    assert site_server.http.send(request).headers["content-type"] == "text/turtle; charset=utf-8"


def test_a_browser_that_sends_a_query_gets_its_answer(site_server: Server) -> None:
    response = site_server.http.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": BROWSER})
    assert response.headers["content-type"] == "application/xml"
    assert "<boolean>true</boolean>" in response.text


@pytest.mark.parametrize("place", ["void", "sparql-examples"])
def test_what_the_service_says_of_itself_is_a_page_only_for_who_prefers_html(site_server: Server, place: str) -> None:
    path = f"/.well-known/{place}"
    shown = site_server.http.get(path, headers={"Accept": BROWSER})
    assert shown.headers["content-type"].startswith("text/html")
    assert "<table>" in shown.text
    for accept, begins in (("*/*", "text/turtle"), ("application/ld+json", "application/ld+json")):
        assert site_server.http.get(path, headers={"Accept": accept}).headers["content-type"].startswith(begins)


def test_the_editor_keeps_the_strict_policy(site_server: Server) -> None:
    response = site_server.http.get("/sparql?lang=ja", headers={"Accept": BROWSER})
    policies = response.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "script-src 'self'" in policies[0]
    assert "unsafe" not in policies[0]
    assert '<html lang="ja">' in response.text
    assert not re.search(r"<script(?![^>]*\b(?:src=\"/|type=\"application/json\"))", response.text)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_question_is_an_example_that_runs_as_it_stands(site: Site, language: str) -> None:
    examples = data(site, language)["examples"]
    assert examples.keys() == site.questions.keys()
    for name, query in some(examples.items()):
        assert query.startswith(f"# {site.questions[name].text[language]}\n")
        assert "#+" not in query
    answer = site.engine.query(examples["members-of-network"])
    assert len(list(answer.rows())) > 300


def test_completion_knows_our_classes_and_properties_by_label(site: Site) -> None:
    known = {term["name"]: term for term in data(site, "ja")["terms"]}
    assert known["ccn:City"] == {"name": "ccn:City", "label": "都市", "kind": "class", "note": "クラス"}
    assert known["ccn:host"]["kind"] == "property"
    assert known["org:member"]["kind"] == "property"


def test_prefixes_are_all_of_ours(site: Site) -> None:
    assert data(site, "en")["prefixes"] == namespaces.PREFIXES


def test_the_first_query_has_an_answer(site: Site) -> None:
    page = editor.page(site, PageRequest("/sparql", language="en"))
    first = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.body.decode(), re.DOTALL)
    assert first
    query = first[1].replace("&lt;", "<").replace("&gt;", ">")
    assert all(isinstance(row[0], ox.NamedNode) for row in some(site.engine.query(query).rows()))


def test_a_query_in_the_address_is_shown_and_never_becomes_markup(site: Site) -> None:
    query = "</textarea><script>alert(1)</script>"
    page = editor.page(site, PageRequest("/sparql", (("query", query),), "en"))
    assert query.encode() not in page.body
    assert b"&lt;/textarea&gt;" in page.body


def test_the_editor_explains_every_problem_of_a_query_in_both_languages() -> None:
    path = ROOT / "ccn_graph" / "pages" / "translations" / "query.toml"
    told = {key for key in tomllib.loads(path.read_text(encoding="utf-8")) if "problem-" in key}
    codes = {key.removeprefix("query-script.problem-") for key in told}
    # The others are of requests that the editor never sends.
    others = {
        "not-found",
        "method-not-allowed",
        "not-acceptable",
        "head-too-long",
        "misdirected",
        "precondition-failed",
        "unsupported-encoding",
        "too-slow",
        "unsupported-media-type",
        "bad-range",
        "range-not-satisfiable",
        "not-yet-written",
        "gone",
        "engine-unfit",
        "foreign-origin",
    }
    assert codes == PROBLEMS.keys() - others
    assert translations.text("query-script.problem-busy", "ja") != translations.text("query-script.problem-busy", "en")


def test_the_query_it_begins_with_gives_each_membership_once_for_each_field(site: Site) -> None:
    page = editor.page(site, PageRequest("/sparql", language="en")).body.decode()
    assert "GRAPH graph:preferred" in page
    rows = site.select(query_file.own("pages", "first_query_of_the_editor"))
    prefixes = "".join(f"PREFIX {name}: <{namespaces.PREFIXES[name]}> " for name in ("ccn", "graph", "net", "org"))
    plain = "SELECT ?m ?f FROM graph:preferred { ?m a ccn:Membership ; ccn:field ?f ; org:organization net:uccn }"
    assert len(rows) == len(list(site.engine.query(prefixes + plain).rows())) > 0
