"""The messages between a worker and the web process: a kind, a length, a payload."""

from __future__ import annotations

import json
import socket
import struct
from enum import IntEnum
from typing import Any

_HEADER = struct.Struct("!BI")

#: Bytes of an answer that travel in one frame.
BLOCK = 65_536


class Kind(IntEnum):
    """What a frame says."""

    REQUEST = 1
    LINE = 2
    """A request as it came: accepted types, a line feed, the parameters of its address."""
    PAGE = 3
    HEAD = 4
    DATA = 5
    END = 6
    ERROR = 7
    CHECK = 8


_KINDS = {kind.value: kind for kind in Kind}

HEADER_SIZE = _HEADER.size

#: json.dumps would make an encoder each time.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack(kind: Kind, payload: bytes) -> bytes:
    """Write a frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: Kind, value: Any) -> bytes:
    """Write a frame whose payload is JSON."""
    return pack(kind, _encode(value).encode())


def unpack_header(data: bytes, at: int = 0) -> tuple[Kind, int]:
    """Read kind and length of the frame that begins there."""
    kind, length = _HEADER.unpack_from(data, at)
    return _KINDS[kind], length


def receive(connection: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for a frame, of which there is one at a time; None when the other side has gone."""
    received = b""
    missing = HEADER_SIZE
    while missing > 0:
        part = connection.recv(max(missing, BLOCK))
        if not part:
            return None
        received += part
        missing = _missing(received)
    return unpack_header(received)[0], received[HEADER_SIZE:]


def _missing(received: bytes) -> int:
    if len(received) < HEADER_SIZE:
        return HEADER_SIZE - len(received)
    return HEADER_SIZE + unpack_header(received)[1] - len(received)
