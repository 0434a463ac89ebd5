"""Prints how many tests of each W3C suite pass, as a Markdown table: `python -m tests.w3c`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.w3c import suite
from tests.w3c.manifest import SUITES, SUITES_12, directory


def main() -> None:
    """Run all suites and count."""
    if directory() is None:
        sys.exit("the W3C suites are not here: set CCN_W3C")
    with tempfile.TemporaryDirectory() as temporary, suite.serving_all(Path(temporary)) as shared:
        queries = {name: suite.run_queries(name, shared, Path(temporary)) for name in (*SUITES, *SUITES_12)}
        all_queries = {test: wrong for outcome in queries.values() for test, wrong in outcome.items()}
        rest = {"protocol": suite.run_protocol(Path(temporary)), "service-description": suite.run_description(shared)}
    lines = ["| Suite | Passed | Tests |", "| --- | ---: | ---: |"]
    for name, outcome in {**queries, "**all queries**": all_queries, **rest}.items():
        lines.append(f"| {name} | {sum(not wrong for wrong in outcome.values())} | {len(outcome)} |")
    failed = [f"- {test}: {wrong}" for test, wrong in all_queries.items() if wrong]
    sys.stdout.write("\n".join([*lines, "", *failed, ""]))


if __name__ == "__main__":
    main()
