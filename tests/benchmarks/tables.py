"""How what was measured of the endpoint is told: Markdown for people, JSON for machines, a plot for the README."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import mix, plot
from tests.benchmarks.report import CACHED, Report, Run, mean


def write(directory: Path, name: str, report: Report) -> list[Path]:
    """Write a table, the figures and a plot: NAME.md, NAME.json and NAME.svg; sizes they had and this has not, stay."""
    directory.mkdir(parents=True, exist_ok=True)
    before = directory / f"{name}.json"
    report = report.after(Report.read(before) if before.is_file() else None)
    drawn = report.nearest()[0]
    texts = {
        f"{name}.md": "\n".join(_markdown(report)) + "\n",
        f"{name}.json": json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=1) + "\n",
        f"{name}.svg": plot.bars(drawn.quads, _bars(drawn), drawn.measured.date),
    }
    for file, text in texts.items():
        (directory / file).write_text(text, encoding="utf-8")
    return [directory / file for file in texts]


def _bars(run: Run) -> dict[str, dict[str, float]]:
    clients = run.clients()[-1]
    return {
        server: {kind: cell.rate for kind, cell in run.find("distinct", server, clients).items() if kind != "mixed"}
        for server in run.used
        if server != CACHED and run.find("distinct", server, clients)
    }


def _markdown(report: Report) -> Iterator[str]:
    yield "# Endpoint, side by side\n"
    yield f"Start to first answer on the project's own data, unchecked: **{report.on_project:.2f} s**.\n"
    for run in report.runs:
        yield f"## {run.quads:,} quads\n"
        yield f"{run.measured}\n"
        for part in (_summary, _mixed, _repeated, _kinds, _uses, _remarks):
            yield from part(run)
            yield ""


def _summary(run: Run) -> Iterator[str]:
    yield f"Distinct queries, `{run.reference}` divided by the peer (geometric mean over all kinds).\n"
    yield "| peer | clients | throughput | p50 | processor time | worst p50 |"
    yield "|---|--:|--:|--:|--:|---|"
    for peer in run.used:
        for clients in run.clients() if peer not in (CACHED, run.reference) else ():
            rate, p50, cost = (
                run.ratios("distinct", run.reference, peer, clients, what) for what in ("rate", "p50", "processor")
            )
            if p50:
                worst = max(p50, key=lambda kind: p50[kind])
                yield (
                    f"| {peer} | {clients} | {mean(rate.values()):.2f}× | {mean(p50.values()):.2f}× | "
                    f"{mean(cost.values()):.2f}× | {p50[worst]:.2f}× {worst} |"
                )


def _mixed(run: Run) -> Iterator[str]:
    yield "Mixed load of distinct queries.\n"
    yield "| server | clients | answers a second | p50 ms | p99 ms | failures |"
    yield "|---|--:|--:|--:|--:|--:|"
    for cell in run.cells:
        if (cell.mode, cell.kind) == ("distinct", "mixed"):
            shown = f"{cell.rate:,.0f} | {cell.p50:.2f} | {cell.p99:.2f} | {cell.failures}"
            yield f"| {cell.server} | {cell.clients} | {shown} |"


def _repeated(run: Run) -> Iterator[str]:
    if CACHED not in run.used:
        return
    yield "Repeated queries, geometric means over every other kind.\n"
    yield "| server | answers a second | p50 ms | ccn-graph divided by it, least | mean |"
    yield "|---|--:|--:|--:|--:|"
    for server in run.used:
        cells = run.find("repeated", server).values()
        ratio = run.ratios("repeated", CACHED, server, None, "rate").values()
        if ratio:
            rate, p50 = mean(cell.rate for cell in cells), mean(cell.p50 for cell in cells if cell.p50)
            yield f"| {server} | {rate:,.0f} | {p50:.2f} | {min(ratio):.2f}× | {mean(ratio):.2f}× |"


def _kinds(run: Run) -> Iterator[str]:
    clients = min(run.clients(), key=lambda count: abs(count - 8))
    columns = {server: run.find("distinct", server, clients) for server in run.used}
    columns = {server: cells for server, cells in columns.items() if len(cells) > 1}
    yield f"Kind by kind, distinct, {clients} clients (scans: 2): p50 in ms (answers a second).\n"
    yield f"| query | bytes | {' | '.join(columns)} |"
    yield f"|---|--:|{'--:|' * len(columns)}"
    for kind in mix.KINDS:
        found = [cells.get(kind.name) for cells in columns.values()]
        size = next((cell.bytes for cell in found if cell), 0)
        shown = (f"{cell.p50:.2f} ({cell.rate:,.0f})" + "!" * bool(cell.failures) if cell else "–" for cell in found)
        yield f"| {kind.name} | {size:,.0f} | {' | '.join(shown)} |"


def _uses(run: Run) -> Iterator[str]:
    yield "What each needs; the first byte is that of the large answer, to one client, its whole time behind it.\n"
    yield "| server | version | loaded in s | started in s | MB at first | MB after | first byte ms | whole ms |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for server, use in run.used.items():
        scan = run.find("alone", server).get("scan")
        seen = f"{scan.first:.1f} | {scan.p50:.0f}" if scan else "– | –"
        yield (
            f"| {server} | {use.version} | {use.loading:.2f} | {use.starting:.2f} | {use.before:.0f} | "
            f"{use.after:.0f} | {seen} |"
        )


def _remarks(run: Run) -> Iterator[str]:
    most = max(cell.generator for cell in run.cells)
    yield f"The load generator used at most {most:.0%} of a processor.\n"
    for cell in run.cells:
        if cell.failures:
            said = ", ".join(f"{name} ({count})" for name, count in cell.failed.items())
            yield f"Failed: {cell.server}, {cell.mode} {cell.kind}, {cell.clients} clients: {said}.\n"
    for missing in run.missing:
        yield f"Not measured: {missing}.\n"
    if run.differences:
        yield f"Answers that differ from those of {run.reference}:\n"
    for what, difference in run.differences.items():
        yield f"- {what}: {difference}"
