"""`/sparql`: an ASGI application of its own, because most of the time of a small query is the framework's."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats, requests
from ccn_graph.rdf.requests import QueryRequest, digest
from ccn_graph.server import negotiation, preconditions, sparql_protocol
from ccn_graph.server.current_dataset import EXAMPLES, SERVICE, Served
from ccn_graph.server.problem import BrokenOff, problem
from ccn_graph.server.response_cache import Alias, AnswerCache, CachedAnswer, etag
from ccn_graph.workers import worker
from ccn_graph.workers.pool import Pool
from ccn_graph.workers.reply import WorkerReply

#: Seconds after which a query is slow enough to look whether its client still waits.
SLOW = 0.05

PATH = "/sparql"

#: The description comes first, so that only who prefers HTML gets it.
_DESCRIPTION_OR_PAGE = (*formats.GRAPHS, formats.Format("html", "text/html"))

FRESH = (b"cache-control", b"public, max-age=60")
NEVER_KEPT = (b"cache-control", b"no-store")
VARY = (b"vary", b"Accept, Accept-Encoding")
GZIP = (b"content-encoding", b"gzip")


@dataclass(slots=True)
class SparqlExchange:
    """One request under way and how to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    headers: Headers

    @property
    def zips(self) -> bool:
        """Whether the client takes gzip."""
        return bool(negotiation.coding(self.headers.get("accept-encoding", "")))


class Endpoint:
    """Answers SPARQL 1.1 Protocol requests from the cache or the pool."""

    def __init__(self, pool: Pool, cache: AnswerCache, served: Served, pages: ASGIApp) -> None:
        """Serve what `pool` answers about the data that are `served`.

        A browser that asks for /sparql without a query gets the page that `pages` has there.
        """
        self._pages = pages
        self.pool = pool
        self._cache = cache
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange = SparqlExchange(scope, receive, send, Headers(scope=scope))
        try:
            await self._serve(exchange)
        except QueryError as error:
            scope["outcome"] = error.code
            await problem(error)(scope, receive, send)

    async def _serve(self, exchange: SparqlExchange) -> None:
        scope = exchange.scope
        if scope["method"] not in ("GET", "HEAD", "POST", "QUERY"):
            raise QueryError("method-not-allowed", f"{scope['method']} is not allowed; use GET, HEAD, POST or QUERY")
        if "job" in scope:
            # It has begun on the short way, so it is not known, and a worker reads it.
            scope["query_hash"] = requests.query_hash(scope["query_string"])
            await self._answer(exchange, None, scope["raw"])
            return
        raw: Alias | None = None
        if scope["method"] in ("GET", "HEAD"):
            raw = (scope["query_string"], ",".join(exchange.headers.getlist("accept")))
            entry = self.find(raw)
            if entry:
                scope["query_hash"] = requests.query_hash(scope["query_string"])
                await self._send_entry(exchange, entry, "cached")
                return
        wanted = await sparql_protocol.read(Request(scope, exchange.receive))
        if wanted is None and _is_browser(exchange.headers.get("accept", "")):
            await self._pages(scope, exchange.receive, exchange.send)
        elif wanted is None:
            await self._describe(exchange)
        else:
            scope["query_hash"] = digest(wanted.query)
            await self._answer(exchange, wanted, raw)

    async def _describe(self, exchange: SparqlExchange) -> None:
        format_ = QueryRequest("", accept=exchange.headers.get("accept", "")).choose(formats.GRAPHS)
        body = self._served.descriptions[EXAMPLES if exchange.scope["path"] == EXAMPLES else SERVICE][format_.name]
        named = etag(self._served.version, digest("description", exchange.scope["path"], format_.content_type))
        modified = self._served.modified(self._served.version)
        await self._send_entry(exchange, CachedAnswer(format_.content_type, named, body, modified), "described")

    async def _answer(self, exchange: SparqlExchange, wanted: QueryRequest | None, raw: Alias | None) -> None:
        key = wanted.key() if wanted else ""
        entry = self.find(key) if key else None
        if entry and raw:
            self._cache.alias(raw, key)
        if entry is None:
            reply = await self._ask(exchange, wanted)
            if reply is None:
                exchange.scope["outcome"] = "abandoned"
                return
            if reply.rest is not None:
                await self._send_reply(exchange, reply, raw)
                return
            entry = self.keep(reply, raw)
        await self._send_entry(exchange, entry, "answered")

    def find(self, key: str | Alias) -> CachedAnswer | None:
        """Find a kept answer."""
        return self._cache.get(key)

    def keep(self, reply: WorkerReply, raw: Alias | None) -> CachedAnswer:
        """Make an entry of an answer and keep it under its key, and under `raw`, unless it has none."""
        entry = self._entry(reply)
        if entry.etag and reply.version == self._served.version:
            self._cache.put(reply.key, entry)
            if raw:
                self._cache.alias(raw, reply.key)
        return entry

    def _entry(self, reply: WorkerReply) -> CachedAnswer:
        if not reply.key or not reply.version:
            return CachedAnswer(reply.content_type, "", reply.body)
        named, modified = etag(reply.version, reply.key), self._served.modified(reply.version)
        return CachedAnswer(reply.content_type, named, reply.body, modified)

    async def _ask(self, exchange: SparqlExchange, wanted: QueryRequest | None) -> WorkerReply | None:
        """Ask the pool; None if the client went away meanwhile, which frees the worker."""
        client = exchange.scope["client"][0] if exchange.scope.get("client") else ""
        loop = asyncio.get_running_loop()
        watch = _Watch(exchange.receive)
        timer = loop.call_later(SLOW, watch.start, _this_task())
        try:
            job = self.pool.enter(worker.pack(wanted), client, wanted.seconds) if wanted else exchange.scope["job"]
            return await self.pool.answer(job)
        except asyncio.CancelledError:
            if watch.gone:
                return None
            raise
        finally:
            timer.cancel()
            watch.stop()

    async def _send_entry(self, exchange: SparqlExchange, entry: CachedAnswer, outcome: str) -> None:
        exchange.scope["outcome"] = outcome
        headers = names(entry)
        chosen = await negotiation.choose(entry, exchange.headers, exchange.scope["method"])
        if chosen.coding:
            headers.append(GZIP)
        if chosen.status == 200:
            headers += [
                (b"content-type", entry.content_type.encode()), (b"content-length", str(len(chosen.body)).encode())
            ]  # fmt: skip
        await exchange.send({"type": "http.response.start", "status": chosen.status, "headers": headers})
        await exchange.send({"type": "http.response.body", "body": chosen.body})

    async def _send_reply(self, exchange: SparqlExchange, reply: WorkerReply, raw: Alias | None) -> None:
        assert reply.rest
        entry = self._entry(reply)
        # Whatever comes, the worker is free in the end.
        async with contextlib.aclosing(reply.rest):
            if negotiation.is_known(entry, exchange.headers, exchange.scope["method"]):
                await self._send_entry(exchange, entry, "answered")
                return
            copy = await self._send_blocks(exchange, reply, entry)
        if copy and copy.whole:
            self.keep(replace(reply, body=b"".join(copy.blocks), rest=None), raw)

    async def _send_blocks(self, exchange: SparqlExchange, reply: WorkerReply, entry: CachedAnswer) -> _Copy | None:
        """Pass an answer on as it comes; return what was sent, or None if the client went away."""
        exchange.scope["outcome"] = "answered"
        headers = [(b"content-type", reply.content_type.encode()), *names(entry)]
        packer = zlib.compressobj(1, wbits=31) if exchange.zips else None
        if packer:
            headers.append(GZIP)
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        copy = _Copy(self._cache.largest if entry.etag else 0)
        watch = _Watch(exchange.receive)
        watch.start(_this_task())
        try:
            async for block in _blocks(reply):
                copy.add(block)
                body = packer.compress(block) if packer else block
                if body:
                    await exchange.send({"type": "http.response.body", "body": body, "more_body": True})
        except asyncio.CancelledError:
            if not watch.gone:
                raise
            exchange.scope["outcome"] = "abandoned"
            return None
        finally:
            watch.stop()
        await exchange.send({"type": "http.response.body", "body": packer.flush() if packer else b""})
        return copy


