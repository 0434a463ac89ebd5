"""The reverse proxies of `ccn_graph/deploy`, started from those very files on loopback, and clients that keep busy."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.peers import Missing, binary, free_port
from tests.conftest import ROOT

DEPLOY = ROOT / "ccn_graph" / "deploy"

_NGINX = """
{user} daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/errors;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    include {directory}/ccn-graph.conf;
}}
"""


def replaced(text: str, changes: dict[str, str]) -> str:
    """Change a file as a person does who has other ports; each of the words has to be there."""
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


class Proxy:
    """nginx or HAProxy before servers on ports of this machine."""

    def __init__(self, name: str, ports: list[int], directory: Path) -> None:
        """Start it, and wait until it takes connections. Skips the test if it is not installed."""
        self.name, self.port, self.directory = name, free_port(), directory
        try:
            program = binary(name)
        except Missing:
            assert not os.environ.get("CI"), f"{name} is missing"
            pytest.skip(f"{name} is not installed; on Debian: apt-get install {name}")
        servers = {f"127.0.0.1:{8001 + number}": f"127.0.0.1:{port}" for number, port in enumerate(ports)}
        command = self._nginx(servers) if name == "nginx" else self._haproxy(servers)
        with (directory / "log").open("wb") as log:
            self.process = subprocess.Popen([program, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(1_000):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.01)
        self.stop()
        raise AssertionError((directory / "log").read_text())

    def _nginx(self, servers: dict[str, str]) -> list[str]:
        changes = {
            "    listen 80;": f"    listen 127.0.0.1:{self.port};", "    listen [::]:80;\n": "",
            "/var/log/nginx/ccn-graph.log": f"{self.directory}/requests", **servers,
        }  # fmt: skip
        text = replaced((DEPLOY / "nginx.conf").read_text(), changes)
        (self.directory / "ccn-graph.conf").write_text(text)
        # Its workers write files here, and root's would run as somebody else.
        user = "" if os.geteuid() else "user root;"
        (self.directory / "nginx.conf").write_text(_NGINX.format(directory=self.directory, user=user))
        return ["-p", str(self.directory), "-c", str(self.directory / "nginx.conf")]

    def _haproxy(self, servers: dict[str, str]) -> list[str]:
        changes = {"bind :80": f"bind 127.0.0.1:{self.port}", **servers}
        (self.directory / "haproxy.cfg").write_text(replaced((DEPLOY / "haproxy.cfg").read_text(), changes))
        return ["-db", "-f", str(self.directory / "haproxy.cfg")]

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def proxying(name: str, ports: list[int], directory: Path) -> Iterator[Proxy]:
    """Run a proxy for the length of a block."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    proxy = Proxy(name, ports, directory)
    try:
        yield proxy
    finally:
        proxy.stop()


class Clients:
    """Clients that ask, each on a connection that it keeps, until told to stop; every answer is looked at."""

    def __init__(self, port: int, count: int = 4) -> None:
        """Begin."""
        self.answers = 0
        self.failures: list[str] = []
        self._port = port
        self._numbers = itertools.count()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(f"c{number}",)) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        """Wait for so many answers more."""
        wanted, until = self.answers + more, time.monotonic() + 60
        while self.answers < wanted and time.monotonic() < until:
            time.sleep(0.01)
        assert self.answers >= wanted, self.failures

    def stop(self) -> None:
        """Wait until each has its last answer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _ask(self, client: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._stopped.is_set():
            number = next(self._numbers)
            # They leave a server that starts some of the machine.
            time.sleep(0.02)
            try:
                self._one(connection, f"{client}-{number}", number)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{number}: {error!r}")
                connection.close()
        connection.close()

    def _one(self, connection: http.client.HTTPConnection, word: str, number: int) -> None:
        # Every tenth takes a little, so that some are under way whenever something happens.
        some = (
            "{ SELECT ?c { ?a ?b ?c } LIMIT 150 } { SELECT ?f { ?d ?e ?f } LIMIT 150 } FILTER(?c != ?f)"
            if number % 10 == 0
            else ""
        )
        query = f'SELECT ("{word}" AS ?word) (COUNT(*) AS ?n) {{ {some} }}'
        if number % 2:
            connection.request("GET", f"/sparql?{urllib.parse.urlencode({'query': query, 'format': 'csv'})}")
        else:
            headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
            connection.request("POST", "/sparql", query, headers)
        response = connection.getresponse()
        body = response.read().decode()
        if response.status == 200 and body.startswith(f"word,n\r\n{word},"):
            self.answers += 1
        else:
            self.failures.append(f"{number}: {response.status} {body[:200]}")


@contextlib.contextmanager
def asking(port: int, count: int = 4) -> Iterator[Clients]:
    """Have clients ask for the length of a block."""
    clients = Clients(port, count)
    try:
        yield clients
    finally:
        clients.stop()
