"""Who comes next, and who has to stop: clients share the workers by the time that they had of them lately."""

from __future__ import annotations

import asyncio
import collections
import itertools
from collections.abc import Callable, Iterable, Iterator

from ccn_graph.workers.job import Job, Worker

#: Seconds after which half of what a client had is forgotten.
HALF_LIFE = 20.0

#: Clients of which more is remembered than nothing.
_MOST = 20_000

#: Seconds after which a query counts as slow, and so many if many clients wait for quick ones. All that are slow leave
#: one worker to those that are not; those of a client that waits for itself alone have longer.
SLOW, SLOW_FOR_MANY, SLOW_FOR_ITSELF = 0.25, 0.1, 1.0

#: Seconds that a query has in any case, and that another client's waits before it has to stop for good.
GUARANTEED, PATIENCE = 0.5, 0.15

#: Seconds after its deadline at which a query is ended, should nobody have done so who waits for it.
LATE = 0.1

#: Seconds of slow queries lately with which a client counts as greedy while there are others.
GREEDY = 1.0


#: Gives the seconds of workers' time that a client has had lately.
Load = Callable[[str], float]

#: Gives what is the less the sooner a query comes.
Rank = Callable[[Job], tuple[bool, float]]


def _clock() -> float:
    return asyncio.get_running_loop().time()


class Usage:
    """Seconds of workers' time that each client had lately."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """Begin with nothing."""
        self._clock = clock or _clock
        #: Of all queries, of those that were slow as far as they were, and when that was so.
        self._had: dict[str, tuple[float, float, float]] = {}

    def of(self, client: str) -> float:
        """Return what a client had."""
        return self._lately(client)[0]

    def last(self, client: str) -> float:
        """Return when a client had something for the last time, of the loop's clock; 0 if that was long ago."""
        return self._had[client][2] if client in self._had else 0.0

    def is_greedy(self, client: str) -> bool:
        """Tell whether a client has had more than a little of slow queries, while there are others."""
        if client not in self._had or self._lately(client)[1] <= GREEDY:
            return False
        last = [at for other, (_, _, at) in itertools.islice(reversed(self._had.items()), 2) if other != client]
        return bool(last) and self._clock() - last[0] < HALF_LIFE

    def spend(self, client: str, seconds: float) -> None:
        """Count so many seconds more."""
        had, slow = self._lately(client)
        # Behind all others, so that the first are those that have asked for nothing longest.
        self._had.pop(client, None)
        self._had[client] = (had + seconds, slow + max(0.0, seconds - SLOW), self._clock())
        if len(self._had) > _MOST:
            del self._had[next(iter(self._had))]

    def _lately(self, client: str) -> tuple[float, float]:
        if client not in self._had:
            return 0.0, 0.0
        seconds, slow, at = self._had[client]
        left = 0.5 ** ((self._clock() - at) / HALF_LIFE)
        return seconds * left, slow * left


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

    def keys(self) -> Iterable[Key]:
        """Return who has something waiting."""
        return self._waiting

    def put(self, job: Job, *, first: bool = False) -> None:
        """Put one behind those of its client, or before them."""
        jobs = self._waiting.setdefault(key_of(job), collections.deque())
        (jobs.appendleft if first else jobs.append)(job)
        self._count += 1

    def remove(self, job: Job) -> bool:
        """Take one out; tell whether it was here."""
        jobs = self._waiting.get(key_of(job))
        if jobs is None or job not in jobs:
            return False
        jobs.remove(job)
        self._count -= 1
        if not jobs:
            del self._waiting[key_of(job)]
        return True

    def next(self, rank: Rank, allowed: Callable[[Key], bool]) -> Job | None:
        """Return the first of the client with the least `rank`; None if none is `allowed`."""
        keys = [key for key in self._waiting if allowed(key)]
        chosen = min(keys, key=lambda key: rank(self._waiting[key][0])) if len(keys) > 1 else next(iter(keys), None)
        return self._waiting[chosen][0] if chosen else None

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
        """Return who has most waiting, and of those the greatest load; else a slow one; nobody if all are modest."""
        if not self._waiting:
            return None
        greediest = max(self._waiting, key=lambda key: (len(self._waiting[key]), load(key[0])))
        mine = len(self._waiting.get((client, False), ()))
        is_heavier = greediest[0] != client and load(greediest[0]) > load(client) + GREEDY
        if len(self._waiting[greediest]) - mine > 1 or is_heavier:
            return greediest
        slow = [key for key in self._waiting if key[1] and load(key[0]) > load(client)]
        return max(slow, key=lambda key: load(key[0])) if slow and not mine else None


