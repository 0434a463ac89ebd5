"""What one query, one client and the whole server may use."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of an endpoint; each can be set, and each is told to clients in the service description."""

    seconds: float = 30.0
    """Longest time from the start of a query to the last byte of its answer."""
    rows: int = 1_000_000
    """Most rows of an answer."""
    megabytes: int = 256
    """Largest answer, in 2^20 bytes."""
    memory: int = 2_048
    """Most memory that a worker takes beyond the store, in 2^20 bytes."""
    workers: int = 0
    """Queries that run at once; 0 is one more than processors, at least three."""
    queue: int = 64
    """Queries that wait for a worker."""
    spool: int = 2_048
    """Most that all answers together keep on disk for clients that read slowly, in 2^20 bytes; 0 is none."""
    per_client: int = 16
    """Queries of one client, running or waiting."""

    def __post_init__(self) -> None:
        """Raise ValueError for a limit that lets nothing through."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value < 0 or (value == 0 and field.name not in ("workers", "queue", "spool")):
                raise ValueError(f"the limit '{field.name}' must be more than 0, not {value}")

    @property
    def worker_count(self) -> int:
        """How many workers there are: one more than can be busy at once, for what is short while the others are."""
        return self.workers or max(3, (os.cpu_count() or 2) + 1)
