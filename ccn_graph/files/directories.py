"""Directories that are replaced as a whole or not at all, and private ones that outlive their process not for long.

A private directory is locked by the process that made it and by those that this one forks. So what a killed process
has left is told from what is in use: by the number of its process it could not, which may have passed to another one,
or be that of a process in another container.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ccn_graph.errors import CcnError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_LOCK = "lock"
_OLD = "old"


class LockedDirectory:
    """A new directory that is removed when it is closed, at the latest when one for the same place is made anew."""

    def __init__(self, place: Path, purpose: str, parent: Path | None = None) -> None:
        """Make it beside `place`, or in `parent`; first remove those that killed processes have left there.

        Raises OSError if nothing can be written there.
        """
        parent = parent or place.parent
        _clear(parent, place, purpose)
        made = Path(tempfile.mkdtemp(dir=parent, prefix=f".{place.name}~"))
        self._maker = os.getpid()
        self._lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):
            # A file system without locks: then nobody can take it, and it stays until it is closed.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Only now it has a name by which others look for what was left.
        self.path = made.rename(parent / f"{_prefix(place, purpose)}{made.name.rpartition('~')[2]}")

    def close(self) -> None:
        """Remove it, unless this is a process that was forked by the one that made it."""
        if self._lock >= 0 and os.getpid() == self._maker:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def refuse_foreign(directory: Path, mark: str, what: str, error: type[CcnError] = CcnError) -> None:
    """Raise `error` for a directory that holds something other than what has a file `mark`, called `what`."""
    if directory.exists() and not directory.is_dir():
        raise error(f"{directory} is a file; name a directory for the {what}")
    if directory.is_dir() and any(directory.iterdir()) and not (directory / mark).is_file():
        raise error(f"{directory} holds other files than a {what}; name a new or empty directory")


@contextlib.contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """Yield a new, empty directory that takes the place of `directory` at the end, unless an error comes before it.

    What was there is there until then, and gone afterwards; also a kill leaves one of the two. Raises CcnError if the
    directory cannot be made or replaced.
    """
    directory = directory.resolve()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        aside = LockedDirectory(directory, "part")
    except OSError as error:
        raise CcnError(f"nothing can be written beside {directory}: {error.strerror or error}") from error
    with contextlib.closing(aside):
        fresh = aside.path / "new"
        fresh.mkdir()
        try:
            yield fresh
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise CcnError(f"{directory} cannot be written: {error.strerror or error}{where}") from error
        try:
            _put(fresh, directory, aside.path / _OLD)
        except OSError as error:
            hint = "; of a mounted volume, name a directory below it" if error.errno == errno.EBUSY else ""
            raise CcnError(f"{directory} cannot be replaced: {error.strerror or error}{hint}") from error


def _put(fresh: Path, directory: Path, old: Path) -> None:
    if not directory.exists():
        fresh.rename(directory)
    elif not _exchange(fresh, directory):
        directory.rename(old)
        fresh.rename(directory)


def _exchange(directory: Path, other: Path) -> bool:
    """Let two directories change names in one step; tell whether this system and file system can."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(directory), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _prefix(place: Path, purpose: str) -> str:
    return f".{place.name}-{purpose}-"


def _clear(parent: Path, place: Path, purpose: str) -> None:
    prefix = _prefix(place, purpose)
    for left in [path for path in parent.iterdir() if path.name.startswith(prefix)]:
        with contextlib.suppress(OSError):
            _remove(left, place)


def _remove(left: Path, place: Path) -> None:
    """Remove what is left, unless it is in use. Raises OSError, of which BlockingIOError is that."""
    lock = os.open(left / _LOCK, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (left / _OLD).is_dir() and not place.exists():
            # Killed between two renames, where there is no exchange.
            (left / _OLD).rename(place)
        shutil.rmtree(left)
    finally:
        os.close(lock)
