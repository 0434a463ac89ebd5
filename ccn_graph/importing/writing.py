"""Puts planned files in place: each is there whole, old or new, whenever the process ends."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.importing.plan import Change


def write(changes: Iterable[Change], data: Path, out: Path | None = None) -> list[Path]:
    """Write files in place, or under `out` as they lie under `data`. Raises CcnError if one changed in the meantime."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            if _text(change.path) != change.before:
                raise CcnError(f"{change.path} was changed meanwhile, so nothing is written; import the sheet again")
            target = out / change.path.relative_to(data) if out else change.path.resolve()
            waiting.append((_beside(target, change.after), target))
        # Registers come first by name of their directory's use: a document names what they hold.
        for temporary, target in sorted(waiting, key=lambda pair: pair[1].parent.name != "registers"):
            temporary.replace(target)
    except OSError as error:
        raise CcnError(f"{error.filename or 'the data'} cannot be written: {error.strerror}") from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
    return [target for _, target in waiting]


def _text(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.is_file() else None


def _beside(target: Path, text: str) -> Path:
    """Write a text next to where it belongs, all the way to the disk; the name ends so that no reader takes it up."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            os.fchmod(file.fileno(), mode)
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _umask() -> int:
    # The only way to ask is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
