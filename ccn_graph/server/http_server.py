"""The server of HTTP: takes connections, looks after them, ends orderly."""

from __future__ import annotations

import asyncio
import functools
import signal
import socket
import time
from email.utils import formatdate
from typing import Any

from starlette.types import ASGIApp

from ccn_graph.server.client_address import Proxies
from ccn_graph.server.connection import HttpConnection
from ccn_graph.server.connections import MOST, MOST_OF_ADDRESS, RESERVED, Connections, allow_many_files
from ccn_graph.server.exchange import Exchange
from ccn_graph.server.fast_path import Lane
from ccn_graph.server.http_request import HttpRequest

#: Connections that wait to be taken.
BACKLOG = 1_024


class HttpServer:
    """Serves an application, and the fast path before it, on a listening socket."""

    def __init__(self, app: ASGIApp, lane: Lane, proxies: Proxies, hosts: frozenset[str] | None = None) -> None:
        """Serve `app`; if `hosts` are given, only requests for one of these names, whatever their port."""
        self._app = app
        self.lane = lane
        self.proxies = proxies
        self._hosts = hosts
        # Asked for each request, of few names.
        self.is_host = functools.lru_cache(maxsize=256)(self._is_host)
        most = min(MOST, max(64, allow_many_files() - RESERVED))
        self.connections = Connections(most, min(MOST_OF_ADDRESS, most // 2))
        self.address: tuple[str, int] = ("", 0)
        self._tasks: set[asyncio.Task[None]] = set()
        self._second, self._lines = 0.0, b""

    async def serve(self, listening: socket.socket, patience: float) -> None:
        """Serve until SIGINT or SIGTERM; what is under way then has so many seconds to be answered."""
        self.loop = asyncio.get_running_loop()
        self.address = listening.getsockname()[:2]
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(number, ended.set)
        server = await self.loop.create_server(lambda: HttpConnection(self), sock=listening, backlog=BACKLOG)
        looking = self.loop.create_task(self._look())
        await ended.wait()
        server.close()
        for connection in tuple(self.connections.all):
            connection.let_go()
        until = self.loop.time() + patience
        while self.connections.all and self.loop.time() < until:
            await asyncio.sleep(0.02)
        looking.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(looking, *self._tasks, return_exceptions=True)

    def answer(self, exchange: Exchange) -> None:
        """Have a request answered by the application."""
        task = self.loop.create_task(exchange.run(self._app))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def scope(self, request: HttpRequest, near: str, port: int) -> dict[str, Any]:
        """Return what ASGI says of a request that came from the address `near`."""
        client = self.proxies.client(near, request.header(b"x-forwarded-for"))
        secure = request.header(b"x-forwarded-proto") == "https" and self.proxies.is_trusted(near)
        return {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": request.version,
            "method": request.method, **request.target(), "root_path": "", "scheme": "https" if secure else "http",
            "server": self.address, "client": (client, port), "headers": request.headers, "state": {},
        }  # fmt: skip

    def common_lines(self) -> bytes:
        """Return the header lines that all answers have."""
        second = time.time() // 1
        if second != self._second:
            self._second, self._lines = second, b"date: %s\r\n" % formatdate(second, usegmt=True).encode()
        return self._lines

    def _is_host(self, host: str) -> bool:
        """Tell whether a request is for this server, by its Host header (RFC 9112, section 3.2).

        A page of another origin that has its own name lead here (DNS rebinding) needs a name that it can register;
        nobody can register one without a dot, or an address.
        """
        name = (host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host).strip("[]").lower()
        return self._hosts is None or "." not in name or name in self._hosts

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(1)
            now = self.loop.time()
            for connection in tuple(self.connections.all):
                connection.look(now)
