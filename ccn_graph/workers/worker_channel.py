"""Our end of the socket on which a worker answers: frames as they come in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from ccn_graph.workers import messages
from ccn_graph.workers.messages import HEADER_SIZE, MessageKind


class WorkerChannel(asyncio.Protocol):
    """Takes frames apart; hands each to `on_frame` as soon as it is whole, and calls `on_loss` in the end."""

    def __init__(self, on_frame: Callable[[MessageKind, bytes], None], on_loss: Callable[[], None]) -> None:
        """Wait to be connected; see `connect`."""
        self._on_frame = on_frame
        self._on_loss = on_loss
        self._buffer = b""
        self._closed = self._paused = False

    async def connect(self, taken: socket.socket) -> None:
        """Take over the socket."""
        await asyncio.get_running_loop().create_connection(lambda: self, sock=taken)

    def send(self, data: bytes) -> None:
        """Send a packed frame."""
        self._transport.write(data)

    def pause(self) -> None:
        """Take nothing more for now: in the end the worker has to wait, and a slow client never fills our memory."""
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on after `pause`."""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def close(self) -> None:
        """Let the worker go; what it still says is not heard."""
        self._closed = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._buffer:
            data = self._buffer + data
            self._buffer = b""
        at, size = 0, len(data)
        while size - at >= HEADER_SIZE and not self._closed:
            kind, length = messages.unpack_header(data, at)
            end = at + HEADER_SIZE + length
            if end > size:
                break
            self._on_frame(kind, data[at + HEADER_SIZE : end])
            at = end
        if at < size:
            self._buffer = data[at:]

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        if not self._closed:
            self._on_loss()
