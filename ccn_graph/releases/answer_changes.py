"""Which answers of the questions differ between two states of the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ccn_graph.errors import QuestionError
from ccn_graph.files.progress import Progress
from ccn_graph.graph.questions import Question
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Row
from ccn_graph.releases.data_states import DataState
from ccn_graph.text.today import today

#: So many of the things of a kind that have changed are set as a parameter in turn.
_MOST_SETTINGS = 5


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question, with its conditions as IRIs and texts, whose answer differs: rows before and after, and which."""

    question: Question
    settings: Mapping[str, str]
    before: int
    after: int
    gained: tuple[Row, ...]
    lost: tuple[Row, ...]


def between(
    old: DataState, new: DataState, asked: Mapping[str, Question], things: Iterable[str], progress: Progress | None
) -> list[AnswerChange]:
    """Ask every question of both states: as it stands, and with the `things` that have changed as parameters.

    The day of today is the same for both; the order of rows does not count.
    """
    by_kind = _by_kind(things)
    changes = []
    for done, question in enumerate(asked.values(), start=1):
        for settings in _settings(question, by_kind):
            before, after = (_answer(state, question, settings) for state in (old, new))
            if before != after:
                gained, lost = (tuple(sorted(rows.elements(), key=str)) for rows in (after - before, before - after))
                conditions = {name: value for name, value in settings.items() if not _is_today(question, name)}
                changes.append(AnswerChange(question, conditions, before.total(), after.total(), gained, lost))
        if progress:
            progress(done, len(asked))
    return changes


def _by_kind(things: Iterable[str]) -> dict[str, list[str]]:
    """Sort things by the kind of parameter that takes them, such as `city`: the part of the IRI before the name."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for iri in dict.fromkeys(things):
        if iri.startswith(namespaces.BASE):
            by_kind[iri.removeprefix(namespaces.BASE).partition("/")[0]].append(iri)
    return by_kind


def _settings(question: Question, by_kind: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    fixed = {dated.name: today().isoformat() for dated in question.parameters if dated.kind == "today"}
    yield fixed
    for parameter in question.parameters:
        for iri in by_kind.get(parameter.kind, ())[:_MOST_SETTINGS]:
            yield {**fixed, parameter.name: iri}


def _is_today(question: Question, name: str) -> bool:
    return any(parameter.name == name and parameter.kind == "today" for parameter in question.parameters)


def _answer(state: DataState, question: Question, settings: Mapping[str, str]) -> Counter[Row]:
    try:
        return Counter(state.engine.query(question.query(state.labels, settings)).rows())
    except QuestionError:
        # A thing that is on record in the other state only.
        return Counter()
