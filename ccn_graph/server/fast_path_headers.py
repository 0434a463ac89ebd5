"""The head of a common request, `GET /sparql?query=…`, read once for all requests that differ in the query only."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import httptools

from ccn_graph.server import negotiation

#: Headers that change what has to be done.
_EXTRAORDINARY = frozenset(b"content-length expect if-none-match transfer-encoding upgrade x-request-id".split())

_BEGIN = b"GET /sparql?"
_END = b" HTTP/1.1"

#: What the parameters may be. A request with `timeout`, which is for the web process, goes the long way.
_ORDINARY = re.compile(
    rb"query=[!\"$%'-~]*(?:&(?:default-graph-uri|named-graph-uri|format|output|results)=[!\"$%'-~]*)*"
)

#: Longest headers that are worth being remembered, in bytes.
_SHORT = 4_096


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of a common request say; everything else in them is of no effect."""

    listed: tuple[tuple[bytes, bytes], ...]
    accept: str
    zips: bool
    forwarded: str = ""
    """Whom a proxy speaks for, as it says: X-Forwarded-For."""


def read(data: bytes) -> tuple[bytes, Headers] | None:
    """Give the parameters and the headers of a request; None unless `data` is one common request and nothing else."""
    line, _, block = data.partition(b"\r\n")
    parameters = line[len(_BEGIN) : -len(_END)]
    if (
        not line.startswith(_BEGIN)
        or not line.endswith(_END)
        or not block.endswith(b"\r\n\r\n")
        or block.find(b"\r\n\r\n") != len(block) - 4
        or len(block) > _SHORT
        or not _ORDINARY.fullmatch(parameters)
    ):
        return None
    headers = _headers(block)
    return (parameters, headers) if headers else None


class _Collector:
    """Takes what httptools finds."""

    def __init__(self) -> None:
        self.listed: list[tuple[bytes, bytes]] = []
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.listed.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.complete = True


@functools.lru_cache(maxsize=512)
def _headers(block: bytes) -> Headers | None:
    collector = _Collector()
    try:
        # The same parser as on the long way, so that neither way takes what the other refuses.
        httptools.HttpRequestParser(collector).feed_data(b"GET / HTTP/1.1\r\n" + block)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    known: dict[bytes, bytes] = {}
    for name, value in collector.listed:
        if name in _EXTRAORDINARY or (name in (b"accept", b"accept-encoding", b"connection") and name in known):
            return None
        known[name] = value
    if not collector.complete or known.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    zips = bool(negotiation.coding(known.get(b"accept-encoding", b"").decode("latin-1")))
    forwarded = b", ".join(value for name, value in collector.listed if name == b"x-forwarded-for").decode("latin-1")
    return Headers(tuple(collector.listed), known.get(b"accept", b"").decode("latin-1"), zips, forwarded)
