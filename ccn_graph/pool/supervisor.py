"""The process that holds the store: forks workers that share it, kills them on demand, reaps them.

It does nothing else, so that it is never busy and has no threads when it forks. A worker's memory is the
supervisor's, copied on write.
"""

from __future__ import annotations

import contextlib
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

from ccn_graph.pool import worker
from ccn_graph.pool.limits import Limits

#: Longest message on the control channel, in bytes.
MESSAGE = 4_096


class Supervisor:
    """Serves one control channel: `{"spawn": true}` and `{"kill": pid}` in, `{"pid": …}` and `{"exit": …}` out.

    The answer to a spawn carries the worker's socket as ancillary data.
    """

    def __init__(self, control: socket.socket, open_holdings: Callable[[], worker.Holdings], limits: Limits) -> None:
        """Take a SOCK_SEQPACKET channel; `open_holdings` is called in each worker, after the fork."""
        self._control = control
        self._open_holdings = open_holdings
        self._limits = limits
        self._workers: set[int] = set()
        # Below it each worker has a directory for what it writes, so that nothing is left of one that was killed.
        self._scratch = Path(tempfile.mkdtemp(prefix="ccn-graph-"))
        self._beside = 0

    def run(self, front: int) -> int:
        """Serve until the process `front` at the other end is gone; give its exit status as os.waitpid does."""
        try:
            while True:
                ready, _, _ = select.select([self._control], [], [], 0.05)
                if ready and not self._serve():
                    break
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
                with contextlib.suppress(OSError):
                    os.nice(19)
                task()
                status = 0
            finally:
                os._exit(status)
        self._beside = pid

    def stop(self) -> None:
        """Kill every worker, and end what is done beside them."""
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
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                ours.close()
                self._control.close()
                own = self._scratch / str(os.getpid())
                own.mkdir()
                tempfile.tempdir = str(own)
                worker.run(theirs, self._open_holdings(), self._limits)
                status = 0
            finally:
                # Never back into the supervisor's stack, whatever happened.
                os._exit(status)
        theirs.close()
        self._workers.add(pid)
        socket.send_fds(self._control, [json.dumps({"pid": pid}).encode()], [ours.fileno()])
        ours.close()

    def _reap(self) -> None:
        if self._beside and os.waitpid(self._beside, os.WNOHANG)[0]:
            self._beside = 0
        for pid in tuple(self._workers):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._workers.discard(pid)
                shutil.rmtree(self._scratch / str(pid), ignore_errors=True)
                code = os.waitstatus_to_exitcode(status)
                try:
                    self._control.send(json.dumps({"exit": pid, "code": code}).encode())
                except OSError:
                    return

    @staticmethod
    def _wait(child: int) -> int:
        # It is going: told to, or because its end of the channel is closed. A bounded wait, then the hard way.
        for _ in range(1_000):
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
