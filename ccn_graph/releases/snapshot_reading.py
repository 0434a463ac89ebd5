"""Opens a snapshot: quickly, and carefully, for any of its files may be damaged and native code is to open them."""

from __future__ import annotations

import hashlib
import itertools
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError
from ccn_graph.files import sandbox
from ccn_graph.files.progress import Progress
from ccn_graph.files.sandbox import Bounds, OverrunError
from ccn_graph.graph.project import Project
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases import snapshot_manifest
from ccn_graph.releases.snapshot_manifest import DIRECTORY, NAME, PROJECT, STORE, DamagedError, Manifest

#: Quads that are counted to try a snapshot out: a store that has lost its table of contents opens as an empty one.
COUNTED = 100_000

#: Named graphs that are looked into.
_GRAPHS = 100

#: What trying one out may use.
_BOUNDS = Bounds(seconds=60.0)

_BLOCK = 1 << 20

_ADVICE = "write it anew with `ccn-graph release DIR`, or copy it again"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot in a directory, whose files are all there."""

    directory: Path
    manifest: Manifest
    stamp: tuple[int, int, int] | None
    """See the function `stamp`."""

    @property
    def stored(self) -> Stored:
        """The data: each process that calls `open` gets a store of its own, read-only, over the same files.

        `open` raises DamagedError if another snapshot has taken its place meanwhile, unless it is held by links.
        """
        return Stored(self._open, self.manifest.statistics)

    def _open(self) -> ox.Store:
        store = ox.Store.read_only(str(self.directory / STORE))
        # Its files, once opened, stay as they are; those of another one may not pass for them.
        if stamp(self.directory) != self.stamp:
            raise DamagedError(f"{self.directory} was replaced while it was used in place")
        return store

    @property
    def project(self) -> Project | None:
        """The project it was made of, with vocabulary, shapes, questions and files; None for files of anyone's."""
        root = self.directory / PROJECT
        return Project(root, root / "data") if root.is_dir() else None


def read(path: Path) -> Snapshot:
    """Read the snapshot in a directory, or in a release there; looks at each file's size only, not into it.

    Raises DamagedError that says what is missing or damaged and what to do.
    """
    directory = _directory(path)
    if not directory.is_dir():
        state = "is a file, not a directory" if directory.is_file() else "does not exist"
        raise DamagedError(f"{path} {state}; `ccn-graph release DIR` writes a snapshot to DIR/snapshot")
    try:
        before = stamp(directory)
        return Snapshot(directory, _checked(directory), before)
    except DamagedError as error:
        raise DamagedError(f"{path} is no whole snapshot: {error}; {_ADVICE}") from error
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror or error}") from error


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when another snapshot, or archive of one, is put in place: cheap enough for every second.

    None while there is nothing.
    """
    try:
        status = (_directory(path) / NAME).stat() if path.is_dir() else path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _directory(path: Path) -> Path:
    # By its real name: a link may lead to another one in a moment.
    directory = path.resolve()
    inner = directory / DIRECTORY
    return inner if (inner / NAME).is_file() and not (directory / NAME).is_file() else directory


def _checked(directory: Path) -> Manifest:
    described = directory / NAME
    if not described.is_file():
        raise DamagedError(f"{NAME} is missing")
    if described.stat().st_size > snapshot_manifest.MOST_BYTES:
        raise DamagedError(f"{NAME} is too large")
    manifest = Manifest.from_json(described.read_bytes())
    for name, file in manifest.files.items():
        _check_file(directory, name, file.size)
    return manifest


def _check_file(directory: Path, name: str, size: int) -> None:
    path = directory
    for part in name.split("/"):
        path = path / part
        if path.is_symlink():
            raise DamagedError(f"{path.relative_to(directory)} is a link")
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DamagedError(f"{name} is missing") from error
    if not stat.S_ISREG(status.st_mode):
        raise DamagedError(f"{name} is no file")
    if status.st_size != size:
        raise DamagedError(f"{name} has {status.st_size} bytes, not {size}")


def verify(snapshot: Snapshot, progress: Progress | None = None) -> None:
    """Compute every checksum. Raises DamagedError that names the file."""
    done, total = 0, snapshot.manifest.size
    for name, file in snapshot.manifest.files.items():
        digest = hashlib.sha256()
        with (snapshot.directory / name).open("rb") as opened:
            while block := opened.read(_BLOCK):
                digest.update(block)
                done += len(block)
                if progress:
                    progress(done, total)
        if digest.hexdigest() != file.sha256:
            raise DamagedError(f"{snapshot.directory / name} does not fit its checksum; {_ADVICE}")


def try_out(snapshot: Snapshot, bounds: Bounds = _BOUNDS) -> None:
    """Open the store in a process of its own, where a crash does no harm, and count its first quads.

    Raises DamagedError if it cannot be opened or does not hold what the manifest says.
    """
    try:
        sandbox.run(lambda _: _count(snapshot), bounds)
    except OverrunError as error:
        reason = {"timeout": f"it does not answer within {bounds.seconds:g} s"}.get(error.code, "opening it crashes")
        raise DamagedError(f"the store of {snapshot.directory} is damaged: {reason}; {_ADVICE}") from error
    except DamagedError:
        raise
    except CcnError as error:
        raise DamagedError(f"the store of {snapshot.directory} is damaged: {error}; {_ADVICE}") from error


def _count(snapshot: Snapshot) -> None:
    try:
        store = snapshot.stored.open()
        for where, promised in _promises(snapshot.manifest.statistics):
            counted = _number(store, where)
            if counted != min(promised, COUNTED):
                raise CcnError(f"it holds {counted:,} statements where {promised:,} are promised ({where})")
    except (OSError, RuntimeError, ValueError) as error:
        raise CcnError(str(error)) from error


def _promises(statistics: Statistics) -> Iterator[tuple[str, int]]:
    """Yield patterns and how often they should be found, as far as they can be counted in no time."""
    yield "?s ?p ?o", statistics.triples
    counted = 0
    for graph, count in itertools.islice(statistics.graphs.items(), _GRAPHS):
        yield f"GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }}", count
        counted += count
        if counted > COUNTED:
            return


def _number(store: ox.Store, where: str) -> int:
    counted = store.query(f"SELECT (COUNT(*) AS ?n) {{ SELECT * {{ {where} }} LIMIT {COUNTED} }}")
    assert isinstance(counted, ox.QuerySolutions)
    number = next(counted)["n"]
    assert isinstance(number, ox.Literal)
    return int(number.value)
