"""Results kept from one run to the next, in a directory of the user's.

What is kept is found by the digest of all it depends on (`fingerprint`), so it can be old but never wrong. Nothing here
raises: a directory that cannot be written, a file cut short or tampered with, two runs at once only mean that
something is worked out again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ccn_graph.files import atomic

#: Set to anything, it switches the user's cache off.
SWITCH = "CCN_GRAPH_NO_CACHE"

_MOST_BYTES = 64 << 20
_MOST_UNUSED = 50_000
_HOUR = 3600

# Nothing else in the directory is ever touched.
_OURS = re.compile(r"[0-9a-f]{32}\.json|\.[0-9a-f]{32}\.json\..*\.part")


def digest(*parts: str) -> str:
    """Return 32 hexadecimal digits that stand for the parts in their order.

    >>> digest("a", "b") == digest("ab")
    False
    """
    text = "".join(f"{len(part)} {part}" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class CacheFile:
    """What is kept for one purpose: plain data, as JSON can hold them, by key; read from one file and written back."""

    def __init__(self, path: Path | None = None, *, keep: bool = True) -> None:
        """Read what the file holds; without a file, or told not to `keep`, nothing outlives this object."""
        self._path = path if keep else None
        self._kept = _read(path) if path else {}
        self._used: dict[str, Any] = {}
        self._changed = False

    def recall(self, key: str | None) -> Any | None:
        """Return what was kept under the key, None if nothing was."""
        kept = None if key is None else self._used.get(key, self._kept.get(key))
        if key is not None and kept is not None:
            self._used[key] = kept
        return kept

    def keep(self, key: str | None, plain: Any) -> None:
        """Keep plain data under the key; a key that is None stands for nothing that could come again."""
        if key is not None:
            self._used[key] = plain
            self._changed = True

    def save(self) -> None:
        """Write the file anew if anything was added: what was used, and the latest of what was not."""
        if not self._path or not self._changed:
            return
        unused = [key for key in self._kept if key not in self._used]
        kept = self._used | {key: self._kept[key] for key in unused[:_MOST_UNUSED]}
        self._changed = False
        with contextlib.suppress(OSError):
            _write(self._path, kept)
            _prune(self._path.parent)


class Cache:
    """A directory of shelves."""

    def __init__(self, directory: Path, *, keep: bool = True) -> None:
        """Name the directory; it need not exist. It is only read if it is not to `keep` anything new."""
        self.directory, self.keep = directory, keep

    @staticmethod
    def of_user(*, keep: bool = True) -> Cache | None:
        """Return the cache of the user who runs this; None if the environment variable CCN_GRAPH_NO_CACHE is set."""
        if os.environ.get(SWITCH):
            return None
        directory = of_user()
        return Cache(directory / "check", keep=keep) if directory else None

    def cache_file(self, *purpose: str) -> CacheFile:
        """Open the file for a purpose: all that its keys leave unsaid."""
        return CacheFile(self.directory / f"{digest(*purpose)}.json", keep=self.keep)


def of_user() -> Path | None:
    """Return the directory where this package keeps what it can make again for the user who runs it, or None."""
    try:
        return _caches(sys.platform, os.environ, Path.home()) / "ccn-graph"
    except RuntimeError:  # there is no home directory
        return None


def _caches(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Tell where the programs of a user keep what they can make again."""
    named = environment.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named)
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return home / "Library" / "Caches" if platform == "darwin" else home / ".cache"


def _read(path: Path) -> dict[str, Any]:
    """Read a file: a line with the digest of the rest, then JSON. Anything else is an empty one."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return {}
        mark, _, text = path.read_text(encoding="ascii").partition("\n")
        kept = json.loads(text) if mark == digest(text) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, kept: Mapping[str, Any]) -> None:
    text = json.dumps(kept, separators=(",", ":"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Others may be reading, and this process may end at any moment.
    atomic.replace(path, f"{digest(text)}\n{text}".encode("ascii"), cache=True)


def _prune(directory: Path) -> None:
    """Drop what a run that ended in the middle left behind, and the files longest unchanged beyond the size allowed."""
    now, size = time.time(), 0
    ours = (file for file in directory.iterdir() if _OURS.fullmatch(file.name))
    for state, file in sorted(((file.stat(), file) for file in ours), key=lambda pair: -pair[0].st_mtime):
        size += state.st_size
        left_behind = file.suffix == atomic.ENDING and now - state.st_mtime > _HOUR
        if left_behind or size > _MOST_BYTES:
            file.unlink(missing_ok=True)
