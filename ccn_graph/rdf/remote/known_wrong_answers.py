"""Which questions an engine is known not to answer rightly: better no answer than a wrong one."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

_LIST = Path(__file__).with_suffix(".toml")


def of(server: str) -> dict[str, str]:
    """Return the questions that must not be asked of the engine that calls itself `server`, and what came of them.

    >>> of("oxigraph/0.5.5")
    {}
    """
    listed = (questions for name, questions in _read().items() if server.startswith(name))
    return {question: outcome for questions in listed for question, outcome in questions.items()}


@functools.cache
def _read() -> Mapping[str, Mapping[str, str]]:
    answers: dict[str, dict[str, str]] = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    return answers
