"""Starts `ccn-graph serve` as a person does, waits until it listens, and stops it with Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.conftest import ROOT

#: Seconds until a server must listen, an answer must be there, and a stopped server must be gone.
START, ANSWER, STOP = 60.0, 30.0, 20.0

COMMAND = (sys.executable, "-m", "ccn_graph", "serve", "--no-check", "--port", "0")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")


class Answering(Protocol):
    """What answers the requests of a test."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send one request exactly as given."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running endpoint."""

    url: str

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send one request exactly as given: no header is added but Host, Content-Length and Connection."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=ANSWER)
        try:
            connection.request(method, target, body, {**(headers or {}), "Connection": "close"})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            content_type = named.get("content-type", "").partition(";")[0].strip().lower()
            return Reply(response.status, content_type, named, response.read())
        finally:
            connection.close()


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[Endpoint]:
    """Run a server with these arguments for `serve`, on a free port of this machine."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, start_new_session=True,
        )  # fmt: skip
        try:
            yield Endpoint(_address(process, log.fileno()))
        finally:
            _stop(process)


def _address(process: subprocess.Popen[bytes], log: int) -> str:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        said = os.pread(log, 1_000_000, 0).decode("utf-8", "replace")
        found = re.search(r"on (http://[^\s/]+)", said)
        if found:
            return found[1]
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}: {said}")
        time.sleep(0.02)
    raise AssertionError(f"the server does not listen after {START:.0f} s: {said}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    # A terminal sends Ctrl-C to the whole group; this one holds the server and nothing else.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=STOP)
        raise AssertionError(f"the server does not stop within {STOP:.0f} s of Ctrl-C") from None


def serving(data: Path) -> tuple[str, ...]:
    """Give the arguments that serve a file as it is: the default graph holds what the file puts there, no union."""
    return ("--data", str(data), "--default-graph", "own")
