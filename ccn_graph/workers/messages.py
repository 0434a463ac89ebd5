"""The messages between a worker and the web process: a kind, a length, a payload."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import tempfile
from enum import IntEnum
from typing import IO, Any

_HEADER = struct.Struct("!BI")

#: Bytes of an answer that travel in one frame.
BLOCK = 65_536


class MessageKind(IntEnum):
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
    READY = 10
    """A new worker has its data; as ERROR, it says why it cannot have them."""
    CALL = 11


_KINDS = {kind.value: kind for kind in MessageKind}

HEADER_SIZE = _HEADER.size

_NUMBER = struct.Struct("!I")

NUMBER_SIZE = _NUMBER.size

#: json.dumps would make an encoder each time.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack(kind: MessageKind, payload: bytes) -> bytes:
    """Write a frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: MessageKind, value: Any) -> bytes:
    """Write a frame whose payload is JSON."""
    return pack(kind, _encode(value).encode())


def unpack_header(data: bytes | bytearray, at: int = 0) -> tuple[MessageKind, int]:
    """Read kind and length of the frame that begins there."""
    kind, length = _HEADER.unpack_from(data, at)
    return _KINDS[kind], length


def pack_whole(head: bytes, body: bytes) -> bytes:
    """Write a WHOLE frame."""
    return b"%s%s\0%s" % (_HEADER.pack(MessageKind.WHOLE, len(head) + 1 + len(body)), head, body)


def unpack_whole(payload: bytes) -> tuple[bytes, bytes]:
    """Read head and body of a WHOLE frame."""
    head, _, body = payload.partition(b"\0")
    return head, body


def pack_question(number: int, packed: bytes) -> bytes:
    """Write the message by which a worker is asked: its number, then a frame."""
    return _NUMBER.pack(number) + packed


def send_long(questions: socket.socket, number: int, packed: bytes, attached: IO[bytes] | None) -> None:
    """Ask a worker something that is too long for a message: the rest of its frame is in a file that goes along."""
    if attached is not None:
        socket.send_fds(questions, [pack_question(number, packed)], [attached.fileno()])
        return
    with _file_in_memory() as file:
        file.write(packed[HEADER_SIZE:])
        socket.send_fds(questions, [pack_question(number, packed[:HEADER_SIZE])], [file.fileno()])


def _file_in_memory() -> IO[bytes]:
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("query"), "wb", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def question_number(message: bytes) -> int:
    """Read the number of such a message."""
    return int(_NUMBER.unpack_from(message)[0])


def receive(questions: socket.socket) -> tuple[MessageKind, bytes] | None:
    """Wait for the next frame, a part of which may be in a file; None when the other side has gone."""
    message, descriptors, _, _ = socket.recv_fds(questions, BLOCK, 1)
    if not message:
        return None
    payload = message[NUMBER_SIZE + HEADER_SIZE :]
    if descriptors:
        with os.fdopen(descriptors[0], "rb") as file:
            # Its position is that of whoever wrote it.
            file.seek(0)
            payload += file.read()
    return unpack_header(message, NUMBER_SIZE)[0], payload
