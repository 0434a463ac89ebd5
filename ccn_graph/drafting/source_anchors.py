"""Anchors of places in documents: hashes by which a curator's own copy tells whether a source still says what it said.

No word of a source is kept: of each place a hash of its text, and one of how it begins, by which it is found again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from enum import Enum
from pathlib import Path

from ccn_graph.drafting import source_text
from ccn_graph.drafting.source_text import SourceLine
from ccn_graph.errors import CcnError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.text import normalisation
from ccn_graph.text.languages import Bilingual

#: The file in the data that holds the anchors of all documents.
NAME = "anchors.csv"

#: So many characters of a place tell how it begins.
_BEGINNING = 16

_MARKED = re.compile(r"\bll?\.\s?(\d+(?:[-–]\d+)?(?:, ?\d+(?:[-–]\d+)?)*)")
_RANGE = re.compile(r"(\d+)(?:[-–](\d+))?")
_LOCATOR = namespaces.CCN + "locator"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a document, by its short name and the locator; without a locator the whole of it.

    `lines` is how many lines the place spans, 0 for what names no line; `text` and `beginning` are hashes.
    """

    document: str
    locator: str
    lines: int
    text: str
    beginning: str


class Drift(Enum):
    """What has become of a place in a copy."""

    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    ELSEWHERE = "elsewhere"
    """No place on record, but other words of the document."""


TOLD: Mapping[Drift, Bilingual] = {
    Drift.MOVED: {"ja": "同じ文が別の行にある", "en": "the same text stands at another line"},
    Drift.CHANGED: {"ja": "同じ書き出しで、続きが変わった", "en": "it begins as before and goes on otherwise"},
    Drift.GONE: {"ja": "もう見つからない", "en": "it is not found any more"},
    Drift.ELSEWHERE: {
        "ja": "記録の拠り所ではない箇所が変わった",
        "en": "other places than those on record have changed",
    },
}


@dataclass(frozen=True, slots=True)
class DriftedPlace:
    """A place that no longer matches, and the line (1 is the first) at which it is perhaps now; 0 if nowhere."""

    anchor: Anchor
    drift: Drift
    line: int = 0


class LocalCopy:
    """The text of a document as a curator has it: blanks, width of letters and the form of the file do not count."""

    def __init__(self, lines: Sequence[SourceLine]) -> None:
        """Take the lines of a file, as `readers` gives them."""
        self._lines = {line.number: normalisation.normal(line.text) for line in lines}
        self._sections: dict[str, list[str]] = {}
        for sentence in source_text.sentences(lines):
            for heading in sentence.headings:
                self._sections.setdefault(normalisation.normal(heading.text), []).append(sentence.text)
        self._windows: dict[int, dict[str, int]] = {}

    def anchor(self, document: str, locator: str) -> Anchor:
        """Make the anchor of a place; one without lines rests on the section of that heading, else on all."""
        ranges = _ranges(locator)
        text = self._at(ranges) if ranges else self._section(locator)
        lines = ranges[0][1] - ranges[0][0] + 1 if len(ranges) == 1 else 0
        return Anchor(document, locator, lines, _hash(text), _hash(text[:_BEGINNING]))

    def compare(self, anchor: Anchor) -> DriftedPlace | None:
        """Tell what has become of a place; None if it is as it was."""
        now = self.anchor(anchor.document, anchor.locator)
        if now.text == anchor.text:
            return None
        if not anchor.lines:
            return DriftedPlace(anchor, Drift.CHANGED if anchor.locator else Drift.ELSEWHERE)
        if moved := self._window(anchor.lines).get(anchor.text):
            return DriftedPlace(anchor, Drift.MOVED, moved)
        begun = [number for number, text in self._lines.items() if _hash(text[:_BEGINNING]) == anchor.beginning]
        if not begun:
            return DriftedPlace(anchor, Drift.GONE)
        was = _ranges(anchor.locator)[0][0]
        return DriftedPlace(anchor, Drift.CHANGED, min(begun, key=lambda number: abs(number - was)))

    def _at(self, ranges: Iterable[tuple[int, int]]) -> str:
        numbers = (
            number for first, last in ranges for number in range(first, min(last, max(self._lines, default=0)) + 1)
        )
        return normalisation.normal(" ".join(self._lines.get(number, "") for number in numbers))

    def _section(self, locator: str) -> str:
        lines = self._sections.get(normalisation.normal(locator))
        return normalisation.normal(" ".join(lines if lines is not None else self._lines.values()))

    def _window(self, lines: int) -> dict[str, int]:
        """Return where each text of so many lines begins."""
        if lines not in self._windows:
            texts = ((number, self._at([(number, number + lines - 1)])) for number in reversed(self._lines))
            self._windows[lines] = {_hash(text): number for number, text in texts}
        return self._windows[lines]


def _ranges(locator: str) -> list[tuple[int, int]]:
    """Read the lines that a locator names: `Members, l. 3-5; Title, l. 9` are 3 to 5 and 9."""
    ranges = [part for marked in _MARKED.findall(locator) for part in _RANGE.findall(marked)]
    return [(int(first[:9]), int((last or first)[:9])) for first, last in ranges]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def locators(graph: Graph) -> dict[str, list[str]]:
    """Return the places on record in each document, by its short name."""
    return {
        read.path.stem: sorted({statement.object.value for statement in read.statements
                                if statement.predicate.value == _LOCATOR and hasattr(statement.object, "value")})
        for read in graph.documents
    }  # fmt: skip


def anchors(document: str, copy: LocalCopy, places: Iterable[str]) -> Iterator[Anchor]:
    """Make the anchors of the places of a document, and that of the whole of it."""
    for locator in ("", *places):
        yield copy.anchor(document, locator)


def drifted(copy: LocalCopy, kept_anchors: Iterable[Anchor]) -> list[DriftedPlace]:
    """Return the places that no longer match; that other words have changed is told only if no place has."""
    drifted_places = [place for anchor in kept_anchors if (place := copy.compare(anchor))]
    return [place for place in drifted_places if place.drift is not Drift.ELSEWHERE] or drifted_places


def read(path: Path) -> dict[str, list[Anchor]]:
    """Read the anchors of all documents, by short name; none if there is no file. Raises CcnError with its line."""
    kept_anchors: dict[str, list[Anchor]] = {}
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error) as error:
        raise CcnError(f"{path} cannot be read: {error}") from error
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(fields(Anchor)) or not re.fullmatch(r"\d{1,6}", row[2]):
            raise CcnError(f"{path}:{number}: a row has document, locator, lines, text and beginning; record it anew")
        kept_anchors.setdefault(row[0], []).append(Anchor(row[0], row[1], int(row[2]), row[3], row[4]))
    return kept_anchors


def written(kept_anchors: Mapping[str, Iterable[Anchor]]) -> str:
    """Write the anchors of all documents, in their order."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(column.name for column in fields(Anchor))
    rows.writerows(astuple(anchor) for document in sorted(kept_anchors) for anchor in kept_anchors[document])
    return text.getvalue()
