"""What stands between a client and an engine, and can hold, lose or break off any request."""

from __future__ import annotations

import contextlib
import http.client
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Passing:
    """A request on its way; `number` counts from 1."""

    number: int
    method: str
    target: str
    body: bytes

    @property
    def fills(self) -> bool:
        """Whether it brings triples into a graph by the Graph Store Protocol."""
        return self.method in ("PUT", "POST") and "graph=" in self.target

    @property
    def switches(self) -> bool:
        """Whether it is the request that switches readers."""
        return b"urn:ccn-graph:publication> <urn:ccn-graph:version>" in self.body and b"DELETE WHERE" in self.body


#: Gives a status to answer with instead of asking the engine, -1 to break the connection off, None to go on.
Hook = Callable[[Passing], int | None]


class Gate:
    """A server of HTTP that hands everything on to another one."""

    def __init__(self, url: str) -> None:
        """Hand on to the server of `url`."""
        self.before: Hook = lambda _: None
        self.after: Hook = lambda _: None
        self.seen: list[Passing] = []
        self.hidden = False
        """Whether to keep to itself who the engine is."""
        parts = urllib.parse.urlsplit(url)
        self._address, path = (parts.hostname or "", parts.port or 80), parts.path
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(gate) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                passing = Passing(len(gate.seen) + 1, self.command, self.path, body)
                gate.seen.append(passing)
                status = gate.before(passing)
                if status is None:
                    answer = gate._asked(passing, dict(self.headers))
                    status = gate.after(passing)
                if status == -1:
                    self.close_connection = True
                    return
                with contextlib.suppress(ConnectionError):
                    if status is None:
                        self._give(*answer)
                    else:
                        self._give(status, [], b"said by the gate")

            def _give(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response_only(status)
                dropped = {"content-length", "transfer-encoding", "connection", *(["server"] if gate.hidden else [])}
                for name, value in headers:
                    if name.lower() not in dropped:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _asked(self, passing: Passing, headers: dict[str, str]) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(*self._address, timeout=60)
        try:
            connection.request(passing.method, passing.target, passing.body, headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        except OSError as error:
            return 502, [], str(error).encode()
        finally:
            connection.close()


@contextlib.contextmanager
def gate(url: str) -> Iterator[Gate]:
    """Run a gate before an engine for the length of a block."""
    running = Gate(url)
    try:
        yield running
    finally:
        running.close()
