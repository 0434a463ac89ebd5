"""Every question has the same answer on each engine, or is listed as one that the engine cannot answer.

An engine is asked just as the server asks it. What it is listed as slow at is asked only with CCN_VIRTUOSO=full, which
takes minutes. What varies is not asked: it may bring down the engine that other tests use, and proves nothing if not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ccn_graph import Graph, question
from ccn_graph.errors import QueryError
from ccn_graph.offer import local
from ccn_graph.offer.elsewhere import Elsewhere
from ccn_graph.project import Project
from ccn_graph.question import Question
from ccn_graph.remote import unfit
from ccn_graph.remote.dataset import find
from ccn_graph.remote.engine import RemoteEngine
from ccn_graph.remote.publish import publish
from ccn_graph.table import key
from tests.conftest import ROOT
from tests.engines import Oxigraph, Running, Virtuoso, started
from tests.test_questions import text_of

QUESTIONS = question.read_all(Project.find(ROOT))
EACH = pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))

#: Seconds for one question; the slowest of those that Virtuoso answers takes six on a busy machine.
PATIENCE = 30.0

FULL = os.environ.get("CCN_VIRTUOSO") == "full"


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    running = started(lambda: Virtuoso(tmp_path_factory.mktemp("virtuoso")))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    running = started(lambda: Oxigraph(tmp_path_factory.mktemp("oxigraph")))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def on_virtuoso(virtuoso: Virtuoso, graph: Graph) -> Iterator[RemoteEngine]:
    yield from published(virtuoso, graph)


@pytest.fixture(scope="module")
def on_oxigraph(oxigraph: Oxigraph, graph: Graph) -> Iterator[RemoteEngine]:
    yield from published(oxigraph, graph)


def published(running: Running, graph: Graph) -> Iterator[RemoteEngine]:
    """Publish the project's data, and ask what was published."""
    with running.client(600.0) as client:
        publish(local.of_graph(graph), client, lambda *_: None)
    with running.client(PATIENCE) as client:
        dataset, _ = find(client)
        yield RemoteEngine(client, dataset, PATIENCE)


def outcome(asked: Question, engine: RemoteEngine, graph: Graph) -> str:
    """Say what comes of a question: `same`, or a word of the list of what engines cannot answer."""
    text = text_of(asked, graph)
    try:
        rows = [tuple(map(key, row)) for row in engine.query(text).rows()]
    except QueryError as error:
        return "slow" if error.code == "engine-timeout" else "fails"
    return "same" if rows == [tuple(map(key, row)) for row in graph.query(text).rows()] else "differs"


@EACH
def test_oxigraph_serve_answers_as_the_native_engine(asked: Question, on_oxigraph: RemoteEngine, graph: Graph) -> None:
    assert unfit.of(on_oxigraph.name).get(asked.name, "same") == outcome(asked, on_oxigraph, graph)


@EACH
def test_virtuoso_answers_as_the_native_engine_unless_it_is_listed(
    asked: Question, on_virtuoso: RemoteEngine, graph: Graph
) -> None:
    listed = unfit.of(on_virtuoso.name).get(asked.name, "same")
    if listed == "varies" or (listed == "slow" and not FULL):
        pytest.skip(f"listed as '{listed}'")
    assert outcome(asked, on_virtuoso, graph) == listed


def test_only_questions_there_are_are_listed_with_a_known_outcome(on_virtuoso: RemoteEngine) -> None:
    listed = unfit.of(on_virtuoso.name)
    assert listed.keys() <= QUESTIONS.keys()
    assert set(listed.values()) <= {"fails", "slow", "differs", "varies"}


@pytest.mark.usefixtures("on_virtuoso")
def test_pages_in_front_of_an_engine_know_what_it_cannot_answer(virtuoso: Virtuoso, project: Project) -> None:
    with virtuoso.client() as client:
        target, server = client.target, client.server()
    looked = Elsewhere(target, virtuoso.credentials, PATIENCE, project).look("")
    assert looked is not None
    assert looked[1].site.unfit == unfit.of(server) != {}
