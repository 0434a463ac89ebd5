"""What a change of the data means: two states of them compared, in every format."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.graph.project import Project
from ccn_graph.releases import write_release
from ccn_graph.text import outline
from ccn_graph.text.outline import Outline, OutlineLine, OutlineSection
from tests.conftest import ROOT
from tests.test_changes import BASE, replacing

MEMBER = "https://w3id.org/ccn/membership/example-example-minato"
DOCUMENT = "documents/example-2026-01-01.ttl"
START = 'ccn:start "2015"^^xsd:gYear ;'


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path]:
    """Two directories with the same data, of which the second is to be changed."""
    for name in ("before", "after"):
        shutil.copytree(BASE, tmp_path / name)
    return tmp_path / "before", tmp_path / "after"


def diff(*arguments: str | Path, root: Path = ROOT) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["diff", *map(str, arguments), "--root", str(root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout if result.exit_code < 2 else result.stderr


def as_json(*arguments: str | Path) -> dict[str, Any]:
    code, text = diff(*arguments, "--format", "json")
    told: dict[str, Any] = json.loads(text)
    assert code == (1 if told["different"] else 0)
    return told


def test_order_blanks_and_comments_do_not_show(states: tuple[Path, Path]) -> None:
    before, after = states
    path = after / DOCUMENT
    head, *records = path.read_text(encoding="utf-8").split("\n\n")
    shuffled = "\n\n\n".join([head, *reversed(records)]).replace(" ;\n    ", "   ;\n\t# a comment\n  ")
    assert shuffled != path.read_text(encoding="utf-8")
    path.write_text(shuffled, encoding="utf-8")
    code, text = diff(before, after, "--lang", "en")
    assert (code, "does not differ" in text) == (0, True)
    told = as_json(before, after)
    assert [told[key] for key in ("records", "answers")] == [[], []]


def test_a_membership_that_ends_is_told_with_the_answers_that_change(states: tuple[Path, Path]) -> None:
    before, after = states
    replacing(DOCUMENT, START, f'{START}\n    ccn:end "2020"^^xsd:gYear ;')(after)
    told = as_json(before, after)
    (record,) = told["records"]
    assert (record["iri"], record["class"], record["change"]) == (MEMBER, "Membership", "ended")
    assert (record["before"]["ccn:state"], record["after"]["ccn:end"]) == (["ongoing"], ["2020"])
    network = record["after"]["org:organization"][0]
    asked = {(one["question"], tuple(one["settings"].items())): one for one in told["answers"]}
    # Not only as the question stands: also of the network that the membership is in.
    today = asked["members-of-network", (("network", network),)]
    assert (today["before"], today["after"], len(today["lost"]), today["gained"]) == (1, 0, 1, [])
    assert today["lost"][0]["member"] == "https://w3id.org/ccn/city/example-minato"
    assert told["labels"][network] == {"ja": "例都市ネットワーク", "en": "Example City Network"}


def test_memberships_and_events_that_begin_and_go_and_judgements(states: tuple[Path, Path]) -> None:
    before, after = states
    replacing(DOCUMENT, "member:example-example-minato a", "member:example-example-minato-2 a")(after)
    replacing(DOCUMENT, 'ccn:plannedStart "2090"^^xsd:gYear', 'ccn:plannedStart "2091"^^xsd:gYear')(after)
    editorial = after / "editorial.ttl"
    judged = editorial.read_text(encoding="utf-8").count("a ccn:Judgement")
    assert judged
    head = [line for line in editorial.read_text(encoding="utf-8").splitlines() if line.startswith("@prefix")]
    editorial.write_text("\n".join([*head, ""]), encoding="utf-8")
    code, text = diff(before, after, "--no-answers", "--format", "json")
    records = json.loads(text)["records"]
    kinds = [(one["class"], one["change"]) for one in records]
    assert kinds == [
        ("Membership", "removed"), ("Membership", "added"), ("Event", "changed"),
        *[("Judgement", "removed")] * judged,
    ]  # fmt: skip
    assert (code, json.loads(text)["answers"]) == (1, [])


@pytest.mark.parametrize(("language", "heading"), [("en", "## Memberships (1)"), ("ja", "## 加盟 (1)")])
def test_markdown_and_the_page_are_in_both_languages(
    states: tuple[Path, Path], tmp_path: Path, language: str, heading: str
) -> None:
    before, after = states
    replacing(DOCUMENT, START, 'ccn:start "2016"^^xsd:gYear ;')(after)
    replacing("registers/city.ttl", '"Example Port"', '"<b>Port</b> @someone"')(after)
    code, text = diff(before, after, "--format", "markdown", "--lang", language)
    assert code == 1
    assert heading in text
    assert "2015 → 2016" in text
    assert "<b>" not in text
    assert "@someone" not in text
    page = tmp_path / "difference.html"
    assert diff(before, after, "--output", page)[0] == 1
    written = page.read_text(encoding="utf-8")
    assert ("Memberships (1)" in written, "加盟 (1)" in written, "<b>Port" in written) == (True, True, False)


def test_what_github_would_refuse_is_cut_off_at_a_line() -> None:
    lines = tuple(OutlineLine("+", f"{number} " + "x" * 100) for number in range(2_000))
    text = outline.as_markdown(Outline("title", "lead", [OutlineSection("many", lines)]), "en")
    assert 50_000 < len(text) <= outline.MOST
    assert text.rstrip().endswith("JSON has all of it.")


def test_a_release_is_compared_with_the_data_that_it_was_made_of(states: tuple[Path, Path], tmp_path: Path) -> None:
    before, after = states
    write_release.write(Graph.load(Project(ROOT, before)), tmp_path / "release")
    assert diff(tmp_path / "release", before)[0] == 0
    replacing(DOCUMENT, START, 'ccn:start "2016"^^xsd:gYear ;')(after)
    told = json.loads(diff(tmp_path / "release", after, "--format", "json", "--no-answers")[1])
    assert [one["change"] for one in told["records"]] == ["changed"]
    (tmp_path / "release" / "ccn-graph.nq").write_text("no quads", encoding="utf-8")
    assert diff(tmp_path / "release", after)[0] == 2


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that has a project in a directory of it, with a tag `first` on its only commit."""
    root = tmp_path / "repository" / "graph"
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copytree(BASE, root / "data")
    (root / "queries" / "questions").mkdir(parents=True)
    shutil.copy(ROOT / "queries" / "questions" / "members-on-date.rq", root / "queries" / "questions")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "First"], ["tag", "first"]):
        subprocess.run(["git", *command], cwd=root.parent, check=True)
    return root


