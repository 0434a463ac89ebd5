from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph import source
from ccn_graph.neighbourhood import Neighbourhoods
from ccn_graph.reach import TARGET_CLASS, TARGET_NODE, TARGET_OBJECTS_OF, TARGET_SUBJECTS_OF, Reach
from ccn_graph.source import Kind
from tests.conftest import Write

EX = "https://example.org/"
PREFIX = f"@prefix ex: <{EX}> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
SAID = """\
ex:Town rdfs:subClassOf ex:City . ex:City rdfs:subClassOf ex:Place .
ex:kobe a ex:City ; ex:in ex:hyogo ; ex:name "神戸" .
ex:miki a ex:Town ; ex:in ex:hyogo .
ex:hyogo a ex:Place ; ex:name "兵庫" .
"""


def ex(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def around(write: Write, said: str = SAID) -> Neighbourhoods:
    return Neighbourhoods(source.read(write("data.ttl", PREFIX + said), Kind.OTHER).statements)


#: The names of what something lies in, and of everything that lies in it.
REACH = Reach(forward={ex("in"): Reach(forward={ex("name"): Reach()}, backward={ex("in"): Reach()})})


@pytest.mark.parametrize(
    ("kind", "target", "nodes"),
    [
        (TARGET_CLASS, "City", {"kobe", "miki"}),
        (TARGET_CLASS, "Town", {"miki"}),
        (TARGET_CLASS, "Place", {"kobe", "miki", "hyogo"}),
        (TARGET_SUBJECTS_OF, "in", {"kobe", "miki"}),
        (TARGET_OBJECTS_OF, "in", {"hyogo"}),
        (TARGET_NODE, "nowhere", {"nowhere"}),
    ],
)
def test_targets_are_found_as_declared(write: Write, kind: ox.NamedNode, target: str, nodes: set[str]) -> None:
    assert set(around(write).targets(kind, ex(target))) == {ex(node) for node in nodes}


def test_all_within_reach_is_collected_and_nothing_else(write: Write) -> None:
    seen: set[ox.Triple] = set()
    around(write).collect(ex("kobe"), REACH, seen)
    assert seen == {
        ox.Triple(ex("kobe"), ex("in"), ex("hyogo")),
        ox.Triple(ex("miki"), ex("in"), ex("hyogo")),
        ox.Triple(ex("hyogo"), ex("name"), ox.Literal("兵庫")),
    }


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ('"兵庫"', '"兵庫県"', True),
        ("ex:miki a ex:Town ; ex:in ex:hyogo", "ex:miki a ex:Town ; ex:in ex:kobe", True),
        ('"神戸"', '"神戸市"', False),
        ("ex:hyogo a ex:Place", "ex:hyogo a ex:City", False),
        (".\nex:miki", ".\nex:kobe ex:in ex:hyogo .\nex:miki", False),
    ],
)
def test_a_digest_changes_with_what_lies_within_reach(write: Write, old: str, new: str, seen: bool) -> None:
    before = around(write).digest(ex("kobe"), REACH)
    assert old in SAID
    assert (around(write, SAID.replace(old, new)).digest(ex("kobe"), REACH) != before) is seen


def test_nothing_stands_for_a_blank_node_within_reach(write: Write) -> None:
    near = SAID.replace('"神戸"', "[]")
    assert around(write, near).digest(ex("kobe"), REACH) is not None
    far = SAID.replace('"兵庫"', "[]")
    assert around(write, far).digest(ex("kobe"), REACH) is None
    assert around(write, far).digest(ex("kobe"), Reach(everything=True)) is not None


def test_nothing_stands_for_a_hierarchy_with_blank_nodes(write: Write) -> None:
    assert around(write).hierarchy_digest
    assert around(write, "ex:City rdfs:subClassOf [] .").hierarchy_digest is None
