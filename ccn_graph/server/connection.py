"""A connection of a client: what uvicorn leaves open, bounded."""

from __future__ import annotations

import asyncio
import functools
from typing import cast

from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ccn_graph.errors import QueryError
from ccn_graph.server import fast_path_headers
from ccn_graph.server.fast_path import Lane, Quick
from ccn_graph.server.problem import problem

#: Longest head of a request (line and headers) in bytes: the longest query, percent-encoded, and some headers.
HEAD_BYTES = 400_000

#: Longest time for a head to come, in seconds.
HEAD_SECONDS = 20


@functools.cache
def _proxies(config: Config) -> _TrustedHosts:
    return _TrustedHosts(config.forwarded_allow_ips)


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which would keep a head in memory however long it grows and wait for it for ever.

    Where it can, it answers by the short way, `lane`.
    """

    lane: Lane | None = None

    _in_head = True
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None
    _answered = 0.0
    _common: tuple[object, bytes] = (None, b"")

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
        if self._in_head and not self._head_bytes and self._takes_the_short_way(data):
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES + 65_536:
                self._refuse("head-too-long", f"address and headers are longer than {HEAD_BYTES} bytes; use POST")
                return
        super().data_received(data)
        if self._in_head and self._head_bytes and self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._end_head()
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """See httptools: the connection may bring another request."""
        self._end_head()
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """See uvicorn."""
        if not self._in_head and self._timer is None:
            # It was answered before all of it had come; the rest may not take for ever, either.
            self._await_head()
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """See uvicorn, which sets a timer anew after each answer: the short way leaves it, and looks when it is up."""
        self.timeout_keep_alive_task = None
        if self.cycle is not None and not self.cycle.response_complete:
            return
        left = self._answered + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _takes_the_short_way(self, data: bytes) -> bool:
        """Try it with a request that has come in one piece, while no other is under way."""
        if self.flow.write_paused or (self.cycle is not None and not self.cycle.response_complete):
            return False
        found = fast_path_headers.read(data)
        if self.lane is None or found is None:
            return False
        quick = self.lane.begin(self, self._address(found[1].forwarded), *found)
        if quick is None:
            return False
        self._end_head()
        self.cycle = cast(RequestResponseCycle, quick)
        return True

    def _address(self, forwarded: str) -> str:
        """Give the address by which a client is counted, as uvicorn finds it on the long way."""
        near = self.client[0] if self.client else ""
        proxies = _proxies(self.config)
        return (forwarded and near in proxies and proxies.get_trusted_client_address(forwarded)[0]) or near

    def respond(self, quick: Quick, lines: bytes, body: bytes) -> None:
        """See Connection in `lane`."""
        if self.transport.is_closing():
            return
        last = b"\r\n" if quick.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((self._first_lines(), lines, last, body)))
        quick.response_complete = True
        if not quick.keep_alive:
            self.transport.close()
        self._answered = self.loop.time()
        if self.pipeline or self.flow.read_paused or self.timeout_keep_alive_task is None:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1

    def _first_lines(self) -> bytes:
        """Give the lines that all answers have; uvicorn makes a new list of the headers among them each second."""
        headers = self.server_state.default_headers
        if self._common[0] is not headers:
            written = b"".join(b"%s: %s\r\n" % header for header in headers)
            self._common = (headers, b"HTTP/1.1 200 OK\r\n" + written)
        return self._common[1]

    def go_the_long_way(self, quick: Quick, more: Scope) -> None:
        """See Connection in `lane`."""
        scope = {
            "type": "http", "asgi": {"version": self.asgi_version, "spec_version": "2.3"}, "http_version": "1.1",
            "server": self.server, "client": self.client, "scheme": self.scheme, "root_path": self.root_path,
            "headers": list(quick.headers.listed), "state": self.app_state.copy(), "method": "GET",
            "path": "/sparql", "raw_path": b"/sparql", "query_string": quick.raw[0], **more,
        }  # fmt: skip
        cycle = RequestResponseCycle(
            cast(HTTPScope, scope), self.transport, self.flow, self.logger, self.access_logger, self.access_log,
            self.server_state.default_headers, asyncio.Event(), expect_100_continue=False,
            keep_alive=quick.keep_alive, on_response=self.on_response_complete,
        )  # fmt: skip
        cycle.more_body, cycle.disconnected = False, quick.disconnected
        cycle.message_event.set()
        if cast(object, self.cycle) is quick:
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

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
