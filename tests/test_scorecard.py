from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.errors import CcnError
from ccn_graph.graph import questions, scorecard
from ccn_graph.graph.scorecard import Aspect, ShortcomingChange
from ccn_graph.rdf import formats
from tests.conftest import ROOT, TODAY, some

UCCN = "https://w3id.org/ccn/network/uccn"


@pytest.fixture(scope="module")
def release(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a release holds of the scorecard."""
    directory = tmp_path_factory.mktemp("release")
    assert graph.project
    asked = questions.find(questions.read_all(graph.project), "scorecard")
    answer = graph.query(asked.query(graph.labels, {"today": TODAY.isoformat()}))
    (directory / "questions").mkdir()
    (directory / "questions" / "scorecard.csv").write_bytes(answer.serialize(formats.SOLUTIONS[2]))
    return directory


def test_every_shortcoming_says_what_to_do_next_in_both_languages(graph: Graph) -> None:
    found = scorecard.shortcomings(graph, today=TODAY.isoformat())
    assert {one.aspect for one in found} >= set(Aspect) - {Aspect.POSSIBLE}
    assert all(one.step["ja"] and one.step["en"] for one in some(found))
    assert len({(one.thing, one.aspect, one.what) for one in found}) == len(found)
    single = {one.thing: one.number for one in found if one.aspect is Aspect.SINGLE_SOURCE}
    assert (single[UCCN] or 0) > 50


def test_the_count_of_single_sources_is_the_one_of_the_data(graph: Graph) -> None:
    found = scorecard.shortcomings(graph, today=TODAY.isoformat())
    (counted,) = (one.number for one in found if (one.thing, one.aspect) == (UCCN, Aspect.SINGLE_SOURCE))
    documents: dict[str, set[str]] = {}
    related: set[str] = set()
    for read in graph.sources:
        for said in read.statements:
            name = said.predicate.value.rpartition("#")[2]
            if name == "locator":
                documents.setdefault(str(said.subject), set()).add(str(said.graph))
            if name in ("member", "organization", "about", "concerns", "host") and f"<{UCCN}>" == str(said.object):
                related.add(str(said.subject))
    assert counted == sum(len(documents.get(record, ())) == 1 for record in related)


def test_members_that_are_only_possible_are_those_of_the_list_of_a_day(frozen: Graph) -> None:
    day = "2016-06-01"
    rows = scorecard.shortcomings(frozen, today=day)
    counted = {row.thing: row.number for row in rows if row.aspect is Aspect.POSSIBLE}
    assert counted
    for network in some(iri for iri in frozen.things if iri.startswith("https://w3id.org/ccn/network/")):
        members = questions.ask(frozen, "members-on-date", network=network, date=day)
        state = members.columns.index("state")
        possible = sum(getattr(row[state], "value", "") == "possible" for row in members)
        assert counted.get(network, 0) == possible


def test_age_is_what_one_asks_for(graph: Graph) -> None:
    def stale(years: int) -> int:
        found = scorecard.shortcomings(graph, years=years, today=TODAY.isoformat())
        return sum(one.aspect is Aspect.STALE for one in found)

    assert stale(50) == 0
    assert stale(1) > stale(5) > 0
    found = scorecard.shortcomings(graph, years=1, today=TODAY.isoformat())
    ages = [one.number or 0 for one in found if one.aspect is Aspect.STALE]
    for years in some(set(ages)):
        assert stale(years) == sum(age > years for age in ages)


def test_a_release_gives_back_what_was_computed(graph: Graph, release: Path) -> None:
    assert scorecard.of_release(release) == scorecard.shortcomings(graph, today=TODAY.isoformat())


def test_changes_are_what_is_new_what_is_mended_and_other_numbers(release: Path) -> None:
    first, second, third, *rest = scorecard.of_release(release)
    more = replace(second, number=(second.number or 0) + 1)
    assert scorecard.changes([first, second, *rest], [more, third, *rest]) == [
        ShortcomingChange(first, None), ShortcomingChange(second, more), ShortcomingChange(None, third),
    ]  # fmt: skip
    assert scorecard.changes(rest, rest) == []


@pytest.mark.parametrize("text", [None, "thing\nx\n", "a,b,c,d,e,f\nx,odd,y,1,j,e\n"])
def test_what_is_no_scorecard_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "questions").mkdir()
        (tmp_path / "questions" / "scorecard.csv").write_text(text)
    with pytest.raises(CcnError, match="scorecard"):
        scorecard.of_release(tmp_path)


def test_the_command_shows_the_trend_since_a_release(release: Path, tmp_path: Path) -> None:
    text = (release / "questions" / "scorecard.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "scorecard.csv").write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    where = ["ask", "scorecard", "--root", str(ROOT), "--set", f"today={TODAY}"]
    table = CliRunner().invoke(main, [*where, "--since", str(tmp_path), "--lang", "en"])
    assert (table.exit_code, len(table.stdout.splitlines())) == (0, 3)
    data = CliRunner().invoke(main, [*where, "--since", str(tmp_path), "--format", "csv"])
    thing, aspect, what, number = lines[1].split(",")[:4]
    assert data.stdout.splitlines()[1:] == [f"{thing},{aspect},{what},,{number}"]
    assert CliRunner().invoke(main, [*where, "--since", str(release)]).stdout == ""
    assert CliRunner().invoke(main, ["ask", "known-gaps", "--root", str(ROOT), "--since", str(release)]).exit_code == 2
