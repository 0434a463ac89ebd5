"""What growth costs: the figures of each engine at each size, and how they grow from one size to the next."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import mix
from tests.benchmarks.load import late
from tests.benchmarks.report import Cell, Moment, mean

Points = Sequence[tuple[float, float]]

#: Steepest slope that is believed: two figures of small sizes may differ by chance alone.
STEEPEST = 2.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """One engine at one size; times in seconds, memory and disk in 2^20 bytes."""

    engine: str
    name: str
    quads: int
    documents: int
    measured: Moment
    version: str
    patience: float
    """Seconds after which an answer was no longer awaited."""
    loading: float
    building: float
    """Most memory while it was loaded and started."""
    starting: float
    before: float
    after: float
    disk: float
    cells: list[Cell]
    differences: dict[str, str]
    remark: str = ""
    """What whoever measured it wants readers to know."""

    def kinds(self) -> dict[str, Cell]:
        """Give what was measured of each kind of query."""
        return {cell.kind: cell for cell in self.cells if cell.mode == "distinct" and cell.kind != "mixed"}

    def mixed(self, mode: str = "distinct") -> Cell | None:
        """Give what was measured of all kinds together."""
        return next((cell for cell in self.cells if (cell.mode, cell.kind) == (mode, "mixed")), None)

    def tardy(self) -> list[str]:
        """Give the kinds of which some answer did not come in time."""
        return [kind for kind, cell in self.kinds().items() if late(self.patience) in cell.failed]

    def refused(self) -> list[str]:
        """Give the kinds that were not answered at all, for another reason than time."""
        return [kind for kind, cell in self.kinds().items() if not cell.p50 and late(self.patience) not in cell.failed]

    def times(self) -> dict[str, float]:
        """Give the median milliseconds of each kind that is answered; where it did not come in time, at least that."""
        tardy = self.tardy()
        limit = self.patience * 1000
        return {kind: limit if kind in tardy else cell.p50 for kind, cell in self.kinds().items() if self._says(cell)}

    def costs(self) -> dict[str, float]:
        """Give the milliseconds of processor time for an answer of each kind, as `times` does."""
        tardy = self.tardy()
        limit = self.patience * 1000
        return {
            kind: max(limit, cell.processor) if kind in tardy else cell.processor
            for kind, cell in self.kinds().items()
            if self._says(cell)
        }

    def _says(self, cell: Cell) -> bool:
        return bool(cell.p50) or late(self.patience) in cell.failed


@dataclass(frozen=True, slots=True)
class Refusal:
    """One engine at one size that was not measured, and why."""

    engine: str
    name: str
    quads: int
    reason: str


@dataclass(frozen=True, slots=True)
class Results:
    """All engines at all sizes."""

    measurements: list[Measurement]
    refusals: list[Refusal]

    def after(self, earlier: Results) -> Results:
        """Add what was measured or refused earlier and not this time."""
        anew = {(one.engine, one.quads) for one in self.measurements}
        anew |= {(one.engine, one.quads) for one in self.refusals}
        measurements = [one for one in earlier.measurements if (one.engine, one.quads) not in anew]
        refusals = [one for one in earlier.refusals if (one.engine, one.quads) not in anew]
        return Results([*measurements, *self.measurements], [*refusals, *self.refusals])

    def of(self, engine: str) -> list[Measurement]:
        """Give what was measured of an engine, from small to large."""
        return sorted((one for one in self.measurements if one.engine == engine), key=lambda one: one.quads)

    @staticmethod
    def read(path: Path) -> Results:
        """Read what was written as JSON; nothing if there is no such file."""
        if not path.is_file():
            return Results([], [])
        told = json.loads(path.read_text(encoding="utf-8"))
        measurements = [
            Measurement(**{**one, "measured": Moment(**one["measured"]), "cells": [Cell(**c) for c in one["cells"]]})
            for one in told["measurements"]
        ]
        return Results(measurements, [Refusal(**one) for one in told["refusals"]])


def _mixed(name: str) -> Callable[[Measurement], float]:
    def read(measurement: Measurement) -> float:
        cell = measurement.mixed()
        return float(getattr(cell, name)) if cell and cell.rate else 0.0

    return read


_WEIGHTS = {kind.name: kind.weight for kind in mix.KINDS}


def weighted(costs: dict[str, float]) -> float:
    """Give the mean over the mixed load of what its kinds cost; 0 if none of them is known."""
    known = {kind: cost for kind, cost in costs.items() if _WEIGHTS[kind]}
    weights = sum(_WEIGHTS[kind] for kind in known)
    return sum(cost * _WEIGHTS[kind] for kind, cost in known.items()) / weights if weights else 0.0


#: What a table shows of a measurement; 0 where there is nothing to tell.
COLUMNS: dict[str, Callable[[Measurement], float]] = {
    "loaded s": lambda one: one.loading if one.loading > 0.001 else 0.0,
    "most MB until started": lambda one: one.building,
    "started s": lambda one: one.starting,
    "MB at first": lambda one: one.before,
    "MB after": lambda one: one.after,
    "disk MB": lambda one: one.disk,
    "p50 ms": lambda one: mean(one.times().values()),
    "answers/s": _mixed("rate"),
    "processor ms": lambda one: weighted(one.costs()),
}


def points(measurements: Sequence[Measurement], column: Callable[[Measurement], float]) -> list[tuple[float, float]]:
    """Give a figure by size, from small to large, where there is one."""
    return sorted((float(one.quads), column(one)) for one in measurements if column(one) > 0)


def exponent(found: Points) -> float | None:
    """Fit `y = a·x^b` by least squares of the logarithms; give b, or None of fewer than two sizes."""
    if len({x for x, _ in found}) < 2:
        return None
    return statistics.linear_regression([math.log(x) for x, _ in found], [math.log(y) for _, y in found]).slope


def extrapolated(found: Points, x: float, least: float = 0.0) -> float | None:
    """Continue a figure beyond the largest size with the slope between its two largest sizes, at least `least`.

    Of one size alone it is taken to grow in proportion. None of no size.
    """
    if not found:
        return None
    end = sorted(found)[-2:]
    slope = exponent(end)
    slope = 1.0 if slope is None else min(STEEPEST, max(least, slope))
    return end[-1][1] * float((x / end[-1][0]) ** slope)
