"""The workers: forked by the supervisor, given queries, looked after, replaced.

A busy worker is sent some short queries ahead, so that it goes on without waiting for the web process, which has to be
scheduled for that; with eight clients that is a third of what a small query costs. Nothing waits behind a slow query
for long: what a worker has not begun is taken back and given to another one, as it is when a worker is killed or dies.
"""

from __future__ import annotations

import asyncio
import collections
import functools
import socket
from collections.abc import Coroutine, Iterable
from typing import Any

from ccn_graph.workers import scheduling
from ccn_graph.workers.job import Figures, Ticket, Worker
from ccn_graph.workers.messages import Kind
from ccn_graph.workers.supervisor_channel import Control
from ccn_graph.workers.worker_channel import Connection

#: Queries that a worker answers before it is replaced, so that no leak of the engine grows.
LIFETIME = 100_000

#: Short queries that a busy worker is sent ahead.
AHEAD = 6

#: Seconds after which a query is so slow that what was sent behind it is taken back.
QUICK = 0.005

#: Seconds after which a worker that is killed, and not by us, may have been killed for its query. A process that is
#: dying may take long for it on a busy machine, and still take a message.
SOON = 1.0

#: What ends an answer.
_LAST = (Kind.WHOLE, Kind.END, Kind.ERROR)


class Crew:
    """Has queries answered, in the order in which they come, as far as there are workers for them."""

    def __init__(self, control: Control, figures: Figures) -> None:
        """Have workers forked and killed by `control`, and count in `figures`."""
        self._control = control
        self._figures = figures
        #: The first edition of which workers may be.
        self._edition = 1
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []
        self._queue: collections.deque[Ticket] = collections.deque()
        self._tasks: set[asyncio.Task[None]] = set()
        #: Looks after what was sent ahead, as long as anything is.
        self._watch: asyncio.TimerHandle | None = None
        #: Whether there will be no more workers.
        self.has_ended = False

    async def start(self, count: int) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        for _ in range(count):
            await self._spawn()

    def stop(self) -> None:
        """Let the workers go."""
        for task in tuple(self._tasks):
            task.cancel()
        for known in self._workers:
            known.close()
        self._workers.clear()
        if self._watch:
            self._watch.cancel()
            self._look_again(soon=False)

    def end(self) -> None:
        """Learn that there will be no more workers: whoever waits for one is told so."""
        self.has_ended = True
        self._refuse_all()

    @property
    def idle(self) -> bool:
        """Whether some worker has nothing to do."""
        return bool(self._idle)

    def put(self, ticket: Ticket) -> None:
        """Have a query answered as soon as there is a worker for it."""
        self._figures.waiting += 1
        self._queue.append(ticket)
        self._hand_out()

    def drop(self, ticket: Ticket) -> None:
        """Give up a query that is not answered yet; if it has begun, its worker is replaced."""
        ticket.left = True
        if ticket.begun:
            assert ticket.worker
            self._replace(ticket.worker)
            return
        if ticket.worker in self._workers:
            self._take_back(ticket.worker)
        if ticket in self._queue:
            # Else its turn has just come; see `_begin`.
            self._queue.remove(ticket)
            self._figures.waiting -= 1
        self._hand_out()

    def renew(self, edition: int) -> None:
        """Replace the workers of editions before that with this number, a busy one when it is done.

        Workers of a later one may have come already.
        """
        self._edition = edition
        for known in tuple(self._workers):
            self._take_back(known)
            self._go_on(known)
        self._hand_out()

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
                self._look_again(soon=True)

    def _least_busy(self) -> Worker | None:
        """Find a busy worker that may be sent something ahead."""
        slow = self._loop.time() - QUICK
        least, fewest = None, AHEAD + 1
        for known in self._workers:
            if len(known.under_way) < fewest and known.begun > slow and self._stays(known):
                least, fewest = known, len(known.under_way)
        return least

    def _stays(self, known: Worker) -> bool:
        return known.edition >= self._edition and known.served + len(known.under_way) < LIFETIME

    def _begin(self, busy: Worker) -> None:
        """Note that the turn of a worker's next query has come."""
        ticket = busy.under_way[0]
        ticket.begun = True
        self._figures.running += 1
        self._figures.waiting -= 1
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
        self._look_again(soon=waiting)
        self._hand_out()

    def _look_again(self, *, soon: bool) -> None:
        # With more small queries than workers, to wake up once for several of them is worth more than to be quick.
        scheduling.take_turns(yes=soon)
        self._watch = self._loop.call_later(QUICK, self._look_after) if soon else None

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
                self._figures.running -= 1
                self._figures.waiting += 1
            ticket.worker = None
            self._queue.appendleft(ticket)
        if self.has_ended:
            self._refuse_all()

    def _refuse_all(self) -> None:
        for ticket in tuple(self._queue):
            ticket.lose()

    def _on_frame(self, busy: Worker, kind: Kind, payload: bytes) -> None:
        ticket = busy.under_way[0]
        if kind in _LAST:
            busy.under_way.popleft()
            busy.served += 1
            ticket.ended = True
            self._figures.running -= 1
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
            self._figures.running -= 1
            culprit.untried &= self._loop.time() - dead.begun < SOON
            culprit.lose()
        self._remove(dead)

    def _replace(self, gone: Worker) -> None:
        """Kill a worker, and with it the query that it has begun."""
        if gone not in self._workers:
            # It was quicker.
            return
        if gone.under_way:
            gone.under_way.popleft()
            self._figures.running -= 1
        self._put_back(gone.under_way)
        self._figures.kills += 1
        self._control.kill(gone.pid)
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
        birth = await self._control.spawn()
        ours, questions, unasked = (socket.socket(fileno=descriptor) for descriptor in birth.descriptors)
        questions.setblocking(False)
        new = Worker(birth.pid, birth.edition, birth.version, birth.exit, questions, unasked)
        new.connection = Connection(functools.partial(self._on_frame, new), functools.partial(self._on_loss_of, new))
        await new.connection.connect(ours)
        self._figures.spawned += 1
        self._workers.append(new)
        self._go_on(new)
        self._hand_out()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
