"""Whoever goes astray in a browser is led on, in their language; programs get problem+json as ever."""

from __future__ import annotations

import pytest

from ccn_graph.pages import routes, translations
from ccn_graph.pages.redirects import MEANT
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.server.problem import PROBLEMS
from tests.conftest import some
from tests.serving import Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

ASTRAY = [
    ("GET", "/city/nowhere.ttl", 404),
    ("GET", "/questions/members-of-network.csv?network=nowhere", 400),
    ("GET", "/questions/nothing.json", 404),
    ("GET", "/sparql?query=SELECT", 400),
    ("GET", "/sparql?query=a&query=b", 400),
    ("GET", "/sparql?update=x", 403),
    ("DELETE", "/city/kobe.html", 405),
    ("GET", "/static/nothing.js", 404),
    ("GET", "/" + "x" * 600, 413),
]


@pytest.mark.parametrize(("method", "path", "status"), ASTRAY)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_error_is_a_page_in_the_language_of_who_reads_it(
    site_server: Server, method: str, path: str, status: int, language: str
) -> None:
    answer = site_server.http.request(method, path, headers={"Accept": BROWSER, "Accept-Language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), answer.text
    assert f'<html lang="{language}">' in answer.text
    assert translations.text("site.cities", language) in answer.text, "the navigation leads on"
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("method", "path", "status"), ASTRAY)
@pytest.mark.parametrize("accept", ["*/*", "application/json, text/html;q=0.5", "application/problem+json"])
def test_a_program_gets_the_same_as_problem_json(
    site_server: Server, method: str, path: str, status: int, accept: str
) -> None:
    answer = site_server.http.request(method, path, headers={"Accept": accept})
    assert answer.status_code in (status, 406)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_what_a_reader_wrote_is_not_taken_for_markup(site_server: Server) -> None:
    answer = site_server.http.get("/sparql", params={"query": "<script>alert(1)</script>"}, headers={"Accept": BROWSER})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def test_every_code_of_an_error_has_words_in_both_languages() -> None:
    for code in some(PROBLEMS):
        assert set(translations.texts()[f"error.{code}"]) == {"ja", "en"}, code


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/cities", "/city/"), ("/Cities/", "/city/"), ("/city", "/city/"), ("/network", "/network/"),
        ("/networks/uccn", "/network/uccn"), ("/cities/kobe.html", "/city/kobe.html"), ("/City/Kobe", "/city/kobe"),
        ("/events", "/event/"), ("/fields", "/field/"), ("/field", "/field/"), ("/question", "/questions"),
        ("/check/", "/check"), ("/sparql/", "/sparql"), ("/都市", "/city/"), ("/index.html", "/"),
    ],
)  # fmt: skip
def test_a_wrong_address_leads_to_what_it_means(site: Site, path: str, place: str) -> None:
    page = routes.make(site, PageRequest(path, (("x", "1"),), "ja", chosen=True))
    assert (page.status, dict(page.headers)["location"]) == (308, f"{place}?x=1&lang=ja")


def test_all_places_to_which_wrong_addresses_lead_are_there(site: Site) -> None:
    for place in some(set(MEANT.values())):
        assert routes.make(site, PageRequest(f"/{place}", format="html")).status == 200, place


@pytest.mark.parametrize("path", ["/nothing", "/cities/nowhere", "/check/this", "/city/Nowhere"])
def test_an_address_that_means_nothing_is_not_led_in_a_circle(site: Site, path: str) -> None:
    assert routes.make(site, PageRequest(path)).status == 404
