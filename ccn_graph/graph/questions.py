"""Questions: named queries with a bilingual head, typed columns and parameters."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ccn_graph.errors import QuestionError
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.labels import Labels, nearest
from ccn_graph.graph.project import Project
from ccn_graph.graph.rows import Rows
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.query_file import AnswerColumn, Parameter, QueryFile
from ccn_graph.text import xsd
from ccn_graph.text.languages import Bilingual
from ccn_graph.text.today import today as date_of_today

if TYPE_CHECKING:
    from ccn_graph.graph.connection import Connection

_KEYS = {
    "number", "theme", "title_ja", "title_en", "question_ja", "question_en", "method_ja", "method_en",
    "param", "column", "chart",
}  # fmt: skip

#: Kinds of parameter that are literals -> their datatype; every other kind is a class of things.
_LITERALS = {"date": "date", "today": "date", "year": "gYear", "number": "integer", "text": "string"}

_LEXICAL = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "today": r"\d{4}-\d{2}-\d{2}",
    "year": r"\d{4}",
    "number": r"-?\d{1,18}",
    "text": r"(?s).*",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A way to draw an answer, such as `map` or `bars` (see `pages.charts`), and role -> column."""

    kind: str
    columns: Mapping[str, str]
    text: str
    """As the question has it."""

    @staticmethod
    def of(text: str) -> Chart:
        """Read `KIND role=column …`."""
        kind, *parts = text.split()
        return Chart(kind, {role: name for role, _, name in (part.partition("=") for part in parts)}, text)


@dataclass(frozen=True)
class Question:
    """A question that people ask, read from `queries/questions/NAME.rq`."""

    file: QueryFile

    @property
    def name(self) -> str:
        """The name to ask by."""
        return self.file.name

    @cached_property
    def number(self) -> int:
        """Its number among the competency questions."""
        return int(self.file.one("number"))

    @cached_property
    def theme(self) -> str:
        """What it is about: membership, fields, events, people, history or evidence."""
        return self.file.one("theme")

    @cached_property
    def title(self) -> Bilingual:
        """A short heading."""
        return self.file.bilingual("title")

    @cached_property
    def text(self) -> Bilingual:
        """The question in words."""
        return self.file.bilingual("question")

    @cached_property
    def method(self) -> Bilingual:
        """How the answer is computed and what limits it."""
        return self.file.bilingual("method")

    @cached_property
    def columns(self) -> tuple[AnswerColumn, ...]:
        """The columns of the answer, in order."""
        return self.file.columns

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be set."""
        return self.file.parameters

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """How the answer is to be drawn."""
        return tuple(Chart.of(value) for value in self.file.all("chart") if value.strip())

    @cached_property
    def plain(self) -> str:
        """The query as it stands, for any SPARQL tool: without the head, which is for our own programs."""
        return "\n".join(line for line in self.file.text.splitlines() if not line.startswith("#+")).strip() + "\n"

    def query(self, labels: Labels, settings: Mapping[str, str] | None = None) -> str:
        """Return the query text with parameters bound: `settings` as people write them, the current day for `today`.

        A thing is written as slug, prefixed name, IRI or label. Raises QuestionError for an unknown parameter
        or a value that does not fit.
        """
        settings = dict(settings or {})
        bound: dict[str, ox.NamedNode | ox.Literal] = {}
        for parameter in self.parameters:
            value = settings.pop(parameter.name, None)
            if value is None and parameter.kind == "today":
                value = date_of_today().isoformat()
            if value is not None:
                bound[parameter.name] = term(parameter, value, labels)
        if settings:
            names = ", ".join(parameter.name for parameter in self.parameters) or "none"
            raise QuestionError(f"'{self.name}' has no parameter '{next(iter(settings))}'; it has: {names}")
        return self.file.bind(bound)


def read_all(project: Project) -> dict[str, Question]:
    """Read every question of a project, by name, in the order of their numbers. Raises QuestionError."""
    questions = [Question(query_file.read(path, _KEYS)) for path in project.questions]
    return {question.name: question for question in sorted(questions, key=lambda asked: (asked.number, asked.name))}


def find(questions: Mapping[str, Question], name: str) -> Question:
    """Find a question by name or number. Raises QuestionError with near names for an unknown one."""
    for question in questions.values():
        if name in (question.name, str(question.number)):
            return question
    hint = _hint(nearest(name, questions))
    raise QuestionError(f"no question is called '{name}'{hint}; `ccn-graph ask --list` shows all")


def term(parameter: Parameter, value: str, labels: Labels) -> ox.NamedNode | ox.Literal:
    """Return what a person wrote for a parameter as a thing or a literal. Raises QuestionError if it fits none."""
    if parameter.kind in _LITERALS:
        return _literal(parameter, unicodedata.normalize("NFKC", value).strip())
    iri = labels.find(parameter.kind, value)
    if iri is None:
        hint = _hint(labels.near(parameter.kind, value))
        raise QuestionError(f"the graph knows no {parameter.kind} '{value}'{hint}")
    return ox.NamedNode(iri)


def _hint(near: list[str]) -> str:
    return f"; did you mean {', '.join(near)}?" if near else ""


def _literal(parameter: Parameter, value: str) -> ox.Literal:
    wanted = {"date": "YYYY-MM-DD", "today": "YYYY-MM-DD", "year": "YYYY", "number": "a whole number"}
    valid = re.fullmatch(_LEXICAL[parameter.kind], value, re.ASCII) is not None
    datatype = namespaces.PREFIXES["xsd"] + _LITERALS[parameter.kind]
    valid = valid and xsd.is_valid(value, datatype) is not False
    if valid and parameter.kind in ("date", "today"):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            valid = False
    if not valid:
        raise QuestionError(f"'{value}' does not fit {parameter.name}; write {wanted[parameter.kind]}")
    return ox.Literal(value, datatype=ox.NamedNode(datatype))


def ask(graph: Graph | Connection, name: str, **settings: str) -> Rows:
    """Ask the question called `name`, with its parameters as `settings`, and give its rows.

    A server is asked as a graph is; see `ccn_graph.connect`.

    Raises QuestionError for an unknown name or parameter, saying what is near.

    >>> from ccn_graph import ask, load
    >>> len(ask(load(), "members-on-date", network="uccn", date="2000-01-01"))
    0
    """
    if not isinstance(graph, Graph):
        return graph.ask(name, **settings)
    if graph.project is None:
        raise QuestionError("this graph was read from single files and knows no questions; use load()")
    question = find(read_all(graph.project), name)
    answer = graph.query(question.query(graph.labels, settings))
    return Rows(answer.variables, answer.rows(), graph.labels)
