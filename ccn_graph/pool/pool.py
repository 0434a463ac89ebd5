"""The web process's side: hands queries to workers, keeps the limits, kills and replaces what runs past them."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from ccn_graph.errors import QueryError
from ccn_graph.pool.breaker import Breaker
from ccn_graph.pool.connection import Connection, Listener, Lost
from ccn_graph.pool.frame import Kind
from ccn_graph.pool.limits import Limits
from ccn_graph.pool.reply import Frames, Reply
from ccn_graph.pool.supervisor import MESSAGE
from ccn_graph.pool.ticket import Figures, Ticket, Worker

#: An answer up to this size is held back until it is whole, so that an error on the way still gets its own status.
HOLD = 262_144

#: Queries that a worker answers before it is replaced, so that no leak of the engine grows.
LIFETIME = 100_000

#: A new worker: its pid, the number and version of its edition, our end of its socket.
Spawned = tuple[int, int, str, int]

_ENDED = "this server is ending; ask again in a moment"


class Pool:
    """Answers queries in worker processes; never blocks the event loop."""

    def __init__(self, control: socket.socket, limits: Limits, on_loss: Callable[[], None]) -> None:
        """Use the supervisor at the other end of `control`; `on_loss` is called if it goes away."""
        self.limits = limits
        self.figures = Figures()
        self.breaker = Breaker()
        self._control = control
        self._on_loss = on_loss
        #: Called with what is told of a new edition, and its number; has to `renew` the workers.
        self.on_edition: Callable[[bytes, int], None] | None = None
        #: The numbers of those that a worker may have.
        self._editions = {1}
        self._idle: list[Worker] = []
        self._queue: collections.deque[Ticket] = collections.deque()
        self._clients: dict[str, int] = {}
        self._spawning: collections.deque[asyncio.Future[Spawned]] = collections.deque()
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_ended = False

    async def start(self) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._hear)
        for _ in range(self.limits.worker_count):
            await self._spawn()

    async def stop(self) -> None:
        """Let the supervisor go, which kills the workers."""
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        for task in tuple(self._tasks):
            task.cancel()
        self._control.close()

    async def answer(self, ticket: Ticket) -> Reply:
        """Wait for the answer to a query that was entered.

        Raises QueryError. Being cancelled, or not reading on, frees the worker at once.
        """
        frames = self._frames(ticket)
        _, head = await anext(frames)
        assert ticket.worker
        body = bytearray()
        async for _, block in frames:
            body += block
            if len(body) > HOLD:
                return Reply.of(head, bytes(body), ticket.worker.version, frames)
        return Reply.of(head, bytes(body), ticket.worker.version)

    def enter(self, packed: bytes, client: str, seconds: float = 0, listener: Listener | None = None) -> Ticket:
        """Hand a query of a client (any name of it, such as its address) to an idle worker, or put it into the queue.

        `packed` is the frame for the worker, `seconds` the time that the client grants, if not 0.

        Either `answer` has to follow, or, when `listener` was called because something came, `leave`. Raises
        QueryError if the client or the queue has enough, or the engine behind the workers is away.
        """
        if trouble := self.trouble:
            raise self._refusal("engine-unavailable", trouble)
        under_way = self._clients.get(client, 0)
        if under_way >= self.limits.per_client:
            message = f"you have {self.limits.per_client} queries under way; wait for one of them"
            raise self._refusal("too-many-requests", message)
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        ticket = Ticket(packed, client, seconds, self._loop.time() + seconds, listener)
        while self._idle and ticket.worker is None:
            self._begin(ticket, self._idle.pop())
        if ticket.worker is None:
            if len(self._queue) >= self.limits.queue:
                raise self._refusal("busy", "all workers are busy and the queue is full; try again in a moment")
            self._queue.append(ticket)
        self._clients[client] = under_way + 1
        return ticket

    def leave(self, ticket: Ticket, outcome: str, *, clean: bool) -> None:
        """Be done with a query; its worker goes on to the next one if it is `clean`, else it is replaced."""
        self.figures.outcomes[outcome] += 1
        self.breaker.note(outcome)
        # Which may know the ticket in its turn: no ring for the garbage collector to find.
        ticket.listener = None
        left = self._clients.pop(ticket.client) - 1
        if left:
            self._clients[ticket.client] = left
        if ticket.worker is None:
            self._queue.remove(ticket)
            return
        self.figures.running -= 1
        ticket.worker.served += 1
        ticket.worker.connection.listen(None)
        if clean and ticket.worker.served < LIFETIME:
            self._free(ticket.worker)
        else:
            self._replace(ticket.worker)

    def renew(self, edition: int) -> None:
        """Replace the workers of other editions than that with this number, a busy one when it is done."""
        self._editions = {edition}
        idle, self._idle = self._idle, []
        for known in idle:
            self._free(known)

    @property
    def trouble(self) -> str:
        """Why no query is taken; empty while they are."""
        return _ENDED if self._has_ended else self.breaker.trouble

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return len(self._queue)

    def has_room(self, client: str) -> bool:
        """Tell whether a query of a client would be taken now."""
        return (
            self._clients.get(client, 0) < self.limits.per_client
            and (bool(self._idle) or len(self._queue) < self.limits.queue)
            and not self.trouble
        )

    def _refusal(self, code: str, message: str) -> QueryError:
        self.figures.outcomes[code] += 1
        return QueryError(code, message)

    def _begin(self, ticket: Ticket, idle: Worker) -> None:
        """Give the query to a worker, unless that died while it had nothing to do, by a hand from outside."""
        if idle.connection.lost:
            self._replace(idle)
            return
        self.figures.running += 1
        ticket.worker = idle
        # The time in the queue does not count: that was no fault of the query.
        ticket.deadline = self._loop.time() + ticket.seconds
        idle.connection.listen(ticket.listener)
        idle.connection.send(ticket.packed)
        if ticket.started and not ticket.started.done():
            ticket.started.set_result(None)

    def _free(self, idle: Worker) -> None:
        """Let a worker take the next query."""
        if idle.connection.lost or idle.edition not in self._editions:
            self._replace(idle)
        elif self._queue:
            self._begin(self._queue.popleft(), idle)
        else:
            self._idle.append(idle)

    async def _frames(self, ticket: Ticket) -> Frames:
        """Give the head, then the blocks of an answer, and see to it that the worker is free again in the end."""
        clean, outcome = False, "abandoned"
        try:
            busy = ticket.worker or await self._start(ticket)
            while (received := await self._receive(busy, ticket))[0] is not Kind.END:
                if received[0] is Kind.ERROR:
                    # The worker itself noticed, so it is sound.
                    clean = True
                    raise QueryError(**json.loads(received[1]))
                yield received
            clean, outcome = True, "answered"
        except QueryError as error:
            outcome = error.code
            raise
        finally:
            self.leave(ticket, outcome, clean=clean)

    async def _start(self, ticket: Ticket) -> Worker:
        if self._has_ended:
            raise QueryError("engine-unavailable", _ENDED)
        ticket.started = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout_at(ticket.deadline):
                await ticket.started
        except TimeoutError:
            raise QueryError("busy", "no worker became free in time; try again in a moment") from None
        assert ticket.worker
        return ticket.worker

    async def _receive(self, busy: Worker, ticket: Ticket) -> tuple[Kind, bytes]:
        try:
            return await busy.connection.take(ticket.deadline)
        except TimeoutError:
            message = f"timed out after {ticket.seconds:g} s; narrow the query, or add LIMIT"
            raise QueryError("timed-out", message) from None
        except Lost:
            raise await self._death(busy) from None

    async def _death(self, busy: Worker) -> QueryError:
        """Say what a worker died of."""
        code = None
        with contextlib.suppress(TimeoutError):
            code = await asyncio.wait_for(asyncio.shield(busy.exit), 1)
        if self._has_ended:
            return QueryError("engine-unavailable", _ENDED)
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            message = f"the query needs more than {self.limits.memory} MiB of memory; narrow it"
            return QueryError("memory-exceeded", message)
        return QueryError("engine-crashed", "the query brought the engine down; nest it less, or split it")

    def _replace(self, gone: Worker) -> None:
        self.figures.kills += not gone.exit.done()
        gone.connection.close()
        self._tell({"kill": gone.pid})
        self._in_background(self._spawn())

    def _end(self) -> None:
        """Without the supervisor there are no workers: let nobody wait for one. Another server may be asked."""
        self._has_ended = True
        for exited in self._exits.values():
            exited.set_result(0)
        for ticket in self._queue:
            if ticket.started and not ticket.started.done():
                ticket.started.set_exception(QueryError("engine-unavailable", _ENDED))
        self._on_loss()

    async def _spawn(self) -> None:
        answer: asyncio.Future[Spawned] = asyncio.get_running_loop().create_future()
        self._spawning.append(answer)
        self._tell({"spawn": True})
        pid, edition, version, descriptor = await answer
        exited = self._exits[pid]
        connection = await Connection.connect(descriptor)
        self.figures.spawned += 1
        self._free(Worker(pid, edition, version, connection, exited))

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
            self._end()
            return
        heard = json.loads(message)
        if "exit" in heard:
            self._exits.pop(heard["exit"]).set_result(heard["code"])
        elif "away" in heard:
            self.breaker.hear(away=heard["away"])
        elif "edition" in heard:
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                # Its workers may come before all else is ready for it.
                self._editions.add(heard["edition"])
                if self.on_edition:
                    self.on_edition(file.read(), heard["edition"])
        else:
            self._exits[heard["pid"]] = asyncio.get_running_loop().create_future()
            self._spawning.popleft().set_result((heard["pid"], heard["of"], heard["version"], descriptors[0]))

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
