"""Requests of HTTP/1.1 as httptools reads them, one at a time out of what a connection has brought."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable

import httptools
from starlette.types import Scope

from ccn_graph.errors import QueryError

#: Longest line of a request in bytes: as long as a posted body, so that it holds the longest query in any script.
ADDRESS_BYTES = 1_000_000

#: Longest path; that of no page, and of no query, is longer.
PATH_BYTES = 8_192

#: What all headers of a request may have in bytes, and how many there may be.
HEADER_BYTES, HEADERS = 16_384, 100

#: An offer to speak another protocol.
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)

#: What ends no line of a head, whatever some readers think (section 2.2).
_BARE = re.compile(rb"(?<!\r)\n|\r(?=[^\n])")

_AUTHORITY = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)


class Incoming:
    """Bytes that have come and were not read yet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()
        #: What was searched for the end of a head, and where the request line ends, once it has come.
        self._searched, self._line = 0, -1

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._bytes)

    def add(self, data: bytes) -> None:
        """Put more behind what is here."""
        self._bytes += data

    def take(self, most: int | None = None) -> bytes:
        """Take away so many bytes, or all."""
        taken = bytes(self._bytes[:most])
        del self._bytes[: len(taken)]
        self._searched, self._line = 0, -1
        return taken

    def head(self) -> bytes | None:
        """Take the head of the next request; None if not all of it has come. Raises QueryError if it never will."""
        if self._bytes.startswith(b"\r\n"):
            # One line too many is no fault (RFC 9112, section 2.2).
            self.take(2)
        if self._line < 0:
            self._line = self._bytes.find(b"\r\n", max(0, self._searched - 1))
        end = self._bytes.find(b"\r\n\r\n", max(0, self._searched - 3))
        come = end if end >= 0 else len(self._bytes)
        line = self._line if self._line >= 0 else come
        if line > ADDRESS_BYTES:
            raise QueryError("address-too-long", f"the address is longer than {ADDRESS_BYTES} bytes; use POST")
        if come - line > HEADER_BYTES:
            raise QueryError("head-too-long", f"the headers are longer than {HEADER_BYTES} bytes")
        if end >= 0:
            return self.take(end + 4)
        begin = bytes(self._bytes[:1])
        if (begin not in (b"", b"\r") and not begin.isalpha()) or _BARE.search(self._bytes, max(0, self._searched - 1)):
            raise _bad("this is no request of HTTP/1.1")
        self._searched = come
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
        self._has_head = False
        if head.count(b"\r\n") > HEADERS + 2:
            raise QueryError("head-too-long", f"there are more than {HEADERS} headers")
        self._parser = httptools.HttpRequestParser(self)
        try:
            # Nothing else is spoken here. Without the offer, what follows is read as the body that it is.
            self._parser.feed_data(_UPGRADE.sub(b"", head))
        except (httptools.HttpParserUpgrade, httptools.HttpParserError) as error:
            raise _bad("this is no request of HTTP/1.1") from error
        hosts = sum(name == b"host" for name, _ in self.headers)
        if self.version not in ("1.0", "1.1") or hosts > 1 or (self.version == "1.1" and not hosts):
            raise _bad("this is no request of HTTP/1.1, or has not one Host")
        coding = self.header(b"transfer-encoding").lower()
        if coding not in ("", "chunked"):
            raise _bad(f"send the body as it is or chunked, not by '{coding}'")
        length = self.header(b"content-length")
        self._missing = int(length) if length else None

    def header(self, name: bytes) -> str:
        """Return the value of a header, those of the same name joined by commas; empty if there is none."""
        return b", ".join(value for key, value in self.headers if key == name).decode("latin-1")

    @property
    def host(self) -> str:
        """For whom it is: as an absolute address says, else as the header Host does (RFC 9112, section 3.2.2)."""
        match = _AUTHORITY.match(self.url)
        return match[1].decode("latin-1") if match else self.header(b"host")

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
        address, _, query = self.url.partition(b"?")
        if len(address) > PATH_BYTES:
            raise QueryError("address-too-long", f"the path is longer than {PATH_BYTES} bytes")
        try:
            path = (httptools.parse_url(address).path or b"/") if self.url != b"*" else self.url
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
        if not self._has_head:
            self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those behind a chunked body are of no use."""
        if not self._has_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Ask what only the parser knows, while it knows it."""
        if not self._has_head:
            self._has_head = True
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
