"""Engines as people have them on other machines: the real servers, on loopback and free ports, stopped by their pid."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx2 as httpx
import pytest

from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import Client, find
from tests.benchmarks.peers import Missing, binary, free_port

#: Seconds that a server may take to start.
PATIENCE = 120

# What Debian installs in /etc/virtuoso-opensource-7/virtuoso.ini, as far as it shows from outside; but on loopback.
_VIRTUOSO = """
[Database]
DatabaseFile = {directory}/virtuoso.db
ErrorLogFile = {directory}/virtuoso.log
LockFile = {directory}/virtuoso.lck
TransactionFile = {directory}/virtuoso.trx
xa_persistent_file = {directory}/virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {directory}/virtuoso-temp.db
TransactionFile = {directory}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 60
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxQueryMem = 2G
VectorSize = 1000
MaxVectorSize = 1000000
ThreadsPerQuery = 4
AsyncQueueMaxThreads = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
MaxClientConnections = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
EnabledGzipContent = 1
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
"""


_Server = TypeVar("_Server", bound="Running")


class Running:
    """A server and what is known of it."""

    credentials: Credentials | None = None

    def __init__(self, directory: Path, path: str) -> None:
        """Start it with what it keeps in `directory`; `path` is that of its SPARQL endpoint."""
        self.directory, self._path, self.port = directory, path, free_port()
        directory.mkdir(parents=True, exist_ok=True)
        self.start()

    @property
    def url(self) -> str:
        """The URL of its SPARQL endpoint."""
        return f"http://127.0.0.1:{self.port}{self._path}"

    def command(self) -> list[str]:
        """Give the command that starts it. Raises Missing."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.directory / "output").open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=self.directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.post(self.url, data={"query": "ASK {}"}, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError((self.directory / "output").read_text(errors="replace")[-1000:])

    def stop(self, how: int = signal.SIGKILL) -> None:
        """End it."""
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        self.process.wait(timeout=60)

    def client(self, seconds: float = 60.0) -> Client:
        """Give a client of the one who may change everything."""
        return Client(find(self.url, self.credentials), self.credentials, seconds)


class Oxigraph(Running):
    """`oxigraph serve`, in memory or on disk: package `oxigraph` of PyPI."""

    def __init__(self, directory: Path, *, on_disk: bool = False) -> None:
        """See Running."""
        self._on_disk = on_disk
        super().__init__(directory, "/query")

    def command(self) -> list[str]:
        """See Running."""
        kept = ["--location", str(self.directory / "store")] if self._on_disk else []
        return [binary("oxigraph"), "serve", "--bind", f"127.0.0.1:{self.port}", *kept]


class Virtuoso(Running):
    """Virtuoso 7 with the settings of the Debian package virtuoso-opensource-7-bin, and its first user."""

    credentials = Credentials("dba", "dba")

    def __init__(self, directory: Path) -> None:
        """See Running."""
        super().__init__(directory, "/sparql")

    def command(self) -> list[str]:
        """See Running."""
        config = self.directory / "virtuoso.ini"
        config.write_text(_VIRTUOSO.format(directory=self.directory, http=self.port, sql=free_port()))
        return [binary("virtuoso-t"), "+foreground", "+configfile", str(config)]


def started(start: Callable[[], _Server]) -> _Server:
    """Start an engine. Skips the test if it is not installed; fails it where it has to be."""
    try:
        return start()
    except Missing as missing:
        wanted = f"no {missing}: Debian has virtuoso-t in virtuoso-opensource-7-bin, PyPI has oxigraph"
        if os.environ.get("CI"):
            pytest.fail(wanted)
        pytest.skip(wanted)
