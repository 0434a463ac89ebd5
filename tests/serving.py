"""A server as a person starts it, for tests: on loopback, on a free port, stopped by its own pid."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx

from ccn_graph.workers import allocator

ROOT = Path(__file__).resolve().parents[1]


class Server:
    """`ccn-graph serve` with a client for it."""

    def __init__(self, *arguments: str | Path, program: str = "", cwd: Path = ROOT) -> None:
        """Start it, or a Python `program` that starts it in its own way, and wait until it has its data."""
        started = ["-c", program] if program else ["-m", "ccn_graph"]
        command = [sys.executable, *started, "serve", "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", allocator.NAME: allocator.VALUE},
        )
        assert self.process.stderr
        self.lines: list[str] = []
        self.url = ""
        for line in self.process.stderr:
            self.lines.append(line)
            if match := re.search(r"on (http://\S+)", line):
                self.url = match[1]
                break
        assert self.url, "".join(self.lines)
        # Nobody else reads what it writes; a full pipe would stop it.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.http = httpx.Client(base_url=self.url, timeout=300)

    def _read(self) -> None:
        assert self.process.stderr
        with contextlib.suppress(ValueError):
            self.lines += self.process.stderr

    def select(self, query: str, **parameters: str) -> str:
        """Ask and give the rows as CSV lines without heading, joined by blanks."""
        response = self.http.post("/sparql", data={"query": query, **parameters}, headers={"Accept": "text/csv"})
        response.raise_for_status()
        return " ".join(response.text.split()[1:])

    def children(self) -> set[int]:
        """Give the pids of the processes that belong to it."""
        return descendants(self.process.pid)

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it; give its exit code."""
        self.http.close()
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=10)
        assert self.process.stderr
        self.process.stderr.close()
        return code


def cross(patterns: int) -> str:
    """Give a query that counts all combinations of so many triples: without an end, as good as."""
    return "SELECT (COUNT(*) AS ?n) {" + " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(patterns)) + "}"


def descendants(pid: int) -> set[int]:
    """Give the pids of the children of a process, and of theirs."""
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                found |= {child, *descendants(child)}
    return found


@contextlib.contextmanager
def serving(*arguments: str | Path, cwd: Path = ROOT, program: str = "") -> Iterator[Server]:
    """Run a server for the length of a block."""
    server = Server(*arguments, cwd=cwd, program=program)
    try:
        yield server
    finally:
        server.stop()
