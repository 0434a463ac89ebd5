"""Every question answers as its file says, alike on both engines."""

from __future__ import annotations

import re
import shutil

import pytest

from ccn_graph import Graph
from ccn_graph.cli.terminal_table import key
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.graph.questions import Question
from ccn_graph.rdf import formats
from ccn_graph.rdf.rdflib_engine import RdflibEngine
from tests.conftest import ROOT, TODAY

QUESTIONS = questions.read_all(Project.find(ROOT))
EACH = pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))


#: Questions that rdflib answers on all data within two seconds or so.
QUICK = {
    "aspirations-without-application", "bodies-of-network", "changes-between-readings", "city-name-then",
    "cultural-programmes", "departures", "evidence-of-thing", "guests-and-speakers", "known-gaps", "larger-processes",
    "meetings-held-together", "next-meetings", "people-over-years", "recommendations", "stated-size",
    "suspended-and-succeeded", "unconfirmed-meetings",
}  # fmt: skip

#: Documents for the others: the first eight, and those that hold what is hard.
FEW = {
    "asahikawa-2026-06-12", "ccnj-about", "complete-ai-training-2025", "jlgc-2015", "morocco-world-news-2025-06-30",
    "nagoya-2025-report", "tokyo-multilateral-2023", "usuki-gastronomy-2025",
    # The field of Lyon; Cuenca; Fabriano with two dates that agree; Medellín, judged.
    "united-nations-news-2008-06", "abc-color-2025-10-31", "sufe-2025-10", "wanderlust-2025-11-03",
    "edinburgh-city-of-literature-lists", "unesco-2013-10", "wikipedia-design-cities",
    # A member that left; an application; a network's founding members; a year's hosts; a complete count.
    "tokyo-anmc21-summary", "wikipedia-anmc21-ja", "gifu-shimbun-2025-10-31", "tamba-sasayama-2013-01-15",
    "mext-2014-12-01", "niigata-2022-03-22", "mext-unesco-sdgs-2025",
    # An ordinal, dates and numbers that disagree; participants, signatories, speakers.
    "il-resto-del-carlino-2025-07", "u20-2022", "kabarbeta-2022-09", "tokyo-u20-2019", "gktoday-2019",
    "tokyo-2019-05-24", "tokyo-2021-08-02",
}  # fmt: skip

CITY = re.compile(r"city:[\w-]+")


@pytest.fixture(scope="module")
def oracle(graph: Graph) -> RdflibEngine:
    return RdflibEngine(graph.store)


@pytest.fixture(scope="module")
def few(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The documents of FEW, all judgements and gaps, and all registers, but of cities only those that they name."""
    data = tmp_path_factory.mktemp("few") / "data"
    shutil.copytree(project.root / "data", data, ignore=shutil.ignore_patterns("documents"))
    (data / "documents").mkdir()
    for name in FEW:
        shutil.copy(project.root / "data" / "documents" / f"{name}.ttl", data / "documents")
    cities = data / "registers" / "city.ttl"
    named = {name for path in data.rglob("*.ttl") if path != cities for name in CITY.findall(path.read_text("utf-8"))}
    records = cities.read_text("utf-8").split("\n\n")
    kept = [record for record in records if record.split()[0] in named or not CITY.match(record)]
    cities.write_text("\n\n".join(kept) + "\n", "utf-8")
    return Graph.load(Project(project.root, data))


@pytest.fixture(scope="module")
def few_oracle(few: Graph) -> RdflibEngine:
    return RdflibEngine(few.store)


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
    assert asked.file.all("expect"), "a question says what it must answer, or none and why"
    assert (asked.unanswerable is None) == bool(asked.expected)


@EACH
def test_the_columns_are_those_that_are_declared(asked: Question, graph: Graph) -> None:
    assert graph.query(text_of(asked, graph)).variables == tuple(column.name for column in asked.columns)


@EACH
def test_the_answer_is_the_expected_one(asked: Question, graph: Graph) -> None:
    rows = [tuple(map(key, row)) for row in graph.query(text_of(asked, graph)).rows()]
    for row in asked.expected:
        assert row in rows
    if asked.unanswerable:
        assert rows == []
    assert len(rows) == len(set(rows)), "a row is repeated"


@pytest.mark.parametrize("name", sorted(QUICK))
def test_both_engines_answer_alike(name: str, graph: Graph, oracle: RdflibEngine) -> None:
    """On all data, for the questions that rdflib is quick enough to answer there."""
    text = text_of(QUESTIONS[name], graph)
    assert list(oracle.query(text).rows()) == list(graph.query(text).rows())


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - QUICK))
def test_both_engines_answer_alike_on_fewer_documents(name: str, few: Graph, few_oracle: RdflibEngine) -> None:
    """For all other questions: all data would take rdflib up to minutes, as it is some hundred times slower.

    Of the documents there is only a fixed choice, with the hard cases, and of the cities those that are named in them.
    """
    text = text_of(QUESTIONS[name], few)
    assert list(few_oracle.query(text).rows()) == list(few.query(text).rows())


@EACH
def test_the_file_runs_as_it_stands(asked: Question, graph: Graph) -> None:
    answer = graph.engine.query(asked.file.path.read_text(encoding="utf-8"))
    assert answer.serialize(formats.SOLUTIONS[0])


def test_what_is_held_of_a_network_without_a_stated_number_is_counted_for_the_day_that_is_asked_for(
    graph: Graph,
) -> None:
    asked = QUESTIONS["network-coverage"]
    texts = [asked.query(graph.labels, {"today": day}) for day in ("2026-11-21", "2026-12-01")]
    held = [[(row[0], row[2]) for row in graph.query(text).rows() if row[1] is None] for text in texts]
    assert held[0] == held[1]
    assert any(count is not None and key(count) != "0" for _, count in held[0])


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
