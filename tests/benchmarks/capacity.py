"""What more data and more requests would need, worked out from what was measured: plain arithmetic, nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.growth import Measurement, extrapolated, points, weighted


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is taken for granted."""

    requests: float = 1_000.0
    """A second."""
    repeats: tuple[float, ...] = (0.0, 0.5, 0.9)
    """Shares of the requests that are answered from the cache of answers."""
    cores: int = 2
    """Of a replica: as measured."""
    busy: float = 0.6
    """Share of its processors that a replica uses, so that its queue stays short."""
    least: int = 2
    """Replicas, so that one may be replaced while another answers."""
    seconds: float = 30.0
    """Longest time of a query: then `ccn-graph serve` ends it."""
    growing: float = 0.3
    """Slope from which a kind of query counts as one whose cost grows with the data."""
    reach: int = 10
    """How many times smaller than that of all the largest size of an engine may be, for its figures to be continued."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one engine would need for so many quads; times in seconds, memory and disk in 2^20 bytes."""

    engine: str
    name: str
    quads: float
    measured: int
    """Largest size that was measured."""
    loading: float
    """Until the first answer."""
    memory: float
    """Of the processes of a replica."""
    disk: float
    cost: float
    """Milliseconds of processor time for an answer of the mixed load."""
    bounded: float
    """The same without the kinds whose cost grows with the data."""
    replicas: tuple[int, ...]
    """For each share of repeats."""
    bounded_replicas: tuple[int, ...]
    growing: tuple[str, ...]
    ended: tuple[str, ...]
    """Kinds that would be ended at the longest time of a query."""
    refused: tuple[str, ...]

    @property
    def at_speed(self) -> float:
        """Memory with all that is on disk in the page cache, as it was when the times were measured."""
        return self.memory + self.disk


def replicas(requests: float, repeats: float, cost: float, cached: float, known: Assumptions) -> int:
    """Give the replicas that so many requests a second need.

    `cost` and `cached` are the milliseconds of processor time for an answer worked out and for one from the cache.
    """
    processors = requests * ((1 - repeats) * cost + repeats * cached) / 1000
    return max(known.least, math.ceil(processors / (known.cores * known.busy)))


def continued(measurements: Sequence[Measurement], largest: int, known: Assumptions) -> bool:
    """Tell whether what was measured of an engine, of at least two sizes, reaches far enough to be continued."""
    sizes = {one.quads for one in measurements}
    return len(sizes) > 1 and max(sizes) * known.reach >= largest


def need(measurements: Sequence[Measurement], quads: float, cached: float, known: Assumptions) -> Need:
    """Work out what the engine of these measurements, of several sizes, would need for so many quads."""
    largest = max(measurements, key=lambda one: one.quads)
    ends = {kind: _extrapolated_cost(measurements, kind, quads) for kind in largest.costs()}
    growing = tuple(kind for kind in ends if _grows(measurements, kind, known.growing))
    # What takes longer is ended, and so costs no more.
    limited = {kind: min(cost, known.seconds * 1000) for kind, cost in ends.items()}
    cost, bounded = weighted(limited), weighted({kind: limited[kind] for kind in limited if kind not in growing})

    def figure(read: Callable[[Measurement], float], least: float = 0.0) -> float:
        return extrapolated(points(measurements, read), quads, least) or 0.0

    def many(each: float) -> tuple[int, ...]:
        return tuple(replicas(known.requests, share, each, cached, known) for share in known.repeats)

    started = figure(lambda one: one.loading + one.starting, 1.0)
    memory, disk = figure(lambda one: one.after), figure(lambda one: one.disk, 1.0)
    ended = tuple(kind for kind, each in ends.items() if each >= known.seconds * 1000)
    return Need(
        largest.engine, largest.name, quads, largest.quads, started, memory, disk, cost, bounded, many(cost),
        many(bounded), growing, ended, tuple(largest.refused()),
    )  # fmt: skip


def advised(needs: Sequence[Need]) -> Need | None:
    """Choose: answers every kind, has the fewest replicas, then the least memory."""
    return min(needs, key=lambda one: (len(one.refused), one.replicas[0], one.at_speed), default=None)


def _costs(measurements: Sequence[Measurement], kind: str) -> list[tuple[float, float]]:
    return points(measurements, lambda one: one.costs().get(kind, 0.0))


def _extrapolated_cost(measurements: Sequence[Measurement], kind: str, quads: float) -> float:
    return extrapolated(_costs(measurements, kind), quads) or 0.0


def _grows(measurements: Sequence[Measurement], kind: str, slope: float) -> bool:
    found = _costs(measurements, kind)[-2:]
    return len(found) == 2 and found[1][1] > found[0][1] * (found[1][0] / found[0][0]) ** slope
