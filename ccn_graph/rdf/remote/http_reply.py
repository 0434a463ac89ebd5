"""What an engine answers: its head, and its body as it comes in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import IO, cast

import httpx2 as httpx

from ccn_graph.errors import EngineError
from ccn_graph.rdf.remote.server_urls import DIALECTS

_MOST_SAID = 64 * 1024
"""Bytes of an error that are read at most."""

_MOST_WHOLE = 64 * 1024 * 1024
"""Bytes of an answer that is read whole at most."""


class HttpReply:
    """A successful answer, read as a binary file is; it takes as much memory as one block."""

    def __init__(self, response: httpx.Response, url: str) -> None:
        """Read from `response`. Raises EngineError if the engine says itself that the answer is cut off."""
        self._response, self._url = response, url
        self._blocks = self._received()
        self._rest = b""
        # Whichever engine it is: a server in front of it may go by another name.
        reason = next(filter(None, (dialect.incomplete(response.headers) for dialect in DIALECTS)), "")
        if reason:
            message = f"{url} says that its answer is not complete: {printable(reason)}; ask for less at a time"
            raise EngineError("engine-partial", message, status=response.status_code)

    @property
    def headers(self) -> Mapping[str, str]:
        """The fields of its head, found by their names in any case."""
        return self._response.headers

    @property
    def content_type(self) -> str:
        """The media type without parameters, in small letters; empty if there is none."""
        return str(self._response.headers.get("content-type", "")).partition(";")[0].strip().lower()

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, at the end none; all that is left if `size` is negative."""
        if size < 0:
            everything, self._rest = self._rest + b"".join(self._blocks), b""
            return everything
        if not self._rest:
            self._rest = next(self._blocks, b"")
        block, self._rest = self._rest[:size], self._rest[size:]
        return block

    @property
    def file(self) -> IO[bytes]:
        """The same for libraries that take a binary file and use no more of it than `read`."""
        return cast(IO[bytes], self)

    def whole(self, most: int = _MOST_WHOLE) -> bytes:
        """Return the body of a small answer. Raises EngineError if it has more than `most` bytes."""
        kept = bytearray()
        while block := self.read(1 << 16):
            kept += block
            if len(kept) > most:
                message = f"{self._url} answers with more than {most} bytes where little was asked for"
                raise EngineError("engine-failed", message)
        return bytes(kept)

    def skip(self) -> None:
        """Read to the end, so that the connection can be used again."""
        for _ in self._blocks:
            pass

    def _received(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise broken(self._url, error) from error


def broken(url: str, error: httpx.TransportError | httpx.DecodingError) -> EngineError:
    """Say what went wrong with a connection."""
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
        message = f"{url} did not answer in time; is the engine busy, or the question too large for it?"
        return EngineError("engine-timeout", message)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        hint = "is the engine running, and is this its address?"
        return EngineError("engine-unavailable", f"{url} cannot be reached ({_reason(error)}); {hint}")
    hint = "look into the engine's log, and try again"
    return EngineError("engine-unavailable", f"{url} broke the connection off ({_reason(error)}); {hint}")


def failed(url: str, response: httpx.Response) -> EngineError:
    """Say what an engine says to refuse something; closes the response."""
    status = response.status_code
    try:
        words = _said(response)
    except (httpx.TransportError, httpx.DecodingError):
        words = ""
    finally:
        response.close()
    message = f"{url} answers {status}{f': {words}' if words else ''}"
    if status in (401, 403) or "SECURITY: No permission" in words:
        hint = "give the right user and password: CCN_ENGINE_USER and CCN_ENGINE_PASSWORD, or --credentials FILE"
        return EngineError("engine-refused", f"{message}; {hint}", status=status)
    if status in (502, 503, 504):
        return EngineError("engine-unavailable", f"{message}; try again when the engine is back", status=status)
    if response.has_redirect_location:
        place = printable(response.headers.get("location", ""))
        return EngineError("engine-failed", f"{message}, that it is at {place}; give that address", status=status)
    if status == 404:
        message += "; is this the address of a SPARQL endpoint?"
    return EngineError("engine-failed", message, status=status)


def _said(response: httpx.Response) -> str:
    body = bytearray()
    for block in response.iter_bytes(4096):
        body += block
        if len(body) > _MOST_SAID:
            break
    text = bytes(body[:_MOST_SAID]).decode("utf-8", "replace")
    if "html" in response.headers.get("content-type", "") or text.lstrip().startswith("<!DOCTYPE"):
        text = re.sub(r"(?s)<(head|style|script)\b.*?</\1>|<h1>.*?</h1>", "", text)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return next((printable(line) for line in text.splitlines() if line.strip()), "")


def printable(text: str) -> str:
    """Make one short line of something that others wrote."""
    return "".join(character if character.isprintable() else " " for character in text).strip()[:300]


def _reason(error: Exception) -> str:
    return printable(str(error)) or type(error).__name__
