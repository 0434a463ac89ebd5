"""Speed side by side with a peer, in one run: `make bench`.

Every figure is a ratio of medians of repeated runs; absolute times depend on the machine and are shown for orientation
only. `python -m tests.benchmarks answers`, `checks` or `validators` measures one part; `--documents` and `--repeats`
set how many documents are generated for `checks`, and how often each thing is done there; `--sizes` how many
statements are generated for `validators`, and `--limit` how many seconds a validator may take.
"""

from __future__ import annotations

import argparse
import resource

from tests.benchmarks import answers, checks, validators


def main() -> None:
    """Measure what the command line names, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("parts", nargs="*", choices=["answers", "checks", "validators"])
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--limit", type=int, default=1200)
    wanted = parser.parse_args()
    if "answers" in wanted.parts or not wanted.parts:
        answers.measure()
    if "checks" in wanted.parts or not wanted.parts:
        checks.measure(wanted.documents, wanted.repeats)
    if "validators" in wanted.parts or not wanted.parts:
        validators.measure(wanted.sizes, wanted.repeats, wanted.limit)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
