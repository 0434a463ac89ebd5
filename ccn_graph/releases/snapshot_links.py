"""Keeps a snapshot for a running server: another one may be put in its place, or the directory removed, meanwhile.

The files are linked (hard links) into a private directory on the same file system. The engine opens a file when it
first needs it, and every new worker opens all anew, so open files alone would not do.
"""

from __future__ import annotations

import os
from pathlib import Path

from ccn_graph.files.directories import LockedDirectory
from ccn_graph.files.result_cache import of_user
from ccn_graph.releases.read_release import CHECKSUMS
from ccn_graph.releases.snapshot_archive import unpack
from ccn_graph.releases.snapshot_manifest import NAME, DamagedError
from ccn_graph.releases.snapshot_reading import Snapshot, read

#: A snapshot may be replaced while it is linked; the next try finds the new one.
_TRIES = 5


class PinnedSnapshot:
    """A snapshot that stays as it is until it is closed; also a context manager."""

    def __init__(self, snapshot: Snapshot, private: LockedDirectory | None) -> None:
        """Hold what is in a private directory, else what is used in place."""
        self.snapshot = snapshot
        self._private = private

    @property
    def in_place(self) -> bool:
        """Whether it could not be linked, so that whoever replaces it must put the new one beside it."""
        return self._private is None

    def close(self) -> None:
        """Let it go; in a process forked by the one that holds it, this does nothing."""
        if self._private:
            self._private.close()

    def __enter__(self) -> PinnedSnapshot:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self.close()


def pin(path: Path, scratch: Path | None = None, cache: Path | None = None) -> PinnedSnapshot:
    """Hold the snapshot in a directory, by links beside it, else in `scratch`, else where it is.

    Beside it comes first, because what is in a temporary directory may be swept away. What killed servers have left
    is removed. An archive is unpacked first, in `cache`, by default that of the user. Raises DamagedError as `read`
    and `unpack` do.
    """
    if path.is_file():
        path = unpack(path, cache or _cache()).directory
    for _ in range(_TRIES):
        snapshot = read(path)
        try:
            return PinnedSnapshot(*_anywhere(snapshot, [*_beside(snapshot.directory), *([scratch] if scratch else [])]))
        except _ReplacedError:
            continue
    return PinnedSnapshot(read(path), None)


def _cache() -> Path:
    directory = of_user()
    if directory is None:
        raise DamagedError("there is no place to unpack the snapshot; set XDG_CACHE_HOME to a directory")
    return directory / "snapshots"


class _ReplacedError(Exception):
    """The snapshot was replaced or removed while it was linked."""


def _beside(directory: Path) -> list[Path]:
    # A release is replaced as a whole, and what is private in it would go with it.
    inner = [directory.parent]
    return [directory.parent.parent, *inner] if (directory.parent / CHECKSUMS).is_file() else inner


def _anywhere(snapshot: Snapshot, parents: list[Path]) -> tuple[Snapshot, LockedDirectory | None]:
    for parent in parents:
        try:
            private = LockedDirectory(snapshot.directory, "held", parent)
        except OSError:
            continue
        try:
            return _linked(snapshot, private.path / snapshot.directory.name), private
        except OSError:
            # Files of another owner, another file system, or one without links.
            private.close()
        except BaseException:
            # Also when the process is told to end: its directory is removed.
            private.close()
            raise
    return snapshot, None


def _linked(snapshot: Snapshot, target: Path) -> Snapshot:
    try:
        # By the directory itself, not by its name, which may be that of another one in a moment.
        descriptor = os.open(snapshot.directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in (NAME, *snapshot.manifest.files):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                os.link(name, target / name, src_dir_fd=descriptor, follow_symlinks=False)
        finally:
            os.close(descriptor)
        held = read(target)
    except (FileNotFoundError, DamagedError) as error:
        raise _ReplacedError from error
    if held.manifest.digest != snapshot.manifest.digest:
        raise _ReplacedError
    return held
