"""Reads a `.rq` file: a head of `#+ key: value` lines, then a query that runs as it stands in any SPARQL tool.

A parameter is a `VALUES` line of its own in the query: its default is visible, and binding it replaces what
stands in the braces by one serialised RDF term, never by text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import QuestionError
from ccn_graph.text.languages import Bilingual

_HEAD = re.compile(r"#\+ (\w+): (.+)")
_VALUES = re.compile(r"^(\s*VALUES \?(\w+) \{ )(.+)( \})\s*$", re.MULTILINE)


def own(room: str, name: str) -> str:
    """Return the text of a query that the program itself asks: `queries/NAME.rq` in a room of the package."""
    return (Path(__file__).parents[1] / room / "queries" / f"{name}.rq").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of an answer: variable, kind (`iri`, `date`, `number`, `text`) and heading."""

    name: str
    kind: str
    heading: Bilingual


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query: variable, kind (a class of things, `date`, `today`, `year`, …), heading, default."""

    name: str
    kind: str
    heading: Bilingual
    default: str


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A query file as read: its head, by key in order, and its text."""

    path: Path
    text: str
    head: tuple[tuple[str, str, int], ...]
    """(key, value, line) of every head line."""

    @property
    def name(self) -> str:
        """The name people ask by: the file's name without ending."""
        return self.path.stem

    def one(self, key: str) -> str:
        """Return the value of a key that must be there once. Raises QuestionError."""
        values = self.all(key)
        if len(values) != 1:
            wrong = "is missing" if not values else "stands more than once"
            raise QuestionError(f"head line '#+ {key}: …' {wrong}", path=self.path, line=1)
        return values[0]

    def all(self, key: str) -> list[str]:
        """Return every value of a key, in the order of the file."""
        return [value for head_key, value, _ in self.head if head_key == key]

    def bilingual(self, key: str) -> Bilingual:
        """Return `key_ja` and `key_en` together. Raises QuestionError if one is missing."""
        return {"ja": self.one(f"{key}_ja"), "en": self.one(f"{key}_en")}

    @property
    def columns(self) -> tuple[AnswerColumn, ...]:
        """The declared columns, in order."""
        return tuple(AnswerColumn(*self._declared(value)) for value in self.all("column"))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The declared parameters. Raises QuestionError for one without its VALUES line."""
        defaults = {match[2]: match[3] for match in _VALUES.finditer(self.text)}
        declared = []
        for value in self.all("param"):
            name, kind, heading = self._declared(value)
            if name not in defaults:
                wanted = f"the query has no line 'VALUES ?{name} {{ … }}' for its parameter"
                raise QuestionError(wanted, path=self.path, line=1)
            declared.append(Parameter(name, kind, heading, defaults[name]))
        return tuple(declared)

    def _declared(self, value: str) -> tuple[str, str, Bilingual]:
        match = re.fullmatch(r"(\w+)\s+([\w:]+)\s+(.+?) / (.+)", value)
        if not match:
            wanted = f"write 'name kind 見出し / heading' instead of '{value}'"
            raise QuestionError(wanted, path=self.path, line=self.line(value))
        return match[1], match[2], {"ja": match[3].strip(), "en": match[4].strip()}

    def line(self, value: str) -> int:
        """Return the line of the head that holds a value."""
        return next((line for _, head_value, line in self.head if head_value == value), 1)

    def bind(self, values: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
        """Return the query with the named parameters replaced, each by one serialised term."""
        return bind(self.text, {name: (term,) for name, term in values.items()})


def bind(text: str, values: Mapping[str, Iterable[ox.NamedNode | ox.Literal]]) -> str:
    """Put serialised terms into the `VALUES ?name { … }` lines of a query, in place of what stands there.

    Raises ValueError if there is no such line for a name: the query would ask for what it is written with.

    >>> print(bind("VALUES ?x { 1 }", {"x": [ox.Literal("} UNION {")]}))
    VALUES ?x { "} UNION {" }
    """

    def replace(match: re.Match[str]) -> str:
        terms = values.get(match[2])
        return match[0] if terms is None else f"{match[1]}{' '.join(map(str, terms))}{match[4]}"

    missing = values.keys() - {match[2] for match in _VALUES.finditer(text)}
    if missing:
        raise ValueError(f"the query has no line of its own for VALUES ?{min(missing)}")
    return _VALUES.sub(replace, text)


def read(path: Path, keys: set[str]) -> QueryFile:
    """Read a query file whose head may hold `keys`. Raises QuestionError for anything else, with its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"cannot be read: {error}", path=path, line=1) from error
    head = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            continue
        match = _HEAD.fullmatch(line.rstrip())
        if not match:
            raise QuestionError("a head line reads '#+ key: value'", path=path, line=number)
        if match[1] not in keys:
            allowed = ", ".join(sorted(keys))
            raise QuestionError(f"unknown head key '{match[1]}'; known are {allowed}", path=path, line=number)
        head.append((match[1], match[2].strip(), number))
    return QueryFile(path, text, tuple(head))
