"""The servers that are compared, each started on loopback on a free port and stopped by its own pid."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tests.benchmarks import family
from tests.serving import ROOT

#: Seconds that a server may take to load and answer.
PATIENCE = 1_800


@dataclass(frozen=True, slots=True)
class Data:
    """A generated file."""

    path: Path
    quads: int
    documents: int


class Missing(Exception):  # noqa: N818 - nothing is wrong
    """A peer is not installed here, or does not run."""


class Peer:
    """A server that is compared: how to load, start, ask and stop it."""

    name = ""
    path = "/sparql"
    most = 0
    """Largest number of quads that it is asked to take; 0 for any."""
    slow = False
    """Whether it is left out where nothing new would be learned of it."""

    def __init__(self, directory: Path) -> None:
        """Keep what it writes in `directory`. Raises Missing if it is not installed."""
        self.port = free_port()
        self.loading = self.starting = 0.0
        self.patience: float = PATIENCE
        self.process: subprocess.Popen[bytes] | None = None
        self._directory = directory
        self._directory.mkdir(parents=True)
        self.version = self.find()

    @classmethod
    def refusal(cls, data: Data) -> str:
        """Say so if it is not asked to take that much data."""
        return f"{cls.name} (asked for {cls.most:,} quads at most)" if cls.most and data.quads > cls.most else ""

    def find(self) -> str:
        """Give its version. Raises Missing."""
        raise NotImplementedError

    def load(self, data: Data) -> None:
        """Load the data beforehand, if that is how it works."""

    def command(self, data: Data) -> list[str]:
        """Give the command that serves."""
        raise NotImplementedError

    def fill(self, data: Data) -> None:
        """Load the data into the running server, if that is how it works."""

    def start(self, data: Data) -> None:
        """Load, start, and wait for the first right answer."""
        begun = time.perf_counter()
        self.load(data)
        self.loading = time.perf_counter() - begun
        self.launch(data)
        begun = time.perf_counter()
        self.fill(data)
        self.loading += time.perf_counter() - begun

    def launch(self, data: Data) -> None:
        """Start what is loaded, and wait for the first right answer."""
        begun = time.perf_counter()
        self._log = (self._directory / "log").open("wb")
        self.process = subprocess.Popen(
            self.command(data), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        self._await(begun)
        self.starting = time.perf_counter() - begun

    def restart(self, data: Data) -> None:
        """Stop it, whatever it is at, and start it again with what it has."""
        self.stop()
        self.launch(data)

    def _await(self, begun: float) -> None:
        assert self.process
        while True:
            try:
                if self.ask("ASK {}")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                self.stop()
                said = (self._directory / "log").read_text(errors="replace").strip()
                raise Missing(f"{self.name} did not start: {said[-1000:]}")
            time.sleep(0.005)

    def ask(self, query: str, accept: str = "*/*") -> tuple[int, bytes]:
        """Ask one query; give status and body."""
        return self.get(f"{self.path}?{urllib.parse.urlencode({'query': query})}", {"Accept": accept})

    def get(self, target: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Fetch a path."""
        return self.send("GET", target, None, headers or {})

    def send(self, method: str, target: str, body: bytes | Path | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            if isinstance(body, Path):
                with body.open("rb") as file:
                    connection.request(method, target, file, headers)
            else:
                connection.request(method, target, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def megabytes(self) -> float:
        """Give the memory of the whole family of processes."""
        return family.megabytes(self.process.pid) if self.process else 0.0

    def megabytes_on_disk(self) -> float:
        """Give what it keeps on disk, in 2^20 bytes."""
        files = (path for path in self._directory.rglob("*") if path.is_file() and path.name != "log")
        # Of two links to a file there is one on the disk.
        blocks = {told.st_ino: told.st_blocks for told in (path.stat() for path in files)}
        return sum(blocks.values()) * 512 / 2**20

    def processor_seconds(self) -> float:
        """Give the processor time of the whole family."""
        return family.processor_seconds(self.process.pid) if self.process else 0.0

    def stop(self) -> None:
        """End it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self._log.close()


class Oxigraph(Peer):
    """`oxigraph serve-read-only --union-default-graph` over a loaded store on disk: the way its users run it."""

    name = "oxigraph"
    path = "/query"

    def find(self) -> str:
        """See Peer."""
        self._binary = binary("oxigraph")
        return subprocess.run([self._binary, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]

    def load(self, data: Data) -> None:
        """See Peer."""
        subprocess.run(
            [self._binary, "load", "--location", str(self._directory / "db"), "--file", str(data.path)],
            check=True,
            capture_output=True,
        )

    def command(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Peer."""
        options = f"--bind 127.0.0.1:{self.port} --union-default-graph"
        return [self._binary, "serve-read-only", "--location", str(self._directory / "db"), *options.split()]


class OxigraphInMemory(Oxigraph):
    """`oxigraph serve` without a location, so in memory; the default graph is loaded as the union, without duplicates.

    Nobody runs it so, for it cannot be had read-only: the fastest that can be made of it.
    """

    name = "oxigraph, memory"
    # Its INSERT of everything needs several times the memory of the data.
    most = 3_000_000

    def load(self, data: Data) -> None:
        """See Peer: it begins empty."""

    def command(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Peer."""
        return [self._binary, "serve", "--bind", f"127.0.0.1:{self.port}"]

    def fill(self, data: Data) -> None:
        """See Peer."""
        status, body = self.send("POST", "/store?no_transaction", data.path, {"Content-Type": "application/n-quads"})
        assert status < 300, body
        union = b"INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
        status, body = self.send("POST", "/update", union, {"Content-Type": "application/sparql-update"})
        assert status < 300, body


class RdflibEndpoint(Peer):
    """`rdflib-endpoint serve`, as shipped."""

    name = "rdflib-endpoint"
    path = "/"
    most = 30_000
    slow = True

    def find(self) -> str:
        """See Peer."""
        self._binary = binary("rdflib-endpoint")
        return metadata.version("rdflib-endpoint")

    def command(self, data: Data) -> list[str]:
        """See Peer."""
        return [self._binary, "serve", "--host", "127.0.0.1", "--port", str(self.port), str(data.path)]


class Nginx(Peer):
    """nginx and the answers as files: what a repeat could cost at best."""

    name = "nginx, files"
    most = 3_000_000
    _CONFIG = """
daemon off; worker_processes auto; pid {directory}/pid; error_log {directory}/errors;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi; default_type application/sparql-results+json;
    server {{ listen 127.0.0.1:{port}; root {directory}/files; }}
}}
"""

    def find(self) -> str:
        """See Peer."""
        self._binary = binary("nginx")
        shown = subprocess.run([self._binary, "-v"], check=True, capture_output=True, text=True).stderr
        return shown.strip().rpartition("/")[2]

    def offer(self, bodies: list[bytes]) -> None:
        """Serve these as /0, /1 and so on."""
        files = self._directory / "files"
        files.mkdir()
        # Its workers may run as another user.
        for directory in (files, self._directory, *self._directory.parents[:1]):
            directory.chmod(0o755)
        for number, body in enumerate(bodies):
            (files / str(number)).write_bytes(body)

    def command(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Peer."""
        config = self._directory / "nginx.conf"
        config.write_text(self._CONFIG.format(directory=self._directory, port=self.port))
        return [self._binary, "-p", str(self._directory), "-c", str(config)]

    def ask(self, query: str, accept: str = "*/*") -> tuple[int, bytes]:  # noqa: ARG002
        """Fetch the first file: it understands no query."""
        return self.get("/0")


def binary(name: str) -> str:
    """Find a program beside our interpreter, or where programs are. Raises Missing."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise Missing(name)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
