"""The web process's side: hands queries to workers, keeps the limits, kills and replaces what runs past them."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import functools
import json
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from ccn_graph.errors import QueryError
from ccn_graph.pool.breaker import Breaker
from ccn_graph.pool.connection import Connection
from ccn_graph.pool.frame import Kind
from ccn_graph.pool.limits import Limits
from ccn_graph.pool.reply import Frames, Reply
from ccn_graph.pool.supervisor import MESSAGE
from ccn_graph.pool.ticket import Figures, Listener, Lost, Ticket, Worker

#: An answer up to this size is held back until it is whole, so that an error on the way still gets its own status.
HOLD = 262_144

#: Queries that a worker answers before it is replaced, so that no leak of the engine grows.
LIFETIME = 100_000


#: Short queries that a busy worker is sent ahead, so that it goes on without waiting for us.
AHEAD = 3

#: Seconds after which a query is so slow that what was sent behind it is taken back.
QUICK = 0.005

#: What is told of a new worker, and our ends of its sockets.
Spawned = tuple[dict[str, Any], list[int]]

#: What ends an answer.
_LAST = (Kind.WHOLE, Kind.END, Kind.ERROR)


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
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []
        self._queue: collections.deque[Ticket] = collections.deque()
        self._clients: dict[str, int] = {}
        self._spawning: collections.deque[asyncio.Future[Spawned]] = collections.deque()
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        #: Looks after what was sent ahead, as long as anything is.
        self._watch: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._hear)
        for _ in range(self.limits.worker_count):
            await self._spawn()

    async def stop(self) -> None:
        """Let the supervisor go, which kills the workers."""
        self._loop.remove_reader(self._control.fileno())
        for task in tuple(self._tasks):
            task.cancel()
        for known in self._workers:
            known.close()
        self._workers.clear()
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
        """Hand a query of a client (any name of it, such as its address) to a worker, or put it into the queue.

        `packed` is the frame for the worker, `seconds` the time that the client grants, if not 0.

        Either `answer` has to follow, or, when `listener` was called because something came, `leave`. Raises
        QueryError if the client or the queue has enough, or the engine behind the workers is away.
        """
        if trouble := self.breaker.trouble:
            raise self._refusal("engine-unavailable", trouble)
        under_way = self._clients.get(client, 0)
        if under_way >= self.limits.per_client:
            message = f"you have {self.limits.per_client} queries under way; wait for one of them"
            raise self._refusal("too-many-requests", message)
        if not self._idle and self.figures.waiting >= self.limits.queue:
            raise self._refusal("busy", "all workers are busy and the queue is full; try again in a moment")
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        ticket = Ticket(packed, client, seconds, self._loop.time() + seconds, listener)
        self.figures.waiting += 1
        self._clients[client] = under_way + 1
        self._queue.append(ticket)
        self._hand_out()
        return ticket

    def leave(self, ticket: Ticket, outcome: str) -> None:
        """Be done with a query; a worker that is not done with it is replaced."""
        self.figures.outcomes[outcome] += 1
        self.breaker.note(outcome)
        # Which may know the ticket in its turn: no ring for the garbage collector to find.
        ticket.listener = None
        ticket.left = True
        left = self._clients.pop(ticket.client) - 1
        if left:
            self._clients[ticket.client] = left
        if ticket.ended:
            return
        if ticket.begun:
            assert ticket.worker
            self._replace(ticket.worker)
            return
        if ticket.worker:
            self._take_back(ticket.worker)
        if ticket in self._queue:
            # Else its turn has just come; see `_begin`.
            self._queue.remove(ticket)
            self.figures.waiting -= 1
        self._hand_out()

    def renew(self, edition: int) -> None:
        """Replace the workers of other editions than that with this number, a busy one when it is done."""
        self._editions = {edition}
        for known in tuple(self._workers):
            self._take_back(known)
            self._go_on(known)
        self._hand_out()

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker, or behind another one."""
        return self.figures.waiting

    def has_room(self, client: str) -> bool:
        """Tell whether a query of a client would be taken now."""
        return (
            self._clients.get(client, 0) < self.limits.per_client
            and (bool(self._idle) or self.figures.waiting < self.limits.queue)
            and not self.breaker.trouble
        )

    def _refusal(self, code: str, message: str) -> QueryError:
        self.figures.outcomes[code] += 1
        return QueryError(code, message)

    def _hand_out(self) -> None:
        """Give what is in the queue to workers that are idle, and some of it to busy ones, to be begun soon."""
        while self._queue:
            chosen = self._idle[-1] if self._idle else self._least_busy()
            if chosen is None or not chosen.ask(self._queue[0]):
                return
            self._queue.popleft()
            if len(chosen.under_way) == 1:
                self._idle.pop()
                self._begin(chosen)
            elif self._watch is None:
                self._watch = self._loop.call_later(QUICK, self._look_after)

    def _least_busy(self) -> Worker | None:
        """Find a busy worker that may be sent something ahead."""
        slow = self._loop.time() - QUICK
        least, fewest = None, AHEAD + 1
        for known in self._workers:
            if len(known.under_way) < fewest and known.begun > slow and self._stays(known):
                least, fewest = known, len(known.under_way)
        return least

    def _stays(self, known: Worker) -> bool:
        return known.edition in self._editions and known.served + len(known.under_way) < LIFETIME

    def _begin(self, busy: Worker) -> None:
        """Note that the turn of a worker's next query has come."""
        ticket = busy.under_way[0]
        ticket.begun = True
        self.figures.running += 1
        self.figures.waiting -= 1
        busy.begun = self._loop.time()
        # The time in the queue does not count: that was no fault of the query.
        ticket.deadline = busy.begun + ticket.seconds
        if ticket.started and not ticket.started.done():
            ticket.started.set_result(None)
        if ticket.left:
            self._replace(busy)

    def _go_on(self, known: Worker) -> None:
        """Let a worker that has nothing to do take the next query."""
        if known.under_way:
            return
        if known in self._idle:
            self._idle.remove(known)
        if self._stays(known):
            self._idle.append(known)
        else:
            self._replace(known)

    def _look_after(self) -> None:
        """Take back what waits behind a slow query."""
        slow = self._loop.time() - QUICK
        waiting = False
        for busy in tuple(self._workers):
            if len(busy.under_way) > 1:
                if busy.begun <= slow:
                    self._take_back(busy)
                else:
                    waiting = True
        self._watch = self._loop.call_later(QUICK, self._look_after) if waiting else None
        self._hand_out()

    def _take_back(self, busy: Worker) -> None:
        """Put what a worker has not begun to the head of the queue."""
        taken = busy.take_back()
        if taken and taken[0].begun:
            # Whatever kept it, it has not come to look yet, or only now.
            if busy.under_way:
                self._begin(busy)
            else:
                busy.ask(taken.pop(0))
        self._put_back(taken)

    def _put_back(self, tickets: Iterable[Ticket]) -> None:
        for ticket in reversed(tuple(tickets)):
            if ticket.begun:
                ticket.begun = False
                self.figures.running -= 1
                self.figures.waiting += 1
            ticket.worker = None
            self._queue.appendleft(ticket)

    def _on_frame(self, busy: Worker, kind: Kind, payload: bytes) -> None:
        ticket = busy.under_way[0]
        if kind in _LAST:
            busy.under_way.popleft()
            busy.served += 1
            ticket.ended = True
            self.figures.running -= 1
            busy.connection.resume()
            if busy.under_way:
                self._begin(busy)
            else:
                self._go_on(busy)
            if self._queue:
                self._hand_out()
        ticket.put(kind, payload)

    def _on_loss_of(self, dead: Worker) -> None:
        """Give up the query that a worker died of, if it did of one."""
        unasked = dead.take_back()
        culprit = dead.under_way.popleft() if dead.under_way else None
        self._put_back((*unasked, *dead.under_way))
        if culprit:
            self.figures.running -= 1
            culprit.lose()
        self._remove(dead)

    async def _frames(self, ticket: Ticket) -> Frames:
        """Give the head, then the blocks of an answer, and see to it that the worker is free again in the end."""
        outcome = "abandoned"
        try:
            if not ticket.begun:
                await self._start(ticket)
            while (received := await self._receive(ticket))[0] is not Kind.END:
                if received[0] is Kind.ERROR:
                    raise QueryError(**json.loads(received[1]))
                yield received
            outcome = "answered"
        except QueryError as error:
            outcome = error.code
            raise
        finally:
            self.leave(ticket, outcome)

    async def _start(self, ticket: Ticket) -> None:
        ticket.started = self._loop.create_future()
        try:
            async with asyncio.timeout_at(ticket.deadline):
                await ticket.started
        except TimeoutError:
            raise QueryError("busy", "no worker became free in time; try again in a moment") from None

    async def _receive(self, ticket: Ticket) -> tuple[Kind, bytes]:
        try:
            return await ticket.take()
        except TimeoutError:
            message = f"timed out after {ticket.seconds:g} s; narrow the query, or add LIMIT"
            raise QueryError("timed-out", message) from None
        except Lost:
            assert ticket.worker
            raise await self._death(ticket.worker) from None

    async def _death(self, busy: Worker) -> QueryError:
        """Say what a worker died of."""
        code = None
        with contextlib.suppress(TimeoutError):
            code = await asyncio.wait_for(asyncio.shield(busy.exit), 1)
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            message = f"the query needs more than {self.limits.memory} MiB of memory; narrow it"
            return QueryError("memory-exceeded", message)
        return QueryError("engine-crashed", "the query brought the engine down; nest it less, or split it")

    def _replace(self, gone: Worker) -> None:
        """Kill a worker, and with it the query that it has begun."""
        if gone not in self._workers:
            # It was quicker.
            return
        if gone.under_way:
            gone.under_way.popleft()
            self.figures.running -= 1
        self._put_back(gone.under_way)
        self.figures.kills += 1
        self._tell({"kill": gone.pid})
        self._remove(gone)

    def _remove(self, gone: Worker) -> None:
        self._workers.remove(gone)
        if gone in self._idle:
            self._idle.remove(gone)
        gone.under_way.clear()
        gone.close()
        self._in_background(self._spawn())
        self._hand_out()

    async def _spawn(self) -> None:
        answer: asyncio.Future[Spawned] = self._loop.create_future()
        self._spawning.append(answer)
        self._tell({"spawn": True})
        told, descriptors = await answer
        ours, questions, unasked = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        questions.setblocking(False)
        new = Worker(told["pid"], told["of"], told["version"], self._exits[told["pid"]], questions, unasked)
        new.connection = Connection(functools.partial(self._on_frame, new), functools.partial(self._on_loss_of, new))
        await new.connection.connect(ours)
        self.figures.spawned += 1
        self._workers.append(new)
        self._go_on(new)
        self._hand_out()

    def _hear(self) -> None:
        """Take a message of the supervisor."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 3)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        if not message:
            self._loop.remove_reader(self._control.fileno())
            self._on_loss()
            return
        heard = json.loads(message)
        if "exit" in heard:
            self._exits.pop(heard["exit"]).set_result(heard["code"])
        elif "trouble" in heard:
            self.breaker.hear(heard["trouble"])
        elif "edition" in heard:
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                # Its workers may come before all else is ready for it.
                self._editions.add(heard["edition"])
                if self.on_edition:
                    self.on_edition(file.read(), heard["edition"])
        else:
            self._exits[heard["pid"]] = self._loop.create_future()
            self._spawning.popleft().set_result((heard, descriptors))

    def _tell(self, message: dict[str, object]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except BlockingIOError:
            self._loop.call_later(0.01, self._tell, message)
        except OSError:
            # It has gone; `_hear` learns that, too, and acts on it.
            return

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
