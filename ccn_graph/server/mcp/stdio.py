"""The Model Context Protocol on standard input and output, for an agent on this machine.

One process speaks the protocol; another one holds the data, and forks a child for each call, which has limits on time
and memory and cannot open a connection.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from ccn_graph.errors import CcnError, QueryError
from ccn_graph.files import sandbox
from ccn_graph.files.sandbox import Bounds, OverrunError
from ccn_graph.rdf.requests import CallRequest, Page

#: What becomes of a call that passes its limits.
_OVERRUN = {"timeout": "timed-out", "memory-exceeded": "memory-exceeded"}

Call = Callable[[CallRequest], Page]


def serve(call: Call, bounds: Bounds) -> None:
    """Speak the protocol until standard input ends."""
    ours, theirs = multiprocessing.Pipe()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            _leave_standard_streams()
            _do_calls(theirs, call, bounds)
        finally:
            os._exit(0)
    theirs.close()
    try:
        _speak(ours)
    finally:
        ours.close()
        os.waitpid(pid, 0)


def _leave_standard_streams() -> None:
    # They are the client's: nothing but messages may be written there.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)


def _do_calls(connection: Connection, call: Call, bounds: Bounds) -> None:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            connection.send(done(connection.recv(), call, bounds))


def done(request: CallRequest, call: Call, bounds: Bounds) -> tuple[str, str, bytes]:
    """Do a call in a process of its own: give an error code and message, both empty if all is well, and the result."""
    try:
        return sandbox.run(lambda _: _page(call, request), bounds)
    except OverrunError as error:
        return _OVERRUN.get(error.code, "engine-crashed"), str(error), b""
    except CcnError as error:
        return "internal", str(error), b""


def _page(call: Call, request: CallRequest) -> tuple[str, str, bytes]:
    try:
        return "", "", call(request).body
    except QueryError as error:
        return error.code, error.message, b""


def _speak(connection: Connection) -> None:
    # Only now: the SDK takes a second to load.
    import anyio
    from mcp.server.stdio import stdio_server

    from ccn_graph.server.mcp import protocol

    one_by_one = anyio.Lock()

    def exchanged(request: CallRequest) -> tuple[str, str, bytes]:
        connection.send(request)
        answer: tuple[str, str, bytes] = connection.recv()
        return answer

    async def answer(request: CallRequest, _client: str) -> dict[str, Any]:
        async with one_by_one:
            code, message, body = await anyio.to_thread.run_sync(exchanged, request)
        if code:
            raise QueryError(code, message)
        result: dict[str, Any] = json.loads(body)
        return result

    async def run() -> None:
        server = protocol.server(answer)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(run)
