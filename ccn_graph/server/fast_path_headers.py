"""The head of a common request, `GET /sparql?query=…`, read once for all requests that differ in the query only."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from ccn_graph.errors import QueryError
from ccn_graph.server import negotiation
from ccn_graph.server.http_request import HttpRequest

#: Headers that change what has to be done.
_EXTRAORDINARY = frozenset(
    b"content-length expect if-match if-modified-since if-none-match if-unmodified-since transfer-encoding upgrade "
    b"x-request-id".split()
)

#: Headers that have to stand alone.
_SINGLE = frozenset((b"accept", b"accept-encoding", b"connection", b"host"))

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

    block: bytes
    """As they came."""
    accept: str
    zips: bool
    forwarded: str
    """Whom a proxy speaks for, as it says: X-Forwarded-For."""
    host: str


def read(data: bytes) -> tuple[bytes, Headers] | None:
    """Return the parameters and the headers of a request; None unless `data` is one common request and nothing else."""
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


@functools.lru_cache(maxsize=512)
def _headers(block: bytes) -> Headers | None:
    try:
        # The same parser as on the long way, so that neither way takes what the other refuses.
        request = HttpRequest(b"GET / HTTP/1.1\r\n" + block)
    except QueryError:
        return None
    by_name: dict[bytes, bytes] = {}
    for name, value in request.headers:
        if name in _EXTRAORDINARY or (name in _SINGLE and name in by_name):
            return None
        by_name[name] = value
    if not request.is_complete or by_name.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    zips = bool(negotiation.coding(by_name.get(b"accept-encoding", b"").decode("latin-1")))
    accept, host = (by_name.get(name, b"").decode("latin-1") for name in (b"accept", b"host"))
    return Headers(block, accept, zips, request.header(b"x-forwarded-for"), host)
