"""How the costs of growth are told: Markdown for people, JSON for machines, a plot."""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import capacity, plot
from tests.benchmarks.capacity import Assumptions, Need
from tests.benchmarks.growth import COLUMNS, Results, exponent, points

#: Sizes to which the measured figures are continued.
BEYOND = (100_000_000, 1_000_000_000)

#: Kinds of query shown as the slowest.
_SLOWEST = 4

_DRAWN = ("loaded s", "MB after", "disk MB", "p50 ms", "answers/s", "processor ms")


def write(directory: Path, name: str, results: Results) -> list[Path]:
    """Write a table, the figures and a plot: NAME.md, NAME.json and NAME.svg."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        f"{name}.md": markdown(results),
        f"{name}.json": json.dumps(dataclasses.asdict(results), ensure_ascii=False, indent=1) + "\n",
        f"{name}.svg": plot.lines({column: _series(results, column) for column in _DRAWN}),
    }
    for file, text in texts.items():
        (directory / file).write_text(text, encoding="utf-8")
    return [directory / file for file in texts]


def _names(results: Results) -> dict[str, str]:
    return {one.engine: one.name for one in results.measurements}


def _series(results: Results, column: str) -> dict[str, list[tuple[float, float]]]:
    return {name: points(results.of(engine), COLUMNS[column]) for engine, name in _names(results).items()}


def markdown(results: Results) -> str:
    """Tell it to people."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    yield "# What growth costs\n"
    if not results.measurements:
        yield "Nothing was measured."
    for part in (_moments, _figures, _slowest, _failures, _model):
        if results.measurements:
            yield from part(results)
            yield ""
    yield from _refusals(results)


def _moments(results: Results) -> Iterator[str]:
    (machine, *others) = dict.fromkeys(one.measured.machine for one in results.measurements)
    dates = sorted(one.measured.date for one in results.measurements)
    loads = [one.measured.busy for one in results.measurements]
    hours = sum(one.measured.seconds for one in results.measurements) / 3600
    yield f"{'; '.join([machine, *others])}. Measured from {dates[0]} to {dates[-1]}, {hours:.1f} hours in all; "
    yield f"load of the machine {min(loads):.1f} to {max(loads):.1f}.\n"
    for remark in dict.fromkeys(one.remark for one in results.measurements if one.remark):
        of = ", ".join(f"{one.engine} {one.quads:,}" for one in results.measurements if one.remark == remark)
        yield f"**{remark}** ({of})\n"
    yield "Each engine alone, one after the other, over the same generated data. `loaded` is building a store or a"
    yield "snapshot, a bulk load, or publishing into an empty engine; a store in memory is loaded as it starts."
    yield "`started` is from the start to the first answer. Memory is that of all processes (proportional set size,"
    yield "without the page cache), after the start and after the queries; `before an engine` counts both servers."
    yield "Queries are those of `mix.py`, each another text, 8 clients: `p50` is the geometric mean over all kinds,"
    yield "`answers/s` the mixed load, `processor` the processor time of an answer, weighted as in that load: the"
    yield "figure that other work on the machine disturbs least. A kind that took more than 5 s alone was asked by one"
    yield "client. `growth` is the exponent b of a·quadsᵇ, fitted over all sizes: 1 grows with the data, 0 does not.\n"


def _figures(results: Results) -> Iterator[str]:
    yield f"| engine | quads | {' | '.join(COLUMNS)} | kinds failed |"
    yield f"|---|--:|{'--:|' * (len(COLUMNS) + 1)}"
    for engine, name in _names(results).items():
        of_it = results.of(engine)
        for one in of_it:
            mark = "≥ " if one.tardy() else ""
            shown = [
                (mark if column in ("p50 ms", "processor ms") else "") + _number(read(one)) if read(one) else "–"
                for column, read in COLUMNS.items()
            ]
            failed = len({*one.tardy(), *one.refused()})
            yield f"| {name} | {one.quads:,} | {' | '.join(shown)} | {failed or '–'} |"
        slopes = [exponent(points(of_it, read)) for read in COLUMNS.values()]
        told = " | ".join("–" if slope is None else f"{slope:.2f}" for slope in slopes)
        yield f"| {name} | growth | {told} | |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _slowest(results: Results) -> Iterator[str]:
    yield "The slowest kinds of query, median in ms (clients).\n"
    yield f"| engine | quads |{' kind | ms |' * _SLOWEST}"
    yield f"|---|--:|{'---|--:|' * _SLOWEST}"
    for engine, name in _names(results).items():
        for one in results.of(engine):
            kinds, tardy = one.kinds(), one.tardy()
            times = sorted(one.times().items(), key=lambda item: -item[1])[:_SLOWEST]
            shown = [f"{k} | {'≥ ' * (k in tardy)}{_number(ms)} ({kinds[k].clients})" for k, ms in times]
            yield f"| {name} | {one.quads:,} | {' | '.join(shown)} |"


def _failures(results: Results) -> Iterator[str]:
    failed = [(one, cell) for one in results.measurements for cell in one.cells if cell.failures]
    yield "Answers that failed or did not come in time: " + ("" if failed else "none.") + "\n"
    for one, cell in failed:
        said = ", ".join(f"{reason} ({count})" for reason, count in cell.failed.items())
        yield f"- {one.name}, {one.quads:,} quads, {cell.mode} {cell.kind}, {cell.clients} clients: {said}"
    different = [(one, kind, told) for one in results.measurements for kind, told in one.differences.items()]
    if different:
        yield "\nAnswers that differ from those of the first engine measured at that size:\n"
    for one, kind, told in different:
        yield f"- {one.name}, {one.quads:,} quads, {kind}: {told}"


