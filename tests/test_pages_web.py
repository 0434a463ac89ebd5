from __future__ import annotations

import gzip
import http.client

import pytest

from tests.serving import Server

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("*/*", "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json, text/turtle;q=0.9", "jsonld"),
        ("application/rdf+xml;q=0.5, application/n-triples", "nt"),
        ("application/trig", "trig"),
        ("application/json", "jsonld"),
    ],
)
def test_a_thing_leads_to_the_document_about_it_that_is_wanted(site_server: Server, accept: str, ending: str) -> None:
    response = site_server.http.get("/city/kobe", headers={"Accept": accept}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, f"/city/kobe.{ending}")
    assert "Accept" in response.headers["vary"]
    followed = site_server.http.get(response.headers["location"])
    assert followed.status_code == 200
    assert "Kobe" in followed.text


def test_a_chosen_language_is_carried_on(site_server: Server) -> None:
    response = site_server.http.get("/city/kobe?lang=ja", headers=HTML, follow_redirects=False)
    assert response.headers["location"] == "/city/kobe.html?lang=ja"
    page = site_server.http.get("/city/kobe.html?lang=ja", headers={"Accept-Language": "en"})
    assert '<html lang="ja">' in page.text
    assert 'href="/place/hyogo.html?lang=ja"' in page.text


def test_without_a_choice_the_language_is_negotiated(site_server: Server) -> None:
    for accepted, language in (("ja,en;q=0.5", "ja"), ("fr, en;q=0.3, ja;q=0.2", "en"), ("", "en"), ("ja;q=x", "en")):
        page = site_server.http.get("/city/kobe.html", headers={"Accept-Language": accepted})
        assert f'<html lang="{language}">' in page.text
        assert "Accept-Language" in page.headers["vary"]


def test_a_page_that_has_not_changed_is_not_sent_again(site_server: Server) -> None:
    first = site_server.http.get("/city/kobe.html", headers={"Accept-Language": "en"})
    asked = {"Accept-Language": "en", "If-None-Match": first.headers["etag"]}
    second = site_server.http.get("/city/kobe.html", headers=asked)
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    japanese = site_server.http.get("/city/kobe.html", headers=asked | {"Accept-Language": "ja"})
    assert japanese.status_code == 200
    assert japanese.headers["etag"] != first.headers["etag"]


def test_a_page_travels_compressed_and_head_has_its_headers(site_server: Server) -> None:
    connection = http.client.HTTPConnection(site_server.url.removeprefix("http://"))
    connection.request("GET", "/network/uccn.html", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    assert response.headers["content-encoding"] == "gzip"
    assert len(body) < len(gzip.decompress(body)) / 5
    connection.close()
    head = site_server.http.head("/network/uccn.html", headers={"Accept-Encoding": "gzip"})
    assert head.headers["etag"] == response.headers["etag"]
    assert head.content == b""


def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(site_server: Server) -> None:
    page = site_server.http.get("/city/kobe.html", headers=HTML)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert 'src="http' not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/city/nowhere.html",
        "/city/../../etc/passwd",
        "/city/%2e%2e%2fsecret.html",
        "/city/kobe.html%00.ttl",
        "/city/kobe.exe",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/city/%22%3E%3Cscript%3E.html",
        "/nothing",
    ],
)
def test_a_path_to_nothing_is_not_found_and_is_not_repeated_unescaped(site_server: Server, path: str) -> None:
    page = site_server.http.get(path, headers=HTML)
    assert page.status_code == 404
    assert "<script>" not in page.text
    problem = site_server.http.get(path, headers={"Accept": "application/json, */*;q=0.1"})
    assert problem.status_code == 404
    if not path.endswith(".html"):
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["code"] == "not-found"


def test_an_address_that_is_too_long_is_refused(site_server: Server) -> None:
    assert site_server.http.get("/" + "a" * 600).status_code == 413
    assert site_server.http.get("/?" + "&".join(f"a{n}=1" for n in range(60))).status_code == 413


def test_parameters_are_no_markup(site_server: Server) -> None:
    page = site_server.http.get("/city/kobe.html", params={"asOf": '"><script>alert(1)</script>'}, headers=HTML)
    assert page.status_code == 400
    assert "<script>alert" not in page.text


def test_what_can_not_be_written_is_not_acceptable(site_server: Server) -> None:
    response = site_server.http.get("/city/kobe", headers={"Accept": "image/png"})
    assert (response.status_code, response.json()["code"]) == (406, "not-acceptable")
    assert site_server.http.post("/city/kobe.html").status_code == 405


@pytest.mark.parametrize(
    ("accept", "path", "type_"),
    [
        ("text/csv", "/questions/hosting-order?", "text/csv"),
        ("application/json", "/questions/hosting-order?", "application/json"),
        ("application/sparql-results+json", "/questions/hosting-order?", "application/sparql-results+json"),
        ("text/html", "/questions/hosting-order?format=csv", "text/csv"),
        ("*/*", "/questions/hosting-order?", "text/html"),
        ("text/turtle", "/questions/hosting-order?", ""),
        ("text/turtle", "/questions", ""),
        ("text/turtle", "/city/", ""),
        ("*/*", "/questions/hosting-order?format=ttl", ""),
        ("text/x-anything", "/analysis/members.csv", "text/csv"),
        ("application/json", "/search?q=kobe", "application/json"),
    ],
)
def test_every_page_is_had_as_what_there_is_of_it_or_not_at_all(
    site_server: Server, accept: str, path: str, type_: str
) -> None:
    response = site_server.http.get(path, headers={"Accept": accept})
    assert response.status_code == (200 if type_ else 406)
    assert response.headers["content-type"].partition(";")[0] == (type_ or "application/problem+json")
