"""Puts planned files in place: each is there whole, old or new, whenever the process ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.files import atomic
from ccn_graph.sheets.plan import FileChange


def write(changes: Iterable[FileChange], data: Path, out: Path | None = None) -> list[Path]:
    """Write files in place, or under `out` as they lie under `data`. Raises CcnError if one changed in the meantime."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            if _text(change.path) != change.before:
                raise CcnError(f"{change.path} was changed meanwhile, so nothing is written; import the sheet again")
            target = out / change.path.relative_to(data) if out else change.path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((atomic.beside(target, change.after.encode("utf-8")), target))
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
