"""A loaded graph that is kept from one run to the next: whoever asks again need not wait until all files are read."""

from __future__ import annotations

import contextlib
import hashlib
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

_ENDING = ".nq"


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


def _mark(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()


def _read(place: Path) -> ox.Store | None:
    try:
        mark, _, text = place.read_bytes().partition(b"\n")
        if mark != _mark(text):
            return None
        store = ox.Store()
        store.bulk_load(text, format=ox.RdfFormat.N_QUADS, lenient=True)
    except (OSError, SyntaxError):
        return None
    return store


def _write(place: Path, store: ox.Store) -> None:
    text = store.dump(format=ox.RdfFormat.N_QUADS)
    assert text is not None
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Others may be reading, and this process may end at any moment.
    atomic.replace(place, _mark(text) + b"\n" + text, cache=True)
    kept = sorted(place.parent.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-_MOST]:
        old.unlink(missing_ok=True)
