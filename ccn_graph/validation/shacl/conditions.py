"""Conditions on nodes and their values as SPARQL expressions (SHACL section 4); every one is either true or false."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import lexical, shape_model
from ccn_graph.validation.shacl.property_path import Path, stays
from ccn_graph.validation.shacl.result import NotCompilableError
from ccn_graph.validation.shacl.shape_model import Catalogue, Constraint, Custom, Shape
from ccn_graph.validation.shacl.sparql_constraints import embedded_ask, embedded_select
from ccn_graph.validation.shacl.term_conditions import all_of, any_of, constant, in_order, negated, of_term

_RDF_TYPE = f"<{namespaces.RDF_TYPE}>"

#: So many different values can be told apart in one pattern; more are counted.
MOST_APART = 4

#: Gives a class with all classes below it.
Below = Callable[[Term], Iterable[Term]]


def given(constraint: Custom) -> dict[str, str]:
    """Write the parameters of a constraint.

    Raises BeyondQueriesError for a value that the store does not keep as it is: the constraint's query may calculate.
    """
    if any(lexical.is_rewritten(value) for _, value in constraint.parameters):
        raise NotCompilableError("a parameter that the store does not keep as it is written")
    return {name: constant(value) for name, value in constraint.parameters}


class Conditions:
    """Writes conditions; variables that it makes are used once."""

    def __init__(self, shapes: Catalogue, beyond: dict[Subject, NotCompilableError], below: Below) -> None:
        """Look up shapes in a catalogue, and what is beyond queries there; `below` tells of the class hierarchy."""
        self._shapes, self._beyond, self._below = shapes, beyond, below
        self._numbers = itertools.count()
        self._trail: list[Subject] = []

    def fresh(self) -> str:
        """Make a variable."""
        return f"?ccn{next(self._numbers)}"

    def shape(self, node: Subject) -> Shape:
        """Look a shape up. Raises BeyondQueriesError if it says what no query says."""
        if node in self._beyond:
            raise self._beyond[node]
        return self._shapes.get(node) or Shape(node)

    def conforms(self, node: Subject, focus: str) -> str:
        """Say that a node conforms to a shape (SHACL section 3.4.2)."""
        shape = self.shape(node)
        if node in self._trail:
            raise NotCompilableError(f"{node} refers to itself")
        if shape.deactivated:
            return "true"
        self._trail.append(node)
        try:
            if shape.path is None:
                return all_of(self.holds(constraint, focus, focus) for constraint in shape.constraints)
            return all_of(self._of_property(shape, shape.path, focus))
        finally:
            self._trail.pop()

    def _of_property(self, shape: Shape, path: Path, focus: str) -> Iterator[str]:
        of_values = []
        for constraint in shape.constraints:
            held = self.of_all_values(constraint, shape, focus)
            if held is None:
                of_values.append(constraint)
            else:
                yield held
        if of_values:
            yield negated(
                self.some(
                    path,
                    focus,
                    lambda value: negated(all_of(self.holds(constraint, value, focus) for constraint in of_values)),
                )
            )

    def some(self, path: Path, focus: str, condition: Callable[[str], str]) -> str:
        """Say that some value node meets a condition."""
        value = self.fresh()
        met = condition(value)
        if met == "false":
            return "false"
        filtered = "" if met == "true" else f" FILTER({met})"
        exists = f"EXISTS {{ {focus} {path} {value} .{filtered} }}"
        # The engine takes a path without a step only from nodes that are in the data: this says it for all.
        return any_of([exists, condition(focus)]) if stays(path) else exists

    def at_least(self, count: int, path: Path, focus: str, condition: Callable[[str], str] = lambda _: "true") -> str:
        """Say that so many value nodes meet a condition."""
        if count < 1:
            return "true"
        if count == 1:
            return self.some(path, focus, condition)
        if count > MOST_APART:
            raise NotCompilableError(f"{count} values are too many to be told apart in one pattern")
        if not stays(path):
            return self._apart(count, path, focus, condition, [])
        one_less = self._apart(count - 1, path, focus, condition, [focus])
        return any_of([all_of([condition(focus), one_less]), self._apart(count, path, focus, condition, [focus])])

    def _apart(self, count: int, path: Path, focus: str, condition: Callable[[str], str], others: list[str]) -> str:
        values = [self.fresh() for _ in range(count)]
        pairs = itertools.combinations([*others, *values], 2)
        different = [f"!sameTerm({first}, {second})" for first, second in pairs]
        patterns = " ".join(f"{focus} {path} {value} ." for value in values)
        return f"EXISTS {{ {patterns} FILTER({all_of([*different, *map(condition, values)])}) }}"

    def of_all_values(self, constraint: Constraint, shape: Shape, focus: str) -> str | None:
        """Say that the value nodes of a property shape, taken together, meet a constraint.

        None for a constraint that speaks of each value node by itself.
        """
        path = shape.path
        assert path is not None
        match constraint:
            case shape_model.MinCount(count):
                return self.at_least(count, path, focus)
            case shape_model.MaxCount(count):
                return negated(self.at_least(count + 1, path, focus))
            case shape_model.HasValue(value):
                return self.leads_to(path, focus, constant(value))
            case shape_model.Equals(predicate):
                return all_of([self.each_among(path, focus, predicate), self.among_each(path, focus, predicate)])
            case shape_model.LessThan(operator, predicate):
                return negated(self.some(path, focus, lambda value: self._passed(focus, predicate, value, operator)))
            case shape_model.UniqueLang():
                first, second = self.fresh(), self.fresh()
                return negated(f"EXISTS {{ {self.same_language(path, focus, first, second)} }}")
            case shape_model.Qualified(inner, siblings, count, at_least):
                counted = self.at_least(count + (not at_least), path, focus, self.qualifies(inner, siblings))
                return counted if at_least else negated(counted)
            case shape_model.Sparql() | shape_model.Custom(asks=False):
                return self._finds_nothing(constraint, focus, str(path))
        return None

    def qualifies(self, inner: Subject, siblings: Iterable[Subject]) -> Callable[[str], str]:
        """Make the condition of a value that counts (SHACL section 4.7.3)."""
        return lambda value: all_of(
            [self.conforms(inner, value), *(negated(self.conforms(other, value)) for other in siblings)]
        )

    def each_among(self, path: Path, focus: str, predicate: ox.NamedNode) -> str:
        """Say that each value node is a value of a property."""
        return negated(self.some(path, focus, lambda value: f"(!EXISTS {{ {focus} {predicate} {value} }})"))

    def among_each(self, path: Path, focus: str, predicate: ox.NamedNode) -> str:
        """Say that each value of a property is a value node."""
        value = self.fresh()
        return f"(!EXISTS {{ {focus} {predicate} {value} FILTER(!{self.leads_to(path, focus, value)}) }})"

    def same_language(self, path: Path, focus: str, first: str, second: str) -> str:
        """Write the pattern of two value nodes in one language."""
        if stays(path):
            raise NotCompilableError("a path without a step, and languages")
        return (
            f"{focus} {path} {first} . FILTER(LANG({first}) != '') {focus} {path} {second} ."
            f" FILTER(!sameTerm({first}, {second}) && LCASE(LANG({first})) = LCASE(LANG({second})))"
        )

    def leads_to(self, path: Path, focus: str, value: str) -> str:
        """Say that a path leads from one node to another."""
        exists = f"EXISTS {{ {focus} {path} {value} }}"
        return any_of([exists, f"sameTerm({focus}, {value})"]) if stays(path) else exists

    def _passed(self, focus: str, predicate: ox.NamedNode, value: str, operator: str) -> str:
        other = self.fresh()
        return f"EXISTS {{ {focus} {predicate} {other} FILTER(!{in_order(value, other, operator)}) }}"

    def holds(self, constraint: Constraint, value: str, focus: str) -> str:
        """Say that one value node of a focus node meets a constraint; for a node shape they are the same."""
        match constraint:
            case shape_model.OfClass(class_):
                return self._of_class(class_, value)
            case shape_model.Logical() | shape_model.Node() | shape_model.Property():
                return self._of_shapes(constraint, value)
            case shape_model.HasValue(wanted):
                return f"sameTerm({value}, {constant(wanted)})"
            case shape_model.Equals(predicate):
                other = self.fresh()
                none = f"(!EXISTS {{ {value} {predicate} {other} FILTER(!sameTerm({other}, {value})) }})"
                return all_of([f"EXISTS {{ {value} {predicate} {value} }}", none])
            case shape_model.Disjoint(predicate):
                return f"(!EXISTS {{ {focus} {predicate} {value} }})"
            case shape_model.Closed(allowed):
                any_, other = self.fresh(), self.fresh()
                return f"(!EXISTS {{ {self.not_allowed(allowed, value, any_, other)} }})"
            case shape_model.Custom(query=query, asks=True):
                return f"EXISTS {{ {embedded_ask(query, value, focus, self.fresh(), given(constraint))} }}"
            case shape_model.Sparql() | shape_model.Custom():
                return self._finds_nothing(constraint, value, None)
        return of_term(constraint, value)

    def _finds_nothing(self, constraint: shape_model.Sparql | shape_model.Custom, focus: str, path: str | None) -> str:
        bound = given(constraint) if isinstance(constraint, shape_model.Custom) else {}
        return negated(f"EXISTS {{ {embedded_select(constraint.query, focus, path, self.fresh(), bound)} }}")

    def not_allowed(self, allowed: Iterable[ox.NamedNode], focus: str, predicate: str, value: str) -> str:
        """Write the pattern of a statement that a closed shape does not allow."""
        listed = ", ".join(map(str, allowed))
        # Like pySHACL: that something is an rdfs:Resource is never too much.
        resource = f"<{namespaces.PREFIXES['rdfs']}Resource>"
        exempt = f"FILTER(!({predicate} = {_RDF_TYPE} && {value} = {resource}))"
        return f"{focus} {predicate} {value} . FILTER({predicate} NOT IN ({listed})) {exempt}"

    def _of_class(self, class_: Term, value: str) -> str:
        # A literal is never the subject of a statement, and so of no class.
        if isinstance(class_, ox.Literal):
            return "false"
        return any_of(f"EXISTS {{ {value} {_RDF_TYPE} {constant(subclass)} }}" for subclass in self._below(class_))

    def _of_shapes(self, constraint: shape_model.Logical | shape_model.Node | shape_model.Property, value: str) -> str:
        if not isinstance(constraint, shape_model.Logical):
            return self.conforms(constraint.shape, value)
        conforming = [self.conforms(part, value) for part in constraint.shapes]
        match constraint.name:
            case "not":
                return negated(conforming[0])
            case "and":
                return all_of(conforming)
            case "or":
                return any_of(conforming)
        return f"({' + '.join(f'IF({part}, 1, 0)' for part in conforming)} = 1)"

    def members(self, class_: Term) -> list[str]:
        """Write a class and those below it."""
        return [constant(subclass) for subclass in self._below(class_)]
