"""A worker: answers one query after the other on a socket, under limits, and can be killed at any moment."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import operator
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ccn_graph.errors import QueryError, visible
from ccn_graph.files import sandbox
from ccn_graph.rdf import answer_writing, requests
from ccn_graph.rdf.engine import Engine
from ccn_graph.rdf.requests import CallRequest, CheckRequest, Page, PageRequest, QueryRequest
from ccn_graph.workers import messages, scheduling
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import BLOCK, MessageKind

#: Format -> what marks a row, and how many rows an answer without a mark has. A mark cannot occur inside a value,
#: where it would be escaped (in CSV: quoted); CSV and TSV also end their heading with one.
_ROW_MARKS: dict[str, tuple[tuple[bytes, ...], int]] = {
    # Between two rows with values, after a row without, before one without.
    "json": ((b'}},{"', b'{},{"', b",{}"), 1),
    "xml": ((b"<result>", b"<result/>"), 0),
    "tsv": ((b"\n",), -1),
    "csv": ((b"\n",), -1),
    "excel": ((b"\n",), -1),
}


_PR_SET_PDEATHSIG = 1

Request = TypeVar("Request", PageRequest, CheckRequest, CallRequest)

#: The values of a request, in the order in which its constructor takes them; dataclasses.astuple is ten times slower.
_fields = operator.attrgetter(*(field.name for field in dataclasses.fields(QueryRequest)))


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What a worker answers from: queries by `engine`, pages by `make`, files by `check`, services by `call`."""

    engine: Engine
    make: Callable[[PageRequest], Page]
    check: Callable[[CheckRequest], Page]
    call: Callable[[CallRequest], Page]


def run(questions: socket.socket, connection: socket.socket, context: WorkerContext, limits: Limits) -> None:
    """Take queries from `questions`, one after the other, and answer on `connection`, until the other side goes away.

    They run in a new thread: the engine keeps its random numbers by thread, and those of the supervisor's would be
    the same in every worker, so that two of them gave the same UUID.
    """
    _restrict(limits)
    thread = threading.Thread(target=_serve, args=(questions, connection, context, limits))
    thread.start()
    thread.join()


def _serve(questions: socket.socket, connection: socket.socket, context: WorkerContext, limits: Limits) -> None:
    while (received := messages.receive(questions)) is not None:
        kind, payload = received
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if kind is MessageKind.PAGE:
                wanted = _page_request(json.loads(payload))
                connection.sendall(_page(context.make, wanted, wanted.path, limits))
            elif kind is MessageKind.CHECK:
                connection.sendall(_page(context.check, _check_request(payload), "/check", limits))
            elif kind is MessageKind.CALL:
                call = CallRequest(**json.loads(payload))
                connection.sendall(_page(context.call, call, f"{call.service} {call.method}", limits))
            else:
                connection.sendall(_answer(connection, context.engine, received, limits))


def pack(request: QueryRequest | PageRequest | CheckRequest | CallRequest) -> bytes:
    """Write a request as a frame for a worker; the file of a check goes along with it."""
    if isinstance(request, CheckRequest):
        fields = dataclasses.asdict(dataclasses.replace(request, body=b"")) | {"body": ""}
        return messages.pack(MessageKind.CHECK, json.dumps(fields).encode() + b"\n")
    if isinstance(request, CallRequest):
        return messages.pack_json(MessageKind.CALL, dataclasses.asdict(request))
    if isinstance(request, PageRequest):
        return messages.pack_json(MessageKind.PAGE, dataclasses.asdict(request))
    return messages.pack_json(MessageKind.REQUEST, _fields(request))


def pack_line(accept: str, parameters: bytes) -> bytes:
    """Write a GET request as a frame for a worker, which has more time to read it than the web process."""
    return messages.pack(MessageKind.LINE, b"%s\n%s" % (accept.encode("latin-1"), parameters))


def _unpack(kind: MessageKind, payload: bytes) -> QueryRequest:
    if kind is MessageKind.REQUEST:
        return QueryRequest(*json.loads(payload))
    accept, _, parameters = payload.partition(b"\n")
    request = requests.from_address(parameters, accept.decode("latin-1"))
    if request is None:
        raise QueryError("bad-request", "send exactly one 'query'; there is none")
    return request


def leave_supervisor() -> None:
    """Take back what a fork of the supervisor has from it; die with it, however it ends."""
    # A person's Ctrl-C goes to the whole group of processes; it is the web process that ends orderly.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(OSError, AttributeError):
        # Linux only.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _restrict(limits: Limits) -> None:
    leave_supervisor()
    # The web process must stay quick while every worker burns.
    scheduling.give_way(5)
    sandbox.limit_memory(limits.memory)


def _answer(connection: socket.socket, engine: Engine, received: tuple[MessageKind, bytes], limits: Limits) -> bytes:
    """Send the answer; return the frame that ends it."""
    try:
        request = _unpack(*received)
        answer = engine.query(request.query, default_graphs=request.default_graphs, named_graphs=request.named_graphs)
        format_ = request.choose(answer.formats)
        output = _Output(connection, f"{format_.content_type}\n{request.key()}".encode(), format_.name, limits)
        answer.write(output, format_)
        return output.rest()
    except QueryError as error:
        return _error(error.code, error.message, error.line, error.column)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except MemoryError:
        return _error("memory-exceeded", f"the query needs more than {limits.memory} MiB; narrow it")
    except (RuntimeError, OSError, ValueError) as error:
        # Another server's words may tell the asker what only this one may read.
        sys.stderr.write(f"ccn-graph: evaluation stopped: {visible(str(error))}\n")
        return _error("evaluation-failed", "evaluation stopped; the log of this server says why")