def key_of(job: Job) -> Key:
    """Return among which others a query waits."""
    return job.client, job.is_slow


class Sharing:
    """How clients share workers: slow queries leave one to the others, who need not wait for the rest."""

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
        return self.usage.of(client) + sum(
            now - busy.begun for busy in self._workers if busy.under_way and busy.under_way[0].client == client
        )

    def rank(self, job: Job) -> tuple[bool, float]:
        """Return whose turn it is: quick ones in turns of their clients, then slow ones by what their clients had."""
        if job.is_slow:
            return True, self.load(job.client)
        runs = any(busy.under_way and busy.under_way[0].client == job.client for busy in self._workers)
        return False, _clock() if runs else max(job.since, self.usage.last(job.client))

    def is_quick(self, key: Key) -> bool:
        """Tell whether a query may be expected to be quick, by all that is known."""
        client, is_slow = key
        return not is_slow and not self.usage.is_greedy(client)

    def may_begin(self, key: Key) -> bool:
        """Tell whether a query may have a worker that is idle: not if it would be the last one, for a slow one."""
        if self.workers_wanted < 2 or self.is_quick(key):
            return True
        busy, now = [worker for worker in self._workers if worker.under_way], _clock()
        slow = sum(worker.is_slow(now, SLOW) or not self.is_quick(key_of(worker.under_way[0])) for worker in busy)
        return slow < self.workers_wanted - 1

    def overdue(self) -> list[Worker]:
        """Return the workers whose queries have passed their time, by so much that nobody can be waiting for them."""
        now = _clock()
        return [busy for busy in self._workers if busy.under_way and now > busy.under_way[0].deadline + LATE]

    def one_to_stop(self) -> tuple[Worker | None, bool]:
        """Return a worker whose query has to stop for one that waits, and whether it may be begun anew later.

        Those that have sent nothing and were not begun anew before may. What is quick waits for nothing slow; a slow
        query has to wait for others of clients that had hardly more than its own.
        """
        if self.workers_wanted < 2 or not len(self._queue):
            return None, False
        quick = self._queue.next(self.rank, self.is_quick)
        slow = self._slow(quick)
        if quick and len(slow) >= self.workers_wanted:
            if fresh := [busy for busy in slow if busy.under_way[0].untried]:
                return fresh[0], True
            return self._to_stop(slow, quick, self.load(quick.client)), False
        if len(slow) < self.workers_wanted - 1:
            return None, False
        waiting = self._queue.next(self.rank, lambda key: not self.is_quick(key))
        stopped = self._to_stop(slow, waiting, 2 * self.load(waiting.client) + GREEDY) if waiting else None
        return stopped, bool(stopped and stopped.under_way[0].untried)

    def _slow(self, waiting: Job | None) -> list[Worker]:
        """Return the workers with slow queries, those of the greediest first, as they are seen by one that waits."""
        now = _clock()
        limit = max(SLOW_FOR_MANY, SLOW / max(1, sum(map(self.is_quick, self._queue.keys()))))
        slow = []
        for busy in self._workers:
            is_its_own = waiting and busy.under_way and busy.under_way[0].client == waiting.client
            if busy.under_way and busy.is_slow(now, SLOW_FOR_ITSELF if is_its_own else limit):
                slow.append(busy)
        return sorted(slow, key=lambda busy: (self.load(busy.under_way[0].client), busy.begun), reverse=True)

    def _to_stop(self, slow: list[Worker], waiting: Job, load: float) -> Worker | None:
        """Return the first worker that works for a client with more than so much load, if one has waited for it."""
        now = _clock()
        if now - waiting.since < PATIENCE:
            return None
        return next(
            (
                busy for busy in slow
                if self.load(busy.under_way[0].client) > load and busy.is_slow(now, GUARANTEED)
            ), None,
        )  # fmt: skip
