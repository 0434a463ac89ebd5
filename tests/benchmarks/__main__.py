"""Speed side by side with a peer, in one run: `make bench`.

Every figure is a ratio of medians of repeated runs; absolute times depend on the machine and are shown for orientation
only. `python -m tests.benchmarks answers`, `checks`, `validators`, `shapes`, `pages`, `points` or `endpoint` measures
one part. `shapes` compares the results on public shapes with those of pySHACL, too.
`--documents` and `--repeats` set how many documents are generated for `checks`, and how often each thing is done there;
`--sizes` how many statements are generated for `validators`, and `--limit` how many seconds a validator may take. All
that follows `endpoint` is for that part, which writes its results to dist/bench: see `endpoint --help`. So does what
follows `scale`, which takes hours and is measured only if it is named.
"""

from __future__ import annotations

import argparse
import resource
import sys

from tests.benchmarks import answers, checks, endpoint, pages, points, public_shapes, scale, validators


def main() -> None:
    """Measure what the command line names, by default everything."""
    before, found, after = _split(sys.argv[1:])
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        help="answers, checks, validators, shapes, pages, points, endpoint, scale; by default all but scale",
    )
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000, 2_000_000])
    parser.add_argument("--limit", type=int, default=1200)
    wanted = parser.parse_args(before)
    if unknown := set(wanted.parts) - {"answers", "checks", "validators", "shapes", "pages", "points"}:
        parser.error(f"there is no part {', '.join(unknown)}")
    everything = not wanted.parts and not found
    if "answers" in wanted.parts or everything:
        answers.measure()
    if "checks" in wanted.parts or everything:
        checks.measure(wanted.documents, wanted.repeats)
    if "validators" in wanted.parts or everything:
        validators.measure(wanted.sizes, wanted.repeats, wanted.limit)
    if "shapes" in wanted.parts or everything:
        public_shapes.measure([50, 1_000])
    if "pages" in wanted.parts or everything:
        pages.measure()
    if "points" in wanted.parts or everything:
        points.measure()
    if found == "scale":
        scale.measure(after)
    elif found or everything:
        endpoint.measure(after)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    """Give what comes before the part that has options of its own, its name, and them."""
    for place, argument in enumerate(arguments):
        if argument in ("endpoint", "scale"):
            return arguments[:place], argument, arguments[place + 1 :]
    return arguments, "", []


if __name__ == "__main__":
    main()
