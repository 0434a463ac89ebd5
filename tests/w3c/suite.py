"""Runs whole suites against servers and gathers what fails.

Every query is asked on one server that holds the data of all tests, its dataset chosen by the parameters of the
protocol: that takes milliseconds. Datasets with named graphs, and those of many tests, are also asked on their own, so
that the own default graph and named graphs of what is served are judged as well: one by a server, the others by its
engine in this process; with CCN_W3C_SERVERS set, all by servers of their own, which takes a minute.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.w3c import datasets, description, federation, judge, protocol
from tests.w3c.loaded import Loaded
from tests.w3c.manifest import SUITES, SUITES_12, Case, Dataset, cases
from tests.w3c.running import Answering, Endpoint, running, serving

KNOWN_FAILURES = Path(__file__).with_name("known_failures.toml")

#: From so many tests on, a dataset is worth starting a server of its own.
_MANY = 10

#: A suite of default and named graphs that is always asked of servers.
_BY_SERVERS = "exists"

Outcome = dict[str, str]
"""Test -> what is wrong, empty if it passes."""


def known_failures() -> dict[str, Mapping[str, str]]:
    """Read the list: suite -> test -> why it fails."""
    return tomllib.loads(KNOWN_FAILURES.read_text(encoding="utf-8"))


@contextmanager
def serving_all(directory: Path) -> Iterator[Endpoint]:
    """Serve the data of all suites, each file as a named graph."""
    everything = [case for suite in (*SUITES, *SUITES_12) for case in cases(suite)]
    with running(*serving(datasets.write_all(directory / "all.nq", everything))) as endpoint:
        yield endpoint


def run_queries(suite: str, shared: Endpoint, directory: Path) -> Outcome:
    """Run a suite of queries."""
    found = cases(suite)
    if suite in federation.SUITES:
        with federation.calling_itself(datasets.write_all(directory / f"{suite}.nq", found)) as endpoint:
            return {case.name: _judged(federation.rewritten(case, endpoint), endpoint, shared=True) for case in found}
    outcome = {case.name: _judged(case, shared, shared=True) for case in found}
    for number, dataset in enumerate(_worth_a_server(found)):
        passed = [case for case in found if case.dataset == dataset and not outcome[case.name]]
        if not passed:
            continue
        file = datasets.write(directory / f"{suite.replace('/', '-')}-{number}.nq", dataset)
        with _served(suite, file) as endpoint:
            outcome |= {case.name: _judged(case, endpoint, shared=False) for case in passed}
    return outcome


@contextmanager
def _served(suite: str, file: Path) -> Iterator[Answering]:
    if suite == _BY_SERVERS or os.environ.get("CCN_W3C_SERVERS"):
        with running(*serving(file)) as endpoint:
            yield endpoint
    else:
        yield Loaded(file)


def _worth_a_server(found: list[Case]) -> list[Dataset]:
    asked = Counter(case.dataset for case in found)
    return [dataset for dataset, tests in asked.items() if dataset.named or (dataset.default and tests >= _MANY)]


def _judged(case: Case, endpoint: Answering, *, shared: bool) -> str:
    wrong = judge.judge(case, endpoint, datasets.parameters(case) if shared else [])
    return f"{wrong} ({'chosen by parameters' if shared else 'of the server itself'})" if wrong else ""


def run_protocol(directory: Path) -> Outcome:
    """Run the part of the protocol suite that needs no updates."""
    found = protocol.read_only_cases()
    with running(*serving(protocol.write_data(directory / "protocol.nq", found))) as endpoint:
        return {case.name: protocol.judge(case, endpoint) for case in found}


def run_description(shared: Endpoint) -> Outcome:
    """Run the service description suite."""
    return {name: description.judge(name, shared) for name in description.names()}
