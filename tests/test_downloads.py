"""`/data/` over HTTP: the files of the release and the page about them."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from ccn_graph import Graph
from ccn_graph.errors import QueryError
from ccn_graph.graph.project import Project
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases import write_release
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.downloads import Downloads
from ccn_graph.server.problem import problem
from ccn_graph.workers.dataset_version import DatasetVersion
from ccn_graph.workers.limits import Limits
from tests.conftest import FROZEN, ROOT, some
from tests.serving import Server, serving

FILES = {
    "ccn-graph.ttl": "text/turtle; charset=utf-8",
    "ccn-graph.nq": "application/n-quads",
    "ccn-graph.jsonld": "application/ld+json",
    "ccn-graph.ttl.gz": "application/gzip",
    "questions/members-of-network.csv": "text/csv; charset=utf-8",
    "changes.json": "application/json",
    "SHA256SUMS": "text/plain; charset=utf-8",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve the frozen data; the first download waits until the release is written."""
    with serving("--no-check", "--data-dir", FROZEN, "--seconds", "300") as server:
        yield server


def test_every_file_comes_with_its_type_and_its_checksum(server: Server) -> None:
    sums = dict(line.split("  ")[::-1] for line in server.http.get("/data/SHA256SUMS").text.splitlines())
    for name, media_type in FILES.items():
        response = server.http.get(f"/data/{name}", headers={"Accept-Encoding": "identity"})
        assert response.status_code == 200
        assert response.headers["content-type"] == media_type
        assert 'rel="describedby"' in response.headers["link"]
        if name in sums:
            assert hashlib.sha256(response.content).hexdigest() == sums[name]
            assert response.headers["etag"] == f'"{sums[name]}"'


def test_the_files_are_those_of_a_release_written_here(server: Server, released: Path) -> None:
    assert server.http.get("/data/SHA256SUMS").content == (released / "SHA256SUMS").read_bytes()


