"""A snapshot on disk, and those that take its place while it is served."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.files import sandbox
from ccn_graph.files.sandbox import Bounds
from ccn_graph.pages.site_data import Site
from ccn_graph.releases.read_release import CHECKSUMS, ReleaseDirectory
from ccn_graph.releases.snapshot_links import PinnedSnapshot, pin
from ccn_graph.releases.snapshot_manifest import NAME, DamagedError
from ccn_graph.releases.snapshot_reading import Snapshot, stamp, try_out, verify
from ccn_graph.server import open_local, open_project
from ccn_graph.server.open_local import Native
from ccn_graph.workers.dataset_version import DatasetVersion

#: What reading the names of a snapshot may use.
_BOUNDS = Bounds(seconds=300.0, memory=8_192)


#: Name, device, number on it, size and time of change of each file.
Files = tuple[tuple[str, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class TriedSnapshot:
    """A snapshot that was tried out, as it can be handed to another process."""

    files: Files
    site: Site


def _files(snapshot: Snapshot) -> Files:
    """Return which files a snapshot consists of, by what does not change with another link to them."""
    tried = [(name, (snapshot.directory / name).stat()) for name in (NAME, *snapshot.manifest.files)]
    return tuple((name, file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns) for name, file in tried)


class Snapshots:
    """The snapshot at a path, whichever it is at the time. Also a context manager, which lets go of what it holds."""

    def __init__(self, path: Path, kind: Native, scratch: Path) -> None:
        """Serve what is at `path`, a directory or an archive; `scratch` is a directory of our own."""
        self._path = path
        self._kind = kind
        self._scratch = scratch
        self._seen = stamp(path)
        self._has_names = False
        #: Why what is at the path now cannot be used.
        self._refusal: CcnError | None = None
        self._pinned: list[PinnedSnapshot] = []

    def __enter__(self) -> Snapshots:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of all snapshots."""
        for pinned in self._pinned:
            pinned.close()

    def first(self) -> DatasetVersion:
        """Offer what is there now, at once: names are read while it is served. Raises CcnError."""
        with contextlib.ExitStack() as stack:
            pinned = stack.enter_context(pin(self._path, self._scratch))
            try_out(pinned.snapshot)
            pages = self._pages(pinned.snapshot, names=False)
            stack.pop_all()
        return self._offered(pinned, pages)

    def look(self, _version: str) -> tuple[str, TriedSnapshot] | None:
        """See Updates; also the same data with their names, or in another snapshot, are another version."""
        # Each is tried once: it does not get better before something is put in its place.
        try:
            if not self._has_names:
                # Of the files that are served: a copy that has taken their place may be damaged.
                self._has_names = True
                return self._found(self._pinned[-1])
            seen = stamp(self._path)
            if seen is not None and seen != self._seen:
                self._seen, self._refusal = seen, None
                with pin(self._path, self._scratch) as pinned:
                    return self._found(pinned)
        except CcnError as error:
            self._refusal = error
        if self._refusal:
            raise self._refusal
        return None

    def dataset(self, tried: TriedSnapshot) -> DatasetVersion:
        """Hold the snapshot that was found, and offer it. Raises CcnError if it is no longer there.

        What is held has to be the very files that were tried out: a copy that says it is the same may be damaged.
        """
        if _files(self._pinned[-1].snapshot) == tried.files:
            return self._offered(self._pinned.pop(), tried.site)
        pinned = pin(self._path, self._scratch)
        try:
            if _files(pinned.snapshot) != tried.files:
                raise DamagedError(f"{self._path} was replaced while it was tried out; what is there now comes next")
        except BaseException:
            # Also when the process is told to end: its directory is removed.
            pinned.close()
            raise
        return self._offered(pinned, tried.site)

    def _offered(self, pinned: PinnedSnapshot, pages: Site) -> DatasetVersion:
        self._pinned.append(pinned)
        # Workers of the one before may still be busy; of those before it there are none.
        for old in self._pinned[:-2]:
            old.close()
        self._pinned = self._pinned[-2:]
        stored, project = pinned.snapshot.stored, pinned.snapshot.project
        return open_project.dataset(
            self._kind.over(stored), pages, open_project.checking(project), connects=bool(self._kind.services)
        )

    def _found(self, pinned: PinnedSnapshot) -> tuple[str, TriedSnapshot]:
        """Try out a snapshot to its last byte, and read its names. Raises DamagedError."""
        verify(pinned.snapshot)
        try_out(pinned.snapshot)
        pages = sandbox.run(lambda _: self._pages(pinned.snapshot, names=True), _BOUNDS)
        return pages.statistics.version, TriedSnapshot(_files(pinned.snapshot), pages)

    def _pages(self, snapshot: Snapshot, *, names: bool) -> Site:
        """Read questions, and `names` in a process of its own: an open store has threads, and the server forks."""
        statistics = open_local.statistics_of(snapshot.stored, self._kind)
        if snapshot.project is None:
            return Site.over(Site.nothing, statistics)
        if not names:
            return open_project.without_names(snapshot.project, statistics, self._release_dir())
        engine = self._kind.over(snapshot.stored)()
        return open_project.of_project(
            snapshot.project, engine, statistics, release_dir=self._release_dir()
        ).without_engine()

    def _release_dir(self) -> ReleaseDirectory | None:
        """Return the place of the release that the snapshot is a part of, if it is."""
        release = self._path.resolve()
        for directory in (release, release.parent):
            if (directory / CHECKSUMS).is_file():
                return ReleaseDirectory(directory, self._scratch / "failed")
        return None
