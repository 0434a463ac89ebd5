"""A membership holds from its first day to the day before its end; and what else begins on a day has begun on it."""

from __future__ import annotations

import datetime
import functools
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.cli.terminal_table import key
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.pages import membership, routes
from ccn_graph.pages.record import build
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.rdf.terms import Term
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Certainty, Period
from ccn_graph.validation import rules
from tests.conftest import PREFIXES, ROOT, TODAY, Write

BASE = Project(ROOT, ROOT / "tests" / "faulty" / "base")
QUESTIONS = questions.read_all(BASE)
RULES = {one.name: one for one in rules.read_all(BASE)}

DAY = datetime.date(2025, 6, 15)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)

#: What the questions are asked with, by the name of the parameter.
SETTINGS = {
    "network": "example", "other": "example-plain", "country": "japan",
    "date": DAY.isoformat(), "today": DAY.isoformat(), "kilometres": "100", "lacking": "99",
}  # fmt: skip

#: Three cities in one network, of which two are in another one, too; but for one, their memberships have no dates yet.
#: The number stated is that of two members; a city outside took part in a meeting.
MEMBERS = (
    PREFIXES
    + """\
@prefix act: <https://w3id.org/ccn/act/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix event: <https://w3id.org/ccn/event/> .
@prefix field: <https://w3id.org/ccn/field/> .
@prefix kind: <https://w3id.org/ccn/kind/> .
@prefix measure: <https://w3id.org/ccn/measure/> .
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix net: <https://w3id.org/ccn/network/> .
@prefix obs: <https://w3id.org/ccn/observation/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix place: <https://w3id.org/ccn/place/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix series: <https://w3id.org/ccn/series/> .
@prefix name: <https://w3id.org/ccn/name/> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .

doc:days a ccn:Document .

city:region a ccn:City ;
    skos:prefLabel "例圏"@ja, "Example Area"@en ;
    ccn:kind kind:prefectural-government ;
    ccn:within place:example-ken ;
    wgs:lat 34.6 ;
    wgs:long 135.6 .

member:one a ccn:Membership ;
    org:member city:example-minato ; org:organization net:example ; ccn:field field:design ; ccn:locator "l. 1"{one} .

member:two a ccn:Membership ;
    org:member city:region ; org:organization net:example ; ccn:field field:music ; ccn:locator "l. 2"{two} .

member:three a ccn:Membership ;
    org:member city:example-minato ; org:organization net:example-plain ; ccn:locator "l. 3"{three} .

city:always a ccn:City ;
    skos:prefLabel "例常"@ja, "Example Always"@en ;
    ccn:within place:example-land .

member:four a ccn:Membership ;
    org:member city:always ; org:organization net:example ; ccn:start "2020"^^xsd:gYear ; ccn:locator "l. 8" .

member:five a ccn:Membership ;
    org:member city:always ; org:organization net:example-plain ; ccn:start "2020"^^xsd:gYear ; ccn:locator "l. 9" .

obs:stated a ccn:Observation ;
    ccn:about net:example ; ccn:measure measure:member-cities ; ccn:value 2 ; ccn:asOf "2025-06-15"^^xsd:date ;
    ccn:locator "l. 4" .

act:wish a ccn:Aspiration ;
    ccn:by city:example-minato ; ccn:concerns net:example ; ccn:date "2025-06-15"^^xsd:date ; ccn:locator "l. 5" .

event:meeting a ccn:Event ;
    ccn:editionOf series:example-meeting ; ccn:participant city:example-oka ; ccn:start "2025-06-15"^^xsd:date ;
    ccn:locator "l. 7" .

act:signed a ccn:Adoption ; ccn:by city:region ; ccn:concerns net:example-plain ; ccn:locator "l. 6" .
"""
)
MEMBERSHIPS = ("one", "two", "three")
LONG_AGO = '; ccn:start "2020-01-01"^^xsd:date'

