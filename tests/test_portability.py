"""Every question has the same answer on each engine, or is listed as one that the engine cannot answer.

An engine is asked just as the server asks it, about the frozen data; with CCN_VIRTUOSO=full about the project's own,
and also what it is listed as slow at, which takes minutes. What varies is not asked: it may bring down the engine that
other tests use, and proves nothing if not. That Virtuoso answers wrongly what it is believed about is a fault; how
quickly it answers, and whether at all, is its own affair and only told.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from ccn_graph import Graph
from ccn_graph.cli.terminal_table import key
from ccn_graph.errors import QueryError
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.graph.questions import Question
from ccn_graph.rdf.remote import known_wrong_answers
from ccn_graph.rdf.remote.remote_dataset import find
from ccn_graph.rdf.remote.remote_engine import RemoteEngine
from ccn_graph.releases.publish import publish
from ccn_graph.server import open_local
from ccn_graph.server.open_remote import Elsewhere
from tests.conftest import ROOT
from tests.engines import Oxigraph, Running, Virtuoso, started
from tests.test_questions import text_of

QUESTIONS = questions.read_all(Project.find(ROOT))

FULL = os.environ.get("CCN_VIRTUOSO") == "full"

#: Seconds for one question: what takes longer is slow.
PATIENCE = 30.0 if FULL else 10.0


@pytest.fixture(scope="module")
def asked_about(graph: Graph, frozen: Graph) -> Graph:
    return graph if FULL else frozen


@contextlib.contextmanager
def published(running: Running, graph: Graph) -> Iterator[RemoteEngine]:
    """Publish the project's data, and ask what was published."""
    with running.client(600.0) as client:
        publish(open_local.of_graph(graph), client, lambda *_: None)
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


def surprises(several: Iterable[Question], engine: RemoteEngine, graph: Graph) -> dict[str, str]:
    """Ask questions, and give what came of those of which something else was known."""
    listed = known_wrong_answers.of(engine.name)
    found = {asked.name: outcome(asked, engine, graph) for asked in several}
    return {name: came for name, came in found.items() if came != listed.get(name, "same")}


def test_oxigraph_serve_answers_as_the_native_engine(oxigraph: Oxigraph, asked_about: Graph) -> None:
    with published(oxigraph, asked_about) as engine:
        assert not known_wrong_answers.of(engine.name)
        assert not surprises(QUESTIONS.values(), engine, asked_about)


def test_virtuoso_answers_as_the_native_engine_unless_it_is_listed(
    asked_about: Graph, tmp_path: Path, project: Project
) -> None:
    # One of its own, which nobody minds if a question brings it down.
    running = started(lambda: Virtuoso(tmp_path / "first"))
    try:
        with published(running, asked_about) as engine:
            listed = known_wrong_answers.of(engine.name)
            assert listed.keys() <= QUESTIONS.keys()
            assert set(listed.values()) <= {"fails", "slow", "differs", "varies"}
            _pages_know(running, listed, project)
            left_out = {"varies"} if FULL else {"varies", "slow"}
            chosen = [asked for name, asked in QUESTIONS.items() if listed.get(name) not in left_out]
            surprising = surprises(chosen, engine, asked_about)
            assert len(surprising) < len(chosen) / 2
    finally:
        running.stop()
    wrong = {name for name, came in surprising.items() if came == "differs"} - listed.keys()
    again: dict[str, str] = {}
    if wrong:
        # Its plans, and so its answers, differ from start to start: what it can answer, it answers on one of two.
        running = started(lambda: Virtuoso(tmp_path / "second"))
        try:
            with published(running, asked_about) as engine:
                again = surprises([QUESTIONS[name] for name in wrong], engine, asked_about)
        finally:
            running.stop()
    sys.stderr.write(f"unlike the list: first {surprising}, then {again}\n")
    assert "differs" not in again.values(), f"first {surprising}, then {again}"


def _pages_know(running: Running, listed: Mapping[str, str], project: Project) -> None:
    """Pages in front of an engine know what it cannot answer."""
    with running.client() as client:
        target = client.target
    looked = Elsewhere(target, running.credentials, PATIENCE, project).look("")
    assert looked is not None
    assert looked[1].site.unfit == listed != {}