def names(entry: CachedAnswer) -> list[tuple[bytes, bytes]]:
    """Return the headers that name an answer and say how long it lasts."""
    if not entry.etag:
        return [VARY, NEVER_KEPT]
    changed = [(b"last-modified", preconditions.written(entry.modified).encode())] if entry.modified else []
    return [(b"etag", entry.etag.encode()), *changed, FRESH, VARY]


def _is_browser(accept: str) -> bool:
    """Tell a browser, which prefers HTML, from whoever takes anything or prefers RDF.

    >>> _is_browser("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), _is_browser("*/*")
    (True, False)
    """
    chosen = formats.negotiate(accept, _DESCRIPTION_OR_PAGE)
    return chosen is not None and chosen.name == "html"


async def _blocks(reply: WorkerReply) -> AsyncIterator[bytes]:
    """Yield what has come and what comes.

    An error from here on cannot change the status any more. It is raised, so that the server breaks the connection
    off without the mark that ends a body: no client takes the cut-off answer for a complete one.
    """
    yield reply.body
    assert reply.rest
    try:
        async for _, block in reply.rest:
            yield block
    except QueryError as error:
        raise BrokenOff(f"{error.code}: {error.message}") from None


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


class _Copy:
    """What was sent, as long as it is not too large to be kept."""

    def __init__(self, most: int) -> None:
        self.blocks: list[bytes] = []
        self._left = most

    @property
    def whole(self) -> bool:
        return self._left > 0

    def add(self, block: bytes) -> None:
        self._left -= len(block)
        if self._left > 0:
            self.blocks.append(block)
        else:
            self.blocks.clear()


class _Watch:
    """Watches whether the client of a slow query goes away, and then cancels the query."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._task: asyncio.Task[None] | None = None
        self.gone = False

    def start(self, query: asyncio.Task[Any]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._wait(query))

    async def _wait(self, query: asyncio.Task[Any]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        query.cancel()

    def stop(self) -> None:
        if self._task:
            self._task.cancel()
