"""Who comes next, and who has to stop: clients share the workers by the time that they had of them lately."""

from __future__ import annotations

import asyncio
import collections
import itertools
from collections.abc import Callable, Iterator

from ccn_graph.workers.job import Job, Worker

#: Seconds after which half of what a client had is forgotten.
HALF_LIFE = 20.0

#: Clients of which more is remembered than nothing.
_MOST = 20_000


#: Seconds after which a query counts as slow, so that its client's share is limited.
SLOW = 0.25

#: Seconds that a query has in any case, and that another client's waits before it has to stop.
GUARANTEED, PATIENCE = 0.5, 0.15

#: Seconds after its deadline at which a query is ended, should nobody have done so who waits for it.
LATE = 0.1

#: Seconds of workers' time lately with which a client leaves the last idle worker to others.
GREEDY = 1.0


#: Gives the seconds of workers' time that a client has had lately.
Load = Callable[[str], float]


def _clock() -> float:
    return asyncio.get_running_loop().time()


class Usage:
    """Seconds of workers' time that each client had lately."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """Begin with nothing."""
        self._clock = clock or _clock
        self._had: dict[str, tuple[float, float]] = {}

    def of(self, client: str) -> float:
        """Return what a client had."""
        seconds, at = self._had.get(client, (0.0, 0.0))
        return seconds * 0.5 ** ((self._clock() - at) / HALF_LIFE) if seconds else 0.0

    def has_other(self, client: str) -> bool:
        """Tell whether another client has had something lately."""
        last = [(known, at) for known, (_, at) in itertools.islice(reversed(self._had.items()), 2) if known != client]
        return bool(last) and self._clock() - last[0][1] < HALF_LIFE

    def spend(self, client: str, seconds: float) -> None:
        """Count so many seconds more."""
        had = self.of(client)
        # Behind all others, so that the first are those that have asked for nothing longest.
        self._had.pop(client, None)
        self._had[client] = (had + seconds, self._clock())
        if len(self._had) > _MOST:
            del self._had[next(iter(self._had))]


#: A client, and whether its query was found to be slow: such ones wait apart, so that they hold up no others of it.
Key = tuple[str, bool]


class FairQueue:
    """Queries that wait, those of each client in their order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: dict[Key, collections.deque[Job]] = {}
        self._count = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return self._count

    def __iter__(self) -> Iterator[Job]:
        """Go through all."""
        return (job for jobs in tuple(self._waiting.values()) for job in tuple(jobs))

    def put(self, job: Job, *, first: bool = False) -> None:
        """Put one behind those of its client, or before them."""
        jobs = self._waiting.setdefault(_key(job), collections.deque())
        (jobs.appendleft if first else jobs.append)(job)
        self._count += 1

    def remove(self, job: Job) -> bool:
        """Take one out; tell whether it was here."""
        jobs = self._waiting.get(_key(job))
        if jobs is None or job not in jobs:
            return False
        jobs.remove(job)
        self._count -= 1
        if not jobs:
            del self._waiting[_key(job)]
        return True

    def next(self, load: Load) -> Job:
        """Return the first of the client with the least `load`, of those that have it the one that waits longest."""
        if len(self._waiting) == 1:
            return next(iter(self._waiting.values()))[0]
        return self._waiting[min(self._waiting, key=lambda key: (key[1], load(key[0])))][0]

    def has_room(self, client: str, most: int, load: Load) -> bool:
        """Tell whether one of a client can wait here as one of so many at most, perhaps in the place of another."""
        return self._count < most or self._greediest(client, load) is not None

    def displaced_by(self, client: str, most: int, load: Load) -> Job | None:
        """Take out the last of the greediest client, if there are too many for one more of `client`."""
        greediest = self._greediest(client, load) if self._count >= most else None
        if greediest is None:
            return None
        last = self._waiting[greediest][-1]
        self.remove(last)
        return last

    def _greediest(self, client: str, load: Load) -> Key | None:
        """Return who has most waiting, and of those the greatest load; nobody if that is hardly more than a client."""
        if not self._waiting:
            return None
        greediest = max(self._waiting, key=lambda key: (len(self._waiting[key]), load(key[0])))
        more = len(self._waiting[greediest]) - len(self._waiting.get((client, False), ()))
        is_heavier = greediest[0] != client and load(greediest[0]) > load(client) + GREEDY
        return greediest if more > 1 or is_heavier else None


def _key(job: Job) -> Key:
    return job.client, job.is_slow


class Sharing:
    """How clients share workers: one client's slow queries leave one to the others, who need not wait for the rest."""

    def __init__(self, workers: list[Worker], queue: FairQueue) -> None:
        """Look at `workers`, those there are at the time, and at what waits for them."""
        self._workers = workers
        self._queue = queue
        self.usage = Usage()
        #: How many workers there should be.
        self.workers_wanted = 1

    def load(self, client: str) -> float:
        """Return the seconds that a client had lately, with those of what runs for it."""
        now = _clock()
        return self.usage.of(client) + sum(now - busy.begun for busy in self._busy_for(client))

    def may_have_last(self, job: Job) -> bool:
        """Tell whether a query may have the last worker that is idle: not if it, or its client, will keep it long."""
        if self.workers_wanted < 2:
            return True
        if job.is_slow:
            return len(self._busy_for(job.client)) < self.workers_wanted - 1
        return not self.usage.has_other(job.client) or self.load(job.client) <= GREEDY

    def overdue(self) -> list[Worker]:
        """Return the workers whose queries have passed their time, by so much that nobody can be waiting for them."""
        now = _clock()
        return [busy for busy in self._workers if busy.under_way and now > busy.under_way[0].deadline + LATE]

    def one_to_stop(self) -> tuple[Worker | None, bool]:
        """Return a worker whose query has to stop, if all are slow, and whether it may be begun anew later.

        That is so if one client has all of them. If others wait, the one of the greediest has to stop for good.
        """
        now = _clock()
        slow = [busy for busy in self._workers if busy.under_way and now - busy.begun > SLOW]
        if len(slow) < self.workers_wanted or self.workers_wanted < 2:
            return None, False
        fresh = [busy for busy in slow if busy.under_way[0].untried]
        if fresh and len({busy.under_way[0].client for busy in slow}) == 1:
            return max(fresh, key=lambda busy: busy.begun), True
        if not len(self._queue):
            return None, False
        waiting = self._queue.next(self.load)
        least = self.load(waiting.client)
        loads = {busy.under_way[0].client: self.load(busy.under_way[0].client) for busy in slow}
        stoppable = [busy for busy in slow if now - busy.begun > GUARANTEED and loads[busy.under_way[0].client] > least]
        if now - waiting.since < PATIENCE:
            return None, False
        return max(stoppable, key=lambda busy: loads[busy.under_way[0].client], default=None), False

    def _busy_for(self, client: str) -> list[Worker]:
        return [known for known in self._workers if known.under_way and known.under_way[0].client == client]
