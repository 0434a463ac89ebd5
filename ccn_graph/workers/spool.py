"""Keeps the parts of an answer that its client has not taken yet: a little in memory, the rest in a temporary file.

So a worker is free as soon as it has computed, however slowly the answer is read.
"""

from __future__ import annotations

import collections
import os
import sys
import tempfile

from ccn_graph.workers.messages import MessageKind

#: Bytes of one answer that wait in memory.
IN_MEMORY = 524_288


class SpoolRoom:
    """How much all answers together may keep on disk, and each client of that a quarter."""

    def __init__(self, megabytes: int) -> None:
        """Allow so many 2^20 bytes."""
        self._most = megabytes * 2**20
        self.used = 0
        self._of: collections.Counter[str] = collections.Counter()
        self._has_failed = False

    def take(self, client: str, size: int) -> bool:
        """Count so many bytes more for a client; False if there is no room for them."""
        if self.used + size > self._most or self._of[client] + size > self._most // 4:
            return False
        self.used += size
        self._of[client] += size
        return True

    def give_back(self, client: str, size: int) -> None:
        """Count so many bytes less."""
        self.used -= size
        self._of[client] -= size
        if not self._of[client]:
            del self._of[client]

    def fail(self, error: OSError) -> None:
        """Tell whoever reads the log, once, that nothing can be kept on disk; workers then wait for slow clients."""
        if not self._has_failed:
            sys.stderr.write(f"ccn-graph: answers cannot be kept in {tempfile.gettempdir()}: {error.strerror}\n")
        self._has_failed = True


class Spool:
    """The parts of one answer, in their order."""

    def __init__(self, room: SpoolRoom, client: str) -> None:
        """Keep them for a client, as far as there is `room`."""
        self._room = room
        self._client = client
        #: A part in memory, or the number of its bytes in the file.
        self._parts: collections.deque[tuple[MessageKind, bytes | int]] = collections.deque()
        self._memory = self._on_disk = self._read = 0
        self._file = -1
        #: Whether it cannot take more for now.
        self.is_full = False

    def __len__(self) -> int:
        """Return how many parts wait."""
        return len(self._parts)

    def put(self, kind: MessageKind, payload: bytes) -> None:
        """Keep a part, in memory beyond the bound if there is no other place: whoever sends then has to wait."""
        if self._memory + len(payload) > IN_MEMORY and self._written(payload):
            self._parts.append((kind, len(payload)))
            return
        self.is_full = self._memory + len(payload) > IN_MEMORY
        self._memory += len(payload)
        self._parts.append((kind, payload))

    def take(self) -> tuple[MessageKind, bytes]:
        """Take the first part. Raises OSError if it cannot be read."""
        kind, part = self._parts.popleft()
        if isinstance(part, bytes):
            self._memory -= len(part)
            self.is_full = self.is_full and self._memory > IN_MEMORY // 2
            return kind, part
        payload = os.pread(self._file, part, self._read)
        self._read += part
        if self._read == self._on_disk:
            self._drop_file()
        return kind, payload

    def close(self) -> None:
        """Forget what is left."""
        self._parts.clear()
        self._drop_file()

    def _written(self, payload: bytes) -> bool:
        if not self._room.take(self._client, len(payload)):
            return False
        try:
            if self._file < 0:
                file, name = tempfile.mkstemp(prefix="ccn-answer-")
                # Nothing is left of it, however this process ends.
                os.unlink(name)  # noqa: PTH108 - no more than the name is needed
                self._file = file
            done = 0
            while done < len(payload):
                done += os.pwrite(self._file, payload[done:], self._on_disk + done)
        except OSError as error:
            self._room.give_back(self._client, len(payload))
            self._room.fail(error)
            return False
        self._on_disk += len(payload)
        return True

    def _drop_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._room.give_back(self._client, self._on_disk)
        self._file, self._on_disk, self._read = -1, 0, 0
