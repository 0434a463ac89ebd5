"""All connections of the server: how many there may be, in all and of one address, and what they may have us keep."""

from __future__ import annotations

import collections
import resource
from typing import Protocol

from ccn_graph.errors import QueryError

#: Most connections, and most of one address that is no proxy of ours.
MOST, MOST_OF_ADDRESS = 10_000, 256

#: Descriptors that are needed for other things: workers, files, spools.
RESERVED = 512

#: Most uploads on their way, and most of one client.
UPLOADS, UPLOADS_OF_CLIENT = 64, 16

#: Most bytes of heads that have not come whole, in all; a short one is always kept.
_HOARD, _SHORT = 2**26, 8_192


class WatchedConnection(Protocol):
    """What is needed of a connection."""

    peer: str
    since: float
    """Since when we wait for it."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked on it, or not all of it."""

    def look(self, now: float) -> None:
        """Give it up if it keeps us waiting."""

    def let_go(self) -> None:
        """Close it when what is asked on it is answered."""


def allow_many_files() -> int:
    """Raise the limit of open files of this process as far as it goes; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        most = min(hard, 2**20) if hard != resource.RLIM_INFINITY else 2**20
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        return max(soft, most)
    return soft


class Connections:
    """Counts connections and uploads; makes room by closing what has been idle for longest."""

    def __init__(self, most: int, of_address: int) -> None:
        """Keep so many connections at most, in all and of one address."""
        self._most = most
        self._of_address = of_address
        #: All there are, by address, the oldest first.
        self._by_address: dict[str, dict[WatchedConnection, None]] = {}
        self._uploads: collections.Counter[str] = collections.Counter()
        self.all: dict[WatchedConnection, None] = {}
        #: Bytes of heads that have not come whole.
        self._hoarded: dict[WatchedConnection, int] = {}
        self._hoard = 0

    def take(self, new: WatchedConnection, *, is_proxy: bool) -> bool:
        """Count a new connection; False if it cannot be kept."""
        ours = self._by_address.setdefault(new.peer, {})
        if not is_proxy and not self._make_room(ours, self._of_address):
            return False
        if not self._make_room(self.all, self._most):
            return False
        # The last of an address may just have been closed.
        self._by_address.setdefault(new.peer, ours)[new] = self.all[new] = None
        return True

    def drop(self, gone: WatchedConnection) -> None:
        """Forget a connection."""
        self.all.pop(gone, None)
        self.hoard(gone, 0)
        ours = self._by_address.get(gone.peer, {})
        ours.pop(gone, None)
        if not ours:
            self._by_address.pop(gone.peer, None)

    def hoard(self, keeper: WatchedConnection, size: int) -> None:
        """Count what has come of a head; 0 if it is whole. Raises QueryError if there is too much of all."""
        self._hoard -= self._hoarded.pop(keeper, 0)
        if size > _SHORT:
            self._hoarded[keeper] = size
            self._hoard += size
        if self._hoard > _HOARD:
            raise QueryError("busy", "too many long requests are on their way; try again in a moment")

    def begin_upload(self, client: str) -> None:
        """Count a body that has not come whole. Raises QueryError if there are too many."""
        if self._uploads[client] >= UPLOADS_OF_CLIENT:
            raise QueryError("too-many-requests", f"you have {UPLOADS_OF_CLIENT} uploads on their way; end one first")
        if self._uploads.total() >= UPLOADS:
            raise QueryError("busy", "too many uploads are on their way; try again in a moment")
        self._uploads[client] += 1

    def end_upload(self, client: str) -> None:
        """Note that one has come, or will not."""
        self._uploads[client] -= 1
        if not self._uploads[client]:
            del self._uploads[client]

    def _make_room(self, connections: dict[WatchedConnection, None], most: int) -> bool:
        """Close those that have been idle for longest if there are so many; tell whether there is room."""
        if len(connections) < most:
            return True
        # Some at once, so that a flood of new ones does not have us look at all of them each time.
        idle = sorted((client for client in connections if client.is_idle), key=lambda client: client.since)
        for client in idle[: 1 + most // 20]:
            self.drop(client)
            client.let_go()
        return bool(idle)
