"""Measures two things that do the same, in one run, and shows how often one fits into the other."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable


def median(
    work: Callable[[], object],
    repeats: int = 5,
    *,
    before: Callable[[], object] = lambda: None,
    warm_up: bool = True,
) -> float:
    """Give the median of the seconds that `work` takes; what is done `before` each time does not count."""
    times = []
    for _ in range(repeats + warm_up):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[warm_up:])


def head(ours: str, peer: str) -> None:
    """Say what the columns of the following lines are."""
    print(f"\n{'':44} {ours:>12} {peer:>12} {'ratio':>10}")


def show(what: str, ours: float, peer: float) -> None:
    """Show two medians and their ratio."""
    print(f"{what:44} {ours * 1000:9.1f} ms {peer * 1000:9.1f} ms {peer / ours:8.1f} x")


def progress(text: str) -> None:
    """Tell a person who waits how far it is."""
    if sys.stderr.isatty():
        print(f"\r{text:70}", end="\r", file=sys.stderr)
