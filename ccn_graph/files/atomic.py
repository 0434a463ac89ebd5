"""Writes files so that each is there whole, old or new, whenever the process ends."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ccn_graph.errors import CcnError

#: What the name of a file ends in that is not whole yet.
ENDING = ".part"


def write(target: Path, body: bytes) -> None:
    """Write a file that a person has named, whole or not at all. Raises CcnError that names it."""
    try:
        replace(target, body)
    except OSError as error:
        raise CcnError(f"{target} cannot be written: {error.strerror or error}") from error


def replace(target: Path, body: bytes, *, cache: bool = False) -> None:
    """Write a file whole or not at all; a `cache` file for its owner alone and not synced. Raises OSError."""
    temporary = beside(target, body, cache=cache)
    try:
        temporary.replace(target)
    except OSError:
        temporary.unlink()
        raise


def beside(target: Path, body: bytes, *, cache: bool = False) -> Path:
    """Write what `target` shall hold next to it, all the way to the disk, with its mode; the caller moves it there.

    The name ends so that no reader takes it up. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=ENDING, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            if not cache:
                file.flush()
                os.fsync(file.fileno())
                mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
                os.fchmod(file.fileno(), mode)
    except BaseException:
        # Ctrl-C as well: nothing half written stays.
        Path(name).unlink()
        raise
    return Path(name)


def _umask() -> int:
    # The only way to ask is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