def test_a_dump_travels_compressed_to_whoever_takes_that(server: Server) -> None:
    plain = server.http.get("/data/ccn-graph.ttl", headers={"Accept-Encoding": "identity"})
    packed = server.http.get("/data/ccn-graph.ttl", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]
    refused = server.http.get("/data/ccn-graph.ttl", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in refused.headers


def test_a_download_can_be_resumed(server: Server) -> None:
    whole = server.http.get("/data/ccn-graph.nt", headers={"Accept-Encoding": "identity"})
    rest = server.http.get("/data/ccn-graph.nt", headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    changed = server.http.get("/data/ccn-graph.nt", headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert changed.status_code == 200
    beyond = server.http.get("/data/ccn-graph.nt", headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    assert beyond.json()["code"] == "range-not-satisfiable"
    assert beyond.headers["content-range"] == f"bytes */{len(whole.content)}"


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    for path in ("/data/ccn-graph.ttl", "/data/"):
        first = server.http.get(path)
        second = server.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (second.status_code, second.content) == (304, b""), path


@pytest.mark.parametrize("path", ["/data/ccn-graph.ttl", "/data/", "/ns", "/ns.ttl", "/city/kobe.ttl", "/"])
def test_head_has_the_headers_of_get(server: Server, path: str) -> None:
    got = server.http.get(path, headers={"Accept-Encoding": "identity"})
    head = server.http.head(path, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    "path",
    ["/data/../../../etc/passwd", "/data/%2e%2e/%2e%2e/etc/passwd", "/data//etc/passwd", "/data/questions",
     "/data/questions/../SHA256SUMS", "/data/..%2fSHA256SUMS", "/data/nothing.ttl", "/data/.ccn"],
)  # fmt: skip
def test_no_path_leads_out_of_the_release(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert b"root:" not in body


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_lists_every_file_and_says_how_to_cite(server: Server, frozen: Graph, language: str) -> None:
    text = server.http.get("/data/", params={"lang": language}).text
    for line in some(server.http.get("/data/SHA256SUMS").text.splitlines()):
        digest, name = line.split("  ")
        assert f'href="/data/{name}"' in text, name
        assert digest in text or name in ("dataset.ttl", "changes.json") or name.endswith(".gz")
    assert frozen.version in text
    assert "@misc{ccn-graph-" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text
    assert {"ja": "前の公開はありません", "en": "no earlier release"}[language] in text


def test_the_names_of_the_dataset_lead_to_its_description(server: Server) -> None:
    for path in ("/data/ccn-graph", "/data/ccn-graph/class/ccn-City"):
        for accept, place in (("text/html", "/data/"), ("text/turtle", "/data/dataset.ttl")):
            response = server.http.get(path, headers={"Accept": accept}, follow_redirects=False)
            assert (response.status_code, response.headers["location"]) == (303, place)
    assert server.http.get("/data?lang=ja", follow_redirects=False).headers["location"] == "/data/?lang=ja"


def test_things_and_their_data_name_one_another(server: Server) -> None:
    thing = "https://w3id.org/ccn/city/kobe"
    links = server.http.get("/city/kobe", follow_redirects=False).headers["link"]
    assert '</city/kobe.ttl>; rel="describedby"; type="text/turtle"' in links
    for ending, other in (("html", "ttl"), ("ttl", "html"), ("jsonld", "rdf")):
        for _ in range(2):
            # The second answer comes from the cache.
            links = server.http.get(f"/city/kobe.{ending}").headers["link"]
            assert f'</city/kobe.{other}>; rel="alternate"' in links
            assert f'<{thing}>; rel="describes"' in links
            assert f"</city/kobe.{ending}>" not in links


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("foreign") / "data.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/B> .\n", encoding="utf-8")
    with serving("--data", path, "--workers", "1") as running:
        yield running


def test_data_of_others_have_no_release(foreign: Server) -> None:
    page = foreign.http.get("/data/", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "no release" in page.text
    assert "/graph-store" in page.text
    response = foreign.http.get("/data/ccn-graph.ttl")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert foreign.http.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert foreign.http.get("/ns", headers={"Accept": "text/html"}).status_code == 404


def downloads(graph: Graph, release_dir: ReleaseDirectory | None, version: str, seconds: float = 0.01) -> Downloads:
    statistics = dataclasses.replace(Statistics.of(graph.engine, version, union=True), graphs={})
    described = DatasetVersion(statistics, lambda: pytest.fail("nothing is opened"), release_dir).to_bytes()
    return Downloads(Served(described, Limits(), "http://127.0.0.1"), seconds)


async def answered(downloads: Downloads) -> str:
    scope = {"type": "http", "method": "GET", "path": "/data/ccn-graph.ttl", "headers": [], "query_string": b""}
    try:
        response = await downloads.answer(Request(scope), "ccn-graph.ttl")
    except QueryError as error:
        return error.code
    return str(response.status_code)


def ask(downloads: Downloads) -> str:
    return asyncio.run(answered(downloads))


@pytest.fixture(scope="module")
def base() -> Graph:
    return Graph.load(Project(ROOT, ROOT / "tests" / "faulty" / "base"))


def test_files_that_are_not_there_in_time_are_asked_for_again(base: Graph, tmp_path: Path) -> None:
    release_dir = ReleaseDirectory(tmp_path / "release", tmp_path / "failed")
    assert ask(downloads(base, release_dir, base.version)) == "not-yet-written"
    assert problem(QueryError("not-yet-written", "")).headers["retry-after"]
    write_release.write(base, release_dir.directory)
    assert ask(downloads(base, release_dir, "other data")) == "not-yet-written", "a release before is another one"
    release_dir.failure.touch()
    assert ask(downloads(base, release_dir, "other data", seconds=60)) == "internal"
    assert ask(downloads(base, None, base.version)) == "not-found"


def test_a_download_waits_for_files_that_are_being_written(base: Graph, tmp_path: Path) -> None:
    release_dir = ReleaseDirectory(tmp_path / "release", tmp_path / "failed")
    waiting = downloads(base, release_dir, base.version, seconds=60)

    async def ask_then_write() -> list[str]:
        asked = [asyncio.create_task(answered(waiting)) for _ in range(3)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in asked)
        await asyncio.to_thread(write_release.write, base, release_dir.directory)
        return await asyncio.gather(*asked)

    assert asyncio.run(ask_then_write()) == ["200"] * 3


def test_a_kept_release_is_there_at_once_and_says_what_has_changed(base: Graph, tmp_path: Path) -> None:
    data, kept = ROOT / "tests" / "faulty" / "base", tmp_path / "kept"
    write_release.write(base, kept)
    before = (kept / "SHA256SUMS").stat().st_mtime_ns
    with serving("--no-check", "--data-dir", data, "--release", kept, "--workers", "1") as running:
        assert running.http.get("/data/ccn-graph.ttl").status_code == 200
        assert "retry-after" not in running.http.get("/data/").headers
    assert (kept / "SHA256SUMS").stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
