"""The circuit breaker before an engine that is away."""

from __future__ import annotations

import pytest

from ccn_graph.workers.circuit_breaker import FAILURES, PAUSE, Breaker


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_failures_in_a_row_open_it_for_a_pause(clock: list[float]) -> None:
    circuit = Breaker()
    for _ in range(FAILURES - 1):
        circuit.note("engine-unavailable")
    assert not circuit.trouble
    circuit.note("engine-unavailable")
    assert circuit.trouble
    clock[0] += PAUSE
    assert not circuit.trouble, "one may try"
    circuit.note("engine-unavailable")
    assert circuit.trouble, "and failed"
    clock[0] += PAUSE
    circuit.note("answered")
    circuit.note("engine-unavailable")
    assert not circuit.trouble, "one failure is none in a row"


def test_failures_between_answers_and_other_outcomes_do_not_open_it(clock: list[float]) -> None:
    assert clock
    circuit = Breaker()
    for outcome in ("engine-unavailable", "answered", "engine-failed", "timed-out") * 10:
        circuit.note(outcome)
    assert not circuit.trouble


def test_who_watches_the_engine_opens_and_closes_it_at_once(clock: list[float]) -> None:
    circuit = Breaker()
    circuit.hear(away=True)
    clock[0] += 10 * PAUSE
    circuit.note("answered")
    assert circuit.trouble
    for _ in range(FAILURES):
        circuit.note("engine-unavailable")
    circuit.hear(away=False)
    assert not circuit.trouble
