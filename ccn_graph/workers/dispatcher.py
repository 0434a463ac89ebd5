"""The workers: forked by the supervisor, given queries, looked after, replaced.

A busy worker is sent some short queries ahead, so that it goes on without waiting for the web process, which has to be
scheduled for that; with eight clients that is a third of what a small query costs. Nothing waits behind a slow query
for long: what a worker has not begun is taken back and given to another one, as it is when a worker is killed or dies.

Clients share the workers: whoever had least of their time lately comes next; one client's slow queries leave a worker
to the others; and the slow query of the greediest has to stop when somebody else waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ccn_graph.errors import QueryError
from ccn_graph.workers import scheduling
from ccn_graph.workers.fairness import FairQueue, Sharing
from ccn_graph.workers.job import Figures, Job, Worker
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.starting import PAUSE, Starter
from ccn_graph.workers.supervisor_channel import Control

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
_LAST = (MessageKind.WHOLE, MessageKind.END, MessageKind.ERROR)


class Dispatcher:
    """Has queries answered, in the order in which they come, as far as there are workers for them."""

    def __init__(self, control: Control, figures: Figures) -> None:
        """Have workers forked and killed by `control`, and count in `figures`."""
        self._control = control
        self._figures = figures
        #: The first version of the data, by number, of which workers may be.
        self._generation = 1
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []
        self._queue = FairQueue()
        self.sharing = Sharing(self._workers, self._queue)
        self.starter = Starter(control, self._on_frame, self._on_loss_of, self._on_ready)
        #: Looks after what was sent ahead, as long as anything is.
        self._watch: asyncio.TimerHandle | None = None
        #: Whether there will be no more workers.
        self.has_ended = False

    async def start(self, count: int) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self.sharing.workers_wanted = count
        await asyncio.gather(*(self.starter.start() for _ in range(count)))

    def stop(self) -> None:
        """Let the workers go."""
        self.starter.stop()
        for worker in self._workers:
            worker.close()
        self._workers.clear()
        if self._watch:
            self._watch.cancel()
            self._look_again(soon=False)

    def end(self) -> None:
        """Learn that there will be no more workers: whoever waits for one is told so."""
        self.has_ended = True
        for job in self._queue:
            job.lose()

    def has_room(self, client: str, queue: int) -> bool:
        """Tell whether a query of a client would be begun at once, or be one of `queue` that wait, or displace one."""
        is_free = bool(self._idle) and not len(self._queue)
        return is_free or self._queue.has_room(client, queue, self.sharing.load)

    def put(self, job: Job, queue: int) -> None:
        """Have a query answered as soon as there is a worker for it; if more than `queue` wait, one is displaced."""
        if last := self._queue.displaced_by(job.client, queue, self.sharing.load):
            self._figures.waiting -= 1
            last.lose(QueryError("busy", "the queue is full, and most of it is yours; try again in a moment"))
        self._figures.waiting += 1
        job.since = self._loop.time()
        self._queue.put(job)
        self._hand_out()
        if not self._idle and len(self._queue):
            self._make_room()

    def drop(self, job: Job) -> None:
        """Give up a query that is not answered yet; if it has begun, its worker is replaced."""
        job.left = True
        if job.begun:
            assert job.worker
            self._replace(job.worker)
            return
        if job.worker in self._workers:
            self._take_back(job.worker)
        # Else its turn has just come; see `_begin`.
        if self._queue.remove(job):
            self._figures.waiting -= 1
        self._hand_out()

    def renew(self, generation: int) -> None:
        """Replace the workers of versions of the data before that with this number, a busy one when it is done.

        Workers of a later one may have come already.
        """
        self._generation = generation
        for worker in tuple(self._workers):
            self._take_back(worker)
            self._go_on(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        """Hand queued queries to idle workers, and send some ahead to busy ones, to be begun soon."""
        while len(self._queue):
            # What is slow is not sent ahead, to begin when what is quick is done.
            allowed = self.sharing.may_begin if self._idle else self.sharing.is_quick
            job = self._queue.next(self.sharing.rank, allowed)
            chosen = self._idle[-1] if self._idle else self._least_busy()
            if job is None or chosen is None or not chosen.ask(job):
                return
            self._queue.remove(job)
            if len(chosen.under_way) == 1:
                self._idle.remove(chosen)
                self._begin(chosen)
            elif self._watch is None:
                self._look_again(soon=True)

    def _least_busy(self) -> Worker | None:
        slow = self._loop.time() - QUICK
        able = [worker for worker in self._workers if 0 < len(worker.under_way) <= AHEAD and worker.begun > slow]
        return min(filter(self._stays, able), key=lambda worker: len(worker.under_way), default=None)

    def _stays(self, worker: Worker) -> bool:
        return worker.generation >= self._generation and worker.served + len(worker.under_way) < LIFETIME

    def _begin(self, busy: Worker) -> None:
        """Note that the turn of a worker's next query has come."""
        job = busy.under_way[0]
        job.begun = True
        self._figures.running += 1
        self._figures.waiting -= 1
        busy.begun, busy.ran = self._loop.time(), scheduling.ran(busy.pid)
        # The time in the queue does not count: that was no fault of the query.
        job.deadline = busy.begun + job.seconds
        if job.started and not job.started.done():
            job.started.set_result(None)
        if job.left:
            self._replace(busy)

    def _go_on(self, worker: Worker) -> None:
        """Let a worker that has nothing to do take the next query."""
        if worker.under_way:
            return
        if worker in self._idle:
            self._idle.remove(worker)
        if self._stays(worker):
            self._idle.append(worker)
        else:
            self._replace(worker)

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
            # The worker has not yet read the query whose turn it is: that one is asked again, or begun if it just did.
            if busy.under_way:
                self._begin(busy)
            else:
                busy.ask(taken.pop(0))
        self._put_back(taken)

    def _put_back(self, jobs: Iterable[Job]) -> None:
        for job in reversed(tuple(jobs)):
            if job.begun:
                job.begun = False
                self._figures.running -= 1
                self._figures.waiting += 1
            job.worker = None
            self._queue.put(job, first=True)
        if self.has_ended:
            self.end()

    def _on_frame(self, busy: Worker, kind: MessageKind, payload: bytes) -> None:
        job = busy.under_way[0]
        if kind in _LAST:
            self.sharing.usage.spend(job.client, self._loop.time() - busy.begun)
            busy.under_way.popleft()
            busy.served += 1
            job.ended = True
            self._figures.running -= 1
            busy.connection.resume()
            if busy.under_way:
                self._begin(busy)
            else:
                self._go_on(busy)
            if self._queue:
                self._hand_out()
        job.put(kind, payload)

    def _on_loss_of(self, dead: Worker) -> None:
        """Give up the query that a worker died of, if it did of one."""
        unasked = dead.take_back()
        culprit = dead.under_way.popleft() if dead.under_way else None
        self._put_back((*unasked, *dead.under_way))
        if culprit:
            self._figures.running -= 1
            culprit.untried &= self._loop.time() - dead.begun < SOON
            culprit.lose()
        is_stillborn = not culprit and not dead.served and self._loop.time() - dead.forked < 1
        self._remove(dead, pause=PAUSE if is_stillborn else 0)

    def _replace(self, gone: Worker) -> None:
        """Kill a worker, and with it the query that it has begun."""
        if gone not in self._workers:
            # It was quicker.
            return
        if gone.under_way:
            self.sharing.usage.spend(gone.under_way.popleft().client, self._loop.time() - gone.begun)
            self._figures.running -= 1
        self._put_back(gone.under_way)
        self._figures.kills += 1
        self._control.kill(gone.pid)
        self._remove(gone)

    def _remove(self, gone: Worker, pause: float = 0) -> None:
        self._workers.remove(gone)
        self._figures.living = len(self._workers)
        if gone in self._idle:
            self._idle.remove(gone)
        gone.under_way.clear()
        gone.close()
        self.starter.start(pause)
        self._hand_out()

    def _on_ready(self, new: Worker) -> None:
        self._figures.spawned += 1
        self._workers.append(new)
        self._figures.living = len(self._workers)
        self._go_on(new)
        self._hand_out()

    def look(self) -> None:
        """End what has passed its time while nobody waited for it, and what has to stop for others."""
        for busy in self.sharing.overdue():
            self._stop_query(busy, TimeoutError())
        self._make_room()

    def _make_room(self) -> None:
        stopped, again = self.sharing.one_to_stop()
        if stopped and again:
            self._ask_later(stopped)
        elif stopped:
            message = "this query was stopped because others wait; narrow it, or ask again when fewer do"
            self._stop_query(stopped, QueryError("busy", message))

    def _stop_query(self, busy: Worker, why: Exception) -> None:
        job = busy.under_way[0]
        self._replace(busy)
        job.lose(why)

    def _ask_later(self, busy: Worker) -> None:
        """Put the query that a worker has begun back to its client's others, to be begun anew with all its time."""
        job = busy.under_way[0]
        self._replace(busy)
        job.again()
        job.is_slow = True
        job.since = self._loop.time()
        job.deadline = job.since + job.seconds
        self._figures.waiting += 1
        self._queue.put(job)
