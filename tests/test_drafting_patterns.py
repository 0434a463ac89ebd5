"""The patterns of a draft: each reads its own examples, and what is wrong with one is said with its name."""

from __future__ import annotations

import pytest

from ccn_graph.drafting import patterns as of_files
from ccn_graph.drafting.facts import About
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.patterns import FactPattern, patterns
from ccn_graph.drafting.reading import facts_of
from ccn_graph.drafting.source_text import lines_of
from ccn_graph.errors import CcnError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver

ABOUT = About("invented", "2026-05-01", "2026-11-30", (namespaces.PREFIXES["city"] + "asahikawa",))


@pytest.fixture(scope="module")
def index(graph: Graph) -> NameIndex:
    return NameIndex(Resolver(Facts(graph)))


@pytest.mark.parametrize("pattern", patterns(), ids=lambda one: f"{one.language}-{one.name}")
def test_a_pattern_reads_its_examples(pattern: FactPattern, index: NameIndex) -> None:
    assert pattern.examples
    for example in pattern.examples:
        issued = ABOUT if pattern.name not in ("took-part", "network-met") else About("invented", "2015")
        found = facts_of(lines_of(example), issued, index)
        assert pattern.name in {fact.origin for fact in found}, [(fact.origin, dict(fact.cells)) for fact in found]


def test_both_languages_have_the_same_tables_and_reasons() -> None:
    assert set(of_files.doubts()) == {"ambiguous", "weekday", "unnamed", "who", "proposed", "check"}
    for reason in of_files.doubts().values():
        assert reason["ja"] != reason["en"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("form = '('\nfact = []", "'odd' cannot be read"),
        ("form = '{x:planet}'\nfact = []", "there is no type planet"),
        ("form = '<nothing>'\nfact = []", "no words <nothing>"),
        ("form = '{city}'\nfact = [{sheet = 'memberships', colour = '$city'}]", "memberships have no column colour"),
        ("form = '{city}'\nfact = [{sheet = 'memberships', member = '$town'}]", "$town is no slot"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said_with_its_name(text: str, word: str) -> None:
    with pytest.raises(CcnError, match="'odd'") as told:
        of_files.read(f"[[pattern]]\nname = 'odd'\n{text}", "ja")
    assert word in str(told.value)
