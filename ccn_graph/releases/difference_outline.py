"""Tells the difference between two states of the data: to people in headings and lines, to programs as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from ccn_graph.errors import shortened
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.releases.answer_changes import AnswerChange
from ccn_graph.releases.difference import Difference, RecordChange, Values
from ccn_graph.releases.difference_words import WORDS
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.text.outline import Outline, OutlineLine, OutlineSection

#: So many records of a class, and so many rows of an answer, are shown; JSON has all.
RECORDS, EXAMPLES = 40, 5

_MARKS = {"added": "+", "removed": "−", "ended": "±", "changed": "±", "gone": "−", "renamed": "±", "withdrawn": "−"}


def outline(difference: Difference, language: str) -> Outline:
    """Return what is to be read of a difference in a language."""
    return _Outliner(difference, language).outline()


class _Outliner:
    def __init__(self, difference: Difference, language: str) -> None:
        self._difference, self._language = difference, language

    def outline(self) -> Outline:
        sections = [*self._records(), *self._answers(), *self._documents(), *self._identifiers()]
        old, new = self._difference.old.name, self._difference.new.name
        lead = self._word("from-to", old=old, new=new)
        return Outline(self._word("title"), f"{lead}: {self._word('same')}" if not sections else lead, sections)

    def _word(self, key: str, **values: object) -> str:
        return WORDS[key][self._language].format(**values)

    def _section(self, key: str, lines: Iterable[OutlineLine], number: int) -> OutlineSection:
        return OutlineSection(f"{self._word(key)} ({number})", tuple(lines))

    def _records(self) -> Iterator[OutlineSection]:
        for class_, grouped in groupby(self._difference.records, lambda record: record.class_):
            records = list(grouped)
            yield self._section(
                class_, self._limited([self._record(record) for record in records], RECORDS), len(records)
            )

    def _limited(self, lines: Sequence[OutlineLine], most: int) -> list[OutlineLine]:
        more = [OutlineLine("", self._word("more", count=len(lines) - most))] if len(lines) > most else []
        return [*lines[:most], *more]

    def _record(self, change: RecordChange) -> OutlineLine:
        if change.kind in ("added", "removed"):
            values = change.after or change.before
            parts = [f"{self._name(name)} {self._values(values, name)}" for name in values]
        else:
            parts = [f"{self._name(name)} {self._values(change.before, name)} → {self._values(change.after, name)}"
                     for name in change.differing]  # fmt: skip
        label = self._difference.label(change.iri, self._language)
        return OutlineLine(
            _MARKS[change.kind], f"{label} ({self._word(change.kind)}): {self._word('comma').join(parts)}"
        )

    def _name(self, curie: str) -> str:
        return self._difference.label(namespaces.expand(curie) or curie, self._language)

    def _values(self, properties: Values, name: str) -> str:
        values = properties.get(name, ())
        if spoken := [value for value in values if value.endswith(f"@{self._language}")]:
            values = tuple(value.rpartition("@")[0] for value in spoken)
        return self._word("comma").join(map(self._value, values)) or self._word("nothing")

    def _value(self, text: str) -> str:
        is_iri = text.startswith(("http://", "https://"))
        return self._difference.label(text, self._language) if is_iri else shortened(text)

    def _answers(self) -> Iterator[OutlineSection]:
        answers = self._difference.answers
        if answers:
            yield OutlineSection(f"{self._word('answers')} ({len(answers)})")
        for change in answers:
            conditions = [f"{name} = {self._value(value)}" for name, value in change.settings.items()]
            name = self._word("comma").join([change.question.name, *conditions])
            rows = self._word("rows", before=change.before, after=change.after)
            headings = " | ".join(column.heading[self._language] for column in change.question.columns)
            lines = [OutlineLine("", headings), *self._rows("−", change.lost), *self._rows("+", change.gained)]
            yield OutlineSection(f"{change.question.title[self._language]} ({name}): {rows}", lines, level=3)

    def _rows(self, mark: str, rows: Sequence[Row]) -> list[OutlineLine]:
        return self._limited(
            [OutlineLine(mark, " | ".join(self._cell(cell) for cell in row)) for row in rows], EXAMPLES
        )

    def _cell(self, cell: Term | None) -> str:
        return "" if cell is None else self._value(str(getattr(cell, "value", cell)))

    def _documents(self) -> Iterator[OutlineSection]:
        documents, graphs = self._difference.contents["documents"], self._difference.contents["graphs"]
        changed = [
            (kind, entry["document"], _counts(entry)) for kind, entries in documents.items() for entry in entries
        ]
        changed += [("changed", entry["graph"], _counts(entry)) for entry in graphs]
        lines = [
            OutlineLine(_MARKS[kind], f"{self._value(iri)} ({self._word(kind)}; {self._word('statements', **counts)})")
            for kind, iri, counts in changed
        ]
        if lines:
            yield self._section("documents", self._limited(lines, RECORDS), len(lines))

    def _identifiers(self) -> Iterator[OutlineSection]:
        lines = [
            OutlineLine(_MARKS[kind], f"{namespaces.curie(iri)} ({self._word(kind)})"
                        + (f" → {namespaces.curie(iris[iri])}" if kind == "renamed" else ""))
            for kind, iris in self._difference.contents["identifiers"].items() for iri in iris
        ]  # fmt: skip
        if lines:
            yield self._section("identifiers", self._limited(lines, RECORDS), len(lines))


def _counts(change: dict[str, Any]) -> dict[str, int]:
    return {key: change[key] for key in ("added", "removed")}


def as_values(difference: Difference) -> dict[str, Any]:
    """Return all of a difference in plain values, with the names of the things in it in both languages."""
    answers = [_answer(change) for change in difference.answers]
    records = [{"iri": change.iri, "class": change.class_, "change": change.kind, "before": dict(change.before),
                "after": dict(change.after)} for change in difference.records]  # fmt: skip
    named = {iri for iri in _iris([records, answers]) if iri.startswith(namespaces.BASE)}
    return {
        "different": bool(difference),
        **{key: {"name": state.name, "version": state.version}
           for key, state in (("from", difference.old), ("to", difference.new))},
        "records": records,
        "answers": answers,
        **{key: difference.contents[key] for key in ("documents", "graphs", "identifiers")},
        "labels": {iri: {language: difference.label(iri, language) for language in LANGUAGES} for iri in sorted(named)},
    }  # fmt: skip


def _answer(change: AnswerChange) -> dict[str, Any]:
    names = [column.name for column in change.question.columns]
    gained, lost = (
        [{name: _plain(cell) for name, cell in zip(names, row, strict=False) if cell is not None} for row in rows]
        for rows in (change.gained, change.lost)
    )
    return {
        "question": change.question.name, "settings": dict(change.settings), "before": change.before,
        "after": change.after, "gained": gained, "lost": lost,
    }  # fmt: skip


def _plain(cell: Term) -> str:
    return cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else str(cell)


def _iris(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _iris(part)
