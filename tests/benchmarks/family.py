"""What a server uses: its process and all below it."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from tests.serving import descendants

_TICK = os.sysconf("SC_CLK_TCK")


def members(pid: int) -> set[int]:
    """Give the pids of a process and of all that descend from it."""
    return {pid, *descendants(pid)}


def megabytes(pid: int) -> float:
    """Give the memory of a family in 2^20 bytes: its proportional set size, so that shared pages count once."""
    kilobytes = 0
    for member in members(pid):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
            kilobytes += sum(map(int, re.findall(r"^Pss: +(\d+)", text, re.MULTILINE)))
    return kilobytes / 1024


def processor_seconds(pid: int) -> float:
    """Give the processor time that the living members of a family have used, and those they have reaped."""
    ticks = 0
    for member in members(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / _TICK


def runs(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
