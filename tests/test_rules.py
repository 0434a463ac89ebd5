"""Rules: what they find is kept for the next check only if it is the same every time."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.validation import rules as rule
from ccn_graph.validation.rules import Row, Rule
from tests.conftest import ROOT, TODAY

HEAD = """\
#+ title_ja: 試し
#+ title_en: A trial
#+ message_ja: 試し
#+ message_en: a trial
#+ severity: info
"""
QUERY = "SELECT ?subject { ?subject a ?class FILTER(STRLEN(STR(%s)) >= 0) }"


def read(project: Project, query: str) -> Rule:
    """Read a rule that is the only one of a project."""
    (made,) = project.rules
    made.write_text(HEAD + query, encoding="utf-8")
    (read,) = rule.read_all(project)
    return read


@pytest.fixture
def alone(tmp_path: Path) -> Project:
    """A project with the clean base as its data, and one rule."""
    for name in ("ontology", "shapes"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "queries" / "rules").mkdir(parents=True)
    (tmp_path / "queries" / "rules" / "trial.rq").touch()
    return Project(tmp_path, ROOT / "tests" / "faulty" / "base")


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()", "rand ()"])
def test_a_rule_that_draws_lots_or_looks_at_the_clock_is_not_repeatable(function: str, alone: Project) -> None:
    assert not read(alone, QUERY % function).repeatable
    assert read(alone, QUERY % "?subject").repeatable


def test_the_rules_of_the_project_are_repeatable() -> None:
    rules = rule.read_all(Project.find(ROOT))
    assert len(rules) > 40
    assert all(one.repeatable for one in rules)


def test_what_a_rule_finds_by_lot_is_found_anew_each_time(
    alone: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    found = Rule.rows

    def rows(self: Rule, graph: Graph, today: datetime.date) -> list[Row]:
        asked.append(self.name)
        return found(self, graph, today)

    monkeypatch.setattr(Rule, "rows", rows)
    cache, graph = Cache(tmp_path / "cache"), Graph.load(alone)
    for query, times in ((QUERY % "RAND()", 2), (QUERY % "?subject", 1)):
        read(alone, query)
        asked.clear()
        first, second = (check(graph, today=TODAY, cache=cache) for _ in range(2))
        assert len(asked) == times
        assert first == second != []
