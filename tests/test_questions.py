"""Every question answers as its file says, alike on both engines."""

from __future__ import annotations

import re

import pytest

from ccn_graph import Graph, media, question
from ccn_graph.project import Project
from ccn_graph.question import Question
from ccn_graph.rdflib_engine import RdflibEngine
from ccn_graph.table import key
from tests.conftest import ROOT, TODAY

QUESTIONS = question.read_all(Project.find(ROOT))
EACH = pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))


@pytest.fixture(scope="module")
def oracle(graph: Graph) -> RdflibEngine:
    return RdflibEngine(graph.store)


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


@EACH
def test_both_engines_answer_alike(asked: Question, graph: Graph, oracle: RdflibEngine) -> None:
    text = text_of(asked, graph)
    assert list(oracle.query(text).rows()) == list(graph.query(text).rows())


@EACH
def test_the_file_runs_as_it_stands(asked: Question, graph: Graph) -> None:
    answer = graph.engine.query(asked.file.path.read_text(encoding="utf-8"))
    assert answer.serialize(media.SOLUTIONS[0])
