"""Runs work on files of others in a process of its own, under limits, where a crash does no harm."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from ccn_graph.errors import CcnError
from ccn_graph.files import network_wall
from ccn_graph.files.progress import Progress

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What work on files of others may use."""

    megabytes: int = 50
    """Largest file, in 10^6 bytes."""
    seconds: float = 300.0
    """Longest time."""
    memory: int = 4_096
    """Most memory beyond what the process has at its start, in 2^20 bytes."""


class OverrunError(CcnError):
    """Work that was ended: `code` is `too-large`, `timeout`, `memory-exceeded` or `crashed`."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code, which is stable and machine-readable."""
        super().__init__(message)
        self.code = code


def refuse_large(path: Path, bounds: Bounds) -> None:
    """Raise OverrunError for a file that is larger than allowed, before anything of it is read."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > bounds.megabytes * 1_000_000:
            raise OverrunError(
                "too-large", f"{path} is larger than {bounds.megabytes} MB; check it in parts or allow more"
            )


def run(work: Callable[[Progress], Value], bounds: Bounds, progress: Progress | None = None) -> Value:
    """Do the work in a forked process and give what it gives, which must be picklable.

    Raises OverrunError if it passes a limit or crashes, CcnError for one that the work raises.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            _child(work, theirs, bounds)
        finally:
            # Never back into the stack of the parent, whatever happened.
            os._exit(0)
    theirs.close()
    try:
        return _received(ours, bounds, progress)
    finally:
        ours.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def limit_memory(megabytes: int) -> None:
    """Let this process take no more than `megabytes` (MiB) on top of what it has, and leave no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        # Linux: what is shared with the parent counts as well, so add it.
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _child(work: Callable[[Progress], object], connection: Connection, bounds: Bounds) -> None:
    network_wall.enclose()
    limit_memory(bounds.memory)
    # A crash is told of by the parent; what the native library prints of it would only confuse.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        connection.send(("done", work(lambda done, total: connection.send(("step", (done, total))))))
    except CcnError as error:
        connection.send(("error", str(error)))
    except MemoryError:
        connection.send(("memory", None))
    except RecursionError:
        connection.send(("deep", None))


def _received(connection: Connection, bounds: Bounds, progress: Progress | None) -> Value:  # type: ignore[type-var]
    end = time.monotonic() + bounds.seconds
    while connection.poll(max(0.0, end - time.monotonic())):
        try:
            kind, value = connection.recv()
        except EOFError:
            kind, value = "crash", None
        match kind:
            case "step":
                if progress:
                    progress(*value)
            case "done":
                return value  # type: ignore[no-any-return]
            case "error":
                raise CcnError(value)
            case "memory":
                raise OverrunError("memory-exceeded", f"this takes more than {bounds.memory} MiB of memory; allow more")
            case "deep":
                raise OverrunError("crashed", "the data are nested too deep to be checked")
            case _:
                raise OverrunError(
                    "crashed", f"the check crashed on these files, or took more than {bounds.memory} MiB of memory"
                )
    raise OverrunError("timeout", f"the check was stopped after {bounds.seconds:g} s; check in parts or allow more")