def test_a_revision_is_compared_with_the_data_as_they_are_now(repository: Path) -> None:
    assert diff("first", root=repository)[0] == 0
    replacing(DOCUMENT, START, 'ccn:start "2016"^^xsd:gYear ;')(repository / "data")
    code, text = diff("first", "--lang", "en", root=repository)
    assert (code, "2015 → 2016" in text, "members-on-date" in text) == (1, True, True)
    # The revisions themselves, without what is not committed.
    assert diff("first", "HEAD", root=repository)[0] == 0


@pytest.mark.parametrize("name", ["no-such-branch", "--output=owned", "-x", "first:graph/data"])
def test_what_is_no_state_of_the_data_is_told_of(repository: Path, name: str) -> None:
    result = CliRunner().invoke(main, ["diff", "--root", str(repository), "--", name])
    assert result.exit_code == 2
    assert "is no directory, and no revision" in result.stderr
    assert not Path("owned").exists()


def test_data_that_cannot_be_read_are_not_compared(states: tuple[Path, Path], tmp_path: Path) -> None:
    before, after = states
    replacing(DOCUMENT, START, "ccn:start 2015 2016 ;")(after)
    code, text = diff(before, after)
    assert code == 2
    assert DOCUMENT in text
    (tmp_path / "empty").mkdir()
    assert diff(before, tmp_path / "empty")[0] == 2
