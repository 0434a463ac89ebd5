"""What several documents say of one thing: where they agree, where they contradict, what a judgement prefers."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
import pytest

from ccn_graph.pages import membership
from ccn_graph.pages.record import Record, Standing, build
from ccn_graph.rdf import namespaces
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Period

#: Property, value, its datatype, and the document that says so.
Said = tuple[str, str, str, str]


def record(said: Sequence[Said], *judged: tuple[str, str], about: str = "x:it") -> Record:
    """Build the record of one thing; `judged` are properties, each with the document that is preferred."""
    quads = [
        ox.Quad(
            ox.NamedNode(about), ox.NamedNode(namespaces.CCN + name),
            ox.Literal(text, datatype=ox.NamedNode(namespaces.PREFIXES["xsd"] + kind)), ox.NamedNode(document),
        )
        for name, text, kind, document in said
    ]  # fmt: skip
    for number, (name, document) in enumerate(judged):
        for of, value in (("about", about), ("property", namespaces.CCN + name), ("prefers", document)):
            quads.append(
                ox.Quad(
                    ox.NamedNode(f"x:judgement-{number}"), ox.NamedNode(namespaces.CCN + of), ox.NamedNode(value),
                    ox.NamedNode("x:editorial"),
                )
            )  # fmt: skip
    return next(one for one in build(quads, {}) if one.iri == about)


def standings(name: str, found: Record) -> list[tuple[str, str]]:
    return [(value.text, value.standing.value) for value in found.all(name)]


def test_dates_agree_whichever_of_two_documents_is_the_more_precise() -> None:
    one = [("start", "2013", "gYear", "x:1"), ("start", "2014-05", "gYearMonth", "x:1")]
    other = [("start", "2013-10", "gYearMonth", "x:2"), ("start", "2014", "gYear", "x:2")]
    for said in (one + other, other + one):
        assert {standing for _, standing in standings("start", record(said))} == {Standing.UNDISPUTED.value}


def test_of_dates_that_agree_the_most_precise_stands_first() -> None:
    said = [
        ("start", "2013", "gYear", "x:1"), ("start", "2013-10-21", "date", "x:2"),
        ("start", "2013-10", "gYearMonth", "x:3"),
    ]  # fmt: skip
    for order in (said, said[::-1]):
        assert [text for text, _ in standings("start", record(order))] == ["2013-10-21", "2013-10", "2013"]


def test_a_number_that_begins_like_another_is_another() -> None:
    said = [("value", "12", "integer", "x:1"), ("value", "120", "integer", "x:2")]
    assert {standing for _, standing in standings("value", record(said))} == {Standing.DISPUTED.value}


def test_a_judgement_prefers_the_values_of_its_document_and_those_that_agree_with_them() -> None:
    said = [
        ("start", "2012", "gYear", "x:1"), ("start", "2013", "gYear", "x:2"), ("start", "2013-10-21", "date", "x:3"),
    ]  # fmt: skip
    wanted = [("2013-10-21", "preferred"), ("2013", "preferred"), ("2012", "set-aside")]
    assert standings("start", record(said, ("start", "x:2"))) == wanted
    assert standings("start", record(said, ("start", "x:3"))) == wanted
    assert standings("start", record(said, ("start", "x:1"))) == [
        ("2012", "preferred"), ("2013-10-21", "set-aside"), ("2013", "set-aside"),
    ]  # fmt: skip


def test_a_judgement_on_one_property_leaves_the_others_and_a_single_value_alone() -> None:
    said = [("start", "2012", "gYear", "x:1"), ("end", "2019", "gYear", "x:1"), ("end", "2020", "gYear", "x:2")]
    found = record(said, ("start", "x:2"))
    assert standings("start", found) == [("2012", "undisputed")]
    assert {standing for _, standing in standings("end", found)} == {Standing.DISPUTED.value}


@pytest.mark.parametrize(
    ("periods", "counted"),
    [
        ([("2015", ""), ("2017", "")], [(2015, 1, 1), (2016, 1, 1), (2017, 2, 2)]),
        ([("2015", "2017")], [(2015, 1, 1), (2016, 1, 1), (2017, 0, 0)]),
        ([("2015/2016", "")], [(2015, 0, 1), (2016, 1, 1), (2017, 1, 1)]),
        ([("2015", ""), ("../2017", "")], [(2015, 1, 2), (2016, 1, 2), (2017, 2, 2)]),
        ([("2015", "2016/2018")], [(2015, 1, 1), (2016, 0, 1), (2017, 0, 1)]),
        ([], []),
    ],
)
def test_members_are_counted_as_they_are_at_the_end_of_each_year(
    periods: list[tuple[str, str]], counted: list[tuple[int, int, int]]
) -> None:
    """Those that surely were members then, and with them those that may have been."""
    found = []
    for number, (start, end) in enumerate(periods):
        begun, over = intervals.read(start), intervals.read(end)
        assert begun
        one = record([("note", "", "string", "x:1")], about=f"x:{number}")
        found.append(membership.Membership(one, Period(begun, over)))
    assert membership.growth(found, 2017 if found else 2014) == tuple(counted)
