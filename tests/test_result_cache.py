"""A cache makes things faster and nothing else: damaged or out of reach, it is as if it were not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph import Finding, Graph, check
from ccn_graph.cli import main
from ccn_graph.files import result_cache
from ccn_graph.files.result_cache import Cache, CacheFile
from ccn_graph.graph.project import Project
from tests.conftest import ROOT, TODAY, some
from tests.test_check import FAULTY, KINDS

BASE = Project(ROOT, FAULTY / "base")
WRONG = FAULTY / "documents" / "host-city.ttl"


@pytest.fixture(scope="module")
def faulty() -> Graph:
    return Graph.load(BASE, [(WRONG, KINDS["documents"])])


@pytest.fixture(scope="module")
def wanted(faulty: Graph) -> list[Finding]:
    return check(faulty, today=TODAY)


@pytest.fixture
def filled(tmp_path: Path, faulty: Graph, wanted: list[Finding]) -> Cache:
    """A cache that has everything."""
    full = Cache(tmp_path / "cache")
    assert check(faulty, today=TODAY, cache=full) == wanted
    return full


def shelves(of: Cache) -> list[Path]:
    return sorted(of.directory.glob("*.json"))


def test_what_was_kept_is_recalled_by_a_later_run(tmp_path: Path) -> None:
    first = Cache(tmp_path).cache_file("purpose")
    first.keep("key", [["https://example.org/x", None, 1]])
    first.keep("clean", [])
    first.save()
    second = Cache(tmp_path).cache_file("purpose")
    assert second.recall("key") == [["https://example.org/x", None, 1]]
    assert second.recall("clean") == []
    assert second.recall("other") is None
    assert Cache(tmp_path).cache_file("other purpose").recall("key") is None


def test_nothing_is_kept_under_no_key() -> None:
    cache_file = CacheFile()
    cache_file.keep(None, [])
    assert cache_file.recall(None) is None


def test_a_shelf_that_gained_nothing_is_not_written(tmp_path: Path) -> None:
    Cache(tmp_path / "cache").cache_file("purpose").save()
    assert not (tmp_path / "cache").exists()


def test_only_the_owner_can_look_inside(filled: Cache) -> None:
    assert filled.directory.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in some(shelves(filled)))


def test_an_unused_result_stays_for_a_while_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_MOST_UNUSED", 2)
    for number in range(5):
        cache_file = Cache(tmp_path).cache_file("purpose")
        cache_file.keep(f"key {number}", [])
        cache_file.save()
    cache_file = Cache(tmp_path).cache_file("purpose")
    assert [number for number in range(5) if cache_file.recall(f"key {number}") == []] == [2, 3, 4]


def test_the_oldest_shelves_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_MOST_BYTES", 2500)
    for number in range(4):
        cache_file = Cache(tmp_path).cache_file(f"purpose {number}")
        cache_file.keep("key", "x" * 1000)
        cache_file.save()
        for path in tmp_path.iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    kept = [number for number in range(4) if Cache(tmp_path).cache_file(f"purpose {number}").recall("key")]
    assert kept == [2, 3]


def test_only_files_of_ours_are_ever_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_MOST_BYTES", 10)
    others = [tmp_path / "package.json", tmp_path / "notes.tmp", tmp_path / "shelf"]
    left_behind = tmp_path / f".{'0' * 32}.json.abc.part"
    for path in (*others, left_behind):
        path.write_text("x" * 100)
        os.utime(path, (0, 0))
    cache_file = Cache(tmp_path).cache_file("purpose")
    cache_file.keep("key", [])
    cache_file.save()
    assert all(path.exists() for path in some(others))
    assert not left_behind.exists()


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shelf") / "intact.json"
    cache_file = CacheFile(path)
    cache_file.keep("key", [["https://example.org/x", None, ["神戸市", "ja", None]]])
    cache_file.save()
    return path


@given(damage=st.data())
def test_a_damaged_shelf_is_an_empty_one(damage: st.DataObject, intact: Path) -> None:
    whole = intact.read_bytes()
    kind = damage.draw(st.sampled_from(["cut", "flip", "insert"]))
    at = damage.draw(st.integers(0, len(whole) - 1))
    byte = bytes([damage.draw(st.integers(0, 255))])
    damaged = {"cut": whole[:at], "flip": whole[:at] + byte + whole[at + 1 :], "insert": whole[:at] + byte + whole[at:]}
    path = intact.with_name("damaged.json")
    path.write_bytes(damaged[kind])
    assert CacheFile(intact).recall("key") is not None
    assert damaged[kind] == whole or CacheFile(path).recall("key") is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b"[]", b"null", b"0" * 32 + b"\n{}", b"[" * 100_000])
def test_a_check_does_not_mind_what_the_files_hold(
    content: bytes, filled: Cache, faulty: Graph, wanted: list[Finding]
) -> None:
    for path in shelves(filled):
        path.write_bytes(content)
    assert check(faulty, today=TODAY, cache=filled) == wanted
    assert check(faulty, today=TODAY, cache=filled) == wanted


@pytest.mark.parametrize(
    "plain", [1, "x", {}, [1], [[]], [["x"] * 6], [[[]] * 4], [["no iri", None, None, "x", "y", "z"]]]
)
def test_a_check_does_not_mind_results_that_are_none(
    plain: object, filled: Cache, faulty: Graph, wanted: list[Finding]
) -> None:
    for path in shelves(filled):
        cache_file = CacheFile(path)
        for key in list(cache_file._kept):
            cache_file.keep(key, plain)
        cache_file.save()
    assert check(faulty, today=TODAY, cache=filled) == wanted


def test_a_check_does_not_mind_a_directory_that_is_none(tmp_path: Path, faulty: Graph, wanted: list[Finding]) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere"), Path("/dev/null")):
        assert check(faulty, today=TODAY, cache=Cache(place)) == wanted


def test_a_check_does_not_mind_a_directory_in_the_place_of_a_file(
    filled: Cache, faulty: Graph, wanted: list[Finding]
) -> None:
    for path in shelves(filled):
        path.unlink()
        path.mkdir()
    assert check(faulty, today=TODAY, cache=filled) == wanted


def test_a_check_does_not_mind_a_full_disk(
    tmp_path: Path, faulty: Graph, wanted: list[Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    assert check(faulty, today=TODAY, cache=Cache(tmp_path)) == wanted
    assert list(tmp_path.iterdir()) == []


_CHECK = f"""
import datetime, os, pathlib, signal, sys
from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf.parsing import FileKind

