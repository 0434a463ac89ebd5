"""A check that recalls results of another check finds what it would find without: whatever has changed in between."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.validation.check import Part
from tests.conftest import ROOT, TODAY

BASE = ROOT / "tests" / "faulty" / "base"
DOCUMENT = "data/documents/example-2026-01-01.ttl"
RULES = ("meeting-unconfirmed", "membership-overlap", "held-with-apart")

#: A shape for things of which the data have none, as long as no class of theirs is a kind of trial.
SHAPE = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/ccn/shape/> .

shape:trial a sh:PropertyShape ;
    sh:targetClass ccn:Trial ;
    sh:path ccn:tried ;
    sh:minCount 1 ;
    sh:message "試していない"@ja, "not tried"@en .
"""
AGAIN = """
member:example-example-minato-2 a ccn:Membership ;
    org:member city:example-minato ;
    org:organization net:example ;
    ccn:field field:music ;
    ccn:start "2020"^^xsd:gYear ;
    ccn:locator "l. 1" .
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of the clean base, the ontology, all shapes and one more, and a few rules."""
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(BASE, tmp_path / "data")
    (tmp_path / "queries" / "rules").mkdir(parents=True)
    for name in RULES:
        shutil.copy(ROOT / "queries" / "rules" / f"{name}.rq", tmp_path / "queries" / "rules")
    for part in ("document", "dataset"):
        text = SHAPE.replace("trial", f"trial-{part}").replace("Trial", f"Trial-{part}")
        (tmp_path / "shapes" / part / "trial.ttl").write_text(text, encoding="utf-8")
    return tmp_path


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(root: Path, cache: Cache | None, today: datetime.date = TODAY) -> list[tuple[str, int, str]]:
    findings = check(Graph.load(Project(root, root / "data")), today=today, cache=cache)
    return [(one.path.name, one.line, one.rule) for one in findings]


def host_nobody(root: Path) -> None:
    replace(root / DOCUMENT, "ccn:host city:example-minato ;\n    ccn:venue", "ccn:host city:none ;\n    ccn:venue")


def loosen_rule(root: Path) -> None:
    condition = "FILTER(!STRSTARTS(?day, ?otherDay) && !STRSTARTS(?otherDay, ?day))"
    replace(root / "queries" / "rules" / "held-with-apart.rq", condition, "")


def unindent(root: Path) -> None:
    replace(root / DOCUMENT, "    ccn:venue", "\tccn:venue")


def aim_shape(part: str) -> Callable[[Path], None]:
    return lambda root: replace(root / "shapes" / part / "trial.ttl", f"ccn:Trial-{part}", "ccn:Event")


def make_events_trials(part: str) -> Callable[[Path], None]:
    said = f"\nccn:Event rdfs:subClassOf ccn:Trial-{part} .\n"
    return lambda root: append(root / "ontology" / "ccn.ttl", said)


#: What is edited, and a shape or rule that finds something then.
EDITS: dict[str, tuple[Callable[[Path], None], str]] = {
    "data that a rule looks at": (lambda root: append(root / DOCUMENT, AGAIN), "membership-overlap"),
    "data that a shape looks at": (host_nobody, "host-city"),
    "a rule": (loosen_rule, "held-with-apart"),
    "a shape for documents": (aim_shape("document"), "trial-document"),
    "a shape for all data": (aim_shape("dataset"), "trial-dataset"),
    "the classes of documents": (make_events_trials("document"), "trial-document"),
    "the classes of all data": (make_events_trials("dataset"), "trial-dataset"),
    "the house format": (unindent, "style"),
}


@pytest.mark.parametrize("edited", EDITS)
def test_an_edit_is_seen_by_a_check_that_recalls_results(edited: str, root: Path, tmp_path: Path) -> None:
    edit, name = EDITS[edited]
    cache = Cache(tmp_path / "cache")
    before = found(root, cache)
    assert name not in {rule for _, _, rule in before}
    edit(root)
    after = found(root, cache)
    assert name in {rule for _, _, rule in after}
    assert after == found(root, None)


def test_another_day_is_seen_by_a_check_that_recalls_results(root: Path, tmp_path: Path) -> None:
    cache, later = Cache(tmp_path / "cache"), datetime.date(2091, 1, 1)
    assert "meeting-unconfirmed" not in {rule for _, _, rule in found(root, cache)}
    assert "meeting-unconfirmed" in {rule for _, _, rule in found(root, cache, later)}
    assert found(root, cache) == found(root, None)


def test_what_is_kept_of_a_file_is_of_what_was_read_and_not_of_what_came_since(root: Path, tmp_path: Path) -> None:
    """A fault of format that somebody mends and puts back during a check is found by the next one."""
    path, cache, project = root / DOCUMENT, Cache(tmp_path / "cache"), Project(root, root / "data")
    faultless = path.read_text(encoding="utf-8")
    unindent(root)
    graph, faulty = Graph.load(project), path.read_text(encoding="utf-8")
    path.write_text(faultless, encoding="utf-8")
    assert check(graph, today=TODAY, cache=cache, parts=[Part.STYLE]) == []
    path.write_text(faulty, encoding="utf-8")
    findings = check(Graph.load(project), today=TODAY, cache=cache, parts=[Part.STYLE])
    assert {one.rule for one in findings} == {"style"}
