"""Snapshots: written, read, damaged in every way, held, carried in an archive."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.files.directories import LockedDirectory
from ccn_graph.files.sandbox import Bounds
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.releases import (
    dcat,
    snapshot_archive,
    snapshot_links,
    snapshot_manifest,
    snapshot_reading,
    snapshot_writing,
)
from ccn_graph.releases.snapshot_manifest import DamagedError, Manifest
from ccn_graph.releases.snapshot_reading import Snapshot
from ccn_graph.validation import shape_catalogue
from tests.conftest import ROOT, some

BASE = ROOT / "tests" / "faulty" / "base"


@pytest.fixture(scope="module")
def source() -> Graph:
    return Graph.load(Project(ROOT, BASE))


@pytest.fixture(scope="module")
def written(source: Graph, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return snapshot_writing.write(source, tmp_path_factory.mktemp("snapshot") / "snapshot")


@pytest.fixture
def copied(written: Snapshot, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written.directory, tmp_path / "snapshot"))


@pytest.fixture
def other(copied: Path, tmp_path: Path) -> Path:
    """A snapshot of other data, in a directory beside it."""
    data = tmp_path / "other.nt"
    data.write_text("<x:a> <x:b> <x:c> .\n")
    return snapshot_writing.write_of([data], copied.with_name("other"), union=True).directory


def largest(directory: Path, pattern: str) -> Path:
    return max(directory.glob(pattern), key=lambda path: path.stat().st_size)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def data_of(snapshot: Snapshot) -> set[ox.Quad]:
    """All that a snapshot holds but for what the service says of itself."""
    held = set(snapshot.stored.open())
    described = {quad.triple for quad in held if quad.graph_name == ox.NamedNode(namespaces.GRAPH_SERVICE)}
    return {quad for quad in held if quad.triple not in described}


def test_a_snapshot_holds_the_graph_and_its_project(source: Graph, written: Snapshot) -> None:
    held = set(written.stored.open())
    assert data_of(written) == set(source.store) < held
    assert written.manifest.version == written.stored.statistics.version == source.version
    assert written.stored.statistics.triples == len(held) - sum(written.stored.statistics.graphs.values())
    assert written.manifest.modified == dcat.as_of(source)
    assert written.project
    assert source.project
    again = Graph.load(written.project)
    assert (again.version, again.errors) == (source.version, ())
    assert list(questions.read_all(written.project)) == list(questions.read_all(source.project))
    said, before = shape_catalogue.read(written.project), shape_catalogue.read(source.project)
    assert (set(said.shapes), set(said.rules)) == (set(before.shapes), set(before.rules))
    assert set(map(str, said.mappings)) == set(map(str, before.mappings))
    for part in ("shapes_of_document", "shapes_of_dataset", "rules"):
        ours = [path.name for path in getattr(source.project, part)]
        assert [path.name for path in getattr(written.project, part)] == ours


def test_it_tells_no_path_of_the_machine_that_wrote_it(written: Snapshot) -> None:
    paths = (str(written.directory.parent), str(ROOT))
    for name in some(written.manifest.files):
        body = (written.directory / name).read_bytes()
        assert not [path for path in paths if path.encode() in body], name


def test_every_file_is_told_of_with_its_checksum(written: Snapshot) -> None:
    found = {str(path.relative_to(written.directory)) for path in written.directory.rglob("*") if path.is_file()}
    assert found == {*written.manifest.files, "manifest.json"}
    seen: list[tuple[int, int]] = []
    snapshot_reading.verify(written, lambda *step: seen.append(step))
    assert seen[-1] == (written.manifest.size, written.manifest.size)
    snapshot_reading.try_out(written)


def test_files_of_anyones_make_one_without_a_project(copied: Path, other: Path) -> None:
    found = snapshot_reading.read(other)
    assert (found.project, found.manifest.modified, found.stored.statistics.triples) == (None, "", 1)
    snapshot_reading.try_out(found)
    assert found.manifest.version != snapshot_reading.read(copied).manifest.version


def test_graphs_without_a_name_are_tried_out_as_well(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    data.write_text("_:a <x:b> <x:c> _:g .\n_:a <x:b> <x:c> <x:g> .\n")
    snapshot_reading.try_out(snapshot_writing.write_of([data], tmp_path / "snapshot", union=False))


def test_a_release_may_be_named_for_the_snapshot_in_it(written: Snapshot) -> None:
    assert snapshot_reading.read(written.directory.parent) == written


def test_a_snapshot_replaces_a_snapshot_but_nothing_else(source: Graph, copied: Path, tmp_path: Path) -> None:
    snapshot_writing.write(source, copied)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(CcnError, match="holds other files"):
        snapshot_writing.write(source, tmp_path / "mine")
    with pytest.raises(CcnError, match="is a file"):
        snapshot_writing.write_of([], tmp_path / "mine" / "thesis.txt", union=True)
    with pytest.raises(ProjectError, match="single files"):
        snapshot_writing.write(Graph.of_files([]), tmp_path / "new")
    assert names(tmp_path) == ["mine", "snapshot"]


def test_files_that_change_while_it_is_written_are_noticed(tmp_path: Path) -> None:
    data = Path(shutil.copytree(BASE, tmp_path / "data"))
    graph = Graph.load(Project(ROOT, data))
    with (data / "registers" / "city.ttl").open("a") as file:
        file.write("\n")
    with pytest.raises(CcnError, match=r"city\.ttl was changed while"):
        snapshot_writing.write(graph, tmp_path / "snapshot")
    assert names(tmp_path) == ["data"]


def test_a_kill_while_it_is_written_leaves_the_old_one(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text("<x:a> <x:b> <x:c> .\n")
    script = f"""
