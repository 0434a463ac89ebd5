"""The statements of a shapes graph, found by subject and property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object, Statement, Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl.property_path import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from ccn_graph.validation.shacl.result import MalformedShapesError


def sh(name: str) -> ox.NamedNode:
    """Name a term of SHACL."""
    return ox.NamedNode(namespaces.PREFIXES["sh"] + name)


TYPE = ox.NamedNode(namespaces.RDF_TYPE)
SUB_CLASS_OF = ox.NamedNode(namespaces.SUB_CLASS_OF)
_FIRST, _REST, _NIL = (ox.NamedNode(namespaces.PREFIXES["rdf"] + name) for name in ("first", "rest", "nil"))
_REPEATED = {sh("zeroOrMorePath"): "*", sh("oneOrMorePath"): "+", sh("zeroOrOnePath"): "?"}
_DEEPEST = 9

_INTEGER = ox.NamedNode(namespaces.PREFIXES["xsd"] + "integer")
_TRUE, _FALSE = {"true", "1"}, {"false", "0"}


class ShapesGraph:
    """What a shapes graph says."""

    def __init__(self, statements: Iterable[Statement | ox.Triple | ox.Quad]) -> None:
        """Index the statements; their graphs and repetitions do not count."""
        self._said: dict[Term, dict[ox.NamedNode, dict[Object, None]]] = defaultdict(lambda: defaultdict(dict))
        for triple in statements:
            self._said[triple.subject][triple.predicate][triple.object] = None
        self._objects: dict[ox.NamedNode, Set[Object]] = {}
        self._about: dict[ox.NamedNode, list[Subject]] = defaultdict(list)
        for node in self.subjects:
            for predicate in self._said[node]:
                self._about[predicate].append(node)

    @property
    def subjects(self) -> list[Subject]:
        """Everything that something is said about, in the order of the statements."""
        return [node for node in self._said if not isinstance(node, ox.Literal)]

    def values(self, node: Term, predicate: ox.NamedNode) -> list[Object]:
        """Return the values of a property."""
        properties = self._said.get(node)
        return list(properties.get(predicate, ())) if properties else []

    def predicates(self, node: Term) -> Set[ox.NamedNode]:
        """Name the properties that a node has."""
        return self._said.get(node, {}).keys()

    def pairs(self, predicate: ox.NamedNode) -> Iterator[tuple[Subject, Object]]:
        """Go through all statements with a property."""
        for node in self._about.get(predicate, ()):
            for value in self.values(node, predicate):
                yield node, value

    def objects(self, predicate: ox.NamedNode) -> Set[Object]:
        """Return all values that a property has anywhere."""
        if predicate not in self._objects:
            self._objects[predicate] = frozenset(value for _, value in self.pairs(predicate))
        return self._objects[predicate]

    def one(self, node: Term, predicate: ox.NamedNode) -> Object | None:
        """Return the only value of a property, None if there is none. Raises MalformedShapesError if there are more."""
        match self.values(node, predicate):
            case []:
                return None
            case [value]:
                return value
        raise MalformedShapesError(f"{node} has several values of {predicate}")

    def flag(self, node: Term, predicate: ox.NamedNode) -> bool:
        """Read an xsd:boolean that is false unless stated. Raises MalformedShapesError for anything else."""
        value = self.one(node, predicate)
        if value is None:
            return False
        if isinstance(value, ox.Literal) and value.datatype.value == namespaces.PREFIXES["xsd"] + "boolean":
            if value.value in _TRUE:
                return True
            if value.value in _FALSE:
                return False
        raise MalformedShapesError(f"{predicate} of {node} is neither true nor false")

    def whole(self, node: Term, predicate: ox.NamedNode) -> int | None:
        """Read a number of things. Raises MalformedShapesError unless it is an xsd:integer of 0 or more."""
        value = self.one(node, predicate)
        if value is None:
            return None
        form = value.value if isinstance(value, ox.Literal) and value.datatype == _INTEGER else ""
        if form.isascii() and form.isdecimal():
            return int(form)
        raise MalformedShapesError(f"{predicate} of {node} is no number of things")

    def iris(self, node: Term, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        """Return the values of a property. Raises MalformedShapesError if one is no IRI."""
        values = self.values(node, predicate)
        iris = [value for value in values if isinstance(value, ox.NamedNode)]
        if len(iris) < len(values):
            raise MalformedShapesError(f"{predicate} of {node} is no IRI")
        return iris

    def text(self, node: Term, predicate: ox.NamedNode) -> str | None:
        """Return the text of a literal. Raises MalformedShapesError for several, or for no literal."""
        value = self.one(node, predicate)
        if value is None or isinstance(value, ox.Literal):
            return value.value if value else None
        raise MalformedShapesError(f"{predicate} of {node} is no text")

    def texts(self, node: Term, predicate: ox.NamedNode) -> tuple[ox.Literal, ...]:
        """Return the literals among the values of a property."""
        return tuple(value for value in self.values(node, predicate) if isinstance(value, ox.Literal))

    def items(self, head: Term) -> list[Object]:
        """Read an RDF list. Raises MalformedShapesError if it is none, or goes round in a circle."""
        items: list[Object] = []
        while head != _NIL:
            first, rest = self.one(head, _FIRST), self.one(head, _REST)
            if first is None or rest is None or len(items) > len(self._said):
                raise MalformedShapesError(f"{head} is no list")
            items.append(first)
            head = rest
        return items

    def path(self, node: Term, depth: int = 0) -> Path:
        """Read a property path (SHACL section 2.3.1). Raises MalformedShapesError if it is none."""
        if isinstance(node, ox.NamedNode) and node != _NIL:
            return Predicate(node)
        if not isinstance(node, ox.BlankNode) or depth > _DEEPEST:
            raise MalformedShapesError(f"{node} is no property path")
        if _FIRST in self.predicates(node):
            return Sequence(self._paths(node, depth))
        match [(kind, value) for kind in self.predicates(node) for value in self.values(node, kind)]:
            case [(kind, value)] if kind == sh("inversePath"):
                return Inverse(self.path(value, depth + 1))
            case [(kind, value)] if kind == sh("alternativePath"):
                return Alternative(self._paths(value, depth))
            case [(kind, value)] if kind in _REPEATED:
                return Repeated(self.path(value, depth + 1), _REPEATED[kind])
        raise MalformedShapesError(f"{node} is no property path")

    def _paths(self, head: Term, depth: int) -> tuple[Path, ...]:
        paths = tuple(self.path(item, depth + 1) for item in self.items(head))
        if len(paths) < 2:
            raise MalformedShapesError(f"{head} lists fewer than two paths")
        return paths
