"""What the graph already says, thing by thing: the ground on which a sheet is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.graph.graph import Graph, Place
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind, Object

_P = namespaces.PREFIXES
_SUB_CLASS_OF = ox.NamedNode(namespaces.SUB_CLASS_OF)


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a property and the line that gives it."""

    value: Object
    place: Place


@dataclass
class Thing:
    """All that is said of one IRI, whoever says it."""

    iri: str
    classes: set[str] = field(default_factory=set)
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))

    def iris(self, predicate: str) -> list[str]:
        """Return the things a property leads to."""
        return [
            statement.value.value
            for statement in self.said.get(predicate, ())
            if isinstance(statement.value, ox.NamedNode)
        ]

    def texts(self, predicate: str) -> list[str]:
        """Return the values of a property that are no things, as text."""
        return [
            statement.value.value
            for statement in self.said.get(predicate, ())
            if isinstance(statement.value, ox.Literal)
        ]


class Facts:
    """Every thing of a graph, with its classes and theirs."""

    def __init__(self, graph: Graph) -> None:
        """Gather the statements of a graph by their subject."""
        self.things: dict[str, Thing] = {}
        self._above: dict[str, set[str]] = defaultdict(set)
        self._pointing: dict[str, dict[str, None]] = defaultdict(dict)
        for read in graph.sources:
            for statement in read.statements:
                if statement.predicate == _SUB_CLASS_OF and read.kind is FileKind.ONTOLOGY:
                    self._above[_value(statement.subject)].add(_value(statement.object))
        for read in graph.sources:
            for statement in read.statements:
                if isinstance(statement.subject, ox.NamedNode):
                    self.add(
                        statement.subject.value,
                        statement.predicate.value,
                        statement.object,
                        Place(read.path, statement.line),
                    )

    def add(self, iri: str, predicate: str, value: Object, place: Place) -> None:
        """Take note of one more statement, which a sheet makes."""
        thing = self.things.setdefault(iri, Thing(iri))
        thing.said[predicate].append(Said(value, place))
        if isinstance(value, ox.NamedNode):
            self._pointing[value.value][iri] = None
        if predicate == namespaces.RDF_TYPE:
            thing.classes |= self.classes_above(_value(value))
            scheme = iri[: -len(namespaces.slug(iri))] if namespaces.slug(iri) else ""
            if _value(value) == _P["skos"] + "Concept" and scheme:
                thing.classes.add(scheme)

    def classes_above(self, name: str) -> set[str]:
        """Return a class and all it is a kind of."""
        names, waiting = {name}, [name]
        while waiting:
            waiting = [above for below in waiting for above in self._above.get(below, ()) if above not in names]
            names |= set(waiting)
        return names

    def pointing(self, iri: str, class_: str) -> list[Thing]:
        """Return the things of a class that name `iri` in any of their properties, as far as the graph has them."""
        return [self.things[other] for other in self._pointing.get(iri, ()) if class_ in self.things[other].classes]

    def around(self, iri: str) -> list[str]:
        """Return the places a thing lies within, the nearest first; a place lies within itself."""
        places = [iri]
        while (thing := self.things.get(places[-1])) and (within := thing.iris(namespaces.CCN + "within")):
            if within[0] in places:
                break
            places.append(within[0])
        return places

    def country_code(self, places: Iterable[str]) -> str:
        """Return the ISO code of the first country among places, empty if there is none."""
        for iri in places:
            thing = self.things.get(iri)
            if thing and namespaces.CCN + "Country" in thing.classes:
                return next(iter(thing.texts(_P["skos"] + "notation")), "")
        return ""


def _value(node: object) -> str:
    return str(getattr(node, "value", node))
