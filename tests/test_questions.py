"""Questions are tested on data that are frozen for it; on the live data only what must hold of any data is.

`tests/questions/data` is a choice of registers and documents, copied once: no place to correct a fact, and what is
added to the data changes no answer here. `tests/questions/expected` has the whole answer to each question.
"""

from __future__ import annotations

import csv
import io
import re

import pytest

from ccn_graph import Graph, ask, check
from ccn_graph.cli.terminal_table import key
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.graph.questions import Question
from ccn_graph.rdf import formats
from ccn_graph.rdf.rdflib_engine import RdflibEngine
from ccn_graph.validation.finding import Severity
from tests.conftest import FROZEN, ROOT, TODAY
from tests.questions.__main__ import members_on_days

QUESTIONS = questions.read_all(Project.find(ROOT))
EACH = pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))
EXPECTED = FROZEN.parent / "expected"

#: Days on which states of membership are compared: before, on and after rounds of designation, and odd ones.
DAYS = (
    "2000-01-01", "2004-10-15", "2013-01-13", "2014-06-01", "2014-12-01", "2015-12-11", "2017-06-01", "2019-09-01",
    "2019-10-30", "2021-11-01", "2023-06-30", "2025-06-30", "2026-11-21", "2100-01-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def oracle(frozen: Graph) -> RdflibEngine:
    return RdflibEngine(frozen.store)


def text_of(asked: Question, graph: Graph) -> str:
    settings = {parameter.name: TODAY.isoformat() for parameter in asked.parameters if parameter.kind == "today"}
    return asked.query(graph.labels, settings)


def test_the_numbers_have_no_holes_and_all_forty_competency_questions_are_there() -> None:
    numbers = [asked.number for asked in QUESTIONS.values()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 40


@EACH
def test_the_head_is_complete(asked: Question) -> None:
    assert asked.theme in {"membership", "fields", "events", "people", "history", "evidence"}
    for text in (asked.title, asked.text, asked.method):
        assert re.search("[ぁ-んァ-ヶ一-龠]", text["ja"])
        assert re.match("[A-Z]", text["en"])


def test_every_question_has_an_expected_answer_with_rows() -> None:
    written = {path.stem: len(path.read_text("utf-8").splitlines()) for path in EXPECTED.glob("*.csv")}
    assert set(written) == set(QUESTIONS)
    empty = {name for name, lines in written.items() if lines == 1}
    assert not empty


def test_everything_that_the_model_can_say_is_said_once_on_the_frozen_data_without_a_violation(frozen: Graph) -> None:
    """The invented documents among them hold what no real document at hand says, such as a relocation."""
    invented = sorted((FROZEN / "documents").glob("example-*.ttl"))
    text = "".join(path.read_text("utf-8") for path in invented)
    for term in (
        "ccn:Deferral", "ccn:Rejection", "ccn:Relocation", "ccn:Participation", "ccn:Office", "ccn:valueTo",
        "ccn:upperBound", "edtf:EDTF", "org:member person:", "org:member net:", "field:design, field:music", "12.5",
        "dcterms:replaces",
    ):  # fmt: skip
        assert term in text
    found = check(frozen, today=TODAY, only=invented)
    assert not [one for one in found if one.severity is Severity.VIOLATION and one.path in invented]


@EACH
def test_the_answer_on_the_frozen_data_is_the_expected_one(asked: Question, frozen: Graph) -> None:
    """To look at a change that is meant: `python -m tests.questions` writes the answers anew; read the difference."""
    answer = frozen.query(text_of(asked, frozen)).serialize(formats.SOLUTIONS[2]).decode()
    expected = (EXPECTED / f"{asked.name}.csv").read_text("utf-8")
    rows, wanted = (list(csv.reader(io.StringIO(text, newline=""))) for text in (answer, expected))
    assert rows == wanted


@EACH
def test_both_engines_answer_alike(asked: Question, frozen: Graph, oracle: RdflibEngine) -> None:
    text = text_of(asked, frozen)
    assert list(oracle.query(text).rows()) == list(frozen.query(text).rows())


@EACH
def test_on_any_data_the_columns_are_those_declared_and_no_row_is_repeated(asked: Question, graph: Graph) -> None:
    answer = graph.query(text_of(asked, graph))
    assert answer.variables == tuple(column.name for column in asked.columns)
    rows = [tuple(map(key, row)) for row in answer.rows()]
    assert len(rows) == len(set(rows))


@EACH
def test_the_file_runs_as_it_stands(asked: Question, graph: Graph) -> None:
    answer = graph.engine.query(asked.file.path.read_text(encoding="utf-8"))
    assert answer.serialize(formats.SOLUTIONS[0])


@EACH
def test_no_question_tells_a_number_or_name_of_the_data_in_its_method(asked: Question) -> None:
    """What is true of today's documents is false after the next one."""
    told = re.findall(r"(?<![\d./%])\b(?:19|20)\d\d\b", asked.method["en"] + asked.method["ja"])
    assert told == []


def members(graph: Graph, network: str, day: str) -> dict[str, str]:
    rows = ask(graph, "members-on-date", network=network, date=day)
    member, state = rows.columns.index("member"), rows.columns.index("state")
    found: dict[str, str] = {}
    for row in rows:
        found[key(row[member])] = (
            "certain" if "certain" in (found.get(key(row[member])), key(row[state])) else "possible"
        )
    return found


def count(found: dict[str, str], state: str) -> int:
    return list(found.values()).count(state)


@pytest.mark.parametrize("day", DAYS)
def test_all_questions_that_count_members_on_a_day_count_the_same(graph: Graph, day: str) -> None:
    found = members(graph, "uccn", day)
    countries = ask(graph, "members-by-country", network="uccn", date=day)
    by_country = {key(row[4]): key(row[7]) for row in countries}
    assert {city: found[city] for city in by_country} == by_country
    today = ask(graph, "members-of-network", network="uccn", today=day)
    assert sorted(key(row[0]) for row in today) == sorted(key(row[0]) for row in ask(
        graph, "members-on-date", network="uccn", date=day))  # fmt: skip
    fields = ask(graph, "fields-on-date", network="uccn", date=day)
    assert sum(int(key(row[1])) for row in fields) <= count(found, "certain")
    prefectures = ask(graph, "members-by-prefecture", network="uccn", today=day)
    in_japan = {
        city for city in by_country if ("place:japan", city) in {(key(row[0]), key(row[4])) for row in countries}
    }
    assert sum(int(key(row[1])) for row in prefectures) == sum(found[city] == "certain" for city in in_japan)


@pytest.mark.parametrize("day", DAYS)
def test_what_is_certain_on_a_day_was_possible_and_of_one_city_the_state_is_the_same(graph: Graph, day: str) -> None:
    found = members(graph, "uccn", day)
    some = sorted(found)[:3] + sorted(found)[-3:]
    for city in some:
        (row,) = {row[8] for row in ask(graph, "membership-state", city=city, network="uccn", date=day)}
        assert key(row) == found[city]
    if not found:
        (row,) = {row[8] for row in ask(graph, "membership-state", city="kobe", network="uccn", date=day)}
        assert key(row) == "no"


def test_the_members_on_record_are_those_of_the_day_for_which_a_number_is_stated(graph: Graph) -> None:
    compared = 0
    for row in ask(graph, "membership-coverage"):
        network, area, day, held, possible = (
            key(row[0]),
            row[1] or row[2],
            key(row[3]),
            int(key(row[5])),
            int(key(row[6])),
        )
        if area is None and re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            found = {city: state for city, state in members(graph, network, day).items() if city.startswith("city:")}
            assert (count(found, "certain"), count(found, "possible")) == (held, possible), (network, day)
            compared += 1
    assert compared


def test_members_on_twelve_days_grow_and_come_close_to_what_is_stated(graph: Graph) -> None:
    told = members_on_days(graph)
    assert len(told) == 12
    assert [certain for _, certain, *_ in told] == sorted(certain for _, certain, *_ in told)
    compared = [(certain + possible, number) for _, certain, possible, _, number in told if number is not None]
    assert compared
    assert all(held >= 0.95 * number for held, number in compared), told


def test_every_announced_meeting_is_ahead_or_unconfirmed_and_never_both(graph: Graph) -> None:
    for day in DAYS:
        ahead = {key(row[0]) for row in ask(graph, "next-meetings", today=day)}
        past = {key(row[0]) for row in ask(graph, "unconfirmed-meetings", today=day)}
        planned = graph.query(
            "PREFIX ccn: <https://w3id.org/ccn/ns#> PREFIX graph: <https://w3id.org/ccn/graph/> "
            'SELECT DISTINCT ?e { GRAPH graph:preferred { ?e ccn:state "planned" ; ccn:plannedStart ?plan } }'
        )
        assert ahead | past == {key(row[0]) for row in planned.rows()}
        assert not ahead & past


def test_what_is_held_of_a_network_without_a_stated_number_is_counted_for_the_day_that_is_asked_for(
    graph: Graph,
) -> None:
    asked = QUESTIONS["network-coverage"]
    compared = 0
    for day in ("2024-06-30", "2026-11-21", "2026-12-01"):
        answer = graph.query(asked.query(graph.labels, {"today": day}))
        for network, stated, held, *_ in answer.rows():
            if stated is None:
                rows = ask(graph, "members-on-date", network=key(network).removeprefix("net:"), date=day)
                cities = {key(row[0]) for row in rows if key(row[0]).startswith("city:") and key(row[5]) == "certain"}
                assert (key(network), key(held)) == (key(network), str(len(cities))), day
                compared += bool(cities)
    assert compared


def numbers(graph: Graph, name: str, *columns: str, **settings: str) -> list[list[int]]:
    """Ask a question; give the numbers of some columns."""
    asked = QUESTIONS[name]
    answer = graph.query(asked.query(graph.labels, settings))
    places = [answer.variables.index(column) for column in columns]
    return [[int(key(row[place])) for place in places] for row in answer.rows()]


def test_a_gap_between_editions_holds_at_least_one_number(graph: Graph) -> None:
    gaps = numbers(graph, "missing-editions", "from", "to")
    assert gaps
    assert [(first, last) for first, last in gaps if first > last] == []


def test_a_record_of_several_documents_is_old_only_beyond_the_years_that_are_asked_for(graph: Graph) -> None:
    def old(years: int) -> list[int]:
        told = numbers(
            graph, "single-or-old-sources", "documents", "age", years=str(years), today=TODAY.isoformat()
        )  # fmt: skip
        return [age for documents, age in told if documents > 1]

    ages = old(0)
    assert len(set(ages)) > 1
    for years in set(ages):
        assert sorted(old(years)) == sorted(age for age in ages if age > years)


def test_an_application_that_no_refusal_followed_shows_the_designation_of_its_city(graph: Graph) -> None:
    asked = QUESTIONS["applications-and-decisions"]
    rows = list(
        csv.DictReader(io.StringIO(graph.query(text_of(asked, graph)).serialize(formats.SOLUTIONS[2]).decode()))
    )
    kinds: dict[str, set[str]] = {}
    for row in rows:
        kinds.setdefault(row["application"], set()).add(row["kind"].rpartition("#")[2])
    assert {"Designation"} in kinds.values()
    assert [names for names in kinds.values() if "Designation" in names and len(names) > 1] == []
