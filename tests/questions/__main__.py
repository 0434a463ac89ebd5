"""Write the answers to all questions on the frozen data anew: `python -m tests.questions`."""

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.rdf import formats
from tests.conftest import ROOT, TODAY

if __name__ == "__main__":
    frozen = Graph.load(Project(ROOT, ROOT / "tests" / "questions" / "data"))
    for asked in questions.read_all(Project.find(ROOT)).values():
        settings = {one.name: TODAY.isoformat() for one in asked.parameters if one.kind == "today"}
        answer = frozen.query(asked.query(frozen.labels, settings))
        path = ROOT / "tests" / "questions" / "expected" / f"{asked.name}.csv"
        path.write_bytes(answer.serialize(formats.SOLUTIONS[2]))
