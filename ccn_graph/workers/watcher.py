"""A process beside the workers that looks for the next version of the data, so that what forks them never waits."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from ccn_graph.errors import CcnError, EngineError
from ccn_graph.workers import worker
from ccn_graph.workers.dataset_version import Updates

#: Seconds between two looks.
EVERY = 1.0


class Watcher:
    """Our end of it. `next_event` has come when `fileno` can be read."""

    def __init__(self, updates: Updates, version: str, close: Callable[[], None]) -> None:
        """Start looking for what follows `version`; `close` lets go, in the new process, of what it must not hold."""
        self._events, theirs = multiprocessing.Pipe(duplex=False)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                close()
                self._events.close()
                worker.leave_supervisor()
                _watch(updates, version, theirs.send)
            finally:
                # Never back into the supervisor's stack, whatever happened.
                os._exit(1)
        theirs.close()

    def fileno(self) -> int:
        """Return what to wait for."""
        return self._events.fileno()

    def next_event(self) -> tuple[str, Any] | None:
        """Take what it tells; None if it died.

        `("dataset", what it is made from)`, `("away", whether the engine is)`, or `("unfit", whether what is there for
        the next version cannot be used)`.
        """
        try:
            kind, value = self._events.recv()
        except (EOFError, OSError):
            return None
        return kind, value

    def reload_now(self) -> None:
        """Have it look at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it; it may clean up first."""
        self._events.close()
        for number, patience in ((signal.SIGTERM, 200), (signal.SIGKILL, 1)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            for _ in range(patience):
                if os.waitpid(self.pid, 0 if number is signal.SIGKILL else os.WNOHANG)[0]:
                    return
                time.sleep(0.01)


def complain(error: CcnError) -> None:
    """Tell whoever reads the log that there is something new, and why it is not served."""
    sys.stderr.write(f"ccn-graph: what is served stays, for the next edition cannot be used: {error}\n")


def _watch(updates: Updates, version: str, tell: Callable[[tuple[str, Any]], None]) -> NoReturn:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # Blocked, a signal waits until it is asked for, and ends the pause below.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    complaint, away, was_unfit = "", False, False
    while True:
        signal.sigtimedwait({signal.SIGHUP}, EVERY)
        update, was_away, away = None, away, False
        try:
            update = updates.look(version)
            complaint = ""
        except EngineError as error:
            away = True
            if not was_away:
                # Its address is nobody's business but that of who reads the log.
                sys.stderr.write(f"ccn-graph: {error}\n")
        except CcnError as error:
            if str(error) != complaint:
                complaint = str(error)
                complain(error)
        if away != was_away:
            tell(("away", away))
        if update is not None:
            version, material = update
            tell(("dataset", material))
        if not away and bool(complaint) != was_unfit:
            was_unfit = bool(complaint)
            tell(("unfit", was_unfit))
