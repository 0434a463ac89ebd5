"""The release of a start before is there at the next one, unless anything that it is made from has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ccn_graph import Graph
from ccn_graph.cli import serve
from ccn_graph.files import result_cache
from ccn_graph.graph.project import Project
from ccn_graph.releases import kept_releases, write_release
from ccn_graph.releases.read_release import ReleaseDirectory
from tests.conftest import ROOT

SAMPLE = ROOT / "tests" / "sample"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(result_cache.SWITCH, raising=False)
    shutil.copytree(SAMPLE, tmp_path / "sample")
    return Project(tmp_path / "sample", tmp_path / "sample" / "data")


def started(graph: Graph, directory: Path) -> dict[str, bytes]:
    """Do what a server does beside answering; return the files of the release."""
    release_dir = ReleaseDirectory(directory, directory.with_suffix(".failed"))
    serve._release(graph, release_dir)
    assert release_dir.release(graph.version)
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note every release that is really written."""
    noted: list[Path] = []

    def write(graph: Graph, directory: Path) -> list[Path]:
        noted.append(directory)
        return real(graph, directory)

    real = write_release.write
    monkeypatch.setattr(write_release, "write", write)
    return noted


def test_the_next_start_has_the_same_files_at_once_and_they_are_its_own(
    sample: Project, tmp_path: Path, written: list[Path]
) -> None:
    graph = Graph.load(sample)
    first = started(graph, tmp_path / "first")
    assert started(graph, tmp_path / "second") == first
    assert len(written) == 1
    shutil.rmtree(tmp_path / "cache")
    assert (tmp_path / "second" / "SHA256SUMS").read_bytes() == first["SHA256SUMS"]


def test_other_data_questions_or_damage_mean_that_it_is_written_anew(
    sample: Project, tmp_path: Path, written: list[Path]
) -> None:
    started(Graph.load(sample), tmp_path / "first")
    question = sample.questions[0]
    question.write_text(question.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    started(Graph.load(sample), tmp_path / "second")
    document = next((sample.data / "documents").glob("*.ttl"))
    document.write_text(document.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    graph = Graph.load(sample)
    first = started(graph, tmp_path / "third")
    assert len(written) == 3
    place = kept_releases.place(graph)
    assert place
    assert len(list(place.parent.iterdir())) == 2, "few are kept"
    (place / "ccn-graph.nt").write_text("", encoding="utf-8")
    assert started(graph, tmp_path / "fourth") == first
    assert len(written) == 4


def test_nothing_is_kept_for_those_who_switch_it_off(
    sample: Project, tmp_path: Path, written: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(result_cache.SWITCH, "1")
    for name in ("first", "second"):
        started(Graph.load(sample), tmp_path / name)
    assert len(written) == 2
    assert not (tmp_path / "cache").exists()
