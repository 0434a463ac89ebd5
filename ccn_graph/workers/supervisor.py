"""The process that holds the store: forks workers that share it, kills them on demand, reaps them.

It does nothing else, so that it is never busy and has no threads when it forks. A worker's memory is the
supervisor's, copied on write. When another version of the data takes the place of the one that is served, workers
are forked from that; those of the old one end when the web process lets them go.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from ccn_graph.errors import CcnError
from ccn_graph.files import network_wall
from ccn_graph.workers import messages, scheduling, worker
from ccn_graph.workers.dataset_version import DatasetVersion, Updates
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import MessageKind
from ccn_graph.workers.watcher import Watcher, complain

#: Longest message on the control channel, in bytes.
MESSAGE = 4_096


class Supervisor:
    """Serves one control channel: `{"spawn": true}` and `{"kill": pid}` in, `{"pid": …}` and `{"exit": …}` out.

    The answer to a spawn carries the worker's sockets as ancillary data. `{"dataset": number}` goes out with a file
    that tells of it, `{"away": true}` when the engine behind the workers is, `{"unfit": true}` when what was put in
    place for the next version cannot be used.
    """

    def __init__(
        self, control: socket.socket, dataset: DatasetVersion, limits: Limits, updates: Updates | None = None
    ) -> None:
        """Take a SOCK_SEQPACKET channel, what to serve first, and how to come to what follows it, if anything does."""
        self._control = control
        self._dataset = dataset
        self._number = 1
        self._limits = limits
        self._updates = updates
        self._watcher: Watcher | None = None
        self._workers: set[int] = set()
        # Below it each worker has a directory for what it writes, so that nothing is left of one that was killed.
        self._scratch = Path(tempfile.mkdtemp(prefix="ccn-graph-"))
        self._beside = 0

    def run(self, front: int) -> int:
        """Serve until the process `front` at the other end is gone; give its exit status as os.waitpid does."""
        try:
            self._watch()
            while True:
                inputs: list[socket.socket | Watcher] = [self._control, *([self._watcher] if self._watcher else [])]
                ready, _, _ = select.select(inputs, [], [], 0.05)
                if self._control in ready and not self._serve():
                    break
                if self._watcher in ready:
                    self._renew()
                self._reap()
            return self._wait(front)
        finally:
            self.stop()

    def do_beside(self, task: Callable[[], None]) -> None:
        """Do something in a process of its own, which may clean up when it has to end; at most one at a time."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                self._control.close()
                worker.leave_supervisor()
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
                scheduling.give_way(19)
                task()
                status = 0
            finally:
                os._exit(status)
        self._beside = pid

    def reload_now(self) -> None:
        """Look for another version of the data at once. Safe in the handler of a signal."""
        if self._watcher:
            self._watcher.reload_now()

    def stop(self) -> None:
        """Kill every worker, and end what is done beside them."""
        if self._watcher:
            self._watcher.stop()
            self._watcher = None
        if self._beside:
            os.kill(self._beside, signal.SIGTERM)
            self._wait(self._beside)
            self._beside = 0
        for pid in tuple(self._workers):
            os.kill(pid, signal.SIGKILL)
        while self._workers:
            self._reap()
            time.sleep(0.001)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _watch(self) -> None:
        if self._updates:
            version = self._dataset.statistics.version
            self._watcher = Watcher(self._updates, version, self._control.close)

    def _renew(self) -> None:
        """Take the watcher's next event: another version of the data, or an engine that is away."""
        assert self._watcher
        assert self._updates
        next_event = self._watcher.next_event()
        if next_event is None:
            # What it looked at brought it down; the next one waits before it looks.
            self._watcher.stop()
            self._watch()
        elif next_event[0] in ("away", "unfit"):
            self._tell(dict([next_event]))
        else:
            try:
                self._go_over(self._updates.dataset(next_event[1]))
            except CcnError as error:
                complain(error)
                self._tell({"unfit": True})

    def _go_over(self, dataset: DatasetVersion) -> None:
        self._dataset = dataset
        self._number += 1
        # Keep the collector from touching, and so from copying, what workers share; see `server`.
        gc.collect()
        gc.freeze()
        with tempfile.TemporaryFile() as file:
            file.write(dataset.to_bytes())
            file.flush()
            self._tell({"dataset": self._number}, file.fileno())

    def _serve(self) -> bool:
        try:
            message = self._control.recv(MESSAGE)
        except OSError:
            return False
        if not message:
            return False
        wanted = json.loads(message)
        if "kill" in wanted:
            # Only a child that is not reaped yet: its number cannot have passed to another process.
            if wanted["kill"] in self._workers:
                os.kill(wanted["kill"], signal.SIGKILL)
        else:
            self._spawn()
        return True

    def _spawn(self) -> None:
        ends: list[socket.socket] = []
        try:
            ends += socket.socketpair()
            # Messages, each of which is taken as a whole; see Worker of `job`.
            ends += socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            pid = os.fork()
        except OSError as error:
            self._tell({"failed": f"{error.strerror} (as the system says)"})
        else:
            ours, theirs, questions, unasked = ends
            if pid == 0:
                self._be_worker(ours, theirs, questions, unasked)
            self._workers.add(pid)
            message = {"pid": pid, "of": self._number, "version": self._dataset.statistics.version}
            self._tell(message, *(end.fileno() for end in (ours, questions, unasked)))
        for end in ends:
            end.close()

    def _be_worker(self, ours: socket.socket, theirs: socket.socket, questions: socket.socket, unasked: socket.socket,
    ) -> NoReturn:  # fmt: skip
        """Answer queries until the web process goes away; tell it first whether the data can be opened."""
        status = 1
        try:
            ours.close()
            questions.close()
            self._control.close()
            own = self._scratch / str(os.getpid())
            own.mkdir(parents=True)
            tempfile.tempdir = str(own)
            if not self._dataset.connects:
                network_wall.enclose()
            context = self._dataset.open()
            theirs.sendall(messages.pack(MessageKind.READY, b""))
            worker.run(unasked, theirs, context, self._limits)
            status = 0
        except (OSError, RuntimeError, ValueError, CcnError, MemoryError) as error:
            with contextlib.suppress(OSError):
                theirs.sendall(messages.pack(MessageKind.ERROR, str(error).encode()))
        finally:
            # Never back into the supervisor's stack, whatever happened.
            os._exit(status)

    def _reap(self) -> None:
        if self._beside and os.waitpid(self._beside, os.WNOHANG)[0]:
            self._beside = 0
        for pid in tuple(self._workers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._workers.discard(pid)
                shutil.rmtree(self._scratch / str(pid), ignore_errors=True)
                self._tell({"exit": pid, "code": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any], *files: int) -> None:
        # A web process that has gone meanwhile is no fault here: `run` sees it when it listens again.
        with contextlib.suppress(ConnectionError):
            socket.send_fds(self._control, [json.dumps(message).encode()], files)

    @staticmethod
    def _wait(child: int) -> int:
        # It is going: told to, or because its end of the channel is closed. A bounded wait, then the hard way.
        for _ in range(1_000):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
