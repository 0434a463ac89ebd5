from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph.cli import serve
from ccn_graph.errors import CcnError, SourceError
from ccn_graph.rdf import stores
from tests.conftest import ROOT, Write
from tests.serving import serving

TRIG = "<http://e/s> <http://e/p> 1, _:a . <http://e/g> { <http://e/s> <http://e/p> 1, 2 }"


def test_files_are_joined_into_the_default_graph_unless_told_otherwise(write: Write) -> None:
    path = write("data.trig", TRIG)
    union, own = (stores.in_memory([path], union=union) for union in (True, False))
    assert (union.statistics.triples, own.statistics.triples) == (3, 2)
    assert union.statistics.graphs == own.statistics.graphs == {"http://e/g": 2}
    assert union.statistics.version != own.statistics.version


def test_blank_nodes_of_two_files_stay_apart(write: Write) -> None:
    files = [write(name, "_:a <http://e/p> <x:o> .") for name in ("one.nt", "two.nt")]
    assert stores.in_memory(files, union=True).statistics.triples == 2


def test_a_store_on_disk_is_built_once_and_read_by_many(write: Write, tmp_path: Path) -> None:
    path, directory = write("data.trig", TRIG), tmp_path / "store"
    first = stores.on_disk(directory, [path], union=True)
    built = (directory / "statistics.json").stat().st_mtime_ns
    assert len(first.open()) == len(stores.in_memory([path], union=True).open())
    assert stores.on_disk(directory, [path], union=True).statistics == first.statistics
    assert (directory / "statistics.json").stat().st_mtime_ns == built
    one, other = first.open(), first.open()
    assert ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal(2)) in one
    assert len(one) == len(other)


def test_changed_files_make_a_new_store(write: Write, tmp_path: Path) -> None:
    directory = tmp_path / "store"
    before = stores.on_disk(directory, [write("data.nt", "<x:a> <x:b> <x:c> .")], union=True).statistics
    after = stores.on_disk(directory, [write("data.nt", "<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:d> .")], union=True)
    assert (before.triples, after.statistics.triples) == (1, 2)
    assert before.version != after.statistics.version
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_malformed_file_is_told_with_its_line_and_leaves_what_was_there(write: Write, tmp_path: Path) -> None:
    bad = write("bad.nt", "<x:a> <x:b> <x:c> .\n<x:a> oops .\n")
    with pytest.raises(SourceError, match=r"bad\.nt:2: "):
        stores.in_memory([bad], union=True)
    directory = tmp_path / "store"
    good = stores.on_disk(directory, [write("good.nt", "<x:a> <x:b> <x:c> .")], union=True)
    with pytest.raises(CcnError, match=r"bad\.nt:2: "):
        stores.on_disk(directory, [bad], union=True)
    assert len(good.open()) == 1


def test_a_directory_of_something_else_is_left_alone(write: Write, tmp_path: Path) -> None:
    precious = write("mine/thesis.txt", "precious")
    with pytest.raises(CcnError, match="holds other files"):
        stores.on_disk(precious.parent, [write("data.nt", "")], union=True)
    assert precious.read_text(encoding="utf-8") == "precious"
    assert tmp_path


def test_a_build_that_is_killed_in_the_middle_leaves_no_store_behind(tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_text("".join(f"<x:s{n}> <x:p> <x:o{n}> .\n" for n in range(100_000)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ccn_graph",
        "serve",
        "--port",
        "0",
        "--data",
        str(path),
        "--store",
        str(tmp_path / "store"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(1_000):
        if any(tmp_path.glob(".store-part-*/new/store")):
            break
        time.sleep(0.01)
    else:
        pytest.fail("it does not begin to build")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "store").exists() or (tmp_path / "store" / "statistics.json").is_file()
    with serving("--data", path, "--store", tmp_path / "store") as running:
        assert running.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == "100000"
        assert running.http.get("/health").json()["triples"] == 100_000


def test_what_does_not_go_together_is_refused() -> None:
    for arguments in (["--store", "x"], ["--store", "x", "--data", "y.nt", "--engine", "rdflib"]):
        command = [sys.executable, "-m", "ccn_graph", "serve", *arguments]
        failed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert failed.returncode == 2
        assert "--store goes with" in failed.stderr


@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_serves_much_from_memory_is_told_of_the_store_on_disk(language: str) -> None:
    assert serve._hints(serve.MANY, language) == []
    (hint,) = serve._hints(serve.MANY + 1, language)
    assert "--store DIR" in hint
