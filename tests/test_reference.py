from __future__ import annotations

from ccn_graph.cli.main import main
from ccn_graph.pages import routes
from ccn_graph.server.problem import PROBLEMS
from tests import reference


def test_the_reference_is_what_the_code_says_of_itself() -> None:
    assert reference.PLACE.read_text(encoding="utf-8") == reference.text(), "run: python -m tests.reference"


def test_the_reference_leaves_nothing_out() -> None:
    text = reference.text()
    verbs = main.list_commands(None)  # type: ignore[arg-type]
    assert len(verbs) >= 6
    assert [name for name in verbs if f"### `ccn-graph {name}`" not in text] == []
    assert [code for code in PROBLEMS if f"| `{code}` |" not in text] == []
    assert {"/health", "/metrics", "/check", "/sparql"} <= {
        line.split("`")[1] for line in text.splitlines() if "| `/" in line
    }
    assert text.count("| `pages.") == len(routes.ROUTES)
