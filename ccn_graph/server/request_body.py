"""Bodies of requests that come compressed (RFC 9110, section 8.4): decoded as they come in, and bounded."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterable

from starlette.datastructures import Headers

from ccn_graph.errors import QueryError

#: What a body may be coded by.
CODINGS = ("gzip", "x-gzip", "deflate", "identity")


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
