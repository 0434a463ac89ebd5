"""RDF files of anyone's, loaded to be served: into memory, or into a directory that many processes read at once.

Nothing here knows lines or documents; what is to be checked is read by `ccn_graph.graph.graph`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, SourceError
from ccn_graph.files.directories import refuse_foreign, replacing
from ccn_graph.files.progress import Count
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.parsing import FORMATS, syntax_error
from ccn_graph.rdf.statistics import Statistics

_FORM = "2"
"""Changes when what a directory holds does, so that an old one is built anew."""

#: What is derived from the other graphs would say them once more, and differently.
_NOT_IN_UNION = (ox.DefaultGraph(), ox.NamedNode(namespaces.GRAPH_PREFERRED))

_REPORT_EVERY = 50_000


@dataclass(frozen=True, slots=True)
class Stored:
    """Loaded data: how a process opens them, and what they hold."""

    open: Callable[[], ox.Store]
    statistics: Statistics


def in_memory(files: Sequence[Path], *, union: bool, progress: Count | None = None) -> Stored:
    """Load files into this process; those it forks share them. Raises SourceError for one that is malformed."""
    store = ox.Store()
    store.bulk_extend(_quads(files, union, progress))
    return Stored(lambda: store, _counted(store, files, union, _digest(files, union)))


def on_disk(directory: Path, files: Sequence[Path], *, union: bool, progress: Count | None = None) -> Stored:
    """Load files into `directory`, or use what it holds if that is of the same files.

    The directory is replaced as a whole or not at all. Raises SourceError for a malformed file, CcnError for a
    directory that holds something else.
    """
    version = _digest(files, union)
    described = directory / "statistics.json"
    refuse_foreign(directory, described.name, "store")
    kept = Statistics.from_json(described.read_bytes()) if described.is_file() else None
    if kept is None or kept.version != version:
        _build_apart(directory, files, union, version, progress)
    return Stored(lambda: ox.Store.read_only(str(directory / "store")), Statistics.from_json(described.read_bytes()))


def _counted(store: ox.Store, files: Sequence[Path], union: bool, version: str) -> Statistics:
    modified = max((int(path.stat().st_mtime) for path in files), default=0)
    return dataclasses.replace(Statistics.of(OxigraphEngine(store), version, union=union), modified=modified)


def _build(directory: Path, files: Sequence[Path], union: bool, version: str, progress: Count | None) -> None:
    with replacing(directory) as fresh:
        store = ox.Store(str(fresh / "store"))
        store.bulk_extend(_quads(files, union, progress))
        store.optimize()
        statistics = _counted(store, files, union, version)
        store.flush()
        del store
        (fresh / "statistics.json").write_bytes(statistics.to_json())


def _build_apart(directory: Path, files: Sequence[Path], union: bool, version: str, progress: Count | None) -> None:
    """Build in a process of its own: a store on disk has threads, and this process is going to fork workers."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, directory, tuple(files), union, version))
    child.start()
    theirs.close()
    message = ""
    with contextlib.suppress(EOFError):
        while True:
            report = ours.recv()
            if isinstance(report, str):
                message = report
            elif progress:
                progress(report)
    child.join()
    if child.exitcode:
        raise CcnError(message or "the store could not be built; is there room on the disk?")


def _child(connection: Connection, directory: Path, files: Sequence[Path], union: bool, version: str) -> None:
    try:
        _build(directory, files, union, version, connection.send)
    except (CcnError, OSError) as error:
        connection.send(str(error))
        sys.exit(1)


def _quads(files: Sequence[Path], union: bool, progress: Count | None) -> Iterator[ox.Quad]:
    count = 0
    for path in files:
        try:
            base = path.absolute().as_uri()
            for quad in ox.parse(path=str(path), format=_format(path), base_iri=base, rename_blank_nodes=True):
                yield quad
                if union and quad.graph_name not in _NOT_IN_UNION:
                    yield ox.Quad(quad.subject, quad.predicate, quad.object)
                count += 1
                if progress and count % _REPORT_EVERY == 0:
                    progress(count)
        except SyntaxError as error:
            raise syntax_error(path, error) from error
        except OSError as error:
            raise SourceError(path, 1, f"cannot be read: {error.strerror or error}") from error


def _format(path: Path) -> ox.RdfFormat:
    return FORMATS[path.suffix.lower()]


def _digest(files: Sequence[Path], union: bool) -> str:
    digest = hashlib.sha256(f"{_FORM} {union}".encode())
    for path in files:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise SourceError(path, 1, f"cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()[:16]
