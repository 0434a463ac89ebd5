"""`/sparql`: an ASGI application of its own, because most of the time of a small query is the framework's."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from ccn_graph import guard, media
from ccn_graph.errors import QueryError
from ccn_graph.pool.pool import Pool, Reply
from ccn_graph.request import QueryRequest
from ccn_graph.web import protocol
from ccn_graph.web.cache import AnswerCache, Entry, etag
from ccn_graph.web.problem import problem

#: Seconds after which a query is slow enough to look whether its client still waits.
_SLOW = 0.05

_FRESH = (b"cache-control", b"public, max-age=60")
_NEVER_KEPT = (b"cache-control", b"no-store")
_VARY = (b"vary", b"Accept, Accept-Encoding")
_GZIP = (b"content-encoding", b"gzip")


@dataclass(slots=True)
class Exchange:
    """One request under way and how to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    headers: Headers

    @property
    def zips(self) -> bool:
        """Whether the client takes gzip."""
        return "gzip" in self.headers.get("accept-encoding", "")

    async def reply(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Send a whole answer."""
        headers.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


class Endpoint:
    """Answers SPARQL 1.1 Protocol requests from the cache or the pool."""

    def __init__(self, pool: Pool, cache: AnswerCache, version: str, describe: dict[str, bytes]) -> None:
        """Serve the data of `version`; `describe` is the service description by name of its format."""
        self._pool = pool
        self._cache = cache
        self._version = version
        self._descriptions = describe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange = Exchange(scope, receive, send, Headers(scope=scope))
        try:
            await self._serve(exchange)
        except QueryError as error:
            scope["outcome"] = error.code
            await problem(error)(scope, receive, send)

    async def _serve(self, exchange: Exchange) -> None:
        scope = exchange.scope
        if scope["method"] not in ("GET", "HEAD", "POST", "QUERY"):
            raise QueryError("method-not-allowed", f"{scope['method']} is not allowed; use GET, HEAD, POST or QUERY")
        raw: Hashable = None
        if scope["method"] in ("GET", "HEAD"):
            raw = (scope["query_string"], exchange.headers.get("accept"))
            known = self._cache.get(raw)
            if known:
                await self._send_entry(exchange, known, "cached")
                return
        wanted = await protocol.read(Request(scope, exchange.receive))
        if wanted is None:
            await self._describe(exchange)
        else:
            scope["query_hash"] = etag("", wanted.query)[4:16]
            await self._answer(exchange, wanted, raw)

    async def _describe(self, exchange: Exchange) -> None:
        format_ = QueryRequest("", accept=exchange.headers.get("accept", "")).choose(media.GRAPHS)
        body = self._descriptions[format_.name]
        named = etag(self._version, "description", format_.content_type)
        await self._send_entry(exchange, Entry(format_.content_type, named, body), "described")

    async def _answer(self, exchange: Exchange, wanted: QueryRequest, raw: Hashable) -> None:
        key = self._key(wanted)
        known = self._cache.get(key) if key else None
        if known is None:
            reply = await self._ask(exchange, wanted)
            if reply is None:
                exchange.scope["outcome"] = "abandoned"
                return
            if reply.rest is not None or key is None:
                await self._send_reply(exchange, reply, kept=key is not None)
                return
            parts = (wanted.query, *wanted.default_graphs, "", *wanted.named_graphs, reply.content_type)
            known = Entry(reply.content_type, etag(self._version, *parts), reply.body)
            self._cache.put(key, known)
        if raw is not None and key is not None:
            self._cache.alias(raw, key)
        await self._send_entry(exchange, known, "answered")

    @staticmethod
    def _key(wanted: QueryRequest) -> Hashable:
        """Give what an answer depends on; None for a query whose answer changes by itself."""
        if guard.is_volatile(wanted.query):
            return None
        return replace(wanted, seconds=0)

    async def _ask(self, exchange: Exchange, wanted: QueryRequest) -> Reply | None:
        """Ask the pool; None if the client went away meanwhile, which frees the worker."""
        client = exchange.scope["client"][0] if exchange.scope.get("client") else ""
        loop = asyncio.get_running_loop()
        watch = _Watch(exchange.receive)
        task = asyncio.current_task()
        assert task is not None
        timer = loop.call_later(_SLOW, watch.start, task)
        try:
            return await self._pool.answer(wanted, client)
        except asyncio.CancelledError:
            if watch.gone:
                return None
            raise
        finally:
            timer.cancel()
            watch.stop()

    async def _send_entry(self, exchange: Exchange, entry: Entry, outcome: str) -> None:
        exchange.scope["outcome"] = outcome
        headers = [(b"etag", entry.etag.encode()), _FRESH, _VARY]
        if entry.etag in exchange.headers.get("if-none-match", ""):
            await exchange.send({"type": "http.response.start", "status": 304, "headers": headers})
            await exchange.send({"type": "http.response.body", "body": b""})
            return
        body = entry.body
        if exchange.zips and (zipped := entry.zipped()):
            body = zipped
            headers.append(_GZIP)
        headers.append((b"content-type", entry.content_type.encode()))
        await exchange.reply(200, headers, body)

    async def _send_reply(self, exchange: Exchange, reply: Reply, *, kept: bool) -> None:
        exchange.scope["outcome"] = "answered"
        headers = [(b"content-type", reply.content_type.encode()), _VARY, _FRESH if kept else _NEVER_KEPT]
        if reply.rest is None:
            await exchange.reply(200, headers, reply.body)
            return
        # An error from here on cannot change the status any more. It is raised, so that the server breaks the
        # connection off without the mark that ends a body: no client takes the cut-off answer for a complete one.
        packer = zlib.compressobj(1, wbits=31) if exchange.zips else None
        if packer:
            headers.append(_GZIP)
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            block = reply.body
            while True:
                body = packer.compress(block) if packer else block
                if body:
                    await exchange.send({"type": "http.response.body", "body": body, "more_body": True})
                try:
                    _, block = await anext(reply.rest)
                except StopAsyncIteration:
                    break
        except QueryError as error:
            raise _Broken(error.code) from None
        finally:
            await reply.rest.aclose()
        await exchange.send({"type": "http.response.body", "body": packer.flush() if packer else b""})


class _Broken(Exception):  # noqa: N818 - an event
    """A stream that had to be broken off, with the code of the reason."""


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
