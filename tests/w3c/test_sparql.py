from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import some
from tests.w3c import suite
from tests.w3c.manifest import SUITES, SUITES_12, directory
from tests.w3c.running import Endpoint
from tests.w3c.suite import Outcome


@pytest.fixture(scope="module", autouse=True)
def _suites_are_here() -> None:
    if directory() is None:
        reason = "the W3C suites are not here: set CCN_W3C to a directory with w3c/rdf-tests' sparql11 in it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One server with the data of all suites."""
    with suite.serving_all(tmp_path_factory.mktemp("w3c")) as endpoint:
        yield endpoint


def compare(name: str, outcome: Outcome) -> None:
    """The tests of a suite that fail must be those on the list of known failures."""
    listed = suite.known_failures().get(name, {})
    failing = {test.removeprefix(f"{name}/"): wrong for test, wrong in outcome.items() if wrong}
    assert outcome
    assert {test: failing[test] for test in failing.keys() - listed.keys()} == {}, "these fail and are not listed"
    assert {test: listed[test] for test in listed.keys() - failing.keys()} == {}, "these are listed and do not fail"


@pytest.mark.parametrize("name", [*SUITES, *SUITES_12])
def test_a_suite_of_queries_fails_where_it_is_known_to_and_nowhere_else(
    name: str, shared: Endpoint, tmp_path: Path
) -> None:
    compare(name, suite.run_queries(name, shared, tmp_path))


def test_the_protocol_is_kept_in_all_that_needs_no_update(tmp_path: Path) -> None:
    outcome = suite.run_protocol(tmp_path)
    assert len(outcome) == 27
    compare("protocol", outcome)


def test_the_service_describes_itself_as_the_vocabulary_has_it(shared: Endpoint) -> None:
    compare("service-description", suite.run_description(shared))


def test_of_sparql_12_no_more_fails_than_the_engine_itself_fails() -> None:
    listed = suite.known_failures()
    assert sum(len(listed.get(name, {})) for name in SUITES_12) <= 5


def test_every_known_failure_has_a_reason_and_a_suite_that_is_run() -> None:
    listed = suite.known_failures()
    assert listed.keys() <= {*SUITES, *SUITES_12, "protocol", "service-description"}
    assert all(reason for tests in some(listed.values()) for reason in tests.values())