#: A member that left, and came back.
SPELLS = (
    PREFIXES
    + """\
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix net: <https://w3id.org/ccn/network/> .
@prefix org: <http://www.w3.org/ns/org#> .

member:{first} a ccn:Membership ;
    org:member city:kobe ; org:organization net:example ;
    ccn:start "2020-01-01"^^xsd:date ; ccn:end "{left}"^^xsd:date .

member:{second} a ccn:Membership ;
    org:member city:kobe ; org:organization net:example ; ccn:start "{back}"^^xsd:date .
"""
)

#: Questions and rules whose answer depends on when a membership begins and ends, and which memberships change it.
DEPENDING = {
    "aspirations-without-application": "one",
    "countries-with-every-field": "one two",
    "fields-on-date": "one two",
    "involved-but-not-members": "two",
    "members-by-country": "one two",
    "members-by-prefecture": "one two",
    "members-not-municipalities": "two",
    "members-of-both-networks": "one three",
    "members-of-network": "one two",
    "members-on-date": "one two",
    "membership-coverage": "one two",
    "membership-state": "one two",
    "neighbouring-members": "one two",
    "network-coverage": "one two three",
    "networks-of-city": "one three",
    "participants-not-members": "one two",
    "shared-members": "one three",
    "stated-size-differs": "one two",
}
#: A membership stated for a later day may have begun before: who may have been a member is in no list of others.
NEVER_TOLD = {
    ("participants-not-members", "one", "asOf"), ("participants-not-members", "two", "asOf"),
    ("membership-state", "two", "asOf"),
}  # fmt: skip
EDGES = pytest.mark.parametrize("edge", ["start", "asOf", "end"])


@functools.cache
def dated(which: str, edge: str, day: datetime.date) -> Graph:
    """Let all memberships begin long ago, but give the one that is named this day as its start or end."""
    dates = f'; ccn:{edge} "{day}"^^xsd:date'
    return read(members(**{which: LONG_AGO + dates if edge == "end" else dates}))


def members(**dates: str) -> str:
    """Write the memberships, with these dates for the ones that are named."""
    known = dict.fromkeys(MEMBERSHIPS, LONG_AGO) | dates
    return functools.reduce(lambda text, name: text.replace(f"{{{name}}}", known[name]), MEMBERSHIPS, MEMBERS)


