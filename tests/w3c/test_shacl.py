from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.conftest import some
from tests.w3c import shacl

KNOWN = tomllib.loads(Path(__file__).with_name("known_shacl_failures.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _suites_are_here() -> None:
    if shacl.directory() is None:
        reason = "the W3C suites are not here: set CCN_W3C to a directory with the data-shapes tests in shacl/tests"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.mark.parametrize("suite", shacl.SUITES)
def test_a_suite_fails_where_it_is_known_to_and_no_more_than_with_pyshacl(suite: str) -> None:
    cases = list(shacl.cases(suite))
    ours = {case.name: wrong for case in cases if (wrong := shacl.judged(case, shacl.ours))}
    second = {case.name: wrong for case in cases if (wrong := shacl.judged(case, shacl.ours_with_pyshacl))}
    plain = {case.name: wrong for case in cases if (wrong := shacl.judged(case, shacl.plain))}
    assert len(cases) == {"core": 98, "sparql": 23}[suite]
    assert ours.keys() == {name for name in KNOWN["ours"] if name.startswith(suite)}, ours
    assert second.keys() == {name for name in KNOWN["pyshacl"] if name.startswith(suite)}, second
    assert plain.keys() == {name for name in KNOWN["pyshacl"] if name.startswith(suite)}, plain
    assert len(ours) <= len(plain)


def test_every_known_failure_has_a_reason() -> None:
    assert all(reason for failures in some(KNOWN.values()) for reason in failures.values())
