"""The files of the front end over HTTP."""

from __future__ import annotations

import gzip
import http.client
import re
import urllib.parse

import pytest

from ccn_graph.pages import assets
from tests.conftest import some
from tests.serving import Server

SITE = assets.read()["site.js"]
MAP = assets.read()["land-fine.json"]


def raw(server: Server, path: str) -> tuple[int, bytes]:
    """Ask for a path as it stands: a client would tidy it up."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=30)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def test_a_file_is_kept_for_ever_because_its_name_changes_with_it(site_server: Server) -> None:
    response = site_server.http.get(SITE)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_file_that_one_has_is_not_sent_again(site_server: Server) -> None:
    etag = site_server.http.get(SITE).headers["etag"]
    again = site_server.http.get(SITE, headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert site_server.http.get(SITE, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
def test_files_come_compressed_as_the_client_takes_them(site_server: Server, accepted: str, coding: str | None) -> None:
    with site_server.http.stream("GET", MAP, headers={"Accept-Encoding": accepted}) as response:
        sent = b"".join(response.iter_raw())
    assert response.headers.get("content-encoding") == coding
    assert len(sent) == int(response.headers["content-length"])
    whole = (assets.DIRECTORY / MAP.removeprefix(assets.PREFIX)).read_bytes()
    if coding == "gzip":
        assert gzip.decompress(sent) == whole
    elif coding is None:
        assert sent == whole
    else:
        assert len(sent) < len(whole) / 3


def test_head_tells_the_length_without_the_file(site_server: Server) -> None:
    response = site_server.http.head(SITE, headers={"Accept-Encoding": "identity"})
    path = assets.DIRECTORY / SITE.removeprefix(assets.PREFIX)
    assert (response.content, int(response.headers["content-length"])) == (b"", path.stat().st_size)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/manifest.json",
        "/static/fingerprint.txt",
        f"{SITE}.gz",
        "/static/",
    ],
)
def test_nothing_but_the_listed_files_is_there(site_server: Server, path: str) -> None:
    status, body = raw(site_server, path)
    assert status == 404
    assert b"import" not in body
    assert b"root:" not in body


def test_files_are_only_read(site_server: Server) -> None:
    response = site_server.http.post(SITE, content=b"x")
    assert response.status_code == 405
    assert response.json()["code"] == "method-not-allowed"


def test_no_built_file_loads_anything_from_elsewhere() -> None:
    # What a style or script would fetch by itself when it is loaded; links that people follow are not meant.
    loads = re.compile(rb"(?:@import\s*|url\(\s*|\bimport\s*\(?\s*|from\s*)[\"']?(?:https?:)?//[^\"')\s]*")
    for path in some(assets.DIRECTORY.iterdir()):
        if path.suffix in (".css", ".js", ".svg"):
            assert not loads.findall(path.read_bytes()), path.name


def test_the_licences_of_all_that_is_bundled_are_served(site_server: Server) -> None:
    text = site_server.http.get(assets.read()["licenses.txt"]).text
    for package in ("@codemirror/view", "codemirror-lang-sparql", "leaflet", "topojson-client", "world-atlas"):
        assert re.search(rf"^{package} \d", text, re.MULTILINE), package
    assert "Natural Earth" in text
    assert "esbuild" not in text
