"""An answer as a table for people: languages side by side become one, what it rests on stands apart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup, escape

from ccn_graph.graph.labels import Labels
from ccn_graph.graph.questions import Question
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.rdf.engine import Answer
from ccn_graph.rdf.query_file import AnswerColumn
from ccn_graph.rdf.terms import Row, Term

#: So many rows are read for a page at most, and shown at once. Downloads have no such limits.
MOST_ROWS = 20_000
PAGE_ROWS = 100

_IN_LANGUAGE = re.compile(r"(.+)(Ja|En)")
_LANGUAGE_SAID = re.compile(r"\s*\((?:日本語|英語|Japanese|English)\)$")
_EVIDENCE = re.compile(r"document|locator|\w*(?:Document|Locator)")


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column of the table, and the columns of the answer it shows."""

    text: str
    kind: str
    """`iri`, `date`, `number`, `text`, or `evidence`: a document and the place in it."""
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownRows:
    """The rows of an answer as far as they were read."""

    rows: tuple[Row, ...]
    whole: bool
    """Whether these are all."""

    @staticmethod
    def read(answer: Answer) -> ShownRows:
        """Read at most `MOST_ROWS` rows."""
        rows = tuple(itertools.islice(answer.rows(), MOST_ROWS + 1))
        return ShownRows(rows[:MOST_ROWS], len(rows) <= MOST_ROWS)

    @property
    def pages(self) -> int:
        """How many pages show them; one if there are none."""
        return max(1, -(-len(self.rows) // PAGE_ROWS))

    def page(self, number: int) -> Sequence[Row]:
        """Return the rows of a page, the first being 1."""
        return self.rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]


def heads(question: Question, language: str) -> list[Head]:
    """Lay out the columns of a question: first what it answers, then what that rests on."""
    columns = question.columns
    place = {column.name: number for number, column in enumerate(columns)}
    answers, evidence, done = list[Head](), list[Head](), set[str]()
    for column in columns:
        if column.name in done:
            continue
        head = _bilingual(column, place, language) or _resting(column, place, language)
        if head is None:
            head = Head(column.heading[language], column.kind, (place[column.name],))
        done |= {columns[number].name for number in head.sources}
        (evidence if head.kind == "evidence" else answers).append(_headed(head, columns, language))
    return [*answers, *evidence]


def _bilingual(column: AnswerColumn, place: dict[str, int], language: str) -> Head | None:
    match = _IN_LANGUAGE.fullmatch(column.name)
    if column.kind != "text" or not match or not {f"{match[1]}Ja", f"{match[1]}En"} <= place.keys():
        return None
    first, second = ("Ja", "En") if language == "ja" else ("En", "Ja")
    return Head("", "text", (place[match[1] + first], place[match[1] + second]))


def _resting(column: AnswerColumn, place: dict[str, int], language: str) -> Head | None:
    if not _EVIDENCE.fullmatch(column.name):
        return None
    locator = place.get(re.sub("document$", "locator", re.sub("Document$", "Locator", column.name)))
    sources = (place[column.name],) if locator is None else tuple(dict.fromkeys((place[column.name], locator)))
    return Head(column.heading[language], "evidence", sources)


def _headed(head: Head, columns: Sequence[AnswerColumn], language: str) -> Head:
    text = head.text or _LANGUAGE_SAID.sub("", columns[head.sources[0]].heading[language])
    return Head(text, head.kind, head.sources)


class Body:
    """Writes rows as the body of a table: not by a template, for a table may have thousands of cells."""

    def __init__(self, context: RenderContext, labels: Labels, heads: Sequence[Head]) -> None:
        """Write what belongs under `heads` for the reader of `context`."""
        self._context = context
        self._labels = labels
        self._heads = heads
        self._nothing = f'<span class="visually-hidden">{escape(context.text("question.none"))}</span>'
        self._known: dict[tuple[str, Term], tuple[str, str]] = {}

    def write(self, rows: Iterable[Row]) -> Markup:
        """Write some rows. A cell says in `data-value` what it is sorted by, unless that is its text."""
        written = (f"<tr>{''.join(self._cell(head, row) for head in self._heads)}</tr>" for row in rows)
        return Markup("\n".join(written))  # noqa: S704 - all that is said in it has been escaped

    def _cell(self, head: Head, row: Row) -> str:
        values = [value for source in head.sources if (value := row[source]) is not None]
        if not values:
            return f'<td class="{head.kind}">{self._nothing}</td>'
        # A text is there in two languages, and the first is the reader's; evidence is a document and a place in it.
        parts = [self._part(head, value) for value in values[: 2 if head.kind == "evidence" else 1]]
        order = f' data-value="{parts[0][1]}"' if head.kind in ("iri", "date", "evidence") else ""
        return f'<td class="{head.kind}"{order}>{" ".join(text for text, _ in parts)}</td>'

    def _part(self, head: Head, value: Term) -> tuple[str, str]:
        """Return a value as markup, and what it is sorted by."""
        cell = self._known.get((head.kind, value))
        if cell is None:
            cell = self._known[head.kind, value] = self._written(head, value)
        return cell

    def _written(self, head: Head, value: Term) -> tuple[str, str]:
        if isinstance(value, ox.NamedNode):
            order, _ = self._labels.order(value.value, self._context.language)
            return str(self._context.thing(value.value)), str(escape(order))
        text = str(getattr(value, "value", value))
        plain = str(escape(text))
        if head.kind == "evidence":
            return f'<span class="locator">{escape(self._context.locator(text))}</span>', plain
        if head.kind == "date":
            return str(self._context.date(text)), plain
        language = value.language if isinstance(value, ox.Literal) else None
        if language and language != self._context.language:
            return f'<span lang="{escape(language)}">{plain}</span>', plain
        return plain, plain


def things(rows: Iterable[Row]) -> list[str]:
    """Return every thing in some rows, each once."""
    return list(dict.fromkeys(value.value for row in rows for value in row if isinstance(value, ox.NamedNode)))
