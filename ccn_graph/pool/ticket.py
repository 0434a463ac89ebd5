"""What the pool keeps of a worker, of a query under way, and of all so far."""

from __future__ import annotations

import asyncio
import collections
from dataclasses import dataclass, field

from ccn_graph.pool.connection import Connection, Listener


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process and our end of its socket."""

    pid: int
    edition: int
    """The number of the edition it was forked with."""
    version: str
    """Of the data of that."""
    connection: Connection
    exit: asyncio.Future[int]
    served: int = 0


@dataclass(slots=True, eq=False)
class Ticket:
    """A query of a client: in the queue until it has a worker, then with it until `deadline`, of the loop's clock."""

    packed: bytes
    client: str
    seconds: float
    deadline: float
    listener: Listener | None
    worker: Worker | None = None
    started: asyncio.Future[None] | None = None


@dataclass(slots=True)
class Figures:
    """What the pool counts, for the metrics."""

    running: int = 0
    kills: int = 0
    spawned: int = 0
    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)
