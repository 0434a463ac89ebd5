"""`/mcp`: the Model Context Protocol over streamable HTTP; workers do what is asked, under the limits of queries.

The application is that of the official SDK. It is loaded when the first client comes.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import urllib.parse
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.rdf.requests import CallRequest
from ccn_graph.server import request_body
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.problem import problem
from ccn_graph.workers import worker
from ccn_graph.workers.pool import Pool

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Mcp:
    """Answers POST requests on /mcp."""

    def __init__(self, pool: Pool, served: Served, url: str, *, shared: bool) -> None:
        """Have calls done by `pool`, about the data that are `served`.

        A server that is not `shared`, but for its own machine, answers no pages of other origins.
        """
        self._pool = pool
        self._served = served
        self._origins = None if shared else {*_LOOPBACK, urllib.parse.urlsplit(url).hostname or ""}
        self._manager: StreamableHTTPSessionManager | None = None
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        #: The list of tools, by the version of the data: the same for everyone, and long.
        self._tools: tuple[str, dict[str, Any]] = ("", {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            if scope["method"] != "POST":
                raise QueryError("method-not-allowed", f"{scope['method']} is not allowed; post JSON-RPC messages")
            request = Request(scope, receive)
            self._refuse_foreign(request.headers.get("origin", ""))
            body = await request_body.read(request)
            manager = await self._started()
        except QueryError as error:
            scope["outcome"] = error.code
            await problem(error)(scope, receive, send)
            return
        await manager.handle_request(scope, _replaying(body, receive), send)

    def _refuse_foreign(self, origin: str) -> None:
        """Raise QueryError for a page of another origin (Model Context Protocol, Transports, security warning)."""
        if self._origins is not None and origin and urllib.parse.urlsplit(origin).hostname not in self._origins:
            raise QueryError("foreign-origin", f"pages of {origin[:100]} may not ask a server for its own machine")

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._manager is None:
                # In a thread, for it takes a second.
                protocol = await asyncio.to_thread(importlib.import_module, "ccn_graph.server.mcp.protocol")
                manager: StreamableHTTPSessionManager = protocol.manager(self._answer, request_body.MAX_BODY)
                ready = asyncio.get_running_loop().create_future()
                self._task = asyncio.get_running_loop().create_task(_run(manager, ready))
                await ready
                self._manager = manager
            return self._manager

    async def _answer(self, request: CallRequest, client: str) -> dict[str, Any]:
        version = self._served.version
        if request.method == "tools/list" and version and self._tools[0] == version:
            return self._tools[1]
        reply = await self._pool.answer(self._pool.enter(worker.pack(request), client))
        page = await reply.page()
        result: dict[str, Any] = json.loads(page.body)
        if request.method == "tools/list":
            self._tools = (reply.version, result)
        return result


async def _run(manager: StreamableHTTPSessionManager, ready: asyncio.Future[None]) -> None:
    """Keep what the SDK needs running, until the server ends and cancels all tasks."""
    async with manager.run():
        ready.set_result(None)
        await asyncio.Event().wait()


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more, and then whatever comes."""
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return unread.pop() if unread else await receive()

    return received
