"""Write the answers to all questions on the frozen data anew: `python -m tests.questions`.

With `days`, print how many members the live data hold on twelve days beside the latest number stated by then.
"""

import sys

from ccn_graph import Graph, ask
from ccn_graph.cli.terminal_table import key
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.rdf import formats
from tests.conftest import ROOT, TODAY

DAYS = (
    "2008-06-01", "2010-12-01", "2012-06-01", "2014-06-01", "2014-12-31", "2015-12-31", "2017-06-01", "2018-06-01",
    "2019-09-01", "2021-11-01", "2023-06-30", "2025-06-30",
)  # fmt: skip


def members_on_days(graph: Graph, network: str = "uccn") -> list[tuple[str, int, int, str, int | None]]:
    """Return for each of the days: certain and possible member cities, and the latest stated number with its day."""
    stated = [
        (key(row[3]), int(key(row[4])))
        for row in ask(graph, "membership-coverage")
        if key(row[0]) == f"net:{network}" and row[1] is None and row[2] is None
    ]
    found = []
    for day in DAYS:
        rows = ask(graph, "members-on-date", network=network, date=day)
        member, state = rows.columns.index("member"), rows.columns.index("state")
        cities = [(key(row[member]), key(row[state])) for row in rows if key(row[member]).startswith("city:")]
        certain = {city for city, told in cities if told == "certain"}
        number = max((one for one in stated if one[0].rpartition("/")[2] <= day), default=("", None))
        found.append((day, len(certain), len({city for city, _ in cities} - certain), *number))
    return found


def write_answers() -> None:
    """Write the answers to all questions on the frozen data."""
    frozen = Graph.load(Project(ROOT, ROOT / "tests" / "questions" / "data"))
    for asked in questions.read_all(Project.find(ROOT)).values():
        settings = {one.name: TODAY.isoformat() for one in asked.parameters if one.kind == "today"}
        answer = frozen.query(asked.query(frozen.labels, settings))
        path = ROOT / "tests" / "questions" / "expected" / f"{asked.name}.csv"
        path.write_bytes(answer.serialize(formats.SOLUTIONS[2]))


if __name__ == "__main__":
    if sys.argv[1:] == ["days"]:
        sys.stdout.write("day         certain  possible  stated (as of)\n")
        for day, certain, possible, as_of, number in members_on_days(Graph.load(Project(ROOT, ROOT / "data"))):
            sys.stdout.write(f"{day}  {certain:>7}  {possible:>8}  {number or '-':>6} ({as_of})\n")
    else:
        write_answers()
