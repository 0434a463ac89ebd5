"""The web process's side: hands queries to workers, keeps the limits, kills and replaces what runs past them."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from ccn_graph.errors import QueryError
from ccn_graph.pool import worker
from ccn_graph.pool.connection import Connection, Lost
from ccn_graph.pool.frame import Kind
from ccn_graph.pool.limits import Limits
from ccn_graph.pool.supervisor import MESSAGE
from ccn_graph.request import QueryRequest

#: An answer up to this size is held back until it is whole, so that an error on the way still gets its own status.
HOLD = 262_144

#: Queries that a worker answers before it is replaced, so that no leak of the engine grows.
LIFETIME = 10_000

Frames = AsyncGenerator[tuple[Kind, bytes], None]


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process and our end of its socket."""

    pid: int
    connection: Connection
    exit: asyncio.Future[int]
    served: int = 0


@dataclass(slots=True)
class Reply:
    """An answer: its media type, its body, and what follows the body if it was too large to be held back."""

    content_type: str
    body: bytes
    rest: Frames | None = None


@dataclass(slots=True)
class Figures:
    """What the pool counts, for the metrics."""

    running: int = 0
    waiting: int = 0
    kills: int = 0
    spawned: int = 0
    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)


class Pool:
    """Answers queries in worker processes; never blocks the event loop."""

    def __init__(self, control: socket.socket, limits: Limits, on_loss: Callable[[], None]) -> None:
        """Use the supervisor at the other end of `control`; `on_loss` is called if it goes away."""
        self.limits = limits
        self.figures = Figures()
        self._control = control
        self._on_loss = on_loss
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._clients: collections.Counter[str] = collections.Counter()
        self._spawning: collections.deque[asyncio.Future[tuple[int, int]]] = collections.deque()
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._control.setblocking(False)
        asyncio.get_running_loop().add_reader(self._control.fileno(), self._hear)
        for _ in range(self.limits.worker_count):
            await self._spawn()

    async def stop(self) -> None:
        """Let the supervisor go, which kills the workers."""
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        for task in tuple(self._tasks):
            task.cancel()
        self._control.close()

    async def answer(self, request: QueryRequest, client: str) -> Reply:
        """Answer a query for a client (any name of it, such as its address).

        Raises QueryError. Being cancelled, or not reading on, frees the worker at once.
        """
        frames = self._frames(request, client)
        _, content_type = await anext(frames)
        body = bytearray()
        async for _, block in frames:
            body += block
            if len(body) > HOLD:
                return Reply(content_type.decode(), bytes(body), frames)
        return Reply(content_type.decode(), bytes(body))

    async def _frames(self, request: QueryRequest, client: str) -> Frames:
        """Give the head, then the blocks of an answer, and see to it that the worker is free again in the end."""
        seconds = min(request.seconds or self.limits.seconds, self.limits.seconds)
        deadline = asyncio.get_running_loop().time() + seconds
        outcome = "abandoned"
        try:
            with self._admitted(client):
                busy = await self._borrow(deadline)
                clean = False
                try:
                    busy.connection.send(worker.pack(request))
                    while (received := await self._receive(busy, deadline, seconds))[0] is not Kind.END:
                        if received[0] is Kind.ERROR:
                            # The worker itself noticed, so it is sound.
                            clean = True
                            raise QueryError(**json.loads(received[1]))
                        yield received
                    clean = True
                finally:
                    self._release(busy, clean=clean)
            outcome = "answered"
        except QueryError as error:
            outcome = error.code
            raise
        finally:
            self.figures.outcomes[outcome] += 1

    @contextlib.contextmanager
    def _admitted(self, client: str) -> Any:
        if self._clients[client] >= self.limits.per_client:
            message = f"you have {self.limits.per_client} queries under way; wait for one of them"
            raise QueryError("too-many-requests", message)
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _borrow(self, deadline: float) -> Worker:
        while True:
            idle = self._idle.get_nowait() if not self._idle.empty() else await self._wait(deadline)
            if not idle.connection.lost:
                self.figures.running += 1
                return idle
            # It died while it had nothing to do, by a hand from outside.
            self._replace(idle)

    async def _wait(self, deadline: float) -> Worker:
        if self.figures.waiting >= self.limits.queue:
            raise QueryError("busy", "all workers are busy and the queue is full; try again in a moment")
        self.figures.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                return await self._idle.get()
        except TimeoutError:
            raise QueryError("busy", "no worker became free in time; try again in a moment") from None
        finally:
            self.figures.waiting -= 1

    async def _receive(self, busy: Worker, deadline: float, seconds: float) -> tuple[Kind, bytes]:
        try:
            return await busy.connection.take(deadline)
        except TimeoutError:
            message = f"timed out after {seconds:g} s; narrow the query, or add LIMIT"
            raise QueryError("timed-out", message) from None
        except Lost:
            raise await self._death(busy) from None

    async def _death(self, busy: Worker) -> QueryError:
        """Say what a worker died of."""
        code = None
        with contextlib.suppress(TimeoutError):
            code = await asyncio.wait_for(asyncio.shield(busy.exit), 1)
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            message = f"the query needs more than {self.limits.memory} MiB of memory; narrow it"
            return QueryError("memory-exceeded", message)
        return QueryError("engine-crashed", "the query brought the engine down; nest it less, or split it")

    def _release(self, busy: Worker, *, clean: bool) -> None:
        self.figures.running -= 1
        busy.served += 1
        if clean and busy.served < LIFETIME:
            self._idle.put_nowait(busy)
        else:
            self._replace(busy)

    def _replace(self, gone: Worker) -> None:
        self.figures.kills += not gone.exit.done()
        gone.connection.close()
        self._tell({"kill": gone.pid})
        self._in_background(self._spawn())

    async def _spawn(self) -> None:
        answer: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
        self._spawning.append(answer)
        self._tell({"spawn": True})
        pid, descriptor = await answer
        exited = self._exits[pid]
        connection = await Connection.connect(descriptor)
        self.figures.spawned += 1
        self._idle.put_nowait(Worker(pid, connection, exited))

    def _hear(self) -> None:
        """Take a message of the supervisor."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 1)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        if not message:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._on_loss()
            return
        heard = json.loads(message)
        if "exit" in heard:
            self._exits.pop(heard["exit"]).set_result(heard["code"])
        else:
            self._exits[heard["pid"]] = asyncio.get_running_loop().create_future()
            self._spawning.popleft().set_result((heard["pid"], descriptors[0]))

    def _tell(self, message: dict[str, object]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except BlockingIOError:
            asyncio.get_running_loop().call_later(0.01, self._tell, message)
        except OSError:
            # It has gone; `_hear` learns that, too, and acts on it.
            return

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