def run(*extra):
    base = Project(pathlib.Path({str(ROOT)!r}), pathlib.Path({str(BASE.data)!r}))
    graph = Graph.load(base, [(pathlib.Path(path), FileKind.DOCUMENT) for path in extra])
    cache = Cache(pathlib.Path(sys.argv[1]))
    return [found.render("en") for found in check(graph, today=datetime.date.fromisoformat("{TODAY}"), cache=cache)]
"""

_DEATHS = {
    "while shapes run": "from ccn_graph.validation.shacl.data_store import Data; Data.results = die",
    "while a file is written": """
real = os.fdopen
def half(*args, **kwargs):
    file = real(*args, **kwargs)
    real_write = file.write
    file.write = lambda text: (real_write(text[:len(text) // 2]), file.flush(), die())
    return file
os.fdopen = half
""",
    "before a file is in its place": "pathlib.Path.replace = die",
}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("moment", _DEATHS)
def test_a_check_that_is_killed_leaves_a_usable_cache(
    moment: str, tmp_path: Path, faulty: Graph, wanted: list[Finding]
) -> None:
    directory = tmp_path / "cache"
    die = "def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)"
    for _ in range(2):
        code = f"{_CHECK}\n{die}\n{_DEATHS[moment]}\nrun({str(WRONG)!r})"
        died = subprocess.run([sys.executable, "-c", code, directory], check=False)
        assert died.returncode == -signal.SIGKILL
    assert check(faulty, today=TODAY, cache=Cache(directory)) == wanted
    assert check(faulty, today=TODAY, cache=Cache(directory)) == wanted
    assert shelves(Cache(directory))


def test_several_checks_at_once_find_what_each_finds_alone(tmp_path: Path, wanted: list[Finding]) -> None:
    code = f"{_CHECK}\nfor _ in range(4): print(run(), run({str(WRONG)!r}))"
    running = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path / "cache"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    line = f"[] {[found.render('en', Path.cwd()) for found in wanted]}\n"
    assert [process.communicate()[0] for process in running] == [line * 4] * 3


def test_a_shelf_holds_only_what_was_put_there_whoever_else_writes(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for turn in range(30):
            cache_file = Cache(tmp_path).cache_file("purpose")
            for key in map(str, range(20)):
                assert cache_file.recall(key) in (None, [f"value of {key}"])
            key = str((number * 7 + turn) % 20)
            cache_file.keep(key, [f"value of {key}"])
            cache_file.save()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


@pytest.mark.parametrize(
    ("platform", "environment", "directory"),
    [
        ("linux", {}, "/home/kobe/.cache"),
        ("linux", {"XDG_CACHE_HOME": "/var/cache/kobe"}, "/var/cache/kobe"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/kobe/.cache"),
        ("darwin", {}, "/home/kobe/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local"),
        ("win32", {}, "/home/kobe/AppData/Local"),
    ],
)
def test_a_cache_lies_where_the_system_wants_it(platform: str, environment: dict[str, str], directory: str) -> None:
    assert result_cache._caches(platform, environment, Path("/home/kobe")) == Path(directory)


def test_who_has_no_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("CCN_GRAPH_NO_CACHE", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert Cache.of_user() is None


@pytest.mark.parametrize(("options", "switch", "used"), [([], "", True), (["--no-cache"], "", False), ([], "1", False)])
def test_the_command_uses_the_cache_unless_told_otherwise(
    options: list[str], switch: str, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CCN_GRAPH_NO_CACHE", switch)
    arguments = ["check", "--lang", "en", "--root", str(ROOT), "--data-dir", str(BASE.data), *options]
    for _ in range(2):
        result = CliRunner().invoke(main.main, arguments)
        assert (result.exit_code, result.stdout) == (0, "")
    assert list(tmp_path.rglob("*.json")) != [] if used else list(tmp_path.iterdir()) == []
