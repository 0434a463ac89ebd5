"""A graph that is kept answers as the files do, and never hides that they have changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph.graph import kept
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.kept import KeptGraph
from ccn_graph.graph.project import Project
from tests.conftest import ROOT

SAMPLE = ROOT / "tests" / "sample"


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    return Project.find(shutil.copytree(SAMPLE, tmp_path / "project"))


def test_what_is_kept_is_the_same_graph(copy: Project, tmp_path: Path) -> None:
    first = kept.load(copy, "1", tmp_path / "cache")
    again = kept.load(copy, "1", tmp_path / "cache")
    assert not isinstance(first, KeptGraph)
    assert isinstance(again, KeptGraph)
    assert set(again.store) == set(first.store)
    assert len(again.store) > 300
    assert again.version == first.version
    subject = next(said.subject for said in first.sources[-1].statements)
    assert again.places(subject) == first.places(subject) != []


def test_a_change_of_a_file_or_of_the_programs_is_read(copy: Project, tmp_path: Path) -> None:
    kept.load(copy, "1", tmp_path / "cache")
    assert not isinstance(kept.load(copy, "2", tmp_path / "cache"), KeptGraph)
    path = copy.data / "registers" / "city.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n<urn:new> a <urn:Thing> .\n", encoding="utf-8")
    changed = kept.load(copy, "1", tmp_path / "cache")
    assert list(changed.store.quads_for_pattern(ox.NamedNode("urn:new"), None, None))
    path.write_text(text, encoding="utf-8")
    assert isinstance(kept.load(copy, "1", tmp_path / "cache"), KeptGraph)


def test_a_graph_with_errors_is_not_kept(copy: Project, tmp_path: Path) -> None:
    (copy.data / "documents" / "half.ttl").write_text("<urn:a> <urn:b>", encoding="utf-8")
    for _ in range(2):
        assert [error.path.name for error in kept.load(copy, "1", tmp_path / "cache").errors] == ["half.ttl"]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "a file less", "no directory"])
def test_damage_means_only_that_the_files_are_read(copy: Project, tmp_path: Path, damage: str) -> None:
    kept.load(copy, "1", tmp_path / "cache")
    (store,) = (tmp_path / "cache").iterdir()
    file = max(store.glob("*.sst"), key=lambda path: path.stat().st_size)
    body = file.read_bytes()
    if damage == "no directory":
        shutil.rmtree(tmp_path / "cache")
        (tmp_path / "cache").write_text("a file", encoding="utf-8")
    elif damage == "a file less":
        file.unlink()
    else:
        middle = len(body) // 2
        changed = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        file.write_bytes({"cut": body[:-20], "changed": changed, "empty": b""}[damage])
    graph = kept.load(copy, "1", tmp_path / "cache")
    assert not isinstance(graph, KeptGraph)
    assert set(graph.store) == set(Graph.load(copy).store)
    again = kept.load(copy, "1", tmp_path / "cache")
    assert isinstance(again, KeptGraph) == (damage != "no directory")


def test_no_more_than_a_few_are_kept(copy: Project, tmp_path: Path) -> None:
    for number in range(7):
        kept.load(copy, str(number), tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 4
    assert isinstance(kept.load(copy, "6", tmp_path / "cache"), KeptGraph)


def test_what_a_run_that_was_killed_left_behind_is_dropped_after_a_while(copy: Project, tmp_path: Path) -> None:
    old, recent = tmp_path / "cache" / ".a.part", tmp_path / "cache" / ".b.part"
    for directory in (old, recent):
        directory.mkdir(parents=True)
    os.utime(old, (0, 0))
    kept.load(copy, "1", tmp_path / "cache")
    assert (old.exists(), recent.exists()) == (False, True)
