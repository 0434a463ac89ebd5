"""A connection of a client: one request after the other, bounded in memory and time.

What has come stays unread until the request before it is answered, so that pipelining costs no more than its bytes.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, cast

from starlette.types import Scope

from ccn_graph.errors import QueryError
from ccn_graph.server import fast_path_headers
from ccn_graph.server.exchange import Exchange
from ccn_graph.server.fast_path import Quick
from ccn_graph.server.http_request import HttpRequest, Incoming
from ccn_graph.server.outgoing import PROBE, Outgoing
from ccn_graph.server.problem import problem

if TYPE_CHECKING:
    from ccn_graph.server.http_server import HttpServer

#: Seconds for a head to come, and for the rest of a request that was answered before all of it had come.
HEAD_SECONDS = 20

#: Seconds that a connection may wait for its next request.
IDLE_SECONDS = 5


class HttpConnection(asyncio.Protocol):
    """Reads requests and hands each to the fast path, or else to the application of its server."""

    def __init__(self, server: HttpServer) -> None:
        """Wait to be connected."""
        self._server = server
        self._loop = server.loop
        self.peer = ""
        self._port = 0
        self._incoming = Incoming()
        #: The request whose body is still to come.
        self._request: HttpRequest | None = None
        #: What is answered, or is still to be read to its end.
        self._current: Exchange | Quick | None = None
        #: Since when we wait for the client: for a head, or for the rest of a body that nobody reads.
        self.since = self._loop.time()
        self._patience = HEAD_SECONDS
        self._is_paused = self._is_half = self.is_ending = False
        #: For whom an upload is counted.
        self._upload_of = ""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked, or not all of it."""
        return self._current is None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)
        self._outgoing = Outgoing(self._transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        self.peer, self._port = peer[0], peer[1]
        is_proxy = self._server.proxies.is_trusted(self.peer)
        if not self._server.connections.take(self, is_proxy=is_proxy):
            self.refuse(QueryError("busy", "there are too many connections; try again in a moment"))

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._server.connections.drop(self)
        self._end_upload()
        self._incoming, self._request = Incoming(), None
        self.resume_writing()
        if self._current is not None:
            self._current.disconnected = True
            self._current.tell()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._current is None and not len(self._incoming) and self._take_the_fast_path(data):
            return
        if self._current is None and self._patience != HEAD_SECONDS:
            self.since, self._patience = self._loop.time(), HEAD_SECONDS
        self._incoming.add(data)
        self._advance()

    def eof_received(self) -> bool:
        """See asyncio.Protocol: who has asked and then ended its side still gets its answers."""
        self._is_half = True
        if self._current is None:
            return False
        self._loop.call_later(PROBE, self._outgoing.probe, self._awaits)
        return True

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        self._outgoing.choke()

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._outgoing.go_on()
        if len(self._incoming):
            self._advance()

    # Reading.

    def _take_the_fast_path(self, data: bytes) -> bool:
        """Try it with a request that has come in one piece, while no other is under way."""
        parsed = None if self._outgoing.is_choked or self.is_ending else fast_path_headers.read(data)
        if parsed is None or not self._server.is_host(parsed[1].host):
            return False
        client = self._server.proxies.client(self.peer, parsed[1].forwarded)
        quick = self._server.lane.begin(self, client, *parsed)
        if quick is None:
            return False
        if not quick.is_over:
            self._current = quick
        return True

    def _advance(self) -> None:
        """Go on with what has come, as far as it goes."""
        try:
            while len(self._incoming) and not self._transport.is_closing():
                if self._request is not None:
                    self._read_body(self._request)
                elif self._current is not None or self._outgoing.is_choked:
                    break
                else:
                    head = self._incoming.head()
                    if head is None:
                        self._server.connections.hoard(self, len(self._incoming))
                        break
                    self._server.connections.hoard(self, 0)
                    self._begin(HttpRequest(head))
        except QueryError as error:
            self.refuse(error)
        self._throttle()

    def _throttle(self) -> None:
        """Have the client wait where nobody takes what it sends."""
        now = self._current
        wait = now is not None and (now.is_full if self._request is not None else len(self._incoming) > 0)
        if wait != self._is_paused and not self._transport.is_closing() and not self._is_half:
            self._is_paused = wait
            (self._transport.pause_reading if wait else self._transport.resume_reading)()

    def _begin(self, request: HttpRequest) -> None:
        if not self._server.is_host(request.host):
            raise QueryError("misdirected", "this server is for its own machine only; give it --url to serve others")
        scope = self._server.scope(request, self.peer, self._port)
        keep_alive = request.keep_alive and not self.is_ending
        expects = request.version == "1.1" and request.header(b"expect").lower() == "100-continue"
        exchange = Exchange(self, scope, keep_alive=keep_alive, expects=expects)
        request.on_data = exchange.feed
        exchange.is_read = request.is_complete
        self._current = exchange
        self.since = self._loop.time()
        if not request.is_complete:
            self._request = request
            if len(self._incoming):
                self._read_body(request)
        if self._request is not None:
            self._server.connections.begin_upload(scope["client"][0])
            self._upload_of = scope["client"][0]
        self._server.answer(exchange)

    def _read_body(self, request: HttpRequest) -> None:
        assert isinstance(self._current, Exchange)
        request.read_body(self._incoming)
        if not request.is_complete:
            return
        # Where a chunked body ends only the parser knows: what was sent behind it has to be sent anew.
        self._current.keep_alive &= not request.has_overrun
        self._request = None
        self._end_upload()
        self._current.is_read = True
        self._current.tell()
        if self._current.is_over:
            self._next()

    def _end_upload(self) -> None:
        if self._upload_of:
            self._server.connections.end_upload(self._upload_of)
            self._upload_of = ""

    # Answering; see Wire in `exchange` and Connection in `fast_path`.

    def write(self, data: bytes | memoryview) -> None:
        """Send bytes, or keep them until the client takes them."""
        self._outgoing.write(data)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written."""
        await self._outgoing.drain()

    def common_lines(self) -> bytes:
        """Return the header lines that all answers have."""
        return self._server.common_lines()

    def read_on(self) -> None:
        """Take more of the body."""
        self._throttle()

    def end(self, exchange: Exchange) -> None:
        """Go on with the next request; one that was answered before all of it had come is read to its end."""
        self.since = self._loop.time()
        if exchange.is_read:
            self._next()
        else:
            self._throttle()

    def break_off(self) -> None:
        """Close so that no client takes the answer for a whole one."""
        self._transport.abort()

    def respond(self, quick: Quick, lines: bytes, body: bytes) -> None:
        """Send the answer of the fast path."""
        last = b"\r\n" if quick.keep_alive and not self.is_ending else b"connection: close\r\n\r\n"
        head = b"".join((b"HTTP/1.1 200 OK\r\n", self._server.common_lines(), lines, last))
        if len(body) < 16_384:
            self.write(head + body)
        else:
            # Kept answers are many clients': no copy of them.
            self.write(head)
            self.write(body)
        quick.is_over = True
        if self._current is quick or self.is_ending:
            self._next()
        else:
            self.since = self._loop.time()

    def go_the_long_way(self, quick: Quick, more: Scope) -> None:
        """Have the application answer what the fast path could not."""
        request = HttpRequest(b"GET /sparql?%s HTTP/1.1\r\n%s" % (quick.raw[0], quick.headers.block))
        scope = {**self._server.scope(request, self.peer, self._port), **more}
        exchange = Exchange(self, scope, keep_alive=True, expects=False)
        exchange.is_read, exchange.disconnected = True, quick.disconnected
        if self._current is quick:
            self._current = exchange
        self._server.answer(exchange)

    def _next(self) -> None:
        """Be free for the next request, or close."""
        keep_alive = self._current.keep_alive if self._current else True
        self._current, self.since, self._patience = None, self._loop.time(), IDLE_SECONDS
        if not keep_alive or self.is_ending or (self._is_half and not len(self._incoming)):
            self._transport.close()
        elif len(self._incoming):
            # Not from here: a thousand requests that came at once would each lie deeper on the stack.
            self._loop.call_soon(self._advance)
        else:
            self._throttle()

    # Limits.

    def refuse(self, error: QueryError) -> None:
        """Answer what is no request, or comes too slowly or too often, and close."""
        answer = problem(error)
        lines = [b"HTTP/1.1 %d %s" % (answer.status_code, error.code.encode()), b"connection: close"]
        lines += [name + b": " + value for name, value in answer.raw_headers]
        if not isinstance(self._current, Exchange) or not self._current.has_begun:
            self.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self._transport.close()

    def _awaits(self) -> bool | None:
        """Tell whether the client waits for an answer that has not begun, so that a word may come before it."""
        current = self._current
        if current is None:
            return None
        return isinstance(current, Exchange) and not current.has_begun and current.scope["http_version"] == "1.1"

    def let_go(self) -> None:
        """Close when what is asked is answered; now if nothing is."""
        self.is_ending = True
        if self._current is None:
            self._transport.close()

    def look(self, now: float) -> None:
        """Give up a client that keeps us waiting; called about once a second."""
        if self._outgoing.is_too_slow(is_between=self._current is None):
            sys.stderr.write(f"ccn-graph: an answer was broken off: its client took {self._outgoing.pace}\n")
            self._transport.abort()
        waits = self._current is None or (self._current.is_over and self._request is not None)
        if not waits or self._outgoing.is_choked or self._transport.is_closing() or now - self.since < self._patience:
            return
        if self._current is None and self._patience == HEAD_SECONDS:
            self.refuse(QueryError("too-slow", f"the request did not come within {HEAD_SECONDS} s"))
        else:
            self._transport.close()