def _page_request(fields: dict[str, Any]) -> PageRequest:
    return PageRequest(**fields | {"parameters": tuple((name, value) for name, value in fields["parameters"])})


def _check_request(payload: bytes) -> CheckRequest:
    header, _, body = payload.partition(b"\n")
    return CheckRequest(**json.loads(header) | {"body": body})


def _page(make: Callable[[Request], Page], request: Request, path: str, limits: Limits) -> bytes:
    """Make a page; give all its frames. Its head is JSON, for it has a status and headers of its own."""
    try:
        page = make(request)
    except QueryError as error:
        return _error(error.code, error.message, error.line, error.column)
    except MemoryError:
        return _error("memory-exceeded", f"the page needs more than {limits.memory} MiB")
    except Exception:  # noqa: BLE001 - a fault in one page may not take the worker from the others
        sys.stderr.write(f"{path}: {traceback.format_exc()}")
        return _error("internal", "the fault is logged; please report which page it was")
    if len(page.body) > limits.megabytes * 2**20:
        return _error("too-large", f"the page has more than {limits.megabytes} MiB; ask /sparql for a part of it")
    head = messages.pack_json(MessageKind.HEAD, (page.status, page.content_type, page.headers))
    return head + messages.pack(MessageKind.DATA, page.body) + _END


_END = messages.pack(MessageKind.END, b"")


def _error(code: str, message: str, line: int = 0, column: int = 0) -> bytes:
    return messages.pack_json(MessageKind.ERROR, {"code": code, "message": message, "line": line, "column": column})


class _Output:
    """What an answer is written to: frames of BLOCK bytes, with rows and bytes counted on the way."""

    __slots__ = ("_bytes", "_connection", "_format", "_head", "_holds", "_limits", "_pending", "_rows", "_sent")

    def __init__(self, connection: socket.socket, head: bytes, format_name: str, limits: Limits) -> None:
        self._connection = connection
        self._head = head
        self._format = format_name
        self._limits = limits
        # What can turn out late to be no answer has no beginning sent.
        self._holds = format_name in answer_writing.FALLIBLE
        self._rows: RowCounter | None = None
        self._pending: list[bytes] = []
        self._bytes = self._sent = 0

    def write(self, data: bytes) -> int:
        size = len(data)
        self._bytes += size
        self._pending.append(data)
        if self._bytes - self._sent >= BLOCK:
            if not self._holds:
                self._send()
            elif self._bytes > self._limits.megabytes * 2**20:
                self._block(counted=False)
        return size

    def flush(self) -> None:
        """Nothing: blocks go out when they are full, so that small answers travel in one."""

    def rest(self) -> bytes:
        """Return what is left to be sent: one message for a small answer, for each switch between processes costs."""
        # There cannot be too many rows in a few bytes: a row takes one at least.
        block = self._block(counted=self._sent > 0 or self._bytes > self._limits.rows)
        if self._holds and len(block) > BLOCK:
            self._connection.sendall(messages.pack(MessageKind.HEAD, self._head))
            for begin in range(0, len(block), BLOCK):
                self._connection.sendall(messages.pack(MessageKind.DATA, block[begin : begin + BLOCK]))
            return _END
        return messages.pack(MessageKind.DATA, block) + _END if self._sent else messages.pack_whole(self._head, block)

    def _send(self) -> None:
        data = messages.pack(MessageKind.DATA, self._block(counted=True))
        self._connection.sendall(data if self._sent else messages.pack(MessageKind.HEAD, self._head) + data)
        self._sent = self._bytes

    def _block(self, *, counted: bool) -> bytes:
        """Put together what is pending, unless the answer becomes too large by it."""
        if self._bytes > self._limits.megabytes * 2**20:
            raise QueryError("too-large", f"the answer has more than {self._limits.megabytes} MiB; narrow the query")
        block = b"".join(self._pending)
        self._pending.clear()
        if counted:
            self._rows = self._rows or RowCounter(self._format)
            if self._rows.count(block) > self._limits.rows:
                message = f"the answer has more than {self._limits.rows} rows; narrow the query"
                raise QueryError("too-many-rows", message)
        return block


class RowCounter:
    """Counts the rows of a serialised answer as it passes; graphs have none."""

    def __init__(self, format_name: str) -> None:
        """Count in the format of that name."""
        self._marks, self.rows = _ROW_MARKS.get(format_name, ((), 0))
        self._quotes = format_name in ("csv", "excel")
        self._in_quotes = False
        self._tail = b""

    def count(self, data: bytes | bytearray) -> int:
        """Take the next block; return the number of rows so far."""
        if self._quotes:
            self.rows += self._outside_quotes(data)
            return self.rows
        for mark in self._marks:
            # As much of the block before as a mark may share with this one, so that none is counted twice.
            shared = self._tail[max(0, len(self._tail) - len(mark) + 1) :] if len(mark) > 1 else b""
            self.rows += data.count(mark) + (shared + data[: len(mark) - 1]).count(mark)
        self._tail = (self._tail + data[-8:])[-8:]
        return self.rows

    def _outside_quotes(self, data: bytes | bytearray) -> int:
        counted = 0
        for number, part in enumerate(data.split(b'"')):
            self._in_quotes ^= number > 0
            counted += 0 if self._in_quotes else part.count(b"\n")
        return counted
