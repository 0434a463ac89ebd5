"""The derived graph: of each thing the preferred values only, with the earliest and latest day of every date.

Documents hold what was said; this graph holds what follows from it, so that a plain query needs no judgement, no
precision of dates and no history of fields. It is computed anew whenever data are loaded, is no part of the default
graph, and names for every record the graphs of the documents behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import cache, cached_property

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind, Object, SourceFile, Subject
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Interval

#: A value with the graphs that state it.
Values = dict[Object, list[ox.NamedNode]]


@cache
def term(name: str) -> ox.NamedNode:
    """Return a term of our ontology, or of another one if it has a prefix."""
    prefix, colon, local = name.partition(":")
    return ox.NamedNode(namespaces.PREFIXES[prefix] + local if colon else namespaces.CCN + name)


TYPE = ox.NamedNode(namespaces.RDF_TYPE)
STATED_IN, BEST_SOURCE = term("statedIn"), term("bestSource")
_DAY = term("xsd:date")
_COUNTRY = {term("Country")}

#: Properties whose values are dates -> the end of the names of what is derived from them.
DATES = {
    term(name): suffix
    for name, suffix in (
        ("start", "Start"), ("end", "End"), ("date", "Date"), ("asOf", "AsOf"), ("plannedStart", "PlannedStart"),
        ("plannedEnd", "PlannedEnd"),
    )
}  # fmt: skip

#: What only a document can say: where it stands, in which words, with which remark.
_OF_DOCUMENTS = {term(name) for name in ("locator", "note", "datePrinted")}

#: What is no thing in the world: documents, and what editors say of statements.
_NO_THINGS = {term(name) for name in ("Document", "Ambiguity", "Judgement", "Gap", "TableRow")}

#: How a document was read, the most direct way first.
_READINGS = ("in-full", "excerpt", "second-hand")


@dataclass(frozen=True)
class Statements:
    """What registers and documents state, by subject and property, and what editors judged."""

    of: dict[Subject, dict[ox.NamedNode, Values]] = field(default_factory=lambda: defaultdict(dict))
    judged: dict[tuple[Object, Object], set[Object]] = field(default_factory=lambda: defaultdict(set))
    """(thing, property) -> the graphs whose values are preferred."""
    document_of: dict[ox.NamedNode, Subject] = field(default_factory=dict)
    _places: dict[Object, list[Object]] = field(default_factory=dict)

    @staticmethod
    def read(sources: Iterable[SourceFile]) -> Statements:
        """Sort the statements of files that were read."""
        statements = Statements()
        for source in sources:
            if source.kind is FileKind.EDITORIAL:
                statements._judgements(source)
            elif source.kind in (FileKind.REGISTER, FileKind.DOCUMENT, FileKind.TABLE):
                statements._add(source)
        return statements

    def _add(self, source: SourceFile) -> None:
        for statement in source.statements:
            if isinstance(statement.graph, ox.NamedNode):
                self.of[statement.subject].setdefault(statement.predicate, {}).setdefault(statement.object, []).append(
                    statement.graph
                )
        if source.kind is FileKind.DOCUMENT and isinstance(source.graph, ox.NamedNode):
            self.document_of[source.graph] = ox.NamedNode(namespaces.PREFIXES["doc"] + source.path.stem)

    def _judgements(self, source: SourceFile) -> None:
        records: dict[Subject, dict[ox.NamedNode, list[Object]]] = defaultdict(lambda: defaultdict(list))
        for statement in source.statements:
            records[statement.subject][statement.predicate].append(statement.object)
        for record in records.values():
            if term("Judgement") in record[TYPE]:
                for thing in record[term("about")]:
                    for property_ in record[term("property")]:
                        self.judged[thing, property_].update(record[term("prefers")])

    def values(self, subject: Subject, property_: ox.NamedNode) -> Values:
        """Return the values of a property, without those that a judgement sets aside."""
        values = self.of[subject].get(property_, {}) if subject in self.of else {}
        preferred = self.judged.get((subject, property_))
        if not preferred:
            return values
        kept = {
            value: here
            for value, graphs in values.items()
            if (here := [graph for graph in graphs if graph in preferred])
        }
        return kept or values

    def days(self, subject: Subject, property_: ox.NamedNode) -> list[Interval]:
        """Return the values of a property that are dates, each as an interval of days."""
        return [day for value in self.values(subject, property_) if (day := days_of(value))]

    def one(self, subject: Subject, property_: ox.NamedNode) -> Object | None:
        """Return a value of a property, always the same one; None if it has none."""
        return min(self.values(subject, property_), key=str, default=None)

    def are_of(self, thing: Object, classes: Set[ox.NamedNode]) -> bool:
        """Tell whether a thing belongs to any of the classes."""
        return not isinstance(thing, ox.Literal) and not classes.isdisjoint(self.of[thing].get(TYPE, ()))

    @cached_property
    def concerning(self) -> dict[Object, list[tuple[str, Subject]]]:
        """Thing -> the name of the class of each act that concerns it, and the act."""
        acts: dict[Object, list[tuple[str, Subject]]] = defaultdict(list)
        for subject, properties in self.of.items():
            for thing in properties.get(term("concerns"), ()):
                for class_ in properties.get(TYPE, ()):
                    acts[thing].append((str(getattr(class_, "value", "")).removeprefix(namespaces.CCN), subject))
        return acts

    def acts(self, thing: Object, class_: str) -> list[Subject]:
        """Return the acts of a class that concern a thing."""
        return [act for name, act in self.concerning.get(thing, ()) if name == class_]

    def dates_of_acts(self, thing: Object, class_: str) -> list[Interval]:
        """Return the day of each act of a class that concerns a thing, as all documents have it together."""
        days = (intervals.agreed(self.days(act, term("date"))) for act in self.acts(thing, class_))
        return [day for day in days if day]

    def issued(self, graph: ox.NamedNode) -> str:
        """Return when the document of a graph was issued, else the day it was read; to compare as text."""
        document = self.document_of.get(graph)
        if document is None:
            return ""
        date = self.one(document, term("dcterms:issued")) or self.one(document, term("retrieved"))
        return text(date)

    def directness(self, graph: ox.NamedNode) -> int:
        """Return 0 for a document that was read in full, 1 for an excerpt, 2 for one read through another one."""
        document = self.document_of.get(graph)
        read = text(self.one(document, term("howRead"))) if document else ""
        return next((number for number, name in enumerate(_READINGS) if read.endswith("/" + name)), len(_READINGS))

    def graphs(self, subject: Subject) -> list[ox.NamedNode]:
        """Return the graphs of the documents that say anything of a thing."""
        own_graphs = {graph for values in self.of[subject].values() for graphs in values.values() for graph in graphs}
        return sorted((graph for graph in own_graphs if graph in self.document_of), key=str)

    def within(self, thing: Object) -> list[Object]:
        """Return a thing and the places that it lies in, the nearest first."""
        kept = self._places.get(thing)
        if kept is not None:
            return kept
        places: list[Object] = []
        ahead = [thing]
        while ahead:
            place = ahead.pop(0)
            if place not in places and isinstance(place, ox.NamedNode):
                places.append(place)
                ahead += sorted(self.values(place, term("within")), key=str)
        self._places[thing] = places
        return places

    def country(self, thing: Object) -> Object | None:
        """Return the country that a thing lies in, or is; None if no register says so."""
        return next((place for place in self.within(thing) if self.are_of(place, _COUNTRY)), None)


@cache
def _days(lexical: str) -> Interval | None:
    return intervals.read(lexical)


def days_of(value: Object) -> Interval | None:
    """Return the days that a literal may mean; None for what is no date."""
    return _days(value.value) if isinstance(value, ox.Literal) else None


def text(value: object) -> str:
    """Return the IRI or text of a term, nothing for None."""
    return str(getattr(value, "value", ""))


def dated(interval: Interval, property_: ox.NamedNode, *, itself: bool = True) -> Iterator[tuple[ox.NamedNode, Object]]:
    """Say when something was: the date as shortly as it can be said, and the earliest and latest day that is known."""
    unbounded = interval.earliest == interval.earliest.min and interval.latest == interval.latest.max
    if itself and not unbounded:
        lexical, datatype = interval.literal()
        yield property_, ox.Literal(lexical, datatype=ox.NamedNode(datatype))
    suffix = DATES[property_]
    if interval.earliest > interval.earliest.min:
        yield term("earliest" + suffix), ox.Literal(interval.earliest.isoformat(), datatype=_DAY)
    if interval.latest < interval.latest.max:
        yield term("latest" + suffix), ox.Literal(interval.latest.isoformat(), datatype=_DAY)


def things(statements: Statements) -> Iterator[Subject]:
    """Go through what is a thing in the world, in the order of the files."""
    for subject in list(statements.of):
        if isinstance(subject, ox.NamedNode) and not statements.are_of(subject, _NO_THINGS):
            yield subject


def plainly(
    statements: Statements, subject: Subject, without: Collection[ox.NamedNode] = ()
) -> Iterator[tuple[ox.NamedNode, Object]]:
    """Say of a thing what is preferred, each date once with its bounds, but nothing of the properties in `without`."""
    for property_ in statements.of[subject]:
        if property_ in _OF_DOCUMENTS or property_ in without:
            continue
        if property_ in DATES:
            day = intervals.agreed(statements.days(subject, property_))
            if day:
                value = _finest(statements.values(subject, property_), day)
                yield from dated(day, property_, itself=value is None)
                if value is not None:
                    yield property_, value
        else:
            for value in statements.values(subject, property_):
                yield property_, value
    graphs = statements.graphs(subject)
    for graph in graphs:
        yield STATED_IN, graph


def _finest(values: Values, day: Interval) -> Object | None:
    """Return the value that says just this day as a document writes it, which may have a time."""
    exact = [value for value in values if days_of(value) == day]
    return max(exact, key=lambda value: (len(text(value)), text(value)), default=None)


def best_source(statements: Statements, values: Values) -> ox.NamedNode | None:
    """Return the graph to cite for a date: of those with the most precise value the one most directly read."""
    ranked = [
        (_length(value), statements.directness(graph), graph.value, graph)
        for value, graphs in values.items()
        for graph in graphs
        if graph in statements.document_of
    ]
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None


def _length(value: Object) -> int:
    day = days_of(value)
    return (day.latest - day.earliest).days if day else 1_000_000


def quads(subject: Subject, pairs: Iterable[tuple[ox.NamedNode, Object]]) -> Iterator[ox.Quad]:
    """Put statements into the derived graph."""
    graph = ox.NamedNode(namespaces.GRAPH_PREFERRED)
    return (ox.Quad(subject, property_, value, graph) for property_, value in pairs)
