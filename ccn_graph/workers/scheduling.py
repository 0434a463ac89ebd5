"""How our processes take turns on the processors of the machine."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path


def take_turns(*, yes: bool) -> None:
    """Let this process wait for its turn when there is work for it, or interrupt the one that runs, as is usual.

    Who waits finds several messages at once when it is woken: with many small queries, each costs a fifth less. With
    few, on a machine that has other work, each would come some milliseconds later.
    """
    with contextlib.suppress(OSError, AttributeError):
        # Linux only.
        os.sched_setscheduler(0, os.SCHED_BATCH if yes else os.SCHED_OTHER, os.sched_param(0))


def give_way(by: int) -> None:
    """Let this process have less of a processor that others want as well; `by` is what nice(2) takes, 19 at most."""
    with contextlib.suppress(OSError):
        os.nice(by)


def ran(pid: int) -> float:
    """Return the seconds that a process has run on a processor; 0 where the system does not say."""
    with contextlib.suppress(OSError, OverflowError):
        # Linux only: its clock, as clock_getcpuclockid(3) would name it.
        return time.clock_gettime(~pid << 3 | 2)
    return 0.0


def wants_to_run(pid: int) -> bool:
    """Tell whether a process runs, or would if it had a processor; False where the system does not say."""
    with contextlib.suppress(OSError):
        states = (thread / "stat" for thread in Path(f"/proc/{pid}/task").iterdir())
        return any(state.read_text().rpartition(")")[2].split()[0] == "R" for state in states)
    return False
