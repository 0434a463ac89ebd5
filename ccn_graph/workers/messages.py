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
    WHOLE = 9
    """A small answer in one frame: what HEAD would tell, a NUL, what DATA would."""


_KINDS = {kind.value: kind for kind in Kind}

HEADER_SIZE = _HEADER.size

_NUMBER = struct.Struct("!I")

NUMBER_SIZE = _NUMBER.size

#: json.dumps would make an encoder each time.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack(kind: Kind, payload: bytes) -> bytes:
    """Write a frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: Kind, value: Any) -> bytes:
    """Write a frame whose payload is JSON."""
    return pack(kind, _encode(value).encode())


def unpack_header(data: bytes | bytearray, at: int = 0) -> tuple[Kind, int]:
    """Read kind and length of the frame that begins there."""
    kind, length = _HEADER.unpack_from(data, at)
    return _KINDS[kind], length


def pack_whole(head: bytes, body: bytes) -> bytes:
    """Write a WHOLE frame."""
    return b"%s%s\0%s" % (_HEADER.pack(Kind.WHOLE, len(head) + 1 + len(body)), head, body)


def unpack_whole(payload: bytes) -> tuple[bytes, bytes]:
    """Read head and body of a WHOLE frame."""
    head, _, body = payload.partition(b"\0")
    return head, body


def pack_question(number: int, packed: bytes) -> bytes:
    """Write the message by which a worker is asked: its number, then a frame, or nothing if that comes elsewhere."""
    return _NUMBER.pack(number) + packed


def question_number(message: bytes) -> int:
    """Read the number of such a message."""
    return int(_NUMBER.unpack_from(message)[0])


def receive(questions: socket.socket, connection: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for the next frame, which comes in a message on `questions`, or, if that is empty, on `connection`.

    None when the other side has gone.
    """
    message = questions.recv(BLOCK)
    if len(message) == NUMBER_SIZE:
        return _receive_long(connection)
    return (unpack_header(message, NUMBER_SIZE)[0], message[NUMBER_SIZE + HEADER_SIZE :]) if message else None


def _receive_long(connection: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for a frame that comes in pieces, of which there is one at a time."""
    received = bytearray()
    missing = HEADER_SIZE
    while missing > 0:
        part = connection.recv(max(missing, BLOCK))
        if not part:
            return None
        received += part
        missing = HEADER_SIZE - len(received)
        if missing <= 0:
            missing += unpack_header(received)[1]
    return unpack_header(received)[0], bytes(received[HEADER_SIZE:])
