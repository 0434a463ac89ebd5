"""Runs the endpoint: a web process without a store, and this process with the store, which forks workers for it."""

from __future__ import annotations

import contextlib
import dataclasses
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
from typing import Any

from ccn_graph.errors import CcnError
from ccn_graph.pages import rendering, routes
from ccn_graph.rdf import formats
from ccn_graph.workers.dataset_version import DatasetVersion, Updates
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.supervisor import Supervisor


class Server:
    """A started web process that waits for data. Its address is taken already, so clients queue rather than fail."""

    def __init__(
        self, listening: socket.socket, limits: Limits, url: str, public: str | None, settings: dict[str, Any]
    ) -> None:
        """Start the web process on a listening socket; `url` is that address, `public` the one for clients.

        `settings` are what else the web process has to know.
        """
        self.url, self.public = url, public or url
        self._limits = limits
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read, self._dataset = os.pipe()
        message = {
            "listen": listening.fileno(), "control": theirs.fileno(), "dataset": read,
            "limits": dataclasses.asdict(limits), "url": self.public, **settings,
        }  # fmt: skip
        # In a group of its own, so that Ctrl-C reaches it only once, through this process.
        command = [sys.executable, "-m", "ccn_graph.server", json.dumps(message)]
        descriptors = (listening.fileno(), theirs.fileno(), read)
        self._front = subprocess.Popen(command, pass_fds=descriptors, process_group=0)  # noqa: S603 - our own module
        theirs.close()
        os.close(read)

    def serve(
        self, dataset: DatasetVersion, updates: Updates | None = None, beside: Callable[[], None] | None = None
    ) -> int:
        """Serve `dataset`, and what `updates` finds to follow it, until the web process ends.

        `beside` is done meanwhile, in a process of its own that gives way to all others. Gives 0 if the web process
        was told to end, else 1.
        """
        prepare()
        # What is loaded stays: keep the collector from touching, and so from copying, pages that workers share.
        gc.collect()
        gc.freeze()
        with os.fdopen(self._dataset, "wb") as pipe:
            pipe.write(dataset.to_bytes())
        self._dataset = -1
        supervisor = Supervisor(self._control, dataset, self._limits, updates)
        with self._passing_signals_on(supervisor.reload_now if updates else None):
            if beside:
                supervisor.do_beside(beside)
            return 0 if supervisor.run(self._front.pid) in (0, -signal.SIGINT, -signal.SIGTERM) else 1

    @contextlib.contextmanager
    def _passing_signals_on(self, reload_now: Callable[[], None] | None) -> Iterator[None]:
        def pass_on(number: int, _frame: FrameType | None) -> None:
            if number == signal.SIGHUP and reload_now:
                reload_now()
            else:
                self._front.send_signal(number)

        numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if reload_now else [])]
        before = [(number, signal.signal(number, pass_on)) for number in numbers]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def close(self) -> None:
        """End the web process if it still waits for data."""
        self._control.close()
        if self._dataset >= 0:
            os.close(self._dataset)
            self._front.terminate()
            self._front.wait()


@contextlib.contextmanager
def start(
    host: str,
    port: int,
    limits: Limits,
    *,
    public: str | None = None,
    cache: int = 64,
    logs: bool = False,
    proxies: Sequence[str] = (),
) -> Iterator[Server]:
    """Take the address and start the web process, which meanwhile loads its libraries.

    `public` is where clients find it, if that is another address, of a proxy; answers name it.
    `cache` is the room for finished answers in 2^20 bytes, `logs` writes a line for each request to stderr.
    `proxies` are addresses or networks whose X-Forwarded-For is believed. A server on loopback without a `public`
    address is for this machine: it answers under its own names only, and not to pages of other origins.
    Raises CcnError if the address cannot be used.
    """
    with _listen(host, port) as listening:
        port = listening.getsockname()[1]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        settings = {
            "cache": cache, "logs": logs, "proxies": list(proxies), "shared": bool(public) or not is_loopback(host),
            "hosts": [host.lower(), "localhost", "127.0.0.1", "::1"],
        }  # fmt: skip
        server = Server(listening, limits, url, public, settings)
    # From here on only the web process has the address: when it takes no more connections, none of them may wait here.
    try:
        yield server
    finally:
        server.close()


def prepare() -> None:
    """Load, once for all workers, what they need: each would take a tenth of a second for it with its first query."""
    rendering.prepare()
    routes.prepare()
    formats.weights("*/*")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        raise CcnError(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port") from error


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
