"""Bodies of requests that come compressed (RFC 9110, section 8.4): decoded as they come in, and bounded."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from ccn_graph.errors import QueryError

MAX_BODY = 1_000_000
"""Longest body of a request that is read into memory, in bytes."""

BODY_SECONDS = 10
"""Longest time that such a body may take to come, in seconds."""

UPLOAD_SECONDS = 60
"""Longest time that a file may take to come, in seconds."""

#: What a body may be coded by.
CODINGS = ("gzip", "x-gzip", "deflate", "identity")


async def read(request: Request) -> bytes:
    """Read a body into memory. Raises QueryError for one that is too long, too slow, broken off or badly coded."""
    body = bytearray()
    async with in_time("body", BODY_SECONDS):
        async for chunk in decoded(request.stream(), request.headers, MAX_BODY):
            body += chunk
    return bytes(body)


@asynccontextmanager
async def in_time(what: str, seconds: float) -> AsyncGenerator[None]:
    """Have a body read inside. Raises QueryError, which says `what` it is, where it comes too slowly or breaks off."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise QueryError("too-slow", f"the {what} did not come within {seconds} s") from None
    except ClientDisconnect:
        raise QueryError("bad-request", f"the {what} broke off") from None


async def decoded(
    blocks: AsyncIterable[bytes], headers: Headers, most: int, refusal: str = ""
) -> AsyncGenerator[bytes, None]:
    """Yield a body as it was before it was coded. Raises QueryError if it is not, or has more than `most` bytes.

    What is left out at the end of a compressed body is an error, too: a part of a file is never taken for all of it.
    """
    coding = ",".join(headers.getlist("content-encoding")).strip().lower()
    if coding and coding not in CODINGS:
        raise QueryError("unsupported-encoding", f"send the body as it is, or by gzip, not by '{coding}'")
    reader = None if coding in ("", "identity") else zlib.decompressobj(wbits=47)
    taken = 0
    async for block in blocks:
        for part in _parts(reader, block, most) if reader else [block]:
            taken += len(part)
            if taken > most:
                raise QueryError("too-long", refusal or f"the body is longer than {most} bytes")
            yield part
    if reader and not reader.eof:
        raise _damaged(coding)


def _parts(reader: zlib._Decompress, block: bytes, most: int) -> list[bytes]:
    try:
        part = reader.decompress(block, most + 1)
    except zlib.error as error:
        raise _damaged("gzip") from error
    if reader.eof and reader.unused_data:
        raise _damaged("gzip")
    return [part]


def _damaged(coding: str) -> QueryError:
    return QueryError("bad-request", f"the body is no whole {coding} file, as its Content-Encoding says")
