"""The web process's side: takes queries, keeps the limits, has what runs past them killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Callable
from typing import IO

from ccn_graph.errors import QueryError
from ccn_graph.workers.circuit_breaker import Breaker
from ccn_graph.workers.dispatcher import Dispatcher
from ccn_graph.workers.job import Figures, Job, Listener, Lost
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.reply import Frames, WorkerReply
from ccn_graph.workers.spool import SpoolRoom
from ccn_graph.workers.supervisor_channel import Control

#: An answer up to this size is held back until it is whole, so that an error on the way still gets its own status.
HOLD = 262_144

#: Seconds between two looks at what runs and waits.
LOOK = 0.05

_ENDED = "this server is ending; ask again in a moment"


class Pool:
    """Answers queries in worker processes; never blocks the event loop."""

    def __init__(self, control: socket.socket, limits: Limits, on_loss: Callable[[], None]) -> None:
        """Use the supervisor at the other end of `control`; `on_loss` is called if it goes away."""
        self.limits = limits
        self.figures = Figures()
        self.breaker = Breaker()
        self.control = Control(control, self._end, lambda away: self.breaker.hear(away=away))
        self.dispatcher = Dispatcher(self.control, self.figures)
        self._room = SpoolRoom(limits.spool)
        self._on_loss = on_loss
        self._clients: dict[str, int] = {}

    async def start(self) -> None:
        """Fork the first workers. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self.control.start()
        await self.dispatcher.start(self.limits.worker_count)
        self._looking = self._loop.create_task(self._look())

    async def stop(self) -> None:
        """Let the supervisor go, which kills the workers."""
        self._looking.cancel()
        self.dispatcher.stop()
        self.control.stop()

    async def answer(self, job: Job) -> WorkerReply:
        """Wait for the answer to a query that was entered.

        Raises QueryError. Being cancelled, or not reading on, frees the worker at once.
        """
        frames = self._frames(job)
        _, head = await anext(frames)
        assert job.worker
        body = bytearray()
        async for _, block in frames:
            body += block
            if len(body) > HOLD:
                return WorkerReply.of(head, bytes(body), job.worker.version, frames)
        return WorkerReply.of(head, bytes(body), job.worker.version)

    def enter(
        self,
        packed: bytes,
        client: str,
        seconds: float = 0,
        listener: Listener | None = None,
        attached: IO[bytes] | None = None,
    ) -> Job:
        """Hand a query of a client (any name of it, such as its address) to a worker, or put it into the queue.

        `packed` is the frame for the worker, `seconds` the time that the client grants, if not 0. `attached` is a file
        with the rest of the frame; it is closed in the end.

        Either `answer` has to follow, or, when `listener` was called because something came, `leave`. Raises
        QueryError if the client or the queue has enough, or the engine behind the workers is away.
        """
        self.refuse_when_full(client)
        seconds = min(seconds or self.limits.seconds, self.limits.seconds)
        job = Job(packed, client, seconds, self._loop.time() + seconds, listener, self._room, attached)
        self._clients[client] = self._clients.get(client, 0) + 1
        self.dispatcher.put(job, self.limits.queue)
        return job

    def refuse_when_full(self, client: str) -> None:
        """Raise QueryError if a query of a client would not be taken now."""
        if trouble := self.trouble:
            raise self._refusal("engine-unavailable", trouble)
        under_way = self._clients.get(client, 0)
        if under_way >= self.limits.per_client:
            message = f"you have {self.limits.per_client} queries under way; wait for one of them"
            raise self._refusal("too-many-requests", message)
        if not self.dispatcher.has_room(client, self.limits.queue):
            raise self._refusal("busy", "all workers are busy and the queue is full; try again in a moment")

    def leave(self, job: Job, outcome: str) -> None:
        """Be done with a query; a worker that is not done with it is replaced."""
        self.breaker.note(outcome)
        job.close()
        left = self._clients.pop(job.client) - 1
        if left:
            self._clients[job.client] = left
        if not job.ended:
            if outcome == "timed-out" and job.begun and job.worker:
                message = f"worker {job.worker.pid} is killed and replaced: its query took more than {job.seconds:g} s"
                sys.stderr.write(f"ccn-graph: {message}\n")
            self.dispatcher.drop(job)

    @property
    def trouble(self) -> str:
        """Why no query is taken; empty while they are."""
        if self.dispatcher.has_ended:
            return _ENDED
        if self.dispatcher.starter.failure and not self.figures.living:
            return "no worker can be started; the server's log says why"
        return self.breaker.trouble

    @property
    def shortcoming(self) -> str:
        """What is not as it should be while queries are answered; empty if all is well."""
        # A worker that is being replaced is none; one that cannot start is.
        if self.dispatcher.starter.failure:
            return "a worker cannot be started; the server's log says why"
        if self.control.has_unfit_update:
            return "what was put in place of these data cannot be used; the server's log says why"
        return ""

    def has_room(self, client: str) -> bool:
        """Tell whether a query of a client would be taken now."""
        return (
            self._clients.get(client, 0) < self.limits.per_client
            and self.dispatcher.has_room(client, self.limits.queue)
            and not self.trouble
        )

    def _refusal(self, code: str, message: str) -> QueryError:
        return QueryError(code, message)

    async def _frames(self, job: Job) -> Frames:
        """Return the head, then the blocks of an answer, and see to it that the worker is free again in the end."""
        outcome = "abandoned"
        try:
            if not job.begun:
                await self._start(job)
            while (received := await self._receive(job))[0] is not MessageKind.END:
                if received[0] is MessageKind.ERROR:
                    raise QueryError(**json.loads(received[1]))
                yield received
            outcome = "answered"
        except QueryError as error:
            outcome = error.code
            raise
        finally:
            self.leave(job, outcome)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self.dispatcher.look()

    def _end(self) -> None:
        """Without the supervisor there are no workers: let nobody wait for one. Another server may be asked."""
        self.dispatcher.end()
        self._on_loss()

    async def _start(self, job: Job) -> None:
        if self.dispatcher.has_ended:
            raise QueryError("engine-unavailable", _ENDED)
        job.started = self._loop.create_future()
        try:
            async with asyncio.timeout_at(job.deadline):
                await job.started
        except TimeoutError:
            raise QueryError("busy", "no worker became free in time; try again in a moment") from None
        except Lost:
            raise self._cause(await self._exit(job)) from None

    async def _receive(self, job: Job) -> tuple[MessageKind, bytes]:
        try:
            return await job.take()
        except TimeoutError:
            message = f"timed out after {job.seconds:g} s; narrow the query, or add LIMIT"
            raise QueryError("timed-out", message) from None
        except Lost:
            code = await self._exit(job)
            if code == -signal.SIGKILL and job.untried and not self.dispatcher.has_ended:
                # It came when the worker was dying by a hand from outside.
                job.again()
                self.dispatcher.put(job, self.limits.queue + 1)
                if not job.begun:
                    await self._start(job)
                return await self._receive(job)
            raise self._cause(code) from None

    async def _exit(self, job: Job) -> int | None:
        """Return the exit status of the worker of a query that died; None if it is not told in time."""
        with contextlib.suppress(TimeoutError):
            if job.worker:
                return await asyncio.wait_for(asyncio.shield(job.worker.exit), 1)
        return None

    def _cause(self, code: int | None) -> QueryError:
        """Say what a worker died of."""
        if self.dispatcher.has_ended:
            return QueryError("engine-unavailable", _ENDED)
        if code == -signal.SIGABRT:
            message = f"the query needs more than {self.limits.memory} MiB of memory; narrow it"
            return QueryError("memory-exceeded", message)
        if code == -signal.SIGKILL:
            return QueryError("memory-exceeded", "the system stopped the query, as where memory is short; narrow it")
        return QueryError("engine-crashed", "the query brought the engine down; nest it less, or split it")