def _refusals(results: Results) -> Iterator[str]:
    if results.refusals:
        yield "## Not measured\n"
    for one in sorted(results.refusals, key=lambda one: one.quads):
        yield f"- {one.name}, {one.quads:,} quads: {one.reason}"


def _model(results: Results) -> Iterator[str]:
    known = Assumptions()
    repeated = [cell for one in results.measurements if (cell := one.mixed("repeated")) and cell.processor]
    if not repeated:
        yield "No model: the cost of an answer from the cache was not measured (`--engines snapshot`)."
        return
    cached = statistics.median(cell.processor for cell in repeated)
    yield f"## What more would need: {known.requests:,.0f} requests a second\n"
    yield from _assumed(known, cached, results)
    largest = max(one.quads for one in results.measurements)
    far = [engine for engine in _names(results) if capacity.continued(results.of(engine), largest, known)]
    for quads in BEYOND:
        needs = [capacity.need(results.of(engine), quads, cached, known) for engine in far]
        yield f"\n### {quads:,} quads\n"
        yield from _needs(needs, known)
        yield from _said(needs, known)
    if short := [name for engine, name in _names(results).items() if engine not in far]:
        yield f"\nNot continued, for they were measured at one size, or far below the largest: {'; '.join(short)}."


def _assumed(known: Assumptions, cached: float, results: Results) -> Iterator[str]:
    largest = max(one.quads for one in results.measurements)
    yield "Computed from the figures above; nobody has run it. Assumed:\n"
    shares = ", ".join(f"{share:.0%}" for share in known.repeats)
    told = (
        f"The requests are the mix above. A share of them repeats others and is answered from the cache, for "
        f"{cached:.3f} ms of processor time each (measured: snapshot, 8 clients, median of the sizes): shown for "
        f"{shares}. Before a bare engine this needs a cache of its own.",
        f"A replica has {known.cores} cores, as measured, and the whole of the data; {known.busy:.0%} of its processor "
        f"time is used. At least {known.least} replicas, so that one can be replaced. No cluster was measured: that "
        "twice as many replicas answer twice as much is assumed (they share nothing).",
        f"A query that would take more than {known.seconds:.0f} s is ended, as `ccn-graph serve` does, and costs that.",
        "Each kind's cost continues with the slope between its two largest sizes; load time and disk grow at least in "
        "proportion to the data. Memory `at speed` is that of the processes and all of the disk in the page cache: so "
        "it was when the times were measured. With less, reads come from the disk and the times do not hold. Virtuoso "
        "takes the memory that its settings give it.",
        f"Beyond some ten times the largest size measured ({largest:,}; for engines measured to less, see `from`) this "
        "stops being honest: caches, compaction and the plans of an optimiser change, not only sizes.",
        f"`bounded` is the mix without the kinds whose cost grows with the data (slope above {known.growing}): what "
        "remains if those are answered ahead of time, such as from a graph of summaries.",
    )
    yield from (f"- {one}" for one in told)


def _needs(needs: Sequence[Need], known: Assumptions) -> Iterator[str]:
    shares = " | ".join(f"{share:.0%} repeats" for share in known.repeats)
    columns = f"load h | disk GB | memory GB | at speed GB | ms | replicas: {shares} | bounded ms | replicas: {shares}"
    yield f"| engine | from | {columns} |"
    yield f"|---|--:|--:|--:|--:|--:|--:|{'--:|' * len(known.repeats)}--:|{'--:|' * len(known.repeats)}"
    for one in needs:
        gigabytes = " | ".join(_number(figure / 1024) for figure in (one.disk, one.memory, one.at_speed))
        many, few = (" | ".join(f"{n:,}" for n in counts) for counts in (one.replicas, one.bounded_replicas))
        yield (
            f"| {one.name} | {one.measured:,} | {_number(one.loading / 3600)} | {gigabytes} | {_number(one.cost)} | "
            f"{many} | {_number(one.bounded)} | {few} |"
        )


def _said(needs: Sequence[Need], known: Assumptions) -> Iterator[str]:
    best = capacity.advised(needs)
    if best is None:
        return
    disk, memory, at_speed = (_number(figure / 1024) for figure in (best.disk, best.memory, best.at_speed))
    yield (
        f"\nBy these figures: **{best.name}**: {best.replicas[0]:,} replicas of {known.cores} cores without repeats, "
        f"{best.replicas[-1]:,} with {known.repeats[-1]:.0%} of them, {best.bounded_replicas[0]:,} without repeats and "
        f"without the kinds that grow. Each has {disk} GB of disk and {at_speed} GB of memory (at least {memory}); the "
        f"data are loaded once, in {_number(best.loading / 3600)} h, and copied. Its kinds that grow: "
        f"{', '.join(best.growing) or 'none'}. Ended at {known.seconds:.0f} s: {', '.join(best.ended) or 'none'}."
    )
    for one in needs:
        if one.refused:
            yield f"\n{one.name} does not answer: {', '.join(one.refused)}."
