"""What is on its way to a client, bounded in memory, and how slowly the client may take it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

#: Bytes that wait for a client before whoever writes has to.
_MOST = 65_536

#: Seconds that a client may take for an answer: so many in any case, more as long as it takes so many bytes in each,
#: and so many at most.
SECONDS, RATE, LONGEST = 20, 32_768, 1_800

#: Seconds after which a client that has ended its side is asked, by a word without meaning, whether it is there.
PROBE = 0.5


class Outgoing:
    """Writes to a transport; counts what the client has taken."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to `transport`."""
        self._transport = transport
        transport.set_write_buffer_limits(high=_MOST, low=_MOST // 4)
        self._written = 0
        #: Seconds for which something has waited for the client, and what it had taken before.
        self._waited = self._before = 0
        self._drained: asyncio.Future[None] | None = None
        #: Whether no more should be written for now.
        self.is_choked = False

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes, or keep them until the client takes them."""
        self._written += len(data)
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written, or has gone."""
        if self.is_choked:
            self._drained = asyncio.get_running_loop().create_future()
            await self._drained

    def choke(self) -> None:
        """Note that the client takes nothing for now."""
        self.is_choked = True

    def go_on(self) -> None:
        """Note that the client has taken most of it, or has gone."""
        self.is_choked = False
        if self._drained and not self._drained.done():
            self._drained.set_result(None)

    def is_too_slow(self, *, is_between: bool) -> bool:
        """Tell whether to give the client up; to be asked about once a second.

        `is_between` says that no answer is under way, so that what comes is another one.
        """
        waiting = self._transport.get_write_buffer_size()
        if is_between and not waiting:
            self._waited, self._before = 0, self._written
        elif waiting:
            self._waited += 1
        return self._waited > min(SECONDS + self._taken / RATE, LONGEST)

    @property
    def _taken(self) -> int:
        return self._written - self._transport.get_write_buffer_size() - self._before

    @property
    def pace(self) -> str:
        """Say how slow the client was."""
        return f"{self._taken} bytes in {self._waited} s"

    def probe(self, awaits: Callable[[], bool | None]) -> None:
        """Find out whether a client that has ended its side is there: if it has gone, a word to it is an error.

        `awaits` says whether it waits for an answer before which a word may come, None if it waits for none.
        """
        if awaits() and not self._transport.is_closing():
            # The one answer that every client reads over (RFC 9110, section 15.2).
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        asyncio.get_running_loop().call_later(PROBE / 5, self._hear, awaits)

    def _hear(self, awaits: Callable[[], bool | None]) -> None:
        if self._transport.is_closing() or awaits() is None:
            return
        if self._transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            # Nothing reads from the connection any more that would notice.
            self._transport.abort()
        else:
            asyncio.get_running_loop().call_later(1, self._hear, awaits)
