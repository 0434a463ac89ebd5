"""The short way of the common request, `GET /sparql?query=…`: no task, no messages, no headers read twice.

A small answer, kept or new, takes a third of the processor time it takes through the framework. Whatever is out of
the ordinary (another method or header, an error, a large or slow answer) goes the long way, through `Endpoint`, also
when that shows only after the query has begun.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Iterable
from typing import Protocol

from starlette.types import Scope

from ccn_graph.errors import QueryError
from ccn_graph.pool.pool import Reply, Ticket
from ccn_graph.request import QueryRequest
from ccn_graph.web import protocol
from ccn_graph.web.cache import Entry
from ccn_graph.web.endpoint import FRESH, GZIP, SLOW, VARY, Endpoint
from ccn_graph.web.gateway import HEADERS, Gateway, new_request_id

#: Headers that change what has to be done.
_EXTRAORDINARY = frozenset(
    b"content-length expect if-none-match transfer-encoding upgrade x-forwarded-for x-forwarded-proto "
    b"x-request-id".split()
)


class Connection(Protocol):
    """What the short way needs of a connection."""

    def respond(self, quick: Quick, head: bytes, body: bytes) -> None:
        """Send an answer."""

    def go_the_long_way(self, quick: Quick) -> None:
        """Leave the rest to the application."""


class Quick:
    """A request on the short way, in the shape of what uvicorn keeps of a request."""

    __slots__ = (
        "begun", "body", "disconnected", "keep_alive", "more_body", "raw", "response_complete", "scope", "ticket",
        "timer", "zips",
    )  # fmt: skip

    def __init__(self, scope: Scope, raw: Hashable, *, zips: bool) -> None:
        """Begin."""
        self.scope = scope
        self.raw = raw
        self.zips = zips
        self.begun = time.perf_counter()
        self.keep_alive = self.more_body = True
        self.disconnected = self.response_complete = False
        self.body = b""
        self.ticket: Ticket | None = None
        self.timer: asyncio.TimerHandle | None = None

    @property
    def message_event(self) -> Quick:
        """An event that nobody waits for."""
        return self

    def set(self) -> None:
        """Do nothing: an answer that nobody takes any more is dropped when it comes, which is soon."""


class Lane:
    """Answers what it can."""

    def __init__(self, endpoint: Endpoint, gateway: Gateway) -> None:
        """Answer as `endpoint` would behind `gateway`."""
        self._endpoint = endpoint
        self._pool = endpoint.pool
        self._gateway = gateway

    def begin(self, connection: Connection, scope: Scope, query_string: bytes) -> Quick | None:
        """Answer now or soon; None, and nothing done, if the request is out of the ordinary."""
        accept: str | None = None
        zips = False
        for name, value in scope["headers"]:
            if name in _EXTRAORDINARY or (name == b"accept" and accept is not None):
                return None
            if name == b"accept":
                accept = value.decode("latin-1")
            elif name == b"accept-encoding":
                zips = b"gzip" in value
            elif name == b"connection" and value.lower() != b"keep-alive":
                return None
        quick = Quick(scope, (query_string, accept), zips=zips)
        known = self._endpoint.find(quick.raw)
        if known and zips and not known.is_quick:
            return None
        if known:
            self._respond(connection, quick, known, "cached")
            return quick
        return quick if self._ask(connection, quick, query_string, accept or "") else None

    def _ask(self, connection: Connection, quick: Quick, query_string: bytes, accept: str) -> bool:
        try:
            wanted = protocol.read_get(query_string.decode("latin-1"), accept)
        except QueryError:
            return False
        key = self._endpoint.key(wanted) if wanted else None
        client = quick.scope["client"][0] if quick.scope["client"] else ""
        if wanted is None or key is None or not self._pool.has_room(client):
            return False

        def listen() -> None:
            self._heard(connection, quick, key)

        quick.ticket = self._pool.enter(wanted, client, listen)
        quick.timer = asyncio.get_running_loop().call_later(SLOW, self._leave, connection, quick)
        return True

    def _heard(self, connection: Connection, quick: Quick, key: QueryRequest) -> None:
        ticket = quick.ticket
        assert ticket
        assert ticket.worker
        assert quick.timer
        answer = ticket.worker.connection.whole()
        if answer is None:
            self._leave(connection, quick)
            return
        quick.timer.cancel()
        self._pool.leave(ticket, "answered", clean=True)
        entry = self._endpoint.keep(key, Reply(answer[0].decode(), answer[1]), quick.raw)
        if not quick.disconnected:
            self._respond(connection, quick, entry, "answered")

    def _leave(self, connection: Connection, quick: Quick) -> None:
        assert quick.ticket
        assert quick.timer
        quick.timer.cancel()
        quick.ticket.listener = None
        if quick.ticket.worker:
            quick.ticket.worker.connection.listen(None)
        quick.scope.update(ticket=quick.ticket, raw=quick.raw, begun=quick.begun)
        connection.go_the_long_way(quick)

    def _respond(self, connection: Connection, quick: Quick, entry: Entry, outcome: str) -> None:
        zipped = entry.zipped() if quick.zips else None
        body = entry.body if zipped is None else zipped
        head = entry.heads.get(zipped is not None)
        if head is None:
            head = entry.heads[zipped is not None] = _head(entry, len(body), zipped=zipped is not None)
        request_id = new_request_id()
        connection.respond(quick, head % request_id, body)
        quick.scope["outcome"] = outcome
        seen = {"status": 200, "bytes": len(body)}
        self._gateway.observe(quick.scope, request_id, seen, time.perf_counter() - quick.begun)


def _head(entry: Entry, length: int, *, zipped: bool) -> bytes:
    headers: Iterable[tuple[bytes, bytes]] = (
        (b"etag", entry.etag.encode()), FRESH, VARY, *([GZIP] if zipped else []),
        (b"content-type", entry.content_type.encode()), (b"content-length", str(length).encode()), *HEADERS,
    )  # fmt: skip
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    return lines.replace(b"%", b"%%") + b"x-request-id: %s\r\n"
