"""A release directory may come from anyone: nothing it names leads out of it, and nothing in it breaks a reader."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ccn_graph import Graph
from ccn_graph.releases import read_release, write_release

DIGEST = "0" * 64


@pytest.fixture(scope="module")
def written(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("written") / "release"
    write_release.write(graph, directory)
    return directory


@pytest.fixture
def release(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "release", copy_function=os.link)
    sums = tmp_path / "release" / read_release.CHECKSUMS
    text = sums.read_text(encoding="utf-8")
    sums.unlink()
    sums.write_text(text, encoding="utf-8")
    return tmp_path / "release"


@pytest.mark.parametrize(
    "name",
    [
        "../secret", "../../etc/hostname", "/etc/hostname", "questions/../../secret", "./ccn-graph.nq", "..", ".hidden",
        "questions", "nothing.ttl", "a\\..\\b", "ccn-graph.nq\x00", "link", "linked/secret", "pipe",
        'x"\r\nSet-Cookie: a=b', "",
    ],
)  # fmt: skip
def test_a_release_that_names_anything_but_its_own_files_is_none(release: Path, name: str) -> None:
    (release.parent / "secret").write_text("secret")
    (release / ".hidden").write_text("hidden")
    (release / "link").symlink_to(release.parent / "secret")
    (release / "linked").symlink_to(release.parent)
    os.mkfifo(release / "pipe")
    sums = release / read_release.CHECKSUMS
    assert read_release.read(release) is not None
    sums.write_text(f"{sums.read_text(encoding='utf-8')}{DIGEST}  {name}\n", encoding="utf-8")
    assert read_release.read(release) is None


def test_a_file_that_becomes_a_link_is_given_no_more(release: Path) -> None:
    (release.parent / "secret").write_text("secret")
    found = read_release.read(release)
    assert found
    assert found.path("changes.json").is_file()
    (release / "changes.json").unlink()
    (release / "changes.json").symlink_to(release.parent / "secret")
    with pytest.raises(KeyError):
        found.path("changes.json")
    assert found.changes() == {}
    with pytest.raises(KeyError):
        found.path("../secret")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "1", "[" * 100_000, "\ud800", "{}", '{"version": 1}',
     '{"version": "1", "modified": "2", "since": 5}',
     '{"version": "1", "modified": "2", "since": {"version": "0", "modified": "1"}, "documents": {"added": [1]}}'],
)  # fmt: skip
def test_changes_that_are_none_are_no_changes(release: Path, text: str) -> None:
    (release / "changes.json").unlink()
    (release / "changes.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    found = read_release.read(release)
    assert found
    assert found.changes() == {}


def test_a_media_type_that_is_none_is_not_passed_on(release: Path) -> None:
    description = release / read_release.DESCRIPTION
    text = description.read_text(encoding="utf-8").replace("media-types/application/n-quads", "media-types/x%0D%0Ay")
    description.unlink()
    description.write_text(text, encoding="utf-8")
    found = read_release.read(release)
    assert found
    assert found.files["ccn-graph.nq"].media_type == "application/octet-stream"


def test_files_have_changed_when_the_data_did(written: Path, graph: Graph) -> None:
    newest = max(read.path.stat().st_mtime for read in graph.sources)
    times = {path.stat().st_mtime for path in written.rglob("*") if path.is_file()}
    assert len(times) == 1
    # Whole seconds, which are all that HTTP tells.
    assert times.pop() >= int(newest)
