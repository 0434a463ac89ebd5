"""Our end of a worker's socket: frames as they come in, without a task or a timer of its own for each."""

from __future__ import annotations

import asyncio
import collections
import socket
from collections.abc import Callable
from typing import cast

from ccn_graph.pool import frame
from ccn_graph.pool.frame import HEADER_SIZE, Kind

#: Is called with the head and the body of a whole answer, or without them when something else has come.
Listener = Callable[[bytes, bytes | None], None]

#: Frames that may wait here; beyond them the worker has to, so that a slow client never fills our memory.
_WAITING = 8


class Lost(Exception):  # noqa: N818 - an event, not a fault of the caller
    """The worker is gone."""


class Connection(asyncio.Protocol):
    """A connection to one worker: send a request, then take frames until its end."""

    def __init__(self) -> None:
        """Wait to be connected; see `connect`."""
        self._buffer = bytearray()
        self._frames: collections.deque[tuple[Kind, bytes]] = collections.deque()
        self._waiter: asyncio.Future[tuple[Kind, bytes]] | None = None
        self._lost = False
        self._listener: Listener | None = None

    @staticmethod
    async def connect(descriptor: int) -> Connection:
        """Take over the socket with that file descriptor."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, sock=socket.socket(fileno=descriptor))
        return connection

    @property
    def lost(self) -> bool:
        """Whether the worker is gone."""
        return self._lost

    def send(self, data: bytes) -> None:
        """Send a packed frame."""
        self._transport.write(data)

    def listen(self, listener: Listener | None) -> None:
        """Call `listener` when something has come or the worker is gone, instead of having a task `take` it."""
        self._listener = listener

    def close(self) -> None:
        """Let the worker go."""
        self._transport.abort()

    async def take(self, deadline: float) -> tuple[Kind, bytes]:
        """Wait for the next frame until `deadline` (of the loop's clock). Raises TimeoutError or Lost."""
        if self._frames:
            self._transport.resume_reading()
            return self._frames.popleft()
        if self._lost:
            raise Lost
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_at(deadline, self._expire, self._waiter)
        try:
            return await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    @staticmethod
    def _expire(waiter: asyncio.Future[tuple[Kind, bytes]]) -> None:
        if not waiter.done():
            waiter.set_exception(TimeoutError())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._buffer:
            data = bytes(self._buffer + data)
            self._buffer.clear()
        at, size = 0, len(data)
        while size - at >= HEADER_SIZE:
            kind, length = frame.unpack_header(data, at)
            at += HEADER_SIZE
            if at + length > size:
                at -= HEADER_SIZE
                break
            if kind is Kind.WHOLE:
                self._put_whole(*frame.unpack_whole(data[at : at + length]))
            else:
                self._put(kind, data[at : at + length])
            at += length
        if at < size:
            self._buffer += data[at:]
        if self._listener and self._frames:
            self._listener(b"", None)

    def _put_whole(self, head: bytes, body: bytes) -> None:
        if self._listener:
            self._listener(head, body)
            return
        self._put(Kind.HEAD, head)
        self._put(Kind.DATA, body)
        self._put(Kind.END, b"")

    def _put(self, kind: Kind, payload: bytes) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result((kind, payload))
            return
        self._frames.append((kind, payload))
        if len(self._frames) >= _WAITING:
            self._transport.pause_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._lost = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(Lost())
        if self._listener:
            self._listener(b"", None)
