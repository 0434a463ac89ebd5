"""Queries written into a shapes graph, and constraint components made of them (SHACL sections 5 and 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl.result import MalformedShapesError, NotCompilableError
from ccn_graph.validation.shacl.shape_model import Custom, Prepared
from ccn_graph.validation.shacl.shapes_graph import SUB_CLASS_OF, TYPE, ShapesGraph, sh

_COMPONENT = sh("ConstraintComponent")
_ONTOLOGY = ox.NamedNode(namespaces.PREFIXES["owl"] + "Ontology")
_IMPORTS = ox.NamedNode(namespaces.PREFIXES["owl"] + "imports")
_RESERVED = {"this", "shapesGraph", "currentShape", "path", "PATH", "value"}

# pySHACL declares these for every query.
_DECLARED = {name: namespaces.PREFIXES[name] for name in ("rdf", "rdfs", "owl")}


@dataclass(frozen=True, slots=True)
class _Parameter:
    predicate: ox.NamedNode
    optional: bool

    @property
    def name(self) -> str:
        return re.split(r"[#/]", self.predicate.value)[-1]


@dataclass(frozen=True, slots=True)
class _Component:
    node: Subject
    parameters: tuple[_Parameter, ...]


def prepared(graph: ShapesGraph, node: Term, form: str) -> Prepared | None:
    """Read the query of a node, with its prefixes (SHACL section 5.2.1); `form` is select or ask. None if it has none.

    Raises MalformedShapesError for several queries, or for prefixes that are not declared as they must be.
    """
    text = graph.text(node, sh(form))
    if text is None:
        return None
    declared = dict(_DECLARED)
    named = dict.fromkeys(graph.values(node, sh("prefixes")))
    ahead = list(named)
    while ahead:
        imported = [ontology for ontology in graph.values(ahead.pop(), _IMPORTS) if ontology not in named]
        named |= dict.fromkeys(imported)
        ahead += imported
    ontologies = [subject for subject, kind in graph.pairs(TYPE) if kind == _ONTOLOGY]
    for ontology in named:
        # Like pySHACL: an ontology declares for itself, anything else takes what all ontologies declare as well.
        own = graph.values(ontology, sh("declare"))
        others = (
            []
            if own and ontology in ontologies
            else [o for all_ in ontologies for o in graph.values(all_, sh("declare"))]
        )
        for declaration in (*others, *own):
            prefix, namespace = graph.text(declaration, sh("prefix")), graph.text(declaration, sh("namespace"))
            if prefix is None or namespace is None:
                raise MalformedShapesError(f"{declaration} declares no prefix")
            declared[prefix] = namespace
    return Prepared(text, tuple(declared.items()))


class Components:
    """The constraint components that a shapes graph declares."""

    def __init__(self, graph: ShapesGraph) -> None:
        """Read them. Raises MalformedShapesError for one without parameters."""
        self._said = graph
        kinds = {_COMPONENT, *(node for node, above in graph.pairs(SUB_CLASS_OF) if above == _COMPONENT)}
        nodes = dict.fromkeys(node for node, kind in graph.pairs(TYPE) if kind in kinds)
        self._components = [
            self._read(node) for node in nodes if not str(node).startswith(f"<{namespaces.PREFIXES['sh']}")
        ]

    def of(self, shape: Subject, *, of_property: bool) -> Iterator[Custom]:
        """Yield the constraints of these components on a shape: those whose parameters it has."""
        for component in self._components:
            values = {parameter: self._said.values(shape, parameter.predicate) for parameter in component.parameters}
            if all(held or parameter.optional for parameter, held in values.items()):
                if any(len(held) > 1 for held in values.values()):
                    raise NotCompilableError(f"{shape} has several values of a parameter of {component.node}")
                query, asks, validator = self._validator(component.node, of_property=of_property)
                bound = tuple((parameter.name, held[0]) for parameter, held in values.items() if held)
                messages = self._said.texts(validator, sh("message")) or self._said.texts(component.node, sh("message"))
                yield Custom(component.node, query, asks, bound, messages)

    def _read(self, node: Subject) -> _Component:
        parameters = []
        for parameter in self._said.values(node, sh("parameter")):
            path = self._said.one(parameter, sh("path"))
            if not isinstance(path, ox.NamedNode):
                raise MalformedShapesError(f"{parameter} is a parameter without a property")
            parameters.append(_Parameter(path, self._said.flag(parameter, sh("optional"))))
        if all(parameter.optional for parameter in parameters) or any(
            parameter.name in _RESERVED for parameter in parameters
        ):
            raise MalformedShapesError(f"{node} is a component without a parameter, or with one of a reserved name")
        return _Component(node, tuple(parameters))

    def _validator(self, node: Subject, *, of_property: bool) -> tuple[Prepared, bool, Term]:
        # SHACL section 6.2.3: the validator for this kind of shape, else the one for any.
        own = self._said.values(node, sh("propertyValidator" if of_property else "nodeValidator"))
        validators = own or self._said.values(node, sh("validator"))
        if len(validators) != 1:
            raise NotCompilableError(f"{node} has no validator, or several")
        query = prepared(self._said, validators[0], "select" if own else "ask")
        if query is None:
            raise NotCompilableError(f"{validators[0]} is no validator made of SPARQL")
        return query, not own, validators[0]
