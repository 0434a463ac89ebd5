"""What differs between two states of the data: memberships, events, judgements, documents, IRIs and answers.

Statements are compared, not lines: their order, blanks and comments do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from ccn_graph.files.progress import Progress
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.releases import answer_changes, changes
from ccn_graph.releases.answer_changes import AnswerChange
from ccn_graph.releases.data_states import DataState

_RECORDS = query_file.own("releases", "preferred_records")

#: What is compared of each record, by its class, in the order in which it is told.
_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "Membership": ("org:member", "org:organization", "ccn:field", "ccn:since", "ccn:end", "ccn:state"),
    "Event": (
        "ccn:state", "ccn:start", "ccn:end", "ccn:plannedStart", "ccn:plannedEnd", "ccn:host", "ccn:venue", "ccn:mode",
        "ccn:editionOf", "ccn:ordinal",
    ),
    "Judgement": ("ccn:about", "ccn:property", "ccn:prefers", "ccn:reason"),
}  # fmt: skip

#: Property, as a prefixed name -> its values, as IRIs and texts.
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A membership, event or judgement that is `added`, `removed`, `ended` or `changed`, and what is said of it.

    `class_` is `Membership`, `Event` or `Judgement`.
    """

    iri: str
    class_: str
    kind: str
    before: Values
    after: Values

    @property
    def differing(self) -> list[str]:
        """The properties whose values differ, in their order."""
        return [name for name in _PROPERTIES[self.class_] if self.before.get(name) != self.after.get(name)]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs from one state to another; of what is the same there is nothing."""

    old: DataState
    new: DataState
    records: Sequence[RecordChange]
    contents: Mapping[str, Any]
    """Documents, other graphs and IRIs; see `changes.compared`."""
    answers: Sequence[AnswerChange]

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.records or self.answers or self.contents["graphs"] or any(self.contents["documents"].values()))

    def label(self, iri: str, language: str) -> str:
        """Name a thing as the newer state does, else as the older one."""
        newer = self.new.labels.of(iri, language)
        return newer if newer != namespaces.curie(iri) else self.old.labels.of(iri, language)


def between(
    old: DataState, new: DataState, here: Project, progress: Progress | None = None, *, answers: bool = True
) -> Difference:
    """Compare two states, with the questions of the newer one, or of `here` for a release. Raises QuestionError."""
    contents = changes.compared(old.contents, new.contents)
    records = [change for class_ in _PROPERTIES for change in _records(old, new, class_)]
    difference = Difference(old, new, records, contents, ())
    if not (answers and difference):
        return difference
    asked = questions.read_all(new.project or here)
    changed_answers = answer_changes.between(old, new, asked, things_of(difference), progress)
    return Difference(old, new, records, contents, changed_answers)


def things_of(difference: Difference) -> list[str]:
    """Return the things that the changed records speak of, and themselves, each once."""
    things = [value for record in difference.records for properties in (record.after, record.before)
             for values in properties.values() for value in values if value.startswith(namespaces.BASE)]  # fmt: skip
    return list(dict.fromkeys([*things, *(record.iri for record in difference.records)]))


def _records(old: DataState, new: DataState, class_: str) -> Iterator[RecordChange]:
    before, after = _said(old, class_), _said(new, class_)
    for iri in sorted(before.keys() | after.keys()):
        was, is_ = before.get(iri), after.get(iri)
        if was != is_:
            yield RecordChange(iri, class_, _kind(was, is_), was or {}, is_ or {})


def _kind(was: Values | None, is_: Values | None) -> str:
    if was is None or is_ is None:
        return "added" if was is None else "removed"
    has_ended = "ended" in is_.get("ccn:state", ()) and "ended" not in was.get("ccn:state", ())
    return "ended" if has_ended else "changed"


def _said(state: DataState, class_: str) -> dict[str, Values]:
    """Read what is compared of all records of a class: as preferred where that is derived, else as stated."""
    rows = state.engine.query(query_file.bind(_RECORDS, {
        "class": [ox.NamedNode(namespaces.CCN + class_)],
        "property": [ox.NamedNode(namespaces.expand(name) or "") for name in _PROPERTIES[class_]],
    })).rows()  # fmt: skip
    records: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record, property_, value in rows:
        if isinstance(record, ox.NamedNode) and isinstance(property_, ox.NamedNode):
            records[record.value][namespaces.curie(property_.value)].add(_text(value))
    return {
        iri: {name: tuple(sorted(properties[name])) for name in _PROPERTIES[class_] if name in properties}
        for iri, properties in records.items()
    }


def _text(value: object) -> str:
    language = getattr(value, "language", None)
    text = str(getattr(value, "value", value))
    return f"{text}@{language}" if language else text
