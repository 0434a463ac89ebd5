"""Runs the endpoint: a web process without a store, and this process with the store, which forks workers for it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from ccn_graph.engine import Engine, OxigraphEngine
from ccn_graph.errors import CcnError
from ccn_graph.pages import rendering, views
from ccn_graph.pages.check import no_check
from ccn_graph.pages.site import Site
from ccn_graph.pool.limits import Limits
from ccn_graph.pool.supervisor import Supervisor
from ccn_graph.pool.worker import Holdings
from ccn_graph.released import Shelf
from ccn_graph.request import CheckRequest, Page
from ccn_graph.statistics import Statistics
from ccn_graph.storage import Stored

ENGINES = ("oxigraph", "rdflib")


class Server:
    """A started web process that waits for data. Its address is taken already, so clients queue rather than fail."""

    def __init__(
        self, listening: socket.socket, limits: Limits, url: str, shelf: Shelf | None, *, cache: int, logs: bool
    ) -> None:
        """Start the web process on a listening socket."""
        self.url = url
        self._limits = limits
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read, self._statistics = os.pipe()
        told = {
            "listen": listening.fileno(), "control": theirs.fileno(), "statistics": read,
            "limits": dataclasses.asdict(limits), "url": url, "cache": cache, "logs": logs,
            "shelf": [str(shelf.directory), str(shelf.failure)] if shelf else None,
        }  # fmt: skip
        # In a group of its own, so that Ctrl-C reaches it only once, through this process.
        command = [sys.executable, "-m", "ccn_graph.web", json.dumps(told)]
        given = (listening.fileno(), theirs.fileno(), read)
        self._front = subprocess.Popen(command, pass_fds=given, process_group=0)  # noqa: S603 - our own module
        theirs.close()
        os.close(read)

    def serve(
        self,
        data: Stored,
        engine: str,
        services: Sequence[str] = (),
        site: Callable[[Engine, Statistics], Site] = Site.over,
        checker: Callable[[CheckRequest], Page] = no_check,
        beside: Callable[[], None] | None = None,
    ) -> int:
        """Serve `data` until the web process ends; give 0 if it was told to, else 1.

        `site` makes what pages are made from, over the engine of a worker; `checker` checks files of others. `beside`
        is done meanwhile, in a process of its own that gives way to all others.
        """
        base = f"{self.url}/sparql"

        copy = _copied(data, base) if engine == "rdflib" else None

        def open_holdings() -> Holdings:
            # In each worker, after the fork: a store on disk has threads, and those do not survive one.
            opened = copy or OxigraphEngine(data.open(), services, base)
            return Holdings(opened, functools.partial(views.make, site(opened, statistics)), checker)

        statistics = dataclasses.replace(data.statistics, engine=engine, federated=bool(services))
        rendering.prepare()
        # What is loaded stays: keep the collector from touching, and so from copying, pages that workers share.
        gc.collect()
        gc.freeze()
        with os.fdopen(self._statistics, "wb") as pipe:
            pipe.write(statistics.to_json())
        self._statistics = -1
        supervisor = Supervisor(self._control, open_holdings, self._limits)
        with self._passing_signals_on():
            if beside:
                supervisor.do_beside(beside)
            return 0 if supervisor.run(self._front.pid) in (0, -signal.SIGINT, -signal.SIGTERM) else 1

    @contextlib.contextmanager
    def _passing_signals_on(self) -> Iterator[None]:
        def pass_on(number: int, _frame: FrameType | None) -> None:
            self._front.send_signal(number)

        before = signal.signal(signal.SIGINT, pass_on), signal.signal(signal.SIGTERM, pass_on)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before[0])
            signal.signal(signal.SIGTERM, before[1])

    def close(self) -> None:
        """End the web process if it still waits for data."""
        self._control.close()
        if self._statistics >= 0:
            os.close(self._statistics)
            self._front.terminate()
            self._front.wait()


@contextlib.contextmanager
def start(
    host: str,
    port: int,
    engine: str,
    limits: Limits,
    shelf: Shelf | None = None,
    *,
    cache: int = 64,
    logs: bool = False,
) -> Iterator[Server]:
    """Take the address and start the web process, which meanwhile loads its libraries.

    `cache` is the room for finished answers in 2^20 bytes, `logs` writes a line for each request to stderr.
    Raises CcnError if the address cannot be used, or if the rdflib engine is asked to listen beyond this machine.
    """
    if engine == "rdflib" and not _is_loopback(host):
        raise CcnError(f"the rdflib engine serves this machine only, not {host}; use --engine oxigraph or 127.0.0.1")
    with _listen(host, port) as listening:
        port = listening.getsockname()[1]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        server = Server(listening, limits, url, shelf, cache=cache, logs=logs)
        try:
            yield server
        finally:
            server.close()


def _copied(data: Stored, base: str) -> Engine:
    """Copy the data for rdflib: once, here, and shared by the workers as the native store in memory is."""
    # Only now: every command would wait for rdflib to be imported.
    from ccn_graph.rdflib_engine import RdflibEngine

    return RdflibEngine(data.open(), base)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        raise CcnError(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
