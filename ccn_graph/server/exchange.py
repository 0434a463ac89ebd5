"""One request and its answer, between a connection and an ASGI application (asgi.readthedocs.io, HTTP 2.4)."""

from __future__ import annotations

import asyncio
import http
import sys
import traceback
from typing import Protocol

from starlette.types import ASGIApp, Message, Scope

from ccn_graph.errors import QueryError
from ccn_graph.server.problem import BrokenOff, problem

#: Bytes of a body that wait for the application before the client has to.
BODY_WAITING = 65_536

#: Bytes that are handed to the operating system at once, so that a large body is never copied as a whole.
_PIECE = 65_536


class Wire(Protocol):
    """What an exchange needs of its connection."""

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes, or keep them until the client takes them."""

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written."""

    def common_lines(self) -> bytes:
        """Return the header lines that all answers have."""

    def read_on(self) -> None:
        """Take more of the body."""

    def end(self, exchange: Exchange) -> None:
        """Go on with the next request, for this one is answered."""

    def break_off(self) -> None:
        """Close so that no client takes the answer for a whole one."""


class Exchange:
    """Takes the body of a request and gives the answer; `is_over` when the last byte of that is written."""

    def __init__(self, wire: Wire, scope: Scope, *, keep_alive: bool, expects: bool) -> None:
        """Begin; `expects` says that the client waits for a word before it sends the body."""
        self.wire = wire
        self.scope = scope
        self.keep_alive = keep_alive
        self.has_begun = self.is_over = self.disconnected = False
        #: Whether all of the request has come.
        self.is_read = False
        self._expects = expects
        self._body = bytearray()
        self._is_taken = False
        self._events = asyncio.Event()
        self._start: Message = {}
        self._is_chunked = self._has_body = False

    # The request.

    def feed(self, data: bytes) -> None:
        """Take a part of the body; nobody reads what comes after the answer."""
        if not self.is_over:
            self._body += data
            self._events.set()

    @property
    def is_full(self) -> bool:
        """Whether the application has to read before more may come."""
        return len(self._body) > BODY_WAITING and not self.is_over

    def tell(self) -> None:
        """Wake the application: all has come, or the client has gone."""
        self._events.set()

    async def receive(self) -> Message:
        """See ASGI."""
        if self._expects and not self.is_read and not self.has_begun:
            self._expects = False
            self.wire.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._body and not self.disconnected and not self.is_over and (self._is_taken or not self.is_read):
            self._events.clear()
            await self._events.wait()
        if self.disconnected or self.is_over or (self._is_taken and not self._body):
            return {"type": "http.disconnect"}
        body = bytes(self._body)
        self._body.clear()
        self._is_taken = self.is_read
        self.wire.read_on()
        return {"type": "http.request", "body": body, "more_body": not self.is_read}

    # The answer.

    async def send(self, message: Message) -> None:
        """See ASGI."""
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            assert not self._start
            self._start = message
        elif message["type"] == "http.response.body":
            assert not self.is_over
            await self._write(message.get("body", b""), more=message.get("more_body", False))

    async def _write(self, body: bytes, *, more: bool) -> None:
        head = b"" if self.has_begun else self._head()
        self.has_begun = True
        body = body if self._has_body else b""
        before = b"%x\r\n" % len(body) if self._is_chunked and body else b""
        after = (b"\r\n" if before else b"") + (b"0\r\n\r\n" if self._is_chunked and not more else b"")
        if len(body) <= _PIECE:
            self._put(b"".join((head, before, body, after)))
        else:
            self._put(head + before)
            view = memoryview(body)
            for at in range(0, len(body), _PIECE):
                self._put(view[at : at + _PIECE])
                await self.wire.drain()
            self._put(after)
        if more:
            await self.wire.drain()
        elif not self.disconnected:
            self.is_over = True
            self._events.set()
            self.wire.end(self)

    def _put(self, data: bytes | memoryview) -> None:
        if data and not self.disconnected:
            self.wire.write(data)

    def _head(self) -> bytes:
        status, headers = self._start["status"], self._start.get("headers", ())
        names = {name.lower() for name, _ in headers}
        self._has_body = self.scope["method"] != "HEAD" and status not in (204, 304)
        lines = [b"HTTP/1.1 %d %s\r\n" % (status, _phrase(status)), self.wire.common_lines()]
        lines += [b"%s: %s\r\n" % (name, value) for name, value in headers]
        if self._has_body and b"content-length" not in names:
            self._is_chunked = self.scope["http_version"] == "1.1"
            self.keep_alive &= self._is_chunked
            lines.append(b"transfer-encoding: chunked\r\n" if self._is_chunked else b"")
        lines.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        return b"".join(lines)

    # Both.

    async def run(self, app: ASGIApp) -> None:
        """Have the application answer; a fault of it costs this answer only."""
        try:
            await app(self.scope, self.receive, self.send)
        except BrokenOff as error:
            # Whether it came by a limit or a worker that died: its client sees that it is not whole.
            sys.stderr.write(f"ccn-graph: the answer to {self.scope['path'][:100]!r} was broken off: {error}\n")
        except Exception:  # noqa: BLE001 - the outermost frame of a task: without it the client would wait for ever
            sys.stderr.write(f"ccn-graph: {self.scope['path'][:100]!r} failed: {traceback.format_exc()}")
        if self.is_over or self.disconnected:
            return
        if self.has_begun or self._start:
            self.wire.break_off()
        else:
            await problem(QueryError("internal", "the fault is logged"))(self.scope, self.receive, self.send)


def _phrase(status: int) -> bytes:
    try:
        return http.HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"-"
