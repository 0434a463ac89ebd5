"""Bodies of requests that are too large to be kept in memory: a little of each there, the rest in a temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator
from typing import IO

from starlette.requests import Request

from ccn_graph.errors import QueryError
from ccn_graph.server.request_body import decoded

#: Bytes of a body that are kept in memory.
_IN_MEMORY = 65_536


async def spooled(request: Request, most: int, refusal: str) -> IO[bytes]:
    """Return a file with the body. Raises QueryError with `refusal` for one of more than `most` bytes."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise QueryError("too-long", refusal)
    file = spool()
    try:
        async for block in decoded(request.stream(), request.headers, most, refusal):
            write(file, block)
    except BaseException:
        # Also of a task that is cancelled, because its client has gone.
        file.close()
        raise
    file.seek(0)
    return file


def spool() -> IO[bytes]:
    """Return a file that is in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def write(file: IO[bytes], data: bytes) -> None:
    """Write to such a file. Raises QueryError if there is no room on the disk."""
    try:
        file.write(data)
    except OSError as error:
        raise QueryError("busy", "there is no room for the file now; try again in a moment") from error


def to_disk(file: IO[bytes]) -> None:
    """Let another process read such a file. Raises QueryError if there is no room on the disk."""
    try:
        file.fileno()
        file.flush()
    except OSError as error:
        raise QueryError("busy", "there is no room for the file now; try again in a moment") from error


async def blocks(file: IO[bytes]) -> AsyncGenerator[bytes, None]:
    """Go through a file in pieces, as through the body that it holds."""
    while block := file.read(_IN_MEMORY):
        yield block
