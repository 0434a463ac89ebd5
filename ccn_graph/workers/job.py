"""What the pool keeps of a worker, of a query under way, and of all so far."""

from __future__ import annotations

import asyncio
import collections
import itertools
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from ccn_graph.workers import messages, scheduling
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.spool import Spool, SpoolRoom
from ccn_graph.workers.worker_channel import WorkerChannel

#: A longer query goes as a file, and is never sent ahead.
SHORT = 16_384

#: Seconds that a query must have run to be slow; on a busy machine it may have waited for a processor before.
_RUN = 0.02

#: Is called with the head and the body of a whole answer, or without them when something else has come.
Listener = Callable[[bytes, bytes | None], None]


_NUMBERS = itertools.count()


class Lost(Exception):  # noqa: N818 - an event, not a fault of the caller
    """The worker is gone."""


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process: what it was asked, in its order, and our ends of its sockets.

    It takes one query after the other from `questions`, whose other end, `unasked`, we have as well: to take back what
    it has not begun. Each message is taken by one of us only.
    """

    pid: int
    generation: int
    """The number of the version of the data that it was forked with."""
    version: str
    """Of the data of that."""
    exit: asyncio.Future[int]
    questions: socket.socket
    unasked: socket.socket
    connection: WorkerChannel = field(init=False)
    under_way: collections.deque[Job] = field(default_factory=collections.deque)
    """The one it answers, and those behind it."""
    begun: float = 0.0
    """When the first of them began, of the loop's clock."""
    ran: float = 0.0
    """Seconds that its process had run by then."""
    served: int = 0
    ready: asyncio.Future[None] = field(init=False)
    """Done when it has its data; an exception if it cannot have them."""
    forked: float = 0.0
    """When it was, of the loop's clock."""

    def ask(self, job: Job) -> bool:
        """Send a query, which it begins when it is done with those before; False if there is no room for it now."""
        is_long = job.attached is not None or len(job.packed) > SHORT
        if is_long and self.under_way:
            return False
        number = next(_NUMBERS) & 0xFFFFFFFF
        try:
            if is_long:
                messages.send_long(self.questions, number, job.packed, job.attached)
            else:
                self.questions.send(messages.pack_question(number, job.packed))
        except BlockingIOError:
            return False
        job.worker, job.number = self, number
        self.under_way.append(job)
        return True

    def take_back(self) -> list[Job]:
        """Take back what it has not begun, in the order in which it came."""
        numbers = set()
        while message := self._unasked():
            numbers.add(messages.question_number(message))
        taken = [job for job in self.under_way if job.number in numbers]
        for job in taken:
            self.under_way.remove(job)
        return taken

    def is_slow(self, now: float, seconds: float) -> bool:
        """Tell whether its query has so many seconds behind it, and was not only kept from running."""
        return now - self.begun > seconds and (
            scheduling.ran(self.pid) - self.ran > _RUN or not scheduling.wants_to_run(self.pid)
        )

    def _unasked(self) -> bytes:
        try:
            # Not by a flag of the socket, which would be the worker's as well.
            return self.unasked.recv(messages.NUMBER_SIZE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Let it go."""
        self.connection.close()
        self.questions.close()
        self.unasked.close()


@dataclass(slots=True, eq=False)
class Job:
    """A query of a client: in the queue until it has a worker, then with it until `deadline`, of the loop's clock."""

    packed: bytes
    client: str
    seconds: float
    deadline: float
    listener: Listener | None
    room: SpoolRoom
    attached: IO[bytes] | None = None
    """What belongs to it and is too large to be kept in memory."""
    since: float = 0.0
    """When it came into the queue."""
    worker: Worker | None = None
    number: int = 0
    """Which of all that were asked of workers it was."""
    begun: bool = False
    """Whether its turn has come with the worker."""
    ended: bool = False
    """Whether the worker is done with it."""
    untried: bool = True
    """Whether it may be asked once more, for nothing came of it, and hardly by its own fault."""
    is_slow: bool = False
    """Whether it was found to be slow, and put back."""
    left: bool = False
    """Whether nobody waits for it any more."""
    started: asyncio.Future[None] | None = None
    _spool: Spool | None = None
    _waiter: asyncio.Future[tuple[MessageKind, bytes]] | None = None
    _timer: asyncio.TimerHandle | None = None
    _end: Exception | None = None
    """Why nothing more comes."""

    def put(self, kind: MessageKind, payload: bytes) -> None:
        """Take what the worker has sent."""
        self.untried = False
        if kind is MessageKind.WHOLE:
            head, body = messages.unpack_whole(payload)
            if self.listener:
                self.listener(head, body)
                return
            self._put(MessageKind.HEAD, head)
            self._put(MessageKind.DATA, body)
            self._put(MessageKind.END, b"")
        else:
            self._put(kind, payload)
        self._tell()

    def lose(self, why: Exception | None = None) -> None:
        """Learn that nothing more comes: the worker died of it, there will be none for it, or it has to stop."""
        self._end = why or Lost()
        for future in (self.started, self._waiter):
            if future and not future.done():
                future.set_exception(self._end)
        self._tell()

    def again(self) -> None:
        """Be as if it had never been asked."""
        self.worker = self.started = self._end = None
        self.begun = self.untried = False

    async def take(self) -> tuple[MessageKind, bytes]:
        """Wait for the next frame until the deadline. Raises TimeoutError, Lost, or what `lose` was told."""
        if self._spool:
            part = self._spool.take()
            if self.worker and not self.ended and not self._spool.is_full:
                self.worker.connection.resume()
            return part
        if self._end:
            raise self._end
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        self._timer = loop.call_at(self.deadline, self._expire, loop)
        try:
            return await self._waiter
        finally:
            self._timer.cancel()
            self._waiter = self._timer = None

    def close(self) -> None:
        """Let go of all that was kept for it."""
        # Which may know the job in its turn: no ring for the garbage collector to find.
        self.listener = None
        if self._spool is not None:
            self._spool.close()
        if self.attached:
            self.attached.close()

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop.time() < self.deadline:
            # It was put back into the queue meanwhile, and has its time anew.
            self._timer = loop.call_at(self.deadline, self._expire, loop)
        elif self._waiter and not self._waiter.done():
            self._waiter.set_exception(TimeoutError())

    def _put(self, kind: MessageKind, payload: bytes) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result((kind, payload))
            return
        if self._spool is None:
            self._spool = Spool(self.room, self.client)
        self._spool.put(kind, payload)
        if self._spool.is_full and self.worker and not self.ended:
            self.worker.connection.pause()

    def _tell(self) -> None:
        if self.listener:
            self.listener(b"", None)


@dataclass(slots=True)
class Figures:
    """What the pool counts, for the metrics."""

    running: int = 0
    waiting: int = 0
    kills: int = 0
    spawned: int = 0
    living: int = 0
    """Workers that have their data and can be asked."""
