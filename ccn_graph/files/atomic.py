"""Writes files so that each is there whole, old or new, whenever the process ends."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(target: Path, body: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    temporary = beside(target, body)
    try:
        temporary.replace(target)
    except OSError:
        temporary.unlink()
        raise


def beside(target: Path, body: bytes) -> Path:
    """Write what `target` shall hold next to it, all the way to the disk, with its mode; the caller moves it there.

    The name ends so that no reader takes it up. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            os.fchmod(file.fileno(), mode)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _umask() -> int:
    # The only way to ask is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
