"""Opens states of the data to compare: directories, releases, and revisions of the repository that a project is in."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.releases import read_release, write_release
from ccn_graph.releases.changes import ReleaseContents
from ccn_graph.releases.read_release import Release

#: What of a project its graph and its questions are read from.
_PARTS = ("ccn-graph.toml", "data", "ontology", "queries", "shapes")

_DERIVED = ox.NamedNode(namespaces.GRAPH_PREFERRED)

#: Largest copy of a revision, in bytes.
_MOST_BYTES = 2 << 30


@dataclass(frozen=True)
class DataState:
    """The data as they are, or were, somewhere: the store with what is stated and derived, under the name given."""

    name: str
    version: str
    store: ox.Store
    project: Project | None
    """The project that the data were read from; None for a release."""

    @cached_property
    def contents(self) -> ReleaseContents:
        """The statements of each graph."""
        return ReleaseContents.of(self.store)

    @cached_property
    def engine(self) -> OxigraphEngine:
        """What answers questions."""
        return OxigraphEngine(self.store)

    @cached_property
    def labels(self) -> Labels:
        """What its things are called."""
        return Labels(self.engine)


@contextlib.contextmanager
def opened(names: Sequence[str], here: Project) -> Iterator[list[DataState]]:
    """Open each of `names`: a data directory, a project, a release, or a revision of the repository that `here` is in.

    Next to a release, data count without what no dump of a release has: documents under a share-alike licence. Raises
    CcnError for what is none of these or cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as scratch:
        sources = [_source(name, here, Path(scratch) / str(number)) for number, name in enumerate(names)]
        has_release = any(isinstance(source, Release) for source in sources)
        yield [_read(name, source, has_release) for name, source in zip(names, sources, strict=True)]


def _source(name: str, here: Project, scratch: Path) -> Release | Project:
    path = Path(name)
    if not path.is_dir():
        return _revision(name, here, scratch)
    if (path / read_release.CHECKSUMS).is_file():
        release = read_release.read(path)
        if release is None or not release.version:
            raise ProjectError(f"{path} holds a release that is not whole; write or fetch it again")
        return release
    if (path / "ontology" / "ccn.ttl").is_file():
        return Project.find(path)
    if (path / "documents").is_dir() or (path / "registers").is_dir():
        return Project(here.root, path.resolve(), here.all_rows)
    raise ProjectError(f"{path} holds neither data (documents/, registers/), nor a project, nor a release")


def _revision(name: str, here: Project, scratch: Path) -> Project:
    """Copy the project as it was in a revision. Raises ProjectError."""
    output = _git(here.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if output is None:
        raise ProjectError(
            f"'{name}' is no directory, and no revision of a git repository that {here.root} is in; name a data "
            "directory, a release, or a branch, tag or commit (in a workflow, check out with fetch-depth: 0)"
        )
    commit = output.decode().strip()
    there = (_git(here.root, "ls-tree", "-z", "--name-only", commit) or b"").decode().split("\0")
    parts = [part for part in _PARTS if part in there]
    packed = _git(here.root, "archive", "--format=tar", commit, "--", *parts) if parts else None
    if packed is None or "ontology" not in parts:
        raise ProjectError(f"{name} holds no project at {here.root}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        if sum(member.size for member in archive) > _MOST_BYTES:
            raise ProjectError(f"the data of {name} are larger than {_MOST_BYTES >> 20} MiB")
        archive.extractall(scratch, filter="data")
    inside = here.data.is_relative_to(here.root)
    return Project(scratch, scratch / (here.data.relative_to(here.root) if inside else "data"), here.all_rows)


def _git(directory: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None if it fails. Raises ProjectError if there is no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise ProjectError(f"git is needed to read a revision, and cannot be run: {error.strerror or error}") from error
    return done.stdout if done.returncode == 0 else None


def _read(name: str, source: Release | Project, has_release: bool) -> DataState:
    if isinstance(source, Release):
        return DataState(name, source.version, _store_of(source), None)
    graph = Graph.load(source)
    if graph.errors:
        first = graph.errors[0]
        where = first.path.relative_to(source.root) if first.path.is_relative_to(source.root) else first.path
        raise CcnError(
            f"{name}: {where}:{first.line}: {first.message} ({len(graph.errors)} files cannot be read); mend it first: "
            "a comparison with a part of the data would look complete"
        )
    graph = write_release.parted(graph)[0] if has_release else graph
    return DataState(name, graph.version, graph.store, source)


def _store_of(release: Release) -> ox.Store:
    """Load the dump of a release, with all that is stated in the default graph as well. Raises ProjectError."""
    store = ox.Store()
    try:
        store.bulk_load(path=str(release.path(read_release.QUADS)), format=ox.RdfFormat.N_QUADS)
    except (KeyError, OSError, SyntaxError) as error:
        raise ProjectError(f"{release.directory / read_release.QUADS} cannot be read: {error}") from error
    stated = [quad for quad in store if quad.graph_name != _DERIVED]
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in stated)
    return store