def read(text: str) -> Graph:
    """Read a document together with the registers of the clean base, and no other document."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "days.ttl"
        path.write_text(text, encoding="utf-8")
        others = [read for read in sources() if read.kind is not FileKind.DOCUMENT]
        return Graph([*others, parsing.read(path, FileKind.DOCUMENT)], [], BASE)


@functools.cache
def sources() -> tuple[parsing.SourceFile, ...]:
    return tuple(Graph.load(BASE).sources)


def answer(name: str, which: str, edge: str, day: datetime.date) -> list[tuple[str, ...]]:
    """Ask on DAY; what is told of the day that was given is read as if it were of DAY."""
    return asked_of(dated(which, edge, day), name, day)


def asked_of(graph: Graph, name: str, day: datetime.date) -> list[tuple[str, ...]]:
    if name in RULES:
        rows: list[Sequence[Term | None]] = [row[:3] for row in RULES[name].rows(graph, DAY)]
    else:
        asked, rows = QUESTIONS[name], []
        for city in ("example-minato", "example-oka"):
            settings = {one.name: {**SETTINGS, "city": city}[one.name] for one in asked.parameters}
            rows += graph.query(asked.query(graph.labels, settings)).rows()
    return [tuple(key(value).replace(day.isoformat(), DAY.isoformat()) for value in row) for row in rows]


@EDGES
@pytest.mark.parametrize("name", DEPENDING)
def test_a_membership_counts_from_its_first_day_and_not_on_the_day_of_its_end(name: str, edge: str) -> None:
    """On the day itself the answer is what it is if the day was the day before, not if it is still to come."""
    for which in DEPENDING[name].split():
        told = answer(name, which, edge, DAY)
        assert told == answer(name, which, edge, BEFORE)
        if (name, which, edge) not in NEVER_TOLD:
            assert told != answer(name, which, edge, AFTER), "these data do not put the question to the test"


def test_every_question_that_compares_the_end_of_a_membership_is_put_to_the_test() -> None:
    """Those that count by years have no days to compare; the name of a city is no membership.

    The table of memberships shows the days themselves, so its answers differ by them: the frozen data hold it whole.
    The scorecard counts what is only possible, which a day that is known makes nothing; it is held against the members
    on a day.
    """
    texts = {name: asked.file.text for name, asked in QUESTIONS.items()} | {
        name: one.file.text for name, one in RULES.items()
    }
    comparing = {name for name, text in texts.items() if re.search(r"\?(end|until)\)* *[<>]=? *\S", text)}
    others = {
        "city-name-then", "end-before-start", "membership-overlap", "held-with-apart", "scorecard",
        "table-of-memberships",
    }  # fmt: skip
    assert comparing - others <= set(DEPENDING)
    assert len(comparing & set(DEPENDING)) >= 14


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_who_returns_on_the_day_of_leaving_has_no_two_memberships_at_once(names: tuple[str, str], write: Write) -> None:
    def overlapping(left: datetime.date) -> int:
        path = write("spells.ttl", SPELLS.format(first=names[0], second=names[1], left=left, back=DAY))
        return len(RULES["membership-overlap"].rows(Graph.of_files([(path, FileKind.DOCUMENT)]), TODAY))

    assert overlapping(BEFORE) == 0
    assert overlapping(DAY) == 0
    assert overlapping(AFTER) == 1


#: What else happens on a day: what is said of it, the questions it bears on, and whether the day itself is like the day
#: after ("begun"), like the day before ("to come"), or like neither ("neither").
TURNS = {
    "a change of field": (
        "act:turn a ccn:FieldChange ; ccn:concerns member:one ; ccn:field field:music ; ccn:date {day} . "
        "member:one ccn:field field:music .",
        "countries-with-every-field fields-on-date neighbouring-members", "begun",
    ),
    "a change of field of a neighbour": (
        "act:turn a ccn:FieldChange ; ccn:concerns member:two ; ccn:field field:design ; ccn:date {day} . "
        "member:two ccn:field field:design .",
        "countries-with-every-field fields-on-date neighbouring-members", "begun",
    ),
    "a new field": (
        "field:turn skos:topConceptOf field: ; ccn:start {day} .", "countries-with-every-field", "begun",
    ),
    "a suspension": (
        'act:turn a ccn:Suspension ; ccn:concerns net:example ; ccn:date {day} ; ccn:locator "l. 10" .',
        "networks-of-city suspended-and-succeeded", "begun",
    ),
    "a resumption": (
        'act:stop a ccn:Suspension ; ccn:concerns net:example ; ccn:date "2022"^^xsd:gYear ; ccn:locator "l. 10" . '
        "act:turn a ccn:Resumption ; ccn:concerns net:example ; ccn:date {day} .",
        "networks-of-city suspended-and-succeeded", "begun",
    ),
    "a meeting announced": (
        'event:turn a ccn:Event ; ccn:plannedStart {day} ; ccn:locator "l. 10" .',
        "next-meetings unconfirmed-meetings", "to come",
    ),
    "an aspiration": (
        'act:turn a ccn:Aspiration ; ccn:by city:example-oka ; ccn:concerns net:example ; ccn:date {day} ; '
        'ccn:locator "l. 10" .',
        "aspirations-without-application", "begun",
    ),
    "an application": (
        'act:hope a ccn:Aspiration ; ccn:by city:example-oka ; ccn:concerns net:example ; '
        'ccn:date "2025-06-15"^^xsd:date ; ccn:locator "l. 10" . '
        "act:turn a ccn:Application ; ccn:by city:example-oka ; ccn:concerns net:example ; ccn:date {day} .",
        "aspirations-without-application", "neither",
    ),
    "a former name taken": (
        'city:example-oka skosxl:altLabel name:turn . name:turn skosxl:literalForm "旧例丘"@ja ; ccn:start {day} ; '
        'ccn:end "2030"^^xsd:gYear .',
        "city-name-then", "begun",
    ),
    "a former name given up": (
        'city:example-oka skosxl:altLabel name:turn . name:turn skosxl:literalForm "旧例丘"@ja ; ccn:end {day} .',
        "city-name-then", "neither",
    ),
}  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
def test_what_begins_on_a_day_counts_on_that_day_and_what_is_announced_for_it_is_to_come(turn: str) -> None:
    said, names, like = TURNS[turn]

    def told(name: str, day: datetime.date) -> list[tuple[str, ...]]:
        return asked_of(turned(said, day), name, day)

    for name in names.split():
        before, on, after = (told(name, day) for day in (BEFORE, DAY, AFTER))
        assert (on == before, on == after) == {
            "begun": (True, False), "to come": (False, True), "neither": (False, False),
        }[like], name  # fmt: skip


@pytest.mark.parametrize("name", ["membership-growth", "members-by-field"])
def test_who_leaves_in_a_year_is_no_member_at_its_end(name: str) -> None:
    asked, graph = QUESTIONS[name], dated("one", "end", DAY)
    answer = graph.query(asked.query(graph.labels, {"network": "example"}))
    told = [dict(zip(answer.variables, map(key, row), strict=True)) for row in answer.rows()]
    (left,) = (row for row in told if row["left"] == "1")
    (joined,) = (
        row for row in told
        if (row["year"], row["country"], row.get("field")) == ("2020", left["country"], left.get("field"))
    )  # fmt: skip
    assert left["year"] == str(DAY.year)
    assert int(left["members"]) == int(joined["members"]) - 1


@functools.cache
def turned(said: str, day: datetime.date) -> Graph:
    """Add to the memberships, which all began long ago, what happens on a day."""
    return read(members() + said.replace("{day}", f'"{day}"^^xsd:date') + "\n")


@EDGES
def test_pages_count_days_as_the_questions_do(edge: str) -> None:
    """The list of members and the timeline of the page of a network, by an outside number: the question."""
    shown = {day: held_by_page(dated("one", edge, day)) for day in (BEFORE, DAY, AFTER)}
    asked = {day: len({row[0] for row in answer("members-on-date", "one", edge, day)}) for day in shown}
    assert shown == asked
    # Who is stated to be a member tomorrow may be one today.
    assert shown[BEFORE] == shown[DAY]
    assert (shown[DAY] != shown[AFTER]) == (edge != "asOf")


def held_by_page(graph: Graph) -> int:
    site = Site(graph.engine, graph.labels, Statistics.of(graph.engine, graph.version, union=True), QUESTIONS)
    parameters = (("asOf", DAY.isoformat()),)
    page = routes.make(site, PageRequest("/network/example.html", parameters, "en", format="html"))
    held = re.search(r"On 15 June 2025 this graph holds (\d+) certain member", page.body.decode())
    possible = re.search(r"Another (\d+) may have been members", page.body.decode())
    assert held
    return int(held[1]) + int(possible[1] if possible else 0)


def test_a_membership_holds_from_its_start_to_the_day_before_its_end() -> None:
    days = [DAY, DAY + datetime.timedelta(days=30)]
    iri = ox.NamedNode("https://w3id.org/ccn/membership/one")
    date = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
    said = [
        ox.Quad(
            iri,
            ox.NamedNode(f"https://w3id.org/ccn/ns#{name}"),
            ox.Literal(str(day), datatype=date),
            ox.NamedNode("x:g"),
        )
        for name, day in zip(("start", "end"), days, strict=True)
    ]
    (record,) = build(said, {})
    begun, over = (intervals.read(str(day)) for day in days)
    assert begun
    one = membership.Membership(record, Period(begun, over))
    tried = [day + datetime.timedelta(days=more) for day in days for more in (-1, 0, 1)]
    no, certain = Certainty.NO, Certainty.CERTAIN
    assert [one.state_on(day.isoformat()) for day in tried] == [no, certain, certain, certain, no, no]
