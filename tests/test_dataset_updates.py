"""A server goes over to another snapshot while clients ask: nothing is dropped, and no answer is half of each."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from ccn_graph import Graph
from ccn_graph.files import sandbox
from ccn_graph.files.sandbox import Bounds
from ccn_graph.graph.project import Project
from ccn_graph.releases.snapshot_manifest import DamagedError
from ccn_graph.releases.snapshot_writing import write
from ccn_graph.server.open_local import Native
from ccn_graph.server.open_snapshot import Snapshots
from tests.conftest import PREFIXES, ROOT
from tests.serving import Server, serving

BASE = ROOT / "tests" / "faulty" / "base"
UNFIT = "what was put in place of these data cannot be used; the server's log says why"
MARKS = "SELECT ?mark { <https://w3id.org/ccn/city/kobe> <https://w3id.org/ccn/ns#note> ?mark }"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two snapshots of a small project that differ in one mark."""
    made = {}
    for mark in ("old", "new"):
        directory = tmp_path_factory.mktemp(mark)
        data = shutil.copytree(BASE, directory / "data")
        names = f'skos:prefLabel "神戸市"@ja, "{mark} Kobe"@en'
        said = f'{PREFIXES}\ncity:kobe a ccn:City ; {names} ; ccn:note "{mark}"@en .\n'
        (data / "documents" / "mark.ttl").write_text(said, encoding="utf-8")
        made[mark] = write(Graph.load(Project(ROOT, data)), directory / "snapshot").directory
    return made


