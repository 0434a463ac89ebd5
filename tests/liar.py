"""An engine that breaks off in the middle of its answers, as one that dies does."""

from __future__ import annotations

import contextlib
import socket
import threading
import urllib.parse
from collections.abc import Iterator

_NUMBER = b'{"n":{"type":"literal","value":"0","datatype":"http://www.w3.org/2001/XMLSchema#integer"}}'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nConnection: close\r\n"


class Liar:
    """Gives half of `answer` to a query with `many` in it: with a length if it says `kept`, else in chunks."""

    def __init__(self, answer: bytes) -> None:
        """Begin."""
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.1)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/sparql"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._over.set()
        self._thread.join(timeout=10)
        self._listening.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError, ConnectionError):
                connection, _ = self._listening.accept()
                with connection:
                    connection.settimeout(5)
                    connection.sendall(self._said(_query(connection)))

    def _said(self, query: str) -> bytes:
        if "many" not in query:
            rows = _NUMBER if "COUNT" in query and "GROUP" not in query else b""
            body = b'{"head":{"vars":["n"]},"results":{"bindings":[%s]}}' % rows
            return _HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
        half = self._answer[: len(self._answer) // 2]
        if "kept" in query:
            return _HEAD + b"Content-Length: %d\r\n\r\n" % len(self._answer) + half
        return _HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(half), half)


def _query(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536) or b"\r\n\r\n"
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lines and len(body) < int(lines[0].partition(b":")[2]):
        body += connection.recv(65_536)
    return urllib.parse.parse_qs(body.decode()).get("query", [""])[0]


@contextlib.contextmanager
def lying(answer: bytes) -> Iterator[Liar]:
    """Run such an engine for the length of a block."""
    liar = Liar(answer)
    try:
        yield liar
    finally:
        liar.close()
