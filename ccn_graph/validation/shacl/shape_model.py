"""Shapes as values: what a shapes graph says, typed (SHACL sections 2, 4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl.property_path import Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query written into a shapes graph, with the prefixes it relies on."""

    text: str
    prefixes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TargetNode:
    """A node named as such."""

    node: Term


@dataclass(frozen=True, slots=True)
class TargetClass:
    """Instances of a class."""

    class_: Term


@dataclass(frozen=True, slots=True)
class TargetSubjectsOf:
    """Whatever has a property."""

    predicate: ox.NamedNode


@dataclass(frozen=True, slots=True)
class TargetObjectsOf:
    """Whatever is a value of a property."""

    predicate: ox.NamedNode


@dataclass(frozen=True, slots=True)
class TargetQuery:
    """What a query finds as ?this (SHACL Advanced Features section 3.1)."""

    query: Prepared


Target = TargetNode | TargetClass | TargetSubjectsOf | TargetObjectsOf | TargetQuery


@dataclass(frozen=True, slots=True)
class OfClass:
    """sh:class."""

    class_: Term


@dataclass(frozen=True, slots=True)
class Datatype:
    """sh:datatype."""

    datatype: ox.NamedNode


@dataclass(frozen=True, slots=True)
class NodeKind:
    """sh:nodeKind; `kind` is the local name of its value."""

    kind: str


@dataclass(frozen=True, slots=True)
class MinCount:
    """sh:minCount."""

    count: int


@dataclass(frozen=True, slots=True)
class MaxCount:
    """sh:maxCount."""

    count: int


@dataclass(frozen=True, slots=True)
class Bound:
    """sh:minExclusive, sh:minInclusive, sh:maxExclusive, sh:maxInclusive: the value compares so with the limit."""

    name: str
    operator: str
    limit: ox.Literal


@dataclass(frozen=True, slots=True)
class Length:
    """sh:minLength (`>=`) or sh:maxLength (`<=`), in characters."""

    operator: str
    length: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """sh:pattern with its sh:flags."""

    pattern: str
    flags: str


@dataclass(frozen=True, slots=True)
class LanguageIn:
    """sh:languageIn."""

    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UniqueLang:
    """sh:uniqueLang true."""


@dataclass(frozen=True, slots=True)
class Equals:
    """sh:equals."""

    predicate: ox.NamedNode


@dataclass(frozen=True, slots=True)
class Disjoint:
    """sh:disjoint."""

    predicate: ox.NamedNode


@dataclass(frozen=True, slots=True)
class LessThan:
    """sh:lessThan (`<`) or sh:lessThanOrEquals (`<=`)."""

    operator: str
    predicate: ox.NamedNode


@dataclass(frozen=True, slots=True)
class Logical:
    """sh:not, sh:and, sh:or, sh:xone; `name` is the local name."""

    name: str
    shapes: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """sh:node."""

    shape: Subject


@dataclass(frozen=True, slots=True)
class Property:
    """sh:property."""

    shape: Subject


@dataclass(frozen=True, slots=True)
class Qualified:
    """sh:qualifiedMinCount (`at_least`) or sh:qualifiedMaxCount; what counts conforms to none of the `siblings`."""

    shape: Subject
    siblings: tuple[Subject, ...]
    count: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """sh:closed true, with all properties that are allowed."""

    allowed: tuple[ox.NamedNode, ...]


@dataclass(frozen=True, slots=True)
class HasValue:
    """sh:hasValue."""

    value: Term


@dataclass(frozen=True, slots=True)
class In:
    """sh:in."""

    values: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Sparql:
    """sh:sparql: each row of the query is a result, worded as the constraint's own `messages` are."""

    query: Prepared
    node: Subject
    messages: tuple[ox.Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Custom:
    """A constraint component of the shapes' own, with the values of its parameters (SHACL section 6)."""

    component: Subject
    query: Prepared
    asks: bool
    parameters: tuple[tuple[str, Term], ...]
    messages: tuple[ox.Literal, ...] = ()


Constraint = (
    OfClass | Datatype | NodeKind | MinCount | MaxCount | Bound | Length | Pattern | LanguageIn | UniqueLang
    | Equals | Disjoint | LessThan | Logical | Node | Property | Qualified | Closed | HasValue | In | Sparql | Custom
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or with a path a property shape."""

    node: Subject
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    severity: Term | None = None
    deactivated: bool = False


#: All shapes of a shapes graph by their node.
Catalogue = Mapping[Subject, Shape]


def component(constraint: Constraint) -> str:
    """Return the IRI of the component that a constraint belongs to.

    >>> component(MinCount(1))
    'http://www.w3.org/ns/shacl#MinCountConstraintComponent'
    """
    match constraint:
        case Custom(own):
            return own.value if isinstance(own, ox.NamedNode) else str(own)
        case OfClass():
            name = "Class"
        case Bound(name=name):
            name = name[0].upper() + name[1:]
        case Logical(name=name):
            name = name.capitalize()
        case Length(operator):
            name = "MinLength" if operator == ">=" else "MaxLength"
        case LessThan(operator):
            name = "LessThan" if operator == "<" else "LessThanOrEquals"
        case Qualified(at_least=at_least):
            name = "QualifiedMinCount" if at_least else "QualifiedMaxCount"
        case Sparql():
            name = "SPARQL"
        case _:
            name = type(constraint).__name__
    return f"{namespaces.PREFIXES['sh']}{name}ConstraintComponent"
