"""A loaded graph that is kept from one run to the next: whoever asks again need not wait until all files are read."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.files import atomic
from ccn_graph.files.progress import Progress
from ccn_graph.files.result_cache import digest
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.rdf.parsing import SourceFile

#: Graphs that are kept beside each other, of several projects or states of one.
_MOST = 4

_ENDING = ".store"

#: The file with the digest of the others.
_MARK = "blake2b"

_HOUR = 3600


class KeptGraph(Graph):
    """A graph of which the store is there, and the files are read only when somebody asks for lines."""

    def __init__(self, project: Project, store: ox.Store) -> None:
        """Take what was kept of a project without errors."""
        self.project, self.errors = project, ()
        self.__dict__["store"] = store

    @cached_property
    def sources(self) -> tuple[SourceFile, ...]:  # type: ignore[override]
        """The files, read now."""
        assert self.project
        return Graph.load(self.project).sources


def load(project: Project, programs: str, directory: Path | None, progress: Progress | None = None) -> Graph:
    """Read a project, or take what is kept in `directory` of the same files, read by the same `programs`.

    Nothing goes wrong here that does not go wrong without: what cannot be kept or read back is worked out again.
    """
    place = directory / f"{_state(project, programs)}{_ENDING}" if directory else None
    store = _read(place) if place else None
    if store is not None:
        return KeptGraph(project, store)
    graph = Graph.load(project, progress=progress)
    if place and not graph.errors:
        with contextlib.suppress(OSError):
            _write(place, graph.store)
    return graph


def _state(project: Project, programs: str) -> str:
    """Stand for all that a graph depends on."""
    parts = [programs, str(project.all_rows)]
    for path, kind in project.files():
        # What cannot be read is complained of by those who read it.
        content = path.read_bytes() if path.is_file() else b""
        parts += [str(path.absolute()), kind.value, hashlib.sha256(content).hexdigest()]
    return digest(*parts)


def _mark(directory: Path) -> bytes:
    """Stand for all that a store needs to be read; what it writes of its own doings is left out."""
    mark = hashlib.blake2b(digest_size=16)
    for path in sorted(directory.iterdir()):
        if path.suffix == ".sst" or path.name == "CURRENT" or path.name.startswith("MANIFEST-"):
            mark.update(path.name.encode() + hashlib.blake2b(path.read_bytes()).digest())
    return mark.hexdigest().encode()


def _read(place: Path) -> ox.Store | None:
    try:
        return ox.Store.read_only(str(place)) if (place / _MARK).read_bytes() == _mark(place) else None
    except OSError:
        return None


def _write(place: Path, store: ox.Store) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Others may be reading, and this process may end at any moment: it is there whole, or under another name.
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.stem}.", suffix=atomic.ENDING, dir=place.parent))
    try:
        written = ox.Store(str(unfinished))
        written.bulk_extend(store)
        written.flush()
        del written
        (unfinished / _MARK).write_bytes(_mark(unfinished))
        if place.exists():  # damaged
            shutil.rmtree(place)
        unfinished.rename(place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _prune(place.parent)


def _prune(directory: Path) -> None:
    """Drop the oldest beyond those that are kept, and what a run that ended in the middle left behind long ago."""
    oldest_first = sorted(directory.iterdir(), key=lambda path: path.stat().st_mtime)
    whole = [path for path in oldest_first if path.suffix != atomic.ENDING]
    left_behind = [
        path for path in oldest_first
        if path.suffix == atomic.ENDING and time.time() - path.stat().st_mtime > _HOUR
    ]  # fmt: skip
    for path in (*whole[:-_MOST], *left_behind):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:  # earlier versions kept files
            path.unlink(missing_ok=True)
