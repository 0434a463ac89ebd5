"""How our processes take turns on the processors of the machine."""

from __future__ import annotations

import contextlib
import os


def take_turns() -> None:
    """Let this process wait for its turn when there is work for it, rather than interrupt the one that runs.

    Whoever is woken by a message, worker or web process, then finds several at once: at 8 clients a small query costs
    a fifth less. When all processors are taken by slow queries, an answer comes some milliseconds later.
    """
    with contextlib.suppress(OSError, AttributeError):
        # Linux only.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def give_way(by: int) -> None:
    """Let this process have less of a processor that others want as well; `by` is what nice(2) takes, 19 at most."""
    with contextlib.suppress(OSError):
        os.nice(by)
