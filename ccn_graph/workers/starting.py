"""Starts workers, again and again where that fails, ever more seldom and with the reason in the log."""

from __future__ import annotations

import asyncio
import functools
import signal
import socket
import sys
from collections.abc import Callable

from ccn_graph.workers.job import Worker
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.supervisor_channel import Control, StartError
from ccn_graph.workers.worker_channel import WorkerChannel

#: Seconds before a worker that could not start is tried again: at first, and at most.
PAUSE, LONGEST_PAUSE = 0.1, 10.0

#: What a worker that nobody let go died of, by its exit status.
_CAUSES = {
    -signal.SIGKILL: "it was killed from outside, as the system does where memory is short",
    -signal.SIGABRT: "it gave up, as where a query needs more than --memory allows",
    -signal.SIGSEGV: "it crashed, as where a query is nested too deeply for the engine",
}


class Starter:
    """Has workers forked; each is handed over when it has its data."""

    def __init__(
        self,
        control: Control,
        on_frame: Callable[[Worker, MessageKind, bytes], None],
        on_loss: Callable[[Worker], None],
        on_ready: Callable[[Worker], None],
    ) -> None:
        """Have them forked by `control`; the others are called with what happens to a worker."""
        self._control = control
        self._on_frame = on_frame
        self._on_loss = on_loss
        self._on_ready = on_ready
        self._tasks: set[asyncio.Task[None]] = set()
        #: Why workers cannot start; empty while they can.
        self.failure = ""

    def start(self, pause: float = 0) -> asyncio.Future[None]:
        """Have a worker started after a pause in seconds; the future is done when that was tried once."""
        loop = asyncio.get_running_loop()
        tried: asyncio.Future[None] = loop.create_future()
        task = loop.create_task(self._start(pause, tried))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return tried

    def stop(self) -> None:
        """Start no more."""
        for task in tuple(self._tasks):
            task.cancel()

    async def _start(self, pause: float, tried: asyncio.Future[None]) -> None:
        while True:
            await asyncio.sleep(pause)
            try:
                new = await self._forked()
                self._tell("")
                self._on_ready(new)
                return
            except StartError as error:
                pause = min(max(PAUSE, 2 * pause), LONGEST_PAUSE)
                self._tell(str(error))
            finally:
                if not tried.done():
                    tried.set_result(None)

    async def _forked(self) -> Worker:
        """Have a worker forked and wait until it has its data. Raises StartError."""
        birth = await self._control.spawn()
        ours, questions, unasked = (socket.socket(fileno=descriptor) for descriptor in birth.descriptors)
        questions.setblocking(False)
        loop = asyncio.get_running_loop()
        new = Worker(birth.pid, birth.generation, birth.version, birth.exit, questions, unasked)
        new.forked, new.ready = loop.time(), loop.create_future()
        new.connection = WorkerChannel(functools.partial(self._frame, new), functools.partial(self._loss, new))
        await new.connection.connect(ours)
        try:
            await new.ready
        except BaseException:
            # Also of a task that is cancelled, because the server stops.
            new.close()
            raise
        return new

    def _frame(self, worker: Worker, kind: MessageKind, payload: bytes) -> None:
        if worker.ready.done():
            self._on_frame(worker, kind, payload)
        elif kind is MessageKind.READY:
            worker.ready.set_result(None)
        else:
            worker.ready.set_exception(StartError(payload.decode(errors="replace")))

    def _loss(self, worker: Worker) -> None:
        if worker.ready.done():
            worker.exit.add_done_callback(functools.partial(tell_end, worker.pid))
            self._on_loss(worker)
        else:
            worker.ready.set_exception(StartError("a worker died while it opened its data"))

    def _tell(self, failure: str) -> None:
        """Note whether workers can start; tell whoever reads the log of each change."""
        if failure != self.failure:
            again = f"a worker cannot start, and is tried again and again: {failure}"
            sys.stderr.write(f"ccn-graph: {again if failure else 'workers start again'}\n")
        self.failure = failure


def tell_end(pid: int, exited: asyncio.Future[int]) -> None:
    """Tell whoever reads the log what a worker died of, unless it ended orderly."""
    # 0 also if the supervisor has gone, so that nobody knows.
    if not exited.cancelled() and (code := exited.result()):
        cause = _CAUSES.get(code, f"it ended with {code}")
        sys.stderr.write(f"ccn-graph: worker {pid} is gone and is replaced: {cause}\n")