import os, signal
from pathlib import Path
from ccn_graph.releases import snapshot_writing
if __name__ == "__main__":
    snapshot_writing._describe = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    snapshot_writing.write_of([Path({str(tmp_path / "data.nt")!r})], Path({str(copied)!r}), union=True)
"""
    (tmp_path / "killed.py").write_text(script)
    before = snapshot_reading.read(copied).manifest.digest
    killed = subprocess.run([sys.executable, tmp_path / "killed.py"], cwd=ROOT, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert snapshot_reading.read(copied).manifest.digest == before
    left = [name for name in names(tmp_path) if name.startswith(".")]
    assert len(left) == 1
    snapshot_writing.write_of([tmp_path / "data.nt"], copied, union=True)
    assert snapshot_reading.read(copied).manifest.digest != before
    assert names(tmp_path) == ["data.nt", "killed.py", "snapshot"]


def rewrite(directory: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the manifest by hand."""
    path = directory / "manifest.json"
    told = json.loads(path.read_bytes())
    change(told)
    path.write_text(json.dumps(told))


def forge(directory: Path, **changed: object) -> None:
    """Change the manifest so that its digest fits."""
    found = Manifest.from_json((directory / "manifest.json").read_bytes())
    (directory / "manifest.json").write_bytes(replace(found, **changed).to_json())  # type: ignore[arg-type]


def forge_files(directory: Path, name: str) -> None:
    found = snapshot_reading.read(directory).manifest
    forge(directory, files={**found.files, name: snapshot_manifest.File(3, "0" * 64)})


def emptied(directory: Path) -> None:
    shutil.rmtree(directory)
    directory.mkdir()


def filed(directory: Path) -> None:
    shutil.rmtree(directory)
    directory.write_text("no directory")


def linked(directory: Path) -> None:
    table = largest(directory, "store/*.sst")
    table.rename(directory.parent / "elsewhere")
    table.symlink_to(directory.parent / "elsewhere")


def linked_store(directory: Path) -> None:
    (directory / "store").rename(directory.parent / "elsewhere")
    (directory / "store").symlink_to(directory.parent / "elsewhere")


