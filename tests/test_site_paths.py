"""Addresses: one slash too many, methods that are not allowed, and a server below a path, before a proxy or not."""

from __future__ import annotations

import gzip
import html.parser
import http.client
import json
import urllib.parse
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx2 as httpx
import pytest

from ccn_graph import Graph
from tests.serving import Server, serving

BELOW = "https://data.example.org/graph"


@pytest.fixture(scope="module")
def below() -> Iterator[Server]:
    with serving("--no-check", "--url", BELOW) as running:
        yield running


class Addresses(html.parser.HTMLParser):
    """Gathers what a page leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        for name, value in attrs:
            if value and (name in ("href", "src", "action", "formaction") or value.startswith("/")):
                self.found.append(value)


def raw(server: Server, path: str) -> httpx.Response:
    """Ask for a path exactly as it stands here."""
    return server.http.get(httpx.URL(server.url).copy_with(raw_path=path.encode()))


PAGES = [
    "/", "/city/", "/city/kobe.html", "/network/uccn.html", "/questions", "/questions/members-of-network", "/sparql",
    "/ns", "/data/", "/check", "/search?q=kobe", "/city/nowhere.html", "/document/", "/ns/shapes",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("prefix", ["", "/graph"])
def test_below_a_path_every_link_leads_there(below: Server, page: str, prefix: str) -> None:
    """`prefix` is what a proxy leaves of the path: some take it away, some do not."""
    response = below.http.get(prefix + page, headers={"Accept": "text/html"})
    assert response.status_code == (404 if "nowhere" in page else 200)
    found = Addresses(response.text).found
    here = [address for address in found if address.startswith("/")]
    assert len(here) > 10
    assert [address for address in here if not address.startswith("/graph/")] == []
    assert [address for address in found if address.startswith(("//", "http://127.0.0.1"))] == []


@pytest.mark.parametrize("prefix", ["", "/graph"])
def test_below_a_path_answers_redirects_and_scripts_lead_there(below: Server, prefix: str) -> None:
    see_other = below.http.get(f"{prefix}/city/kobe", headers={"Accept": "text/turtle"})
    assert (see_other.status_code, see_other.headers["location"]) == (303, "/graph/city/kobe.ttl")
    assert "</graph/city/kobe.html>" in see_other.headers["link"]
    assert "<https://w3id.org/ccn/" not in see_other.headers["location"]
    found = below.http.get(f"{prefix}/search", params={"q": "kobe", "format": "json"}).json()
    assert found["results"]
    assert all(one["url"].startswith("/graph/") for one in found["results"])
    assert below.http.get(f"{prefix}/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
    assert below.http.get(f"{prefix}/health").json()["status"] == "ok"
    described = below.http.get(f"{prefix}/sparql", headers={"Accept": "application/n-triples"}).text
    assert f"<{BELOW}/sparql>" in described
    moved = raw(below, f"{prefix}//city/kobe.html")
    assert (moved.status_code, moved.headers["location"]) == (308, "/graph/city/kobe.html")


def test_every_static_file_of_a_page_is_there_below_a_path(below: Server) -> None:
    page = below.http.get("/graph/sparql", headers={"Accept": "text/html"}).text
    files = [address for address in Addresses(page).found if address.startswith("/graph/static/")]
    assert len(files) > 3
    assert [below.http.get(address).status_code for address in files] == [200] * len(files)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//evil.example/", "/evil.example/"),
        ("//evil.example/%2e%2e", "/evil.example/.."),
        ("///evil.example", "/evil.example"),
        ("/%5Cevil.example", "/evil.example"),
        ("/%2Fevil.example", "/evil.example"),
        ("/sparql/", "/sparql"),
        ("/sparql//?query=ASK%7B%7D", "/sparql?query=ASK%7B%7D"),
        ("/city//kobe.html", "/city/kobe.html"),
        ("/graph-store/?default", "/graph-store?default"),
    ],
)
def test_a_slash_too_many_leads_to_the_address_that_was_meant(site_server: Server, path: str, location: str) -> None:
    response = raw(site_server, path)
    assert (response.status_code, response.headers["location"]) == (308, location)


def test_a_slash_too_many_after_a_page_leads_to_the_page(site_server: Server) -> None:
    for path in ("/city/kobe.html/", "/questions/members-of-network/", "/ns/shapes/", "/city/kobe/"):
        response = site_server.http.get(path)
        assert response.status_code in (301, 308), path
        assert response.headers["location"] == path.rstrip("/")
    assert site_server.http.get("/city/nowhere.html/").status_code == 404
    assert site_server.http.get("/city/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/sparql", "GET, HEAD, POST, QUERY, OPTIONS"),
        ("PUT", "/graph-store?default", "GET, HEAD, OPTIONS"),
        ("POST", "/graph-store?default", "GET, HEAD, OPTIONS"),
        ("POST", "/city/kobe.html", "GET, HEAD, OPTIONS"),
        ("DELETE", "/data/ccn-graph.nq", "GET, HEAD, OPTIONS"),
        ("PATCH", "/health", "GET, HEAD, OPTIONS"),
        ("TRACE", "/questions", "GET, HEAD, OPTIONS"),
        ("DELETE", "/static/x.js", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_allowed_is_told_those_that_are(
    site_server: Server, method: str, path: str, allowed: str
) -> None:
    response = site_server.http.request(method, path)
    assert response.status_code == 405
    assert sorted(response.headers["allow"].split(", ")) == sorted(allowed.split(", "))
    assert response.json()["code"] == "method-not-allowed"


@pytest.mark.parametrize("way", ["gzip", "x-gzip", "deflate"])
def test_a_compressed_body_is_taken(site_server: Server, way: str) -> None:
    query = b"SELECT (1 AS ?x) {}"
    body = zlib.compress(query) if way == "deflate" else gzip.compress(query)
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": way, "Accept": "text/csv"}
    assert site_server.http.post("/sparql", content=body, headers=headers).text.split() == ["x", "1"]
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    pairs = urllib.parse.urlencode({"query": query.decode()}).encode()
    packed = zlib.compress(pairs) if way == "deflate" else gzip.compress(pairs)
    assert site_server.http.post("/sparql", content=packed, headers=form).text.split() == ["x", "1"]


def test_a_compressed_body_that_is_none_or_too_large_is_refused(site_server: Server) -> None:
    def refused(body: bytes, way: str) -> tuple[int, str]:
        headers = {"Content-Type": "application/sparql-query", "Content-Encoding": way}
        response = site_server.http.post("/sparql", content=body, headers=headers)
        return response.status_code, response.json()["code"]

    whole = gzip.compress(b"ASK {}")
    assert refused(b"ASK {}", "gzip") == (400, "bad-request")
    assert refused(whole[:-5], "gzip") == (400, "bad-request")
    assert refused(whole + b"more", "gzip") == (400, "bad-request")
    assert refused(gzip.compress(b" " * 50_000_000), "gzip") == (413, "too-long")
    response = site_server.http.post(
        "/sparql", content=whole, headers={"Content-Type": "application/sparql-query", "Content-Encoding": "br"}
    )
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "gzip")
    assert json.loads(response.content)["code"] == "unsupported-encoding"


def test_a_graph_store_request_names_one_graph(site_server: Server) -> None:
    one = "https://w3id.org/ccn/graph/mark"
    for parameters in (f"graph={one}&default", f"default&graph={one}", f"graph={one}&graph={one}", "", "graph"):
        assert site_server.http.get(f"/graph-store?{parameters}").status_code in (400, 404), parameters
    assert site_server.http.get(f"/graph-store?graph={one}&default").status_code == 400
    assert site_server.http.get("/graph-store?default").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/data/ccn-graph.nt", "/city/kobe.html", "/city/kobe.ttl", "/city/", "/questions/members-of-network", "/sparql",
        "/.well-known/void", "/graph-store?graph=https://w3id.org/ccn/graph/jlgc-2015",
        "/sparql?query=SELECT+%2A+%7B+%3Fs+%3Fp+%22Kobe%22%40en+%7D",
    ],
)  # fmt: skip
def test_conditions_of_a_request_are_kept(site_server: Server, graph: Graph, address: str) -> None:
    known = site_server.http.get(address).headers
    changed, tag = known["last-modified"], known["etag"]

    def status(**headers: str) -> int:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return site_server.http.get(address, headers={"X-Request-Id": "long", **named}).status_code

    long_ago = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert status(if_modified_since=changed) == 304
    assert site_server.http.get(address, headers={"If-Modified-Since": changed}).status_code == 304
    assert status(if_modified_since=long_ago) == 200
    assert status(if_modified_since="yesterday") == 200
    assert status(if_modified_since=changed, if_none_match='"other"') == 200
    assert status(if_none_match=tag, if_modified_since=long_ago) == 304
    assert status(if_match='"zzz"') == 412
    # What names an answer weakly never fits here (RFC 9110, section 13.1.1).
    assert status(if_match=tag) == status(if_match=f'"zzz", {tag}') == (412 if tag.startswith("W/") else 200)
    assert status(if_match="*") == 200
    assert status(if_match=f"W/{tag.removeprefix('W/')}") == 412
    assert status(if_unmodified_since=long_ago) == 412
    assert status(if_unmodified_since=changed) == 200
    modified = parsedate_to_datetime(changed)
    assert modified <= parsedate_to_datetime(known["date"])
    # A page says what holds today, too.
    assert modified.timestamp() == graph.modified or address.startswith(("/city", "/questions"))


def test_a_large_answer_is_not_sent_to_who_has_it(site_server: Server) -> None:
    query = {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }"}
    with site_server.http.stream("GET", "/sparql", params=query) as first:
        assert (first.status_code, "content-length" in first.headers) == (200, False)
        known = dict(first.headers)
    # It is not kept, so that each time it would come in pieces.
    for header, value, status in (
        ("If-None-Match", known["etag"], 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", known["last-modified"], 304),
        ("If-Match", '"other"', 412),
    ):
        with site_server.http.stream("GET", "/sparql", params=query, headers={header: value}) as again:
            assert again.status_code == status, header


def test_an_answer_that_is_another_one_than_was_meant_is_not_sent(site_server: Server) -> None:
    parameters = {"query": "SELECT (2 AS ?x) {}"}
    assert site_server.http.get("/sparql", params=parameters, headers={"If-Match": '"zzz"'}).status_code == 412
    assert site_server.http.get("/sparql", params=parameters, headers={"If-Match": "*"}).status_code == 200


def test_a_page_may_send_headers_of_its_own(site_server: Server) -> None:
    asked = "content-type, queryid, X-Requested-With, bad name, db-query-logging-enabled"
    response = site_server.http.request(
        "OPTIONS", "/sparql", headers={
            "Origin": "https://a.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
        },
    )  # fmt: skip
    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    assert {"accept", "content-type", "queryid", "x-requested-with", "db-query-logging-enabled"} <= set(allowed)
    assert "bad name" not in allowed
    assert "Access-Control-Request-Headers" in response.headers["vary"]


def test_an_address_that_is_too_long_is_refused_in_our_words(site_server: Server) -> None:
    def get(letters: int) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection(site_server.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/sparql?" + urllib.parse.urlencode({"query": "ASK {} #" + "都" * letters}))
        response = connection.getresponse()
        told = json.loads(response.read())
        connection.close()
        return response.status, told

    assert [get(letters)[0] for letters in (10, 7_000, 40_000, 90_000)] == [200] * 4
    status, told = get(120_000)
    assert (status, told["code"]) == (414, "address-too-long")
    assert "POST" in str(told["detail"])
