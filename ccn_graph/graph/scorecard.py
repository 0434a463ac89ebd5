"""The scorecard: what networks and cities lack, and what has changed since a release.

The question `scorecard` computes it; a release holds its answer, so that a later one can be compared.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError
from ccn_graph.graph import questions
from ccn_graph.graph.graph import Graph
from ccn_graph.text.languages import Bilingual

_NAME = "scorecard"


class Aspect(Enum):
    """In what way the evidence of a thing falls short."""

    MISSING = "missing"
    STALE = "stale"
    SINGLE_SOURCE = "single-source"
    CONTRADICTION = "contradiction"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One row: the IRI of a network or city, in what way it falls short, and what to do next.

    `what` is the IRI of the property or class concerned. `number` counts records, of STALE it is the age in years; None
    is an unknown number.
    """

    thing: str
    aspect: Aspect
    what: str
    number: int | None
    step: Bilingual


@dataclass(frozen=True, slots=True)
class ShortcomingChange:
    """What became of a shortcoming: `before` is None for a new one, `now` for one that was mended."""

    before: Shortcoming | None
    now: Shortcoming | None

    @property
    def of(self) -> Shortcoming:
        """The shortcoming that changed, as it is now if it is still there."""
        shortcoming = self.now or self.before
        assert shortcoming
        return shortcoming


def shortcomings(graph: Graph, *, years: int = 5, today: str | None = None) -> list[Shortcoming]:
    """Compute the scorecard; evidence older than `years` is stale on `today` (YYYY-MM-DD, default: the current day).

    Raises QuestionError if the project lacks the question.
    """
    settings = {"years": str(years)} | ({"today": today} if today else {})
    rows = questions.ask(graph, _NAME, **settings)
    return [_shortcoming([None if term is None else _text(term) for term in row]) for row in rows]


def of_release(directory: Path) -> list[Shortcoming]:
    """Read the scorecard that a release holds. Raises CcnError if there is none."""
    path = directory / "questions" / f"{_NAME}.csv"
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        return [_shortcoming([cell or None for cell in row]) for row in rows[1:]]
    except OSError as error:
        raise CcnError(f"{directory} is no release with a scorecard: {path} cannot be read") from error
    except ValueError as error:
        raise CcnError(f"{path} is no scorecard: {error}") from error


def changes(before: Iterable[Shortcoming], now: Iterable[Shortcoming]) -> list[ShortcomingChange]:
    """Tell what is new, what was mended and what has another number, in the order of things."""
    was, is_ = (
        {(shortcoming.thing, shortcoming.aspect.value, shortcoming.what): shortcoming for shortcoming in some}
        for some in (before, now)
    )
    changed = []
    for key in sorted(was.keys() | is_.keys()):
        change = ShortcomingChange(was.get(key), is_.get(key))
        if change.before is None or change.now is None or change.before.number != change.now.number:
            changed.append(change)
    return changed


def _shortcoming(cells: list[str | None]) -> Shortcoming:
    match cells:
        case [str(thing), str(aspect), str(what), number, ja, en]:
            counted = None if number is None else int(number)
            return Shortcoming(thing, Aspect(aspect), what, counted, {"ja": ja or "", "en": en or ""})
    raise ValueError(f"a row has {len(cells)} cells that do not fit")


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