#: What is done to a snapshot -> what reading it says.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (shutil.rmtree, "does not exist"),
    "empty": (emptied, "manifest.json is missing"),
    "a file": (filed, "is a file, not a directory"),
    "no manifest": (lambda d: (d / "manifest.json").unlink(), "manifest.json is missing"),
    "no JSON": (lambda d: (d / "manifest.json").write_text("{"), "is no JSON"),
    "deep JSON": (lambda d: (d / "manifest.json").write_text("[" * 200_000), "is no JSON"),
    "binary": (lambda d: (d / "manifest.json").write_bytes(bytes(range(256))), "is no JSON"),
    "other JSON": (lambda d: (d / "manifest.json").write_text('{"site.css": "x"}'), "not that of a snapshot"),
    "a list": (lambda d: (d / "manifest.json").write_text("[]"), "not that of a snapshot"),
    "huge": (lambda d: os.truncate(d / "manifest.json", 1 << 30), "too large"),
    "half of it": (lambda d: rewrite(d, lambda told: told.update(statistics={})), "not that of a snapshot"),
    "files of nothing": (lambda d: rewrite(d, lambda told: told.update(files=["x"])), "not that of a snapshot"),
    "other form": (lambda d: rewrite(d, lambda told: told.update(form=1)), "it is of form 1"),
    "other engine": (lambda d: rewrite(d, lambda told: told.update(library="pyoxigraph 0.4")), "pyoxigraph 0.4"),
    "edited": (lambda d: rewrite(d, lambda told: told.update(version="mine")), "changed since it was written"),
    "way out": (lambda d: forge_files(d, "../../etc/passwd"), "names a file that is none of a snapshot"),
    "way out below": (lambda d: forge_files(d, "store/../../../etc/passwd"), "names a file that is none"),
    "absolute": (lambda d: forge_files(d, "/etc/passwd"), "names a file that is none"),
    "device": (lambda d: forge_files(d, "project"), "project is no file"),
    "store as file": (lambda d: forge_files(d, "store/CURRENT/x"), "store/CURRENT/x is missing"),
    "cut table": (lambda d: os.truncate(largest(d, "store/*.sst"), 100), "has 100 bytes, not"),
    # Opened as it is, such a store would be an empty one.
    "cut contents": (lambda d: os.truncate(largest(d, "store/MANIFEST-*"), 800), "has 800 bytes, not"),
    "no table": (lambda d: largest(d, "store/*.sst").unlink(), "is missing"),
    "linked table": (linked, "is a link"),
    "linked store": (linked_store, "store is a link"),
    "no question": (lambda d: largest(d, "project/queries/questions/*.rq").unlink(), "is missing"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_refused_with_the_reason_and_what_to_do(copied: Path, damage: str) -> None:
    do, reason = DAMAGES[damage]
    do(copied)
    for use in (snapshot_reading.read,) if copied.is_file() else (snapshot_reading.read, snapshot_links.pin):
        with pytest.raises(DamagedError, match=reason.replace(".", r"\.")) as raised:
            use(copied)
        assert str(copied) in str(raised.value)
        assert damage == "a file" or "ccn-graph release DIR" in str(raised.value)


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def lost_contents(directory: Path) -> None:
    """Put the contents of an empty store in place of those of this one, with a manifest that fits."""
    empty = directory.parent / "empty"
    ox.Store(str(empty)).flush()
    shutil.rmtree(directory / "store")
    shutil.copytree(empty, directory / "store")
    described = directory / "manifest.json"
    statistics = Manifest.from_json(described.read_bytes()).statistics
    described.unlink()
    snapshot_writing._describe(directory, statistics, "")


#: Damages that leave every size as it is -> what trying it out says.
HIDDEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "zeroed table": (lambda d: zeroed(largest(d, "store/*.sst")), "Bad table magic number"),
    "zeroed contents": (lambda d: zeroed(largest(d, "store/MANIFEST-*")), "MANIFEST"),
    "zeroed pointer": (lambda d: zeroed(d / "store" / "CURRENT"), "CURRENT"),
    "lost contents": (lost_contents, "it holds 0 statements where"),
}


