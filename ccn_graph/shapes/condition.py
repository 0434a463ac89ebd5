"""Conditions on value nodes as SPARQL expressions (SHACL section 4).

Every expression is true or false for every term, never an error: what cannot be decided is false, as it must be for a
value that is not what the constraint is about. Where the native engine may see a literal otherwise than pySHACL does
(rare spellings, other precisions, patterns with more than the plain means), the expression asks a function of
`functions` instead; for the rest it never leaves the engine.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.engine import Term
from ccn_graph.shapes import functions, lexical
from ccn_graph.shapes import shape as kinds
from ccn_graph.shapes.beyond import BeyondQueriesError
from ccn_graph.shapes.embedded import embedded_ask, embedded_select
from ccn_graph.shapes.path import Path, predicates, stays
from ccn_graph.shapes.regex import is_plain
from ccn_graph.shapes.shape import Catalogue, Constraint, Custom, Prepared, Shape
from ccn_graph.source import Subject

_XSD = terms.PREFIXES["xsd"]
_RDF_TYPE = f"<{terms.RDF_TYPE}>"
_STRING = f"<{_XSD}string>"

#: So many different values can be told apart in one pattern; more are counted.
MOST_APART = 4

_DAY = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"

# Spellings that everybody takes for well-formed, with any others left to pySHACL's own judgement.
_WELL_FORMED = {
    "integer": "-?[0-9]{1,15}",
    "decimal": "-?[0-9]{1,15}([.][0-9]{1,15})?",
    "double": "-?[0-9]{1,9}([.][0-9]{1,9})?([eE]-?[0-9]{1,2})?",
    "float": "-?[0-9]{1,9}([.][0-9]{1,9})?([eE]-?[0-9]{1,2})?",
    "boolean": "true|false",
    "date": _DAY,
    "dateTime": f"{_DAY}T{_TIME}Z?",
    "time": _TIME,
    "gYear": "[1-9][0-9]{3}",
    "gYearMonth": "[1-9][0-9]{3}-(0[1-9]|1[0-2])",
}
# Spellings without a time zone, whose order is the same for everybody.
_LOCAL = {"date": _DAY, "dateTime": f"{_DAY}T{_TIME}"}
_NUMERIC = {_XSD + name for name in ("integer", "decimal", "double", "float")}

_KINDS = {"IRI": "isIRI", "BlankNode": "isBlank", "Literal": "isLiteral"}

#: Gives a class with all classes below it.
Below = Callable[[Term], Iterable[Term]]


def constant(term: Term) -> str:
    """Write a term as the store has it. Raises BeyondQueriesError for a blank node, which no query can name."""
    if isinstance(term, ox.BlankNode | ox.Triple):
        raise BeyondQueriesError(f"{term} is a node that a query cannot name")
    return str(lexical.stored(term))


def given(constraint: Custom) -> dict[str, str]:
    """Write the parameters of a constraint.

    Raises BeyondQueriesError for a value that the store does not keep as it is: the constraint's query may calculate.
    """
    if any(lexical.is_rewritten(value) for _, value in constraint.parameters):
        raise BeyondQueriesError("a parameter that the store does not keep as it is written")
    return {name: constant(value) for name, value in constraint.parameters}


def text(value: str) -> str:
    """Write a string for SPARQL."""
    return str(ox.Literal(value))


def _all(conditions: Iterable[str]) -> str:
    wanted = [one for one in conditions if one != "true"]
    return "false" if "false" in wanted else f"({' && '.join(wanted)})" if wanted else "true"


def _any(conditions: Iterable[str]) -> str:
    wanted = [one for one in conditions if one != "false"]
    return "true" if "true" in wanted else f"({' || '.join(wanted)})" if wanted else "false"


def negated(condition: str) -> str:
    """Turn a condition round."""
    return {"true": "false", "false": "true"}.get(condition) or f"(!{condition})"


class Conditions:
    """Writes conditions; variables that it makes are used once."""

    def __init__(self, shapes: Catalogue, beyond: dict[Subject, BeyondQueriesError], below: Below) -> None:
        """Look up shapes in a catalogue, and what is beyond queries there; `below` tells of the class hierarchy."""
        self._shapes, self._beyond, self._below = shapes, beyond, below
        self._numbers = itertools.count()
        #: Properties that are followed, and queries that are made part of ours, since this was last emptied.
        self.followed: set[ox.NamedNode] = set()
        self.prepared: list[Prepared] = []
        self._trail: list[Subject] = []

    def fresh(self) -> str:
        """Make a variable."""
        return f"?ccn{next(self._numbers)}"

    def shape(self, node: Subject) -> Shape:
        """Look a shape up. Raises BeyondQueriesError if it says what no query says."""
        if node in self._beyond:
            raise self._beyond[node]
        found = self._shapes.get(node) or Shape(node)
        if found.path is not None:
            self.followed.update(predicates(found.path))
        self.prepared += [one.query for one in found.constraints if isinstance(one, kinds.Sparql | kinds.Custom)]
        return found

    def conforms(self, node: Subject, focus: str) -> str:
        """Say that a node conforms to a shape (SHACL section 3.4.2)."""
        shape = self.shape(node)
        if node in self._trail:
            raise BeyondQueriesError(f"{node} refers to itself")
        if shape.deactivated:
            return "true"
        self._trail.append(node)
        try:
            if shape.path is None:
                return _all(self.holds(one, focus, focus) for one in shape.constraints)
            return _all(self._of_property(shape, shape.path, focus))
        finally:
            self._trail.pop()

    def _of_property(self, shape: Shape, path: Path, focus: str) -> Iterator[str]:
        of_values = []
        for one in shape.constraints:
            held = self.of_all_values(one, shape, focus)
            if held is None:
                of_values.append(one)
            else:
                yield held
        if of_values:
            yield negated(
                self.some(path, focus, lambda value: negated(_all(self.holds(one, value, focus) for one in of_values)))
            )

    def some(self, path: Path, focus: str, condition: Callable[[str], str]) -> str:
        """Say that some value node meets a condition."""
        value = self.fresh()
        met = condition(value)
        if met == "false":
            return "false"
        filtered = "" if met == "true" else f" FILTER({met})"
        found = f"EXISTS {{ {focus} {path} {value} .{filtered} }}"
        # The engine takes a path without a step only from nodes that are in the data: this says it for all.
        return _any([found, condition(focus)]) if stays(path) else found

    def at_least(self, count: int, path: Path, focus: str, condition: Callable[[str], str] = lambda _: "true") -> str:
        """Say that so many value nodes meet a condition."""
        if count < 1:
            return "true"
        if count == 1:
            return self.some(path, focus, condition)
        if count > MOST_APART:
            raise BeyondQueriesError(f"{count} values are too many to be told apart in one pattern")
        if not stays(path):
            return self._apart(count, path, focus, condition, [])
        one_less = self._apart(count - 1, path, focus, condition, [focus])
        return _any([_all([condition(focus), one_less]), self._apart(count, path, focus, condition, [focus])])

    def _apart(
        self, count: int, path: Path, focus: str, condition: Callable[[str], str], others: list[str]
    ) -> str:
        values = [self.fresh() for _ in range(count)]
        pairs = itertools.combinations([*others, *values], 2)
        different = [f"!sameTerm({one}, {two})" for one, two in pairs]
        found = " ".join(f"{focus} {path} {value} ." for value in values)
        return f"EXISTS {{ {found} FILTER({_all([*different, *map(condition, values)])}) }}"

    def of_all_values(self, constraint: Constraint, shape: Shape, focus: str) -> str | None:
        """Say that the value nodes of a property shape, taken together, meet a constraint.

        None for a constraint that speaks of each value node by itself.
        """
        path = shape.path
        assert path is not None
        match constraint:
            case kinds.MinCount(count):
                return self.at_least(count, path, focus)
            case kinds.MaxCount(count):
                return negated(self.at_least(count + 1, path, focus))
            case kinds.HasValue(value):
                return self.leads_to(path, focus, constant(value))
            case kinds.Equals(predicate):
                return _all([self.each_among(path, focus, predicate), self.among_each(path, focus, predicate)])
            case kinds.Disjoint(predicate):
                return negated(self.some(path, focus, lambda value: f"EXISTS {{ {focus} {predicate} {value} }}"))
            case kinds.LessThan(operator, predicate):
                return negated(self.some(path, focus, lambda value: self._passed(focus, predicate, value, operator)))
            case kinds.UniqueLang():
                one, two = self.fresh(), self.fresh()
                return negated(f"EXISTS {{ {self.same_language(path, focus, one, two)} }}")
            case kinds.Qualified(inner, siblings, count, at_least):
                counted = self.at_least(count + (not at_least), path, focus, self.qualifies(inner, siblings))
                return counted if at_least else negated(counted)
            case kinds.Sparql(query):
                return negated(f"EXISTS {{ {embedded_select(query, focus, str(path), self.fresh())} }}")
            case kinds.Custom(query=query, asks=False):
                written = embedded_select(query, focus, str(path), self.fresh(), given(constraint))
                return negated(f"EXISTS {{ {written} }}")
        return None

    def qualifies(self, inner: Subject, siblings: Iterable[Subject]) -> Callable[[str], str]:
        """Make the condition of a value that counts (SHACL section 4.7.3)."""
        return lambda value: _all(
            [self.conforms(inner, value), *(negated(self.conforms(other, value)) for other in siblings)]
        )

    def each_among(self, path: Path, focus: str, predicate: ox.NamedNode) -> str:
        """Say that each value node is a value of a property."""
        return negated(self.some(path, focus, lambda value: f"(!EXISTS {{ {focus} {predicate} {value} }})"))

    def among_each(self, path: Path, focus: str, predicate: ox.NamedNode) -> str:
        """Say that each value of a property is a value node."""
        value = self.fresh()
        return f"(!EXISTS {{ {focus} {predicate} {value} FILTER(!{self.leads_to(path, focus, value)}) }})"

    def same_language(self, path: Path, focus: str, one: str, two: str) -> str:
        """Write the pattern of two value nodes in one language."""
        if stays(path):
            raise BeyondQueriesError("a path without a step, and languages")
        return (
            f"{focus} {path} {one} . FILTER(LANG({one}) != '') {focus} {path} {two} ."
            f" FILTER(!sameTerm({one}, {two}) && LCASE(LANG({one})) = LCASE(LANG({two})))"
        )

    def leads_to(self, path: Path, focus: str, value: str) -> str:
        """Say that a path leads from one node to another."""
        found = f"EXISTS {{ {focus} {path} {value} }}"
        return _any([found, f"sameTerm({focus}, {value})"]) if stays(path) else found

    def _passed(self, focus: str, predicate: ox.NamedNode, value: str, operator: str) -> str:
        other = self.fresh()
        return f"EXISTS {{ {focus} {predicate} {other} FILTER(!{in_order(value, other, operator)}) }}"

    def holds(self, constraint: Constraint, value: str, focus: str) -> str:
        """Say that one value node of a focus node meets a constraint; for a node shape they are the same."""
        match constraint:
            case kinds.OfClass(class_):
                return self._of_class(class_, value)
            case kinds.Logical() | kinds.Node() | kinds.Property():
                return self._of_shapes(constraint, value)
            case kinds.HasValue(wanted):
                return f"sameTerm({value}, {constant(wanted)})"
            case kinds.Equals(predicate):
                other = self.fresh()
                none = f"(!EXISTS {{ {value} {predicate} {other} FILTER(!sameTerm({other}, {value})) }})"
                return _all([f"EXISTS {{ {value} {predicate} {value} }}", none])
            case kinds.Disjoint(predicate):
                return f"(!EXISTS {{ {value} {predicate} {value} }})"
            case kinds.Closed(allowed):
                predicate, other = self.fresh(), self.fresh()
                return f"(!EXISTS {{ {self.not_allowed(allowed, value, predicate, other)} }})"
            case kinds.Sparql(query):
                return negated(f"EXISTS {{ {embedded_select(query, value, None, self.fresh())} }}")
            case kinds.Custom(query=query, asks=asks):
                if asks:
                    return f"EXISTS {{ {embedded_ask(query, value, focus, self.fresh(), given(constraint))} }}"
                return negated(f"EXISTS {{ {embedded_select(query, value, None, self.fresh(), given(constraint))} }}")
        return _of_term(constraint, value)

    def not_allowed(self, allowed: Iterable[ox.NamedNode], focus: str, predicate: str, value: str) -> str:
        """Write the pattern of a statement that a closed shape does not allow."""
        listed = ", ".join(map(str, allowed))
        # Like pySHACL: that something is an rdfs:Resource is never too much.
        resource = f"<{terms.PREFIXES['rdfs']}Resource>"
        exempt = f"FILTER(!({predicate} = {_RDF_TYPE} && {value} = {resource}))"
        return f"{focus} {predicate} {value} . FILTER({predicate} NOT IN ({listed})) {exempt}"

    def _of_class(self, class_: Term, value: str) -> str:
        # A literal is never the subject of a statement, and so of no class.
        if isinstance(class_, ox.Literal):
            return "false"
        return _any(f"EXISTS {{ {value} {_RDF_TYPE} {constant(one)} }}" for one in self._below(class_))

    def _of_shapes(self, constraint: kinds.Logical | kinds.Node | kinds.Property, value: str) -> str:
        if not isinstance(constraint, kinds.Logical):
            return self.conforms(constraint.shape, value)
        conforming = [self.conforms(one, value) for one in constraint.shapes]
        match constraint.name:
            case "not":
                return negated(conforming[0])
            case "and":
                return _all(conforming)
            case "or":
                return _any(conforming)
        return f"({' + '.join(f'IF({one}, 1, 0)' for one in conforming)} = 1)"

    def members(self, class_: Term) -> list[str]:
        """Write a class and those below it."""
        return [constant(one) for one in self._below(class_)]


def _of_term(constraint: Constraint, value: str) -> str:
    """Say that a term by itself meets a constraint."""
    match constraint:
        case kinds.NodeKind(kind):
            return _any(f"{_KINDS[one]}({value})" for one in kind.split("Or"))
        case kinds.Datatype(datatype):
            return _of_datatype(datatype, value)
        case kinds.Bound(operator=operator, limit=limit):
            return _within(value, operator, limit)
        case kinds.Length(operator, length):
            if operator == ">=" and length == 0:
                return "true"
            return f"COALESCE(STRLEN(STR({value})) {operator} {length}, false)"
        case kinds.Pattern(pattern, flags):
            asked = functions.call(functions.MATCHES, value, text(pattern), text(flags))
            if not flags and is_plain(pattern):
                # For Python `$` also stands before a line break at the end.
                asked = f'IF(CONTAINS(STR({value}), "\\n"), {asked}, REGEX(STR({value}), {text(pattern)}))'
            return f"COALESCE({asked}, false)"
        case kinds.LanguageIn(ranges):
            matches = " || ".join(f"LANGMATCHES(LANG({value}), {text(one)})" for one in ranges) or "false"
            return f"COALESCE({matches}, false)"
        case kinds.In(values):
            return _among(value, values)
    raise BeyondQueriesError(f"{constraint} is not a condition on one value")


def _among(value: str, listed: Iterable[Term]) -> str:
    written = [(one, constant(one)) for one in listed]
    iris = ", ".join(name for one, name in written if isinstance(one, ox.NamedNode))
    # The operator IN compares by value, which is the same for IRIs only.
    same = [f"sameTerm({value}, {name})" for one, name in written if not isinstance(one, ox.NamedNode)]
    return _any([*([f"({value} IN ({iris}))"] if iris else []), *same])


def _of_datatype(datatype: ox.NamedNode, value: str) -> str:
    name = datatype.value
    if name == terms.PREFIXES["rdfs"] + "Literal":
        return f"isLiteral({value})"
    if name == terms.PREFIXES["rdf"] + "langString":
        return f"COALESCE(LANG({value}) != '', false)"
    if name == terms.PREFIXES["rdfs"] + "Datatype":
        raise BeyondQueriesError("rdfs:Datatype as a datatype")
    spelled = {str(datatype)} | (
        {str(lexical.stored_datatype(datatype))} if lexical.is_stored_by_value(datatype) else set()
    )
    typed = f"DATATYPE({value}) IN ({', '.join(sorted(spelled))})"
    if name == _XSD + "string" or not name.startswith((_XSD, terms.PREFIXES["rdf"])):
        return f"COALESCE({typed}, false)"
    asked = functions.call(functions.WELL_FORMED, value, str(datatype))
    form = _WELL_FORMED.get(name.removeprefix(_XSD))
    sure = f"REGEX(STR({value}), {text(f'^({form})$')}) || {asked}" if form else asked
    return f"COALESCE({typed} && ({sure}), false)"


def _within(value: str, operator: str, limit: ox.Literal) -> str:
    asked = functions.call(functions.WITHIN, value, text(operator), constant(limit))
    datatype = limit.datatype.value
    local = _LOCAL.get(datatype.removeprefix(_XSD))
    if datatype in _NUMERIC and _is(limit, _WELL_FORMED[datatype.removeprefix(_XSD)]):
        sure = f"isNumeric({value})"
    elif datatype == _XSD + "string":
        sure = f"DATATYPE({value}) = {_STRING}"
    elif local and _is(limit, local):
        sure = f"DATATYPE({value}) = {limit.datatype} && REGEX(STR({value}), {text(f'^{local}$')})"
    else:
        return f"COALESCE({asked}, false)"
    return f"COALESCE(IF({sure}, {value} {operator} {limit}, {asked}), false)"


def _is(literal: ox.Literal, form: str) -> bool:
    return re.fullmatch(form, literal.value) is not None


def in_order(one: str, two: str, operator: str) -> str:
    """Say that one value comes before another (SHACL section 4.5.3)."""
    asked = functions.call(functions.IN_ORDER, one, text(operator), two)
    local = " || ".join(
        f"(DATATYPE({one}) = <{_XSD}{name}> && REGEX(STR({one}), {text(f'^{form}$')})"
        f" && REGEX(STR({two}), {text(f'^{form}$')}))"
        for name, form in _LOCAL.items()
    )
    same = f"DATATYPE({one}) = DATATYPE({two}) && (DATATYPE({one}) = {_STRING} || {local})"
    sure = f"IF(isNumeric({one}) && isNumeric({two}), true, {same})"
    return f"COALESCE(IF({sure}, {one} {operator} {two}, {asked}), {asked}, false)"
