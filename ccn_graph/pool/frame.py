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
    HEAD = 2
    DATA = 3
    END = 4
    ERROR = 5


HEADER_SIZE = _HEADER.size


def pack(kind: Kind, payload: bytes) -> bytes:
    """Write a frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: Kind, value: Any) -> bytes:
    """Write a frame whose payload is JSON."""
    return pack(kind, json.dumps(value, ensure_ascii=False).encode())


def unpack_header(header: bytes) -> tuple[Kind, int]:
    """Read kind and length of a frame."""
    kind, length = _HEADER.unpack(header)
    return Kind(kind), length


def receive(connection: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for a frame; None when the other side has gone."""
    header = _exactly(connection, HEADER_SIZE)
    if header is None:
        return None
    kind, length = unpack_header(header)
    payload = _exactly(connection, length)
    return None if payload is None else (kind, payload)


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
