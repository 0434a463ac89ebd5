"""Makes a snapshot: built aside, so that the one that is replaced is there until the new one is whole."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.files.directories import refuse_foreign, replacing
from ccn_graph.files.progress import Count
from ccn_graph.graph import questions, self_description
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.rdf import stores
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases import dcat
from ccn_graph.releases.snapshot_manifest import NAME, PROJECT, STORE, File, Manifest
from ccn_graph.releases.snapshot_reading import Snapshot, read

#: Files of the store that nothing reads again; its log tells the paths and the name of this machine.
_UNNEEDED = ("LOG", "LOCK")

#: Of these parts of a project everything that a server reads.
_PARTS = {"ontology": ".ttl", "shapes": ".ttl", "queries": ".rq"}


def write(graph: Graph, directory: Path, progress: Count | None = None) -> Snapshot:
    """Write a snapshot of a project's graph into `directory`, which is replaced as a whole or not at all.

    Raises ProjectError for a graph without a project, CcnError for a directory that holds something else, and if the
    files of the project are no longer those that were read.
    """
    if graph.project is None:
        raise ProjectError("this graph was read from single files; use `write_of` for them")
    refuse_foreign(directory, NAME, "snapshot")
    with replacing(directory) as fresh:
        dump = fresh.parent / "graph.nq"
        dump.write_bytes(ox.serialize(_named(graph, graph.project), format=ox.RdfFormat.N_QUADS) or b"")
        statistics = _build(fresh, [dump], union=True, progress=progress)
        _copy(graph, fresh / PROJECT)
        _describe(
            fresh, dataclasses.replace(statistics, version=graph.version, modified=graph.modified), dcat.as_of(graph)
        )
    return read(directory)


def write_of(files: Sequence[Path], directory: Path, *, union: bool, progress: Count | None = None) -> Snapshot:
    """Write a snapshot of RDF files of anyone's; `union` makes the default graph the union of all.

    Raises SourceError for a malformed file, CcnError as `write` does.
    """
    refuse_foreign(directory, NAME, "snapshot")
    with replacing(directory) as fresh:
        _describe(fresh, _build(fresh, files, union=union, progress=progress), "")
    return read(directory)


def _named(graph: Graph, project: Project) -> list[ox.Quad]:
    """Return what lies in named graphs, and what the service says of itself; the union is made when it is loaded."""
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    description = self_description.quads_of(questions.read_all(project), statistics)
    return [quad for quad in (*graph.store, *description) if not isinstance(quad.graph_name, ox.DefaultGraph)]


def _build(fresh: Path, files: Sequence[Path], *, union: bool, progress: Count | None) -> Statistics:
    built = fresh.parent / "built"
    statistics = stores.on_disk(built, files, union=union, progress=progress).statistics
    (built / STORE).rename(fresh / STORE)
    for name in _UNNEEDED:
        (fresh / STORE / name).unlink(missing_ok=True)
    return statistics


def _copy(graph: Graph, root: Path) -> None:
    """Copy what makes the project, checked against what was read of it."""
    project = graph.project
    assert project
    read_as = {source.path: source.digest for source in graph.sources}
    for path, place in _files(project):
        body = path.read_bytes()
        if path in read_as and hashlib.sha256(body).hexdigest() != read_as[path]:
            raise CcnError(f"{path} was changed while the snapshot was written; begin again")
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(body)


def _files(project: Project) -> list[tuple[Path, Path]]:
    files = {
        path: path.relative_to(project.root)
        for part, ending in _PARTS.items()
        for path in sorted((project.root / part).rglob(f"*{ending}"))
    }
    data = {path: Path("data") / path.relative_to(project.data) for path, _ in project.files() if path not in files}
    return [*files.items(), *data.items()]


def _describe(fresh: Path, statistics: Statistics, modified: str) -> None:
    files = {}
    for path in sorted(path for path in fresh.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        files[path.relative_to(fresh).as_posix()] = File(path.stat().st_size, digest)
    manifest = Manifest(statistics.version, modified, statistics, files)
    (fresh / NAME).write_bytes(manifest.to_json())