@pytest.mark.parametrize("damage", HIDDEN)
def test_damage_that_no_size_shows_is_found_by_trying_it_out(copied: Path, damage: str) -> None:
    do, reason = HIDDEN[damage]
    do(copied)
    with pytest.raises(DamagedError, match=reason):
        snapshot_reading.try_out(snapshot_reading.read(copied))


@pytest.mark.parametrize(("triples", "graphs"), [(-1, 0), (+1, 0), (0, -1), (0, +1)])
def test_wrong_counts_are_found_by_trying_it_out(copied: Path, triples: int, graphs: int) -> None:
    statistics = snapshot_reading.read(copied).manifest.statistics
    first, *_ = statistics.graphs
    counts = {**statistics.graphs, first: statistics.graphs[first] + graphs}
    forge(copied, statistics=replace(statistics, triples=statistics.triples + triples, graphs=counts))
    with pytest.raises(DamagedError, match="are promised"):
        snapshot_reading.try_out(snapshot_reading.read(copied))


def test_a_changed_byte_is_found_by_its_checksum(copied: Path) -> None:
    path = largest(copied, "store/*.sst")
    body = bytearray(path.read_bytes())
    body[len(body) // 3] ^= 1
    path.write_bytes(body)
    with pytest.raises(DamagedError, match=rf"{path.name} does not fit its checksum"):
        snapshot_reading.verify(snapshot_reading.read(copied))


def test_a_crash_while_it_is_tried_out_is_survived(written: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_reading, "_count", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(DamagedError, match="opening it crashes"):
        snapshot_reading.try_out(written)
    monkeypatch.setattr(snapshot_reading, "_count", lambda _: signal.pause())
    with pytest.raises(DamagedError, match="does not answer within"):
        snapshot_reading.try_out(written, Bounds(seconds=0.2))


def test_what_is_held_outlives_a_replacement_and_a_removal(copied: Path, other: Path, tmp_path: Path) -> None:
    before = snapshot_reading.read(copied)
    with snapshot_links.pin(copied) as pinned:
        assert not pinned.in_place
        assert pinned.snapshot.directory != before.directory
        opened = pinned.snapshot.stored.open()
        snapshot_writing.write_of([tmp_path / "other.nt"], copied, union=True)
        shutil.rmtree(copied)
        shutil.rmtree(other)
        for store in (opened, pinned.snapshot.stored.open()):
            assert len(list(store)) == sum(before.stored.statistics.graphs.values()) + before.stored.statistics.triples
        assert pinned.snapshot.manifest.digest == before.manifest.digest
        snapshot_reading.verify(pinned.snapshot)
        assert pinned.snapshot.project
        assert questions.read_all(pinned.snapshot.project)
    assert names(tmp_path) == ["other.nt"]


def test_what_is_held_of_a_release_outlives_the_release(source: Graph, tmp_path: Path) -> None:
    place = tmp_path / "release"
    command = ["release", str(place), "--data-dir", str(BASE), "--root", str(ROOT)]
    assert CliRunner().invoke(main, command).exit_code == 0
    with snapshot_links.pin(place) as pinned:
        assert CliRunner().invoke(main, command).exit_code == 0
        assert data_of(pinned.snapshot) == set(source.store)
        assert names(tmp_path) == [pinned.snapshot.directory.parent.name, "release"]
    assert names(tmp_path) == ["release"]


def test_what_a_killed_server_held_is_removed_by_the_next_one(copied: Path, tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from ccn_graph.releases import snapshot_links
held = snapshot_links.pin(Path({str(copied)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    (left,) = [name for name in names(tmp_path) if name.startswith(".")]
    with snapshot_links.pin(copied) as pinned, snapshot_links.pin(copied) as second:
        parents = {found.snapshot.directory.parent.name for found in (pinned, second)}
        assert names(tmp_path) == sorted([*parents, "snapshot"])
        assert left not in parents


def test_where_no_links_can_be_made_it_is_used_in_place(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        with snapshot_links.pin(copied, tmp_path / "nowhere") as pinned:
            assert pinned.in_place
            assert pinned.snapshot.directory == copied
    assert names(tmp_path) == ["snapshot"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    make = LockedDirectory.__init__

    def only_in_scratch(self: LockedDirectory, place: Path, purpose: str, parent: Path | None = None) -> None:
        if parent != scratch:
            raise PermissionError(errno.EROFS, "Read-only file system")
        make(self, place, purpose, parent)

    monkeypatch.setattr(LockedDirectory, "__init__", only_in_scratch)
    with snapshot_links.pin(copied, scratch) as pinned:
        assert scratch in pinned.snapshot.directory.parents


def test_one_that_is_used_in_place_is_never_taken_for_the_one_that_replaced_it(copied: Path, other: Path) -> None:
    snapshot = snapshot_reading.read(copied)
    opened = snapshot.stored.open()
    size = len(opened)
    shutil.rmtree(copied)
    other.rename(copied)
    assert len(list(opened)) == size
    with pytest.raises(DamagedError, match="was replaced while"):
        snapshot.stored.open()


def test_one_that_is_replaced_while_it_is_linked_is_taken_as_a_whole(
    copied: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, new = os.link, snapshot_reading.read(other).manifest.digest
    done: list[int] = []

    def replace_first(name: str, *rest: Path, **options: int | bool) -> None:
        if not done:
            done.append(1)
            shutil.rmtree(copied)
            other.rename(copied)
        link(name, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", replace_first)
    with snapshot_links.pin(copied) as pinned:
        assert pinned.snapshot.manifest.digest == new
        snapshot_reading.verify(pinned.snapshot)


def test_its_stamp_changes_when_another_one_is_put_in_place(copied: Path, other: Path) -> None:
    before = snapshot_reading.stamp(copied)
    assert before == snapshot_reading.stamp(copied) is not None
    shutil.rmtree(copied)
    assert snapshot_reading.stamp(copied) is None
    other.rename(copied)
    assert snapshot_reading.stamp(copied) not in (None, before)


@pytest.mark.parametrize("name", ["snapshot.tar", "snapshot.tar.gz"])
def test_an_archive_brings_the_same_snapshot(written: Snapshot, tmp_path: Path, name: str) -> None:
    seen: list[tuple[int, int]] = []
    snapshot_archive.pack(written, tmp_path / name, lambda *step: seen.append(step))
    assert seen[-1] == (written.manifest.size, written.manifest.size)
    first = snapshot_archive.unpack(tmp_path / name, tmp_path / "cache")
    assert first.manifest == written.manifest
    snapshot_reading.verify(first)
    made = (first.directory / "manifest.json").stat().st_ino
    with snapshot_links.pin(tmp_path / name, cache=tmp_path / "cache") as pinned:
        assert (pinned.snapshot.directory / "manifest.json").stat().st_ino == made, "it is unpacked once"
    with tarfile.open(tmp_path / name) as packed:
        assert {(member.uid, member.gid, member.uname, member.mtime) for member in packed} == {(0, 0, "", 0)}
    assert names(tmp_path) == ["cache", name]


def test_an_unpacked_one_that_was_damaged_is_unpacked_anew(written: Snapshot, tmp_path: Path) -> None:
    snapshot_archive.pack(written, tmp_path / "snapshot.tar")
    first = snapshot_archive.unpack(tmp_path / "snapshot.tar", tmp_path / "cache")
    largest(first.directory, "store/*.sst").unlink()
    snapshot_reading.verify(snapshot_archive.unpack(tmp_path / "snapshot.tar", tmp_path / "cache"))


def test_only_the_last_few_stay_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_archive, "KEPT", 1)
    cache = tmp_path / "cache"
    (cache / "not ours").mkdir(parents=True)
    for number in range(snapshot_archive.KEPT + 1):
        data = tmp_path / "data.nt"
        data.write_text(f'<x:a> <x:b> "{number}" .\n')
        snapshot_archive.pack(
            snapshot_writing.write_of([data], tmp_path / "snapshot", union=True), tmp_path / "snapshot.tar"
        )
        last = snapshot_archive.unpack(tmp_path / "snapshot.tar", cache)
    assert len(names(cache)) == snapshot_archive.KEPT + 1
    assert {last.directory.name, "not ours"} <= set(names(cache))


Members = list[tuple[tarfile.TarInfo, bytes]]


def members(snapshot: Snapshot) -> Members:
    found = []
    for name in ("manifest.json", *snapshot.manifest.files):
        body = (snapshot.directory / name).read_bytes()
        member = tarfile.TarInfo(name)
        member.size = len(body)
        found.append((member, body))
    return found


def link_out(listed: Members) -> None:
    member, _ = listed[-1]
    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0


def extra(name: str) -> Callable[[Members], None]:
    def add(listed: Members) -> None:
        member = tarfile.TarInfo(name)
        member.size = 3
        listed.append((member, b"abc"))

    return add


def longer(listed: Members) -> None:
    member, body = listed[-1]
    listed[-1] = (member, body + b"more")
    member.size += 4


def another(listed: Members) -> None:
    member, body = listed[-1]
    listed[-1] = (member, bytes(len(body)))


#: What is done to the members of an archive -> what unpacking it says.
TAMPERED: dict[str, tuple[Callable[[Members], object], str]] = {
    "manifest last": (lambda listed: listed.append(listed.pop(0)), "manifest.json does not come first"),
    "nothing": (lambda listed: listed.clear(), "manifest.json does not come first"),
    "one missing": (lambda listed: listed.pop(), "is missing"),
    "one twice": (lambda listed: listed.append(listed[-1]), "comes twice"),
    "way out": (extra("../../evil"), "is not told of in manifest.json"),
    "absolute": (extra("/tmp/evil"), "is not told of in manifest.json"),
    "one more": (extra("project/more.txt"), "is not told of in manifest.json"),
    "a link out": (link_out, "link"),
    "another size": (longer, "is no file of"),
    "another body": (another, "does not fit its checksum"),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_an_archive_that_was_tampered_with_is_refused(written: Snapshot, tmp_path: Path, way: str) -> None:
    do, reason = TAMPERED[way]
    listed = members(written)
    do(listed)
    path = tmp_path / "snapshot.tar"
    with tarfile.open(path, "w") as packed:
        for member, body in listed:
            packed.addfile(member, io.BytesIO(body))
    with pytest.raises(DamagedError, match=reason) as raised:
        snapshot_archive.unpack(path, tmp_path / "cache")
    assert str(path) in str(raised.value)
    assert not (tmp_path / "cache").exists() or names(tmp_path / "cache") == []


def test_a_broken_or_foreign_file_is_refused(written: Snapshot, tmp_path: Path) -> None:
    snapshot_archive.pack(written, tmp_path / "whole.tar.gz")
    body = (tmp_path / "whole.tar.gz").read_bytes()
    flipped = bytearray(body)
    flipped[len(body) // 2] ^= 255
    for number, broken in enumerate((body[: len(body) // 2], bytes(flipped), b"", b"PK\3\4 no tar", body[:20])):
        path = tmp_path / f"{number}.tar.gz"
        path.write_bytes(broken)
        with pytest.raises(DamagedError, match="holds no whole snapshot"):
            snapshot_links.pin(path, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists() or names(tmp_path / "cache") == []


def test_an_archive_that_would_fill_memory_or_disk_is_refused(
    written: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.tar"
    # An extended header is read into memory whole; here it is a hole in the file.
    bomb = tarfile.TarInfo("manifest.json")
    bomb.type, bomb.size = tarfile.XHDTYPE, 1 << 30
    path.write_bytes(bomb.tobuf())
    os.truncate(path, 2 << 30)
    with pytest.raises(DamagedError, match="memory-exceeded"):
        snapshot_archive.unpack(path, tmp_path / "cache")
    snapshot_archive.pack(written, path)
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DamagedError, match="has room for 1,000"):
        snapshot_archive.unpack(path, tmp_path / "cache")
