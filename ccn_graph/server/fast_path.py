"""The short way of the common request, `GET /sparql?query=…`: no task, no messages, no framework.

The web process only looks whether the answer is known, hands the request to a worker as it came, and passes on what
comes back: one process has to do this for all workers, so what it does for each request limits them all. Whatever is
out of the ordinary (another method or header, an error, a large or slow answer) goes the long way, through
`Endpoint`, also when that shows only after the query has begun.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from starlette.types import Scope

from ccn_graph.rdf import requests
from ccn_graph.server import sparql_endpoint
from ccn_graph.server.fast_path_headers import Headers
from ccn_graph.server.middleware import Gateway, new_request_id
from ccn_graph.server.response_cache import Alias, CachedAnswer
from ccn_graph.server.sparql_endpoint import GZIP, SLOW, Endpoint
from ccn_graph.workers import worker
from ccn_graph.workers.job import Job
from ccn_graph.workers.reply import WorkerReply


class Connection(Protocol):
    """What the short way needs of a connection."""

    def respond(self, quick: Quick, head: bytes, body: bytes) -> None:
        """Send an answer."""

    def go_the_long_way(self, quick: Quick, more: Scope) -> None:
        """Leave the rest to the application; `more` tells it how far it got."""


class Quick:
    """A request on the short way."""

    __slots__ = ("begun", "connection", "disconnected", "headers", "is_over", "job", "raw")

    keep_alive = True
    #: Nothing of it is still to come.
    is_full = False

    def __init__(self, connection: Connection, parameters: bytes, headers: Headers) -> None:
        """Begin."""
        self.connection = connection
        self.headers = headers
        self.raw: Alias = (parameters, headers.accept)
        self.begun = time.perf_counter()
        self.disconnected = self.is_over = False
        self.job: Job | None = None

    def tell(self) -> None:
        """Do nothing: an answer that nobody takes any more is dropped when it comes, which is soon."""


class Lane:
    """Answers what it can."""

    def __init__(self, endpoint: Endpoint, gateway: Gateway) -> None:
        """Answer as `endpoint` would behind `gateway`."""
        self._endpoint = endpoint
        self._pool = endpoint.pool
        self._gateway = gateway
        self._last = _lines(*gateway.headers) + b"x-request-id: "
        #: What is under way, the oldest first. One timer watches over all.
        self._under_way: dict[Quick, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, connection: Connection, client: str, parameters: bytes, headers: Headers) -> Quick | None:
        """Answer now or soon; None, and nothing done, if this has to go the long way."""
        quick = Quick(connection, parameters, headers)
        entry = self._endpoint.find(quick.raw)
        if entry:
            if headers.zips and not entry.is_quick:
                return None
            self._respond(quick, entry, "cached")
            return quick
        if not self._pool.has_room(client):
            return None
        packed = worker.pack_line(headers.accept, parameters)
        quick.job = self._pool.enter(packed, client, listener=lambda head, body: self._heard(quick, head, body))
        self._under_way[quick] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SLOW, self._look)
        return quick

    def _heard(self, quick: Quick, head: bytes, body: bytes | None) -> None:
        if body is None:
            self._leave(quick)
            return
        job = quick.job
        assert job
        del self._under_way[quick]
        self._pool.leave(job, "answered")
        assert job.worker
        entry = self._endpoint.keep(WorkerReply.of(head, body, job.worker.version), quick.raw)
        if not quick.disconnected:
            self._respond(quick, entry, "answered")

    def _look(self) -> None:
        """Send what has become slow the long way."""
        now = time.perf_counter()
        for quick in list(self._under_way):
            if now - quick.begun < SLOW:
                break
            self._leave(quick)
        self._timer = asyncio.get_running_loop().call_later(SLOW, self._look) if self._under_way else None

    def _leave(self, quick: Quick) -> None:
        job = quick.job
        assert job
        del self._under_way[quick]
        job.listener = None
        quick.connection.go_the_long_way(quick, {"job": job, "raw": quick.raw, "begun": quick.begun})

    def _respond(self, quick: Quick, entry: CachedAnswer, outcome: str) -> None:
        zipped = entry.zipped() if quick.headers.zips else None
        body = entry.body if zipped is None else zipped
        head = entry.heads.get(zipped is not None)
        if head is None:
            head = entry.heads[zipped is not None] = _head(entry, len(body), zipped=zipped is not None) + self._last
        request_id = new_request_id()
        quick.connection.respond(quick, b"%s%s\r\n" % (head, request_id), body)
        seconds = time.perf_counter() - quick.begun
        if not self._gateway.logs:
            self._gateway.metrics.observe(outcome, seconds, len(body))
            return
        scope = {
            "outcome": outcome, "method": "GET", "path": "/sparql", "query_hash": requests.query_hash(quick.raw[0]),
        }  # fmt: skip
        self._gateway.observe(scope, request_id, {"status": 200, "bytes": len(body)}, seconds)


def _lines(*headers: tuple[bytes, bytes]) -> bytes:
    return b"".join(b"%s: %s\r\n" % header for header in headers)


_ZIPPED = _lines(GZIP)


def _head(entry: CachedAnswer, length: int, *, zipped: bool) -> bytes:
    """Write the headers of an answer that others do not have."""
    return b"%scontent-type: %s\r\ncontent-length: %d\r\n%s" % (
        _lines(*sparql_endpoint.names(entry)), entry.content_type.encode(), length, _ZIPPED if zipped else b"",
    )  # fmt: skip
