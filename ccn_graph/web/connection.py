"""A connection of a client: what uvicorn leaves open, bounded."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ccn_graph.errors import QueryError
from ccn_graph.web.problem import problem

#: Longest head of a request (line and headers) in bytes: the longest query, percent-encoded, and some headers.
HEAD_BYTES = 400_000

#: Longest time for a head to come, in seconds.
HEAD_SECONDS = 20


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which would keep a head in memory however long it grows and wait for it for ever."""

    _in_head = True
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._in_head:
            if self._timer is None:
                self._await_head()
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES + 65_536:
                self._refuse("head-too-long", f"address and headers are longer than {HEAD_BYTES} bytes; use POST")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._end_head()
        self._in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """See uvicorn: the connection may bring another request."""
        self._in_head, self._head_bytes = True, 0
        super().on_response_complete()

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _end_head(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._refuse("too-slow", f"the head of the request did not come within {HEAD_SECONDS} s")

    def _refuse(self, code: str, message: str) -> None:
        answer = problem(QueryError(code, message))
        head = [b"HTTP/1.1 %d %s" % (answer.status_code, code.encode()), b"connection: close"]
        head += [name + b": " + value for name, value in answer.raw_headers]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()
