"""A draft is measured on texts that lie beside the project, and not in it."""

from __future__ import annotations

import os

import pytest

from ccn_graph.graph.graph import Graph
from tests import drafting_score
from tests.drafting_score import SEEN, SHARED, SOURCES, UNSEEN

# In CI they have to be there.
pytestmark = pytest.mark.skipif(
    not (SHARED / "sources").is_dir() and not os.environ.get("CI"), reason="the texts are not part of the project"
)


def test_of_the_sources_nearly_all_that_is_said_is_right_and_most_is_found(graph: Graph) -> None:
    whole = drafting_score.group(graph, SOURCES, entries=False)["all"]
    assert whole.precision >= 0.98, whole.wrong
    assert whole.recall >= 0.80


def test_of_texts_that_were_seen_most_is_found(graph: Graph) -> None:
    whole = drafting_score.group(graph, SEEN, entries=True)["all"]
    assert whole.precision >= 0.93, whole.wrong
    assert whole.recall >= 0.80


def test_of_texts_that_were_never_seen_what_is_said_is_right(graph: Graph) -> None:
    whole = drafting_score.group(graph, UNSEEN, entries=True)["all"]
    assert whole.precision >= 0.85, whole.wrong
    assert whole.recall >= 0.20
