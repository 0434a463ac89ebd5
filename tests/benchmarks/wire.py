"""A client's side of HTTP/1.1 on a bare socket: as little work as possible between an answer and the next request."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)

#: Left to read of a body that ends with its connection.
_TO_THE_END = 1 << 62


@dataclass(slots=True)
class Outcome:
    """What came back: status 0 if the connection broke before the whole answer had come."""

    status: int
    size: int
    seconds: float
    first: float
    """Seconds until the first byte of the body."""
    head: bytes
    body: bytes


class Line(asyncio.Protocol):
    """One connection that carries one request after the other: `ask` gives the next one or None to stop."""

    def __init__(
        self,
        ask: Callable[[], bytes | None],
        done: Callable[[Outcome], None],
        end: Callable[[Line], None],
        *,
        keep: bool,
    ) -> None:
        """Report each answer to `done`, with its body if `keep`; call `end` when the connection has gone."""
        self._ask, self._done, self._end, self._keep = ask, done, end, keep
        self._awaiting = False
        self._pending = bytearray()
        self.stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask at once."""
        self.transport = cast(asyncio.Transport, transport)
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        """Report what broke off."""
        if self._awaiting:
            whole = self._status and self._left > _TO_THE_END // 2
            self._finish(self._status if whole else 0)
        self._end(self)

    def _next(self) -> None:
        request = self._ask()
        if request is None:
            self.stopped = True
            self.transport.abort()
            return
        self._awaiting = True
        self._status = self._size = 0
        self._left, self._first = 0, 0.0
        self._chunked = False
        self._head = b""
        self._kept: list[bytes] = []
        self._begun = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        if not self._awaiting:
            self.transport.abort()
            return
        if self._status and not self._pending and not self._chunked:
            self._take(data)
            return
        self._pending += data
        if not self._status and not self._read_head():
            return
        if self._chunked:
            self._read_chunks()
        else:
            data, self._pending = bytes(self._pending), bytearray()
            self._take(data)

    def _read_head(self) -> bool:
        end = self._pending.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._head = bytes(self._pending[: end + 2])
        del self._pending[: end + 4]
        self._status = int(self._head[9:12])
        self._chunked = _CHUNKED.search(self._head) is not None
        length = _LENGTH.search(self._head)
        bodiless = self._status in (204, 304)
        self._left = int(length[1]) if length else 0 if self._chunked or bodiless else _TO_THE_END
        return True

    def _take(self, data: bytes) -> None:
        if data and not self._size:
            self._first = time.perf_counter()
        self._size += len(data)
        self._left -= len(data)
        if self._keep:
            self._kept.append(data)
        if self._left <= 0:
            self._finish(self._status)

    def _read_chunks(self) -> None:
        # `_left` is what the current chunk still lacks, its closing CRLF included.
        pending, at = self._pending, 0
        while at < len(pending):
            if self._left:
                part = min(self._left, len(pending) - at)
                self._count(pending, at, part)
                at += part
                continue
            end = pending.find(b"\r\n", at)
            if end < 0:
                break
            size = int(pending[at:end].partition(b";")[0], 16)
            if not size:
                if len(pending) < end + 4:
                    break
                self._pending = bytearray()
                self._finish(self._status)
                return
            self._left, at = size + 2, end + 2
        del pending[:at]

    def _count(self, pending: bytearray, at: int, part: int) -> None:
        if not self._size:
            self._first = time.perf_counter()
        content = max(0, min(part, self._left - 2))
        self._left -= part
        self._size += content
        if self._keep and content:
            self._kept.append(bytes(pending[at : at + content]))

    def _finish(self, status: int) -> None:
        now = time.perf_counter()
        self._awaiting = False
        first = (self._first or now) - self._begun
        self._done(Outcome(status, self._size, now - self._begun, first, self._head, b"".join(self._kept)))
        if status and _CLOSE.search(self._head):
            # As a proxy does after so many requests.
            self.transport.close()
        elif status and not self.transport.is_closing():
            self._next()
