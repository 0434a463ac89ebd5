"""A snapshot on disk, and those that take its place while it is served."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.files import sandbox
from ccn_graph.files.sandbox import Bounds
from ccn_graph.pages.site_data import Site
from ccn_graph.releases.read_release import CHECKSUMS, Shelf
from ccn_graph.releases.snapshot_links import Held, hold
from ccn_graph.releases.snapshot_manifest import NAME
from ccn_graph.releases.snapshot_reading import Snapshot, stamp, try_out
from ccn_graph.server import open_local, open_project
from ccn_graph.server.open_local import Native
from ccn_graph.workers.dataset_version import Edition

#: What reading the names of a snapshot may use.
_BOUNDS = Bounds(seconds=300.0, memory=8_192)


#: Name, device, number on it, size and time of change of each file.
Files = tuple[tuple[str, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A snapshot that was tried out, as it can be handed to another process."""

    files: Files
    site: Site


def _files(snapshot: Snapshot) -> Files:
    """Return which files a snapshot consists of, by what does not change with another link to them."""
    found = [(name, (snapshot.directory / name).stat()) for name in (NAME, *snapshot.manifest.files)]
    return tuple((name, file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns) for name, file in found)


class Snapshots:
    """The snapshot at a path, whichever it is at the time. Also a context manager, which lets go of what it holds."""

    def __init__(self, path: Path, kind: Native, scratch: Path) -> None:
        """Serve what is at `path`, a directory or an archive; `scratch` is a directory of our own."""
        self._path = path
        self._kind = kind
        self._scratch = scratch
        self._seen = stamp(path)
        self._has_names = False
        self._held: list[Held] = []

    def __enter__(self) -> Snapshots:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of all snapshots."""
        for held in self._held:
            held.close()

    def first(self) -> Edition:
        """Offer what is there now, at once: names are read while it is served. Raises CcnError."""
        with contextlib.ExitStack() as stack:
            held = stack.enter_context(hold(self._path, self._scratch))
            try_out(held.snapshot)
            pages = self._pages(held.snapshot, names=False)
            stack.pop_all()
        return self._offered(held, pages)

    def look(self, _version: str) -> tuple[str, Found] | None:
        """See Succession; also the same data with their names, or in another snapshot, are another edition."""
        seen = stamp(self._path)
        if seen is None or (seen == self._seen and self._has_names):
            return None
        # Once, whether or not it can be used: it does not get better before something is put in its place.
        self._seen, self._has_names = seen, True
        found = self._found()
        return found.site.statistics.version, found

    def edition(self, found: Found) -> Edition:
        """Hold the snapshot that was found, and offer it. Raises CcnError if it is no longer there.

        What is held has to be the very files that were tried out: a copy that says it is the same may be damaged.
        """
        held = hold(self._path, self._scratch)
        try:
            if _files(held.snapshot) != found.files:
                try_out(held.snapshot)
                found = self._read(held)
        except BaseException:
            held.close()
            raise
        return self._offered(held, found.site)

    def _offered(self, held: Held, pages: Site) -> Edition:
        self._held.append(held)
        # Workers of the one before may still be busy; of those before it there are none.
        for old in self._held[:-2]:
            old.close()
        self._held = self._held[-2:]
        stored, project = held.snapshot.stored, held.snapshot.project
        return open_project.edition(
            self._kind.over(stored), pages, open_project.checking(project), connects=bool(self._kind.services)
        )

    def _found(self) -> Found:
        with hold(self._path, self._scratch) as held:
            try_out(held.snapshot)
            return self._read(held)

    def _read(self, held: Held) -> Found:
        pages = sandbox.run(lambda _: self._pages(held.snapshot, names=True), _BOUNDS)
        return Found(_files(held.snapshot), pages)

    def _pages(self, snapshot: Snapshot, *, names: bool) -> Site:
        """Read questions, and `names` in a process of its own: an open store has threads, and the server forks."""
        statistics = open_local.told(snapshot.stored, self._kind)
        if snapshot.project is None:
            return Site.over(Site.nothing, statistics)
        if not names:
            return open_project.without_names(snapshot.project, statistics, self._shelf())
        engine = self._kind.over(snapshot.stored)()
        return open_project.of_project(snapshot.project, engine, statistics, shelf=self._shelf()).without_engine()

    def _shelf(self) -> Shelf | None:
        """Return the place of the release that the snapshot is a part of, if it is."""
        release = self._path.resolve()
        for directory in (release, release.parent):
            if (directory / CHECKSUMS).is_file():
                return Shelf(directory, self._scratch / "failed")
        return None
