"""Put what was measured last into both READMEs: `python -m tests.benchmarks.readme`.

To measure anew: `python -m tests.benchmarks endpoint --output tests/benchmarks/results`, on a machine that does nothing
else.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.benchmarks import report
from tests.conftest import ROOT

RESULTS = ROOT / "tests" / "benchmarks" / "results"

#: What comes before and after the table and the line above it.
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->"

_WORDS = {
    "README.md": (
        "{quads:,} generated quads: measured {date} on {machine}; load of the machine {busy:.1f}.",
        "peer", "quads", "answers a second", "median time", "processor time", "repeats a second",
    ),
    "README.ja.md": (
        "生成した{quads:,}クアッド: {date}に測定、{machine}、機械の負荷 {busy:.1f}。",
        "相手", "クアッド", "毎秒の答え", "時間の中央値", "プロセッサー時間", "毎秒の繰り返し",
    ),
}  # fmt: skip


def table(name: str, told: report.Report) -> str:
    """Write what the README of that name shows."""
    line, *heads = _WORDS[name]
    runs = {run.quads: run.measured for run in told.shown().values()}
    lines = [line.format(quads=quads, date=at.date, machine=at.machine, busy=at.busy) for quads, at in runs.items()]
    rows = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 1)}", *report.short(told)]
    return "\n".join(lines) + "\n\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Write both."""
    told = report.Report.read(RESULTS / "endpoint.json")
    for name in _WORDS:
        path = Path(ROOT / name)
        text = path.read_text(encoding="utf-8")
        pattern = f"{_BEGIN}.*?{_END}"
        path.write_text(re.sub(pattern, f"{_BEGIN}{table(name, told)}{_END}", text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
