"""Finished answers, kept as long as there is room: most questions to a public endpoint are repeats."""

from __future__ import annotations

import datetime
import gzip
from collections import OrderedDict
from dataclasses import dataclass, field

#: A shorter body gains nothing by compression.
_WORTH_ZIPPING = 1_024

#: A longer request is found by its key only, so that requests do not fill the room that is meant for answers.
_LONGEST_ALIAS = 8_192

#: A body up to this size is compressed in some milliseconds.
_QUICK = 262_144


#: A raw request: the parameters in its address, and the media types it accepts.
Alias = tuple[bytes, str]


@dataclass(slots=True)
class CachedAnswer:
    """One answer in one format."""

    content_type: str
    etag: str
    """Empty if the answer may be another one the next time."""
    body: bytes
    modified: datetime.datetime | None = None
    """When what it says last changed, if that is known."""
    headers: tuple[tuple[str, str], ...] = ()
    """Those that this answer has beside what all have."""
    aliases: list[Alias] = field(default_factory=list)
    _zipped: bytes = b""
    heads: dict[bool, bytes] = field(default_factory=dict)
    """What comes before the body on the wire, with and without compression, once it was needed."""

    @property
    def is_quick(self) -> bool:
        """Whether `zipped` takes so little time that other clients may wait for it."""
        return bool(self._zipped) or len(self.body) <= _QUICK

    def zipped(self) -> bytes | None:
        """Return the body compressed, once computed; None if that is not worth it."""
        if not self._zipped and len(self.body) >= _WORTH_ZIPPING:
            self._zipped = gzip.compress(self.body, 5, mtime=0)
        return self._zipped or None


class AnswerCache:
    """Answers by what they depend on, and by the raw requests they were given to; the longest unused goes first."""

    def __init__(self, megabytes: int) -> None:
        """Keep up to that many 2^20 bytes; 0 keeps nothing."""
        self._room = megabytes * 2**20
        self._used = 0
        self._entries: OrderedDict[str, CachedAnswer] = OrderedDict()
        self._aliases: dict[Alias, str] = {}
        self.hits = self.misses = 0

    @property
    def largest(self) -> int:
        """Bytes of the largest body that is worth keeping: not all the room for one."""
        return self._room // 8

    def get(self, key: str | Alias) -> CachedAnswer | None:
        """Find an answer by its key or by an alias of it."""
        own_key = key if isinstance(key, str) else self._aliases.get(key, "")
        entry = self._entries.get(own_key)
        if entry is None:
            self.misses += 1
            return None
        self._entries.move_to_end(own_key)
        self.hits += 1
        return entry

    def put(self, key: str, entry: CachedAnswer) -> None:
        """Keep an answer if there is room at all."""
        if not self._room:
            return
        self._drop(key)
        self._entries[key] = entry
        self._used += _size(entry)
        while self._used > self._room:
            self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        """Forget all answers: the data are others."""
        self._entries.clear()
        self._aliases.clear()
        self._used = 0

    def alias(self, alias: Alias, key: str) -> None:
        """Find the answer of `key` by `alias` as well, if it is still there."""
        entry = self._entries.get(key)
        length = len(alias[0]) + len(alias[1])
        if entry is not None and len(entry.aliases) < 8 and length <= _LONGEST_ALIAS and alias not in self._aliases:
            self._used += length
            entry.aliases.append(alias)
            self._aliases[alias] = key

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._used -= _size(entry)
            for alias in entry.aliases:
                self._aliases.pop(alias, None)


def etag(version: str, key: str) -> str:
    """Name an answer: weak (RFC 9110 section 8.8.3), for an engine may order rows otherwise after a restart."""
    return f'W/"{version}-{key}"'


def _size(entry: CachedAnswer) -> int:
    # The compressed body comes later, and keys and objects take room, too.
    return 2 * len(entry.body) + 4_096 + sum(len(parameters) + len(accept) for parameters, accept in entry.aliases)
