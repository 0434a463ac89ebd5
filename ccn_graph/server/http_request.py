"""Requests of HTTP/1.1 as httptools reads them, one at a time out of what a connection has brought."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable

import httptools
from starlette.types import Scope

from ccn_graph.errors import QueryError

#: Longest head of a request (line and headers) in bytes: the longest query, percent-encoded, and some headers.
HEAD_BYTES = 400_000

_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class Incoming:
    """Bytes that have come and were not read yet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = b""
        self._at = self._searched = 0

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._bytes) - self._at

    def add(self, data: bytes) -> None:
        """Put more behind what is here."""
        self._bytes = self._bytes[self._at :] + data if self._at < len(self._bytes) else data
        self._searched = max(0, self._searched - self._at)
        self._at = 0

    def take(self, most: int | None = None) -> bytes:
        """Take away so many bytes, or all."""
        stop = len(self._bytes) if most is None else min(len(self._bytes), self._at + most)
        taken = self._bytes[self._at : stop]
        self._at = self._searched = stop
        return taken

    def head(self) -> bytes | None:
        """Take the head of the next request; None if not all of it has come. Raises QueryError if it never will."""
        while self._bytes.startswith(b"\r\n", self._at):
            # RFC 9112, section 2.2.
            self._at += 2
        end = self._bytes.find(b"\r\n\r\n", max(self._at, self._searched - 3))
        if (end if end >= 0 else len(self._bytes)) - self._at > HEAD_BYTES:
            line = self._bytes.find(b"\r\n", self._at, self._at + HEAD_BYTES)
            code = "head-too-long" if line >= 0 else "address-too-long"
            raise QueryError(code, f"address and headers are longer than {HEAD_BYTES} bytes; use POST")
        if end >= 0:
            return self.take(end + 4 - self._at)
        self._searched = len(self._bytes)
        begin = self._bytes[self._at : self._at + 1]
        if begin not in (b"", b"\r") and not begin.isalpha():
            raise _bad("this is no request of HTTP/1.1")
        return None


class HttpRequest:
    """One request; `on_data` is called with each part of its body."""

    def __init__(self, head: bytes) -> None:
        """Read a head. Raises QueryError if it is not as HTTP has it."""
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        #: Whether all of the body has come.
        self.is_complete = False
        #: Whether the parser was given more than the body: what followed is lost.
        self.has_overrun = False
        self.method, self.version, self.keep_alive = "", "", False
        self.on_data: Callable[[bytes], None] = lambda _: None
        self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            # Nothing else is spoken here. Without the offer, what follows is read as the body that it is.
            self.__init__(_UPGRADE.sub(b"", head))  # type: ignore[misc]
            return
        except httptools.HttpParserError as error:
            raise _bad("this is no request of HTTP/1.1") from error
        if not self.method:
            raise _bad("this is no request of HTTP/1.1")
        length = self.header(b"content-length")
        self._missing = int(length) if length else None

    def header(self, name: bytes) -> str:
        """Return the value of a header, those of the same name joined by commas; empty if there is none."""
        return b", ".join(value for known, value in self.headers if known == name).decode("latin-1")

    def read_body(self, incoming: Incoming) -> None:
        """Take the body, or as much of it as has come. Raises QueryError if it is not as its headers say."""
        part = incoming.take(self._missing)
        try:
            self._parser.feed_data(part)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.is_complete:
                raise _bad("the body is not as its headers say") from error
            self.has_overrun = True
        if self._missing is not None:
            self._missing -= len(part)

    def target(self) -> Scope:
        """Return path and query as ASGI has them. Raises QueryError for an address that is none."""
        # The parser takes no address of 2^16 bytes or more, but a path of such a length is none here.
        address, _, query = self.url.partition(b"?")
        try:
            url = httptools.parse_url(address) if self.url != b"*" else None
            path = (url.path or b"/") if url else self.url
            decoded = urllib.parse.unquote(path.decode("ascii"))
        except (httptools.HttpParserError, UnicodeDecodeError) as error:
            raise _bad("the address is none") from error
        return {"path": decoded, "raw_path": path, "query_string": query.partition(b"#")[0]}

    # See httptools.

    def on_message_begin(self) -> None:
        """Notice another request behind this one, which only a parser finds that is given too much."""
        self.has_overrun = self.is_complete

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those behind a chunked body are of no use."""
        if not self.is_complete and not self.has_overrun:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Ask what only the parser knows, while it knows it."""
        if not self.has_overrun:
            self.method = self._parser.get_method().decode("ascii")
            self.version = self._parser.get_http_version()
            self.keep_alive = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        if not self.has_overrun:
            self.on_data(body)

    def on_message_complete(self) -> None:
        """Know that all has come."""
        self.is_complete = True


def _bad(message: str) -> QueryError:
    return QueryError("bad-request", message)
