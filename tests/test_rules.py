"""Rules: where what they find begins, and that only what is the same every time is kept for the next check."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation import rules
from ccn_graph.validation.rules import Row, Rule
from tests.conftest import PREFIXES, ROOT, TODAY, Write

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
    (read,) = rules.read_all(project)
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
    every_rule = rules.read_all(Project.find(ROOT))
    assert len(every_rule) > 40
    assert all(one.repeatable for one in every_rule)


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


SAID = (
    PREFIXES
    + """\
@prefix act: <https://w3id.org/ccn/act/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix event: <https://w3id.org/ccn/event/> .
@prefix measure: <https://w3id.org/ccn/measure/> .
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix net: <https://w3id.org/ccn/network/> .
@prefix obs: <https://w3id.org/ccn/observation/> .
@prefix org: <http://www.w3.org/ns/org#> .

"""
)
MEMBERS = "".join(
    f"city:c{number} a ccn:City . member:m{number} a ccn:Membership ; org:member city:c{number} ; "
    'org:organization net:one ; ccn:start "2010"^^xsd:gYear .\n'
    for number in range(9)
)

#: Data types of dates, by the length of what is written.
KINDS = {4: "gYear", 7: "gYearMonth", 10: "date"}

#: For a rule: what is said, with a place for a value, the values that are right, and those that are found fault with.
EDGES = {
    "end-before-start": (
        'event:one a ccn:Event ; ccn:start "2025-01-10"^^xsd:date ; ccn:end {} .',
        ["2025-01-10", "2025-01-11", "2025-01", "2025"], ["2025-01-09", "2024-12", "2024"],
    ),
    "held-after-document": (
        'doc:said dcterms:issued "2025-03"^^xsd:gYearMonth . event:one a ccn:Event ; ccn:start {} .',
        ["2025-03", "2025-03-31", "2025-02-28", "2025"], ["2025-04", "2025-04-01", "2026"],
    ),
    "retrieved-before-issued": (
        'doc:one a ccn:Document ; dcterms:issued "2025-03-10"^^xsd:date ; ccn:retrieved {} .',
        ["2025-03-10", "2025-03-11"], ["2025-03-09", "2024-12-31"],
    ),
    "member-before-founding": (
        'act:one a ccn:Founding ; ccn:concerns net:one ; ccn:date "2010-04-01"^^xsd:date . '
        "member:one a ccn:Membership ; org:organization net:one ; ccn:start {} .",
        ["2010-04-01", "2010-04", "2010", "2010-04-02"], ["2010-03-31", "2010-03", "2009"],
    ),
    "follows-later-act": (
        'act:one a ccn:Act ; ccn:follows act:two ; ccn:date {} . act:two a ccn:Act ; ccn:date "2010-04-01"^^xsd:date .',
        ["2010-04-01", "2010-04", "2010", "2011"], ["2010-03-31", "2010-03", "2009"],
    ),
    "held-with-apart": (
        'event:one a ccn:Event ; ccn:heldWith event:two ; ccn:start "2025-05-01"^^xsd:date ; '
        'ccn:end "2025-05-03"^^xsd:date . event:two a ccn:Event ; ccn:start {} .',
        ["2025-05-01", "2025-05-03", "2025-05", "2025"], ["2025-04-30", "2025-05-04", "2025-06", "2024"],
    ),
    "held-with-apart, of the other": (
        'event:one a ccn:Event ; ccn:heldWith event:two ; ccn:start {} . event:two a ccn:Event ; '
        'ccn:start "2025-05-01"^^xsd:date ; ccn:end "2025-05-03"^^xsd:date .',
        ["2025-05-01", "2025-05-03", "2025-05", "2025"], ["2025-04-30", "2025-05-04", "2025-06", "2024"],
    ),
    "meeting-unconfirmed, still going on": (
        'event:one a ccn:Event ; ccn:plannedStart "2026-10-01"^^xsd:date ; ccn:plannedEnd {} .',
        ["2026-11-21", "2026-11", "2026-11-22"], ["2026-11-20", "2026-10"],
    ),
    "meeting-unconfirmed": (
        "event:one a ccn:Event ; ccn:plannedStart {} .",
        ["2026-11-21", "2026-11", "2026", "2026-11-22"], ["2026-11-20", "2026-10", "2025"],
    ),
    "date-implausible": (
        "event:one a ccn:Event ; ccn:start {} .",
        ["1800", "1800-01-01", "2100", "2100-12-31"], ["1799-12-31", "2101", "2101-01-01"],
    ),
    "stated-size-differs": (
        MEMBERS + 'obs:one ccn:about net:one ; ccn:measure measure:member-cities ; ccn:asOf "2025"^^xsd:gYear ; '
        "ccn:approximate true ; ccn:value {} .",
        ["9", "10"], ["8", "11"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_a_rule_finds_fault_from_the_value_on_where_the_fault_begins(name: str, write: Write) -> None:
    said, right, wrong = EDGES[name]
    (chosen,) = (one for one in rules.read_all(Project.find(ROOT)) if one.name == name.partition(",")[0])

    def found(value: str) -> bool:
        written = value if value.isdecimal() and len(value) < 4 else f'"{value}"^^xsd:{KINDS[len(value)]}'
        text = f"{SAID}doc:said a ccn:Document .\n{said.replace('{}', written)}\n"
        graph = Graph.of_files([(write(f"{value}/said.ttl", text), FileKind.DOCUMENT)])
        assert not graph.errors
        return bool(chosen.rows(graph, TODAY))

    assert [value for value in right if found(value)] == []
    assert [value for value in wrong if not found(value)] == []
