"""Records: what documents say of one subject, each value with its evidence and how it stands beside the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.text import intervals

Node = ox.NamedNode | ox.Literal

_INTEGER = ox.NamedNode(namespaces.PREFIXES["xsd"] + "integer")

LOCATOR = namespaces.CCN + "locator"
SOURCE = namespaces.PREFIXES["dcterms"] + "source"

#: What can have only one value in the world, so that two values of two documents are a disagreement
#: (the rule documents-disagree has the same list).
_SINGLE = frozenset(
    namespaces.CCN + name for name in ("start", "end", "date", "ordinal", "host", "mode", "value", "field")
)


class Standing(Enum):
    """How a value stands beside those of other documents."""

    UNDISPUTED = "undisputed"
    PREFERRED = "preferred"
    SET_ASIDE = "set-aside"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value rests on: a document and the places in it, or, for a register entry, documents without a place."""

    graph: str
    document: str | None
    locators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value with its evidence and, where documents disagree, how it stands and the reasons given for that."""

    term: Node
    evidence: tuple[Evidence, ...]
    standing: Standing = Standing.UNDISPUTED
    reasons: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    """The IRI of what it is said of."""
    name: str = ""
    """The IRI of its property."""

    @property
    def text(self) -> str:
        """The IRI or the text."""
        return self.term.value

    @property
    def language(self) -> str:
        """The language of a text; empty for what has none."""
        return (self.term.language or "") if isinstance(self.term, ox.Literal) else ""

    @property
    def digest(self) -> str:
        """What stands for the value in an address, however long it is."""
        return hashlib.sha256(str(self.term).encode()).hexdigest()[:12]

    @property
    def is_thing(self) -> bool:
        """Whether it is an IRI."""
        return isinstance(self.term, ox.NamedNode)


class Record:
    """What is said of one subject: by property, the preferred values first."""

    def __init__(self, iri: str, values: Mapping[str, tuple[StatedValue, ...]]) -> None:
        """Keep `values` by the IRI of their property."""
        self.iri = iri
        self.values = values

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The IRIs of its classes."""
        return tuple(value.text for value in self.values.get(namespaces.RDF_TYPE, ()))

    def is_a(self, *names: str) -> bool:
        """Tell whether one of its classes is one of `names`: prefixed, or in our vocabulary without its prefix."""
        return any(property_iri(name) in self.classes for name in names)

    def all(self, name: str) -> tuple[StatedValue, ...]:
        """Return the values of a property, by its prefixed name or its name in our vocabulary."""
        return self.values.get(property_iri(name), ())

    def one(self, name: str) -> StatedValue | None:
        """Return the value to go by: the preferred one, else the first."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """Return the text of the value to go by; empty if there is none."""
        value = self.one(name)
        return value.text if value else ""

    def in_language(self, name: str, language: str) -> tuple[StatedValue, ...]:
        """Return the texts in `language`; those in other languages if there is none."""
        values = self.all(name)
        fitting = tuple(
            value for value in values if isinstance(value.term, ox.Literal) and value.term.language == language
        )
        return fitting or values

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """The documents that tell of it at all, each once."""
        by_document: dict[str, Evidence] = {}
        for values in self.values.values():
            for value in values:
                for rests in value.evidence:
                    by_document.setdefault(rests.document or rests.graph, rests)
        return tuple(by_document.values())


def property_iri(name: str) -> str:
    """Expand a prefixed name, or a name of our own vocabulary without its prefix."""
    if ":" not in name:
        return namespaces.CCN + name
    prefix, _, local = name.partition(":")
    return namespaces.PREFIXES[prefix] + local


def build(quads: Iterable[ox.Quad], sources: Mapping[str, str]) -> Iterator[Record]:
    """Put quads together to records, each value with its evidence, in the order of the quads."""
    subjects: dict[str, dict[str, dict[Node, list[str]]]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            graphs = subjects.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, {})
            graphs.setdefault(quad.object, []).append(quad.graph_name.value)  # type: ignore[union-attr]
    judgements = _judgements(subjects)
    for subject, properties in subjects.items():
        yield Record(subject, _Statements(subject, properties, sources, judgements))


@dataclass(frozen=True, slots=True)
class _Judgement:
    iri: str
    graph: str
    reasons: Mapping[str, str]


class _Statements(Mapping[str, tuple[StatedValue, ...]]):
    """What is said of a subject by property, weighed when it is asked for: of most records a page needs little."""

    def __init__(
        self, subject: str, properties: Mapping[str, Mapping[Node, list[str]]], sources: Mapping[str, str],
        judgements: Mapping[tuple[str, str], _Judgement],
    ) -> None:  # fmt: skip
        self._subject, self._properties, self._sources, self._judgements = subject, properties, sources, judgements
        self._weighed: dict[str, tuple[StatedValue, ...]] = {}

    def __getitem__(self, name: str) -> tuple[StatedValue, ...]:
        if name not in self._weighed:
            judged = self._judgements.get((self._subject, name))
            self._weighed[name] = tuple(_values((self._subject, name), self._properties[name], self._locators, judged))
        return self._weighed[name]

    def __contains__(self, name: object) -> bool:
        return name in self._properties

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._properties else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._properties)

    def __len__(self) -> int:
        return len(self._properties)

    @cached_property
    def _locators(self) -> dict[str, list[Evidence]]:
        return _locators(self._properties, self._sources)


def _judgements(subjects: Mapping[str, Mapping[str, Mapping[Node, list[str]]]]) -> dict[tuple[str, str], _Judgement]:
    judgements = {}
    for iri, properties in subjects.items():
        about, name = properties.get(namespaces.CCN + "about"), properties.get(namespaces.CCN + "property")
        prefers = properties.get(namespaces.CCN + "prefers")
        if about and name and prefers:
            reasons = {
                reason.language or "": reason.value
                for reason in properties.get(namespaces.CCN + "reason", {})
                if isinstance(reason, ox.Literal)
            }
            judged = _Judgement(iri, next(iter(prefers)).value, reasons)
            judgements.update({(subject.value, another.value): judged for subject in about for another in name})
    return judgements


def _locators(
    properties: Mapping[str, Mapping[Node, list[str]]], sources: Mapping[str, str]
) -> dict[str, list[Evidence]]:
    """Give, for each graph, what stands there as the evidence of all it says of a subject."""
    texts: dict[str, list[str]] = {}
    for locator, graphs in properties.get(LOCATOR, {}).items():
        for graph in graphs:
            texts.setdefault(graph, []).append(locator.value)
    documents: dict[str, list[str]] = {}
    for document, graphs in properties.get(SOURCE, {}).items():
        for graph in graphs:
            documents.setdefault(graph, []).append(document.value)
    every = {graph for values in properties.values() for graphs in values.values() for graph in graphs}
    return {
        graph: [Evidence(graph, sources[graph], tuple(texts.get(graph, ())))]
        if graph in sources
        else [Evidence(graph, document) for document in documents.get(graph, [])] or [Evidence(graph, None)]
        for graph in every
    }


def _values(
    said_of: tuple[str, str],
    graphs_of: Mapping[Node, list[str]],
    locators: Mapping[str, list[Evidence]],
    judged: _Judgement | None,
) -> Iterator[StatedValue]:
    subject, name = said_of
    disputed = name in _SINGLE and len(graphs_of) > 1 and _disagree(graphs_of)
    values = []
    for term, graphs in graphs_of.items():
        evidence = tuple(rests for graph in dict.fromkeys(graphs) for rests in locators[graph])
        if judged and len(graphs_of) > 1:
            preferred = judged.graph in graphs or any(
                _agree(term, other) for other, where in graphs_of.items() if judged.graph in where
            )
            standing = Standing.PREFERRED if preferred else Standing.SET_ASIDE
            values.append(StatedValue(term, evidence, standing, judged.reasons, subject, name))
        else:
            standing = Standing.DISPUTED if disputed else Standing.UNDISPUTED
            values.append(StatedValue(term, evidence, standing, {}, subject, name))
    order = [Standing.PREFERRED, Standing.UNDISPUTED, Standing.DISPUTED, Standing.SET_ASIDE]
    # Of values that agree, the most precise one goes first; the rest keeps the order in which it was read.
    precise = name in _SINGLE
    yield from sorted(values, key=lambda value: (order.index(value.standing), -len(value.text) if precise else 0))


def _disagree(graphs_of: Mapping[Node, list[str]]) -> bool:
    """Tell whether two graphs contradict each other; what one graph says twice (two hosts) is no contradiction."""
    sets: dict[str, list[Node]] = {}
    for term, graphs in graphs_of.items():
        for graph in graphs:
            sets.setdefault(graph, []).append(term)
    value_sets = list(sets.values())
    return any(_lacks(ours, theirs) and _lacks(theirs, ours) for ours in value_sets for theirs in value_sets)


def _lacks(ours: Iterable[Node], theirs: Iterable[Node]) -> bool:
    theirs = list(theirs)
    return any(not any(_agree(term, other) for other in theirs) for term in ours)


def _agree(value: Node, other: Node) -> bool:
    """Compare two values; a less precise date does not contradict a date: 2013-01 and 2013-01-13 agree.

    Nor does an interval, at some time in which something happened, contradict a day within it.
    """
    if isinstance(value, ox.NamedNode) or isinstance(other, ox.NamedNode) or value.datatype == _INTEGER:
        return value == other
    days = intervals.read(value.value), intervals.read(other.value)
    if days[0] and days[1]:
        return days[0].meet(days[1]) is not None
    return value.value.startswith(other.value) or other.value.startswith(value.value)