@pytest.fixture
def place(snapshots: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(snapshots["old"], tmp_path / "served")


@pytest.fixture
def server(place: Path) -> Iterator[Server]:
    with serving("--snapshot", place) as running:
        yield running


def put(snapshot: Path, place: Path) -> None:
    """Put another snapshot in place as a person would: copied beside, then renamed."""
    fresh = shutil.copytree(snapshot, place.with_name("fresh"))
    place.rename(place.with_name("gone"))
    fresh.rename(place)
    shutil.rmtree(place.with_name("gone"))


def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to that")


def mark(server: Server) -> str:
    return server.select(MARKS)


def test_another_snapshot_in_its_place_is_served_and_its_answers_have_other_names(
    server: Server, place: Path, snapshots: dict[str, Path]
) -> None:
    def asked(headers: dict[str, str]) -> httpx.Response:
        return server.http.get("/sparql", params={"query": MARKS}, headers=headers)

    before, health = asked({}), server.http.get("/health").json()
    page = server.http.get("/city/kobe.html", headers={"Accept-Language": "en"})
    assert "old Kobe" in page.text
    etag = {"If-None-Match": before.headers["etag"]}
    assert asked(etag).status_code == 304
    put(snapshots["new"], place)
    until(lambda: mark(server) == "new")
    after = asked(etag)
    assert (after.status_code, after.json()["results"]["bindings"][0]["mark"]["value"]) == (200, "new")
    assert after.headers["etag"] != before.headers["etag"]
    until(lambda: server.http.get("/health").json()["version"] != health["version"])
    described = server.http.get("/sparql", headers={"Accept": "text/turtle"}).text
    assert server.http.get("/health").json()["version"] in described
    changed = server.http.get(
        "/city/kobe.html", headers={"Accept-Language": "en", "If-None-Match": page.headers["etag"]}
    )
    assert changed.status_code == 200
    assert "new Kobe" in changed.text
    until(lambda: "new Kobe" in server.http.get("/search", params={"q": "kobe", "lang": "en"}).text)


def test_no_request_is_dropped_while_snapshots_take_each_others_place(
    server: Server, place: Path, snapshots: dict[str, Path]
) -> None:
    failures: list[str] = []
    seen: set[str] = set()
    answered = [0]
    over = threading.Event()

    def ask(number: int) -> None:
        with httpx.Client(base_url=server.url, timeout=30) as client:
            while not over.is_set():
                # Distinct, so that most are answered by a worker.
                query = f"{MARKS} # {number} {answered[0]}"
                response = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
                answered[0] += 1
                if response.status_code != 200:
                    failures.append(response.text)
                else:
                    seen.add(response.text)
                page = client.get("/city/kobe.ttl")
                if page.status_code != 200:
                    failures.append(page.text)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for client in clients:
        client.start()
    try:
        for name in ("new", "old", "new"):
            put(snapshots[name], place)
            until(lambda name=name: mark(server) == name)  # type: ignore[misc]
    finally:
        over.set()
        for client in clients:
            client.join(timeout=60)
    assert not failures
    assert seen == {"mark\r\nold\r\n", "mark\r\nnew\r\n"}
    assert answered[0] > 100


@pytest.mark.parametrize("damage", ["emptied", "cut short", "not a snapshot", "one byte of the same"])
def test_a_broken_snapshot_is_refused_and_the_one_before_stays(
    server: Server, place: Path, snapshots: dict[str, Path], tmp_path: Path, damage: str
) -> None:
    broken = shutil.copytree(snapshots["old" if "the same" in damage else "new"], tmp_path / "broken")
    if "the same" in damage:
        # What only its checksum shows: the store opens, and counts as it should.
        question = max((broken / "project" / "queries").rglob("*.rq"))
        question.write_bytes(question.read_bytes()[:-1] + b" ")
    elif damage == "emptied":
        for path in (broken / "store").iterdir():
            path.write_bytes(bytes(path.stat().st_size))
    elif damage == "cut short":
        largest = max((broken / "store").iterdir(), key=lambda path: path.stat().st_size)
        largest.write_bytes(largest.read_bytes()[:-100])
    else:
        (broken / "manifest.json").write_text("{}", encoding="utf-8")
    put(broken, place)
    until(lambda: any("cannot be used" in line for line in server.lines))
    assert mark(server) == "old"
    health = server.http.get("/health").json()
    assert (health["status"], health["reason"]) == ("degraded", UNFIT)
    put(snapshots["new"], place)
    until(lambda: mark(server) == "new")
    until(lambda: server.http.get("/health").json()["status"] == "ok")
    assert "old Kobe" not in server.http.get("/search", params={"q": "kobe", "lang": "en"}).text


def test_names_are_read_from_the_files_that_are_served_though_a_damaged_copy_has_taken_their_place(
    place: Path, snapshots: dict[str, Path], tmp_path: Path
) -> None:
    with Snapshots(place, Native(), tmp_path / "scratch") as offered:
        first = offered.first()
        broken = shutil.copytree(snapshots["old"], tmp_path / "broken")
        for path in (broken / "store").iterdir():
            path.write_bytes(bytes(path.stat().st_size))
        put(broken, place)
        material = offered.look(first.statistics.version)
        assert material
        named = offered.dataset(material[1])
        answer = sandbox.run(lambda _: len(list(named.open().engine.query(MARKS).rows())), Bounds(seconds=60))
        assert (answer, named.statistics) == (1, first.statistics)
        for _ in range(2):
            with pytest.raises(DamagedError, match="checksum"):
                offered.look(first.statistics.version)
        put(snapshots["new"], place)
        material = offered.look(first.statistics.version)
        assert material
        put(snapshots["old"], place)
        with pytest.raises(DamagedError, match="was replaced while it was tried out"):
            offered.dataset(material[1])


def test_a_removed_snapshot_goes_on_being_served(server: Server, place: Path) -> None:
    shutil.rmtree(place)
    assert mark(server) == "old"
    # Also by a worker that is forked only now, in the place of one that is killed.
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    for _ in range(2):
        response = server.http.get("/sparql", params={"query": endless, "timeout": "0.2"})
        assert response.json()["code"] == "timed-out"
    assert {server.select(f"{MARKS} # {number}") for number in range(10)} == {"old"}


def test_sighup_has_it_look_at_once_and_never_ends_it(server: Server, place: Path, snapshots: dict[str, Path]) -> None:
    put(snapshots["new"], place)
    for _ in range(20):
        server.process.send_signal(signal.SIGHUP)
    until(lambda: mark(server) == "new")
    assert server.process.poll() is None


def test_nothing_is_left_behind(place: Path) -> None:
    with serving("--snapshot", place) as running:
        assert mark(running) == "old"
        family = running.children()
    assert [path.name for path in place.parent.iterdir()] == ["served"]
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
