"""Reads a shapes graph into shapes."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import shape_model
from ccn_graph.validation.shacl.custom_components import Components, prepared
from ccn_graph.validation.shacl.property_path import Predicate
from ccn_graph.validation.shacl.result import MalformedShapesError, NotCompilableError
from ccn_graph.validation.shacl.shape_model import Catalogue, Constraint, Shape, Target
from ccn_graph.validation.shacl.shapes_graph import SUB_CLASS_OF, TYPE, ShapesGraph, sh

_NODE_SHAPE, _PROPERTY_SHAPE = sh("NodeShape"), sh("PropertyShape")
_CORE_TARGETS = {sh(f"target{name}") for name in ("Node", "Class", "SubjectsOf", "ObjectsOf")}
_OF_SHAPES = [sh(name) for name in ("property", "node", "not", "qualifiedValueShape")]
_OF_SHAPE_LISTS = [sh(name) for name in ("and", "or", "xone")]
_CLASSES = [ox.NamedNode(namespaces.PREFIXES["rdfs"] + "Class"), ox.NamedNode(namespaces.PREFIXES["owl"] + "Class")]
_BOUNDS = {"minExclusive": ">", "minInclusive": ">=", "maxExclusive": "<", "maxInclusive": "<="}
_KINDS = {"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"}

# Constraints of SHACL's extensions that pySHACL may know and this does not.
_FOREIGN = {sh(name) for name in ("js", "expression", "rule", "values")}

#: What shapes say of the nodes they are about.
TARGETS = _CORE_TARGETS | {sh("target")}

#: What shapes say to readers and forms; no result depends on it (SHACL sections 2.1.5 and 2.3.2).
FOR_READERS = {sh(name) for name in ("name", "description", "order", "group", "defaultValue", "message")}


class ShapesReader:
    """Reads the shapes of a shapes graph."""

    def __init__(self, statements: ShapesGraph) -> None:
        """Find the shapes (SHACL section 2.1). Raises MalformedShapesError for those that contradict themselves."""
        self._said = statements
        self._components = Components(statements)
        #: Shapes that say what no query says, with the reason.
        self.beyond: dict[Subject, NotCompilableError] = {}
        metaclasses = {node for node, above in statements.pairs(SUB_CLASS_OF) if above == _CLASSES[0]}
        self._metaclasses = {*_CLASSES, *metaclasses}
        #: Shapes with targets that are not read.
        self.untold: set[Subject] = set()
        self.shapes: Catalogue = {node: self._shape(node) for node in dict.fromkeys(self._nodes())}

    def is_metaclass(self, node: Term) -> bool:
        """Tell whether shapes of a class are classes themselves, their instances targets (SHACL section 2.1.3.3)."""
        return node in self._metaclasses

    def _nodes(self) -> Iterator[Subject]:
        for node in self._said.subjects:
            predicates, types = self._said.predicates(node), self._said.values(node, TYPE)
            if _NODE_SHAPE in types and (sh("path") in predicates or _PROPERTY_SHAPE in types):
                raise MalformedShapesError(f"{node} is a node shape with a path")
            if _NODE_SHAPE in types or _PROPERTY_SHAPE in types or predicates & {*TARGETS, sh("property"), sh("node")}:
                yield node
            for predicate in (*_OF_SHAPES, *_OF_SHAPE_LISTS):
                for value in self._said.values(node, predicate):
                    for inner in self._said.items(value) if predicate in _OF_SHAPE_LISTS else [value]:
                        yield _checked(inner)

    def _shape(self, node: Subject) -> Shape:
        path = self._said.one(node, sh("path"))
        if path is None and _PROPERTY_SHAPE in self._said.values(node, TYPE):
            raise MalformedShapesError(f"{node} is a property shape without a path")
        constraints: tuple[Constraint, ...] = ()
        try:
            if foreign := _FOREIGN & self._said.predicates(node):
                raise NotCompilableError(f"{foreign} is no constraint of SHACL")
            constraints = tuple(self._constraints(node, of_property=path is not None))
        except MalformedShapesError:
            raise
        except NotCompilableError as reason:
            self.beyond[node] = reason
        return Shape(
            node,
            None if path is None else self._said.path(path),
            tuple(self._targets(node)),
            constraints,
            self._said.one(node, sh("severity")),
            self._said.flag(node, sh("deactivated")),
        )

    def _targets(self, node: Subject) -> Iterator[Target]:
        graph = self._said
        yield from (shape_model.TargetNode(value) for value in graph.values(node, sh("targetNode")))
        yield from (shape_model.TargetClass(value) for value in graph.values(node, sh("targetClass")))
        yield from (shape_model.TargetSubjectsOf(value) for value in graph.iris(node, sh("targetSubjectsOf")))
        yield from (shape_model.TargetObjectsOf(value) for value in graph.iris(node, sh("targetObjectsOf")))
        for target in graph.values(node, sh("target")):
            query = prepared(graph, target, "select")
            if query is None:
                self.beyond[node] = NotCompilableError(f"{target} is no SPARQL-based target")
                self.untold.add(node)
            else:
                yield shape_model.TargetQuery(query)
        if any(map(self.is_metaclass, graph.values(node, TYPE))):
            yield shape_model.TargetClass(node)

    def _constraints(self, node: Subject, *, of_property: bool) -> Iterator[Constraint]:
        yield from self._of_values(node)
        yield from self._of_strings(node)
        yield from self._of_pairs(node)
        yield from self._of_shapes(node)
        yield from self._of_counts(node, of_property=of_property)
        yield from self._closed(node)
        for value in self._said.values(node, sh("sparql")):
            query = prepared(self._said, value, "select")
            if query is None:
                raise MalformedShapesError(f"{value} has no sh:select")
            if not self._said.flag(value, sh("deactivated")):
                yield shape_model.Sparql(query, _checked(value), self._said.texts(value, sh("message")))
        yield from self._components.of(node, of_property=of_property)

    def _of_values(self, node: Subject) -> Iterator[Constraint]:
        graph = self._said
        yield from (shape_model.OfClass(value) for value in graph.values(node, sh("class")))
        datatype, kind, listed = (graph.one(node, sh(name)) for name in ("datatype", "nodeKind", "in"))
        if datatype is not None:
            if not isinstance(datatype, ox.NamedNode):
                raise MalformedShapesError(f"{datatype} is no datatype")
            yield shape_model.Datatype(datatype)
        if kind is not None:
            name = kind.value.removeprefix(namespaces.PREFIXES["sh"]) if isinstance(kind, ox.NamedNode) else ""
            if name not in _KINDS:
                raise MalformedShapesError(f"{kind} is no node kind")
            yield shape_model.NodeKind(name)
        for name, operator in _BOUNDS.items():
            for limit in graph.values(node, sh(name)):
                if not isinstance(limit, ox.Literal):
                    raise MalformedShapesError(f"{limit} is no limit")
                yield shape_model.Bound(name, operator, limit)
        if listed is not None:
            yield shape_model.In(tuple(graph.items(listed)))
        yield from (shape_model.HasValue(value) for value in graph.values(node, sh("hasValue")))

    def _of_strings(self, node: Subject) -> Iterator[Constraint]:
        graph = self._said
        for name, operator in (("minLength", ">="), ("maxLength", "<=")):
            length = graph.whole(node, sh(name))
            if length is not None:
                yield shape_model.Length(operator, length)
        flags = graph.text(node, sh("flags")) or ""
        for pattern in graph.values(node, sh("pattern")):
            if not isinstance(pattern, ox.Literal):
                raise MalformedShapesError(f"{pattern} is no pattern")
            yield shape_model.Pattern(pattern.value, flags)
        languages = graph.one(node, sh("languageIn"))
        if languages is not None:
            ranges = graph.items(languages)
            if not all(isinstance(language, ox.Literal) for language in ranges):
                raise MalformedShapesError(f"{node} lists languages that are no text")
            yield shape_model.LanguageIn(
                tuple(language.value for language in ranges if isinstance(language, ox.Literal))
            )

    def _of_pairs(self, node: Subject) -> Iterator[Constraint]:
        iris = self._said.iris
        yield from (shape_model.Equals(value) for value in iris(node, sh("equals")))
        yield from (shape_model.Disjoint(value) for value in iris(node, sh("disjoint")))
        yield from (shape_model.LessThan("<", value) for value in iris(node, sh("lessThan")))
        yield from (shape_model.LessThan("<=", value) for value in iris(node, sh("lessThanOrEquals")))

    def _of_shapes(self, node: Subject) -> Iterator[Constraint]:
        graph = self._said
        yield from (shape_model.Node(self._called(value, path=False)) for value in graph.values(node, sh("node")))
        yield from (
            shape_model.Property(self._called(value, path=True)) for value in graph.values(node, sh("property"))
        )
        yield from (shape_model.Logical("not", (_checked(value),)) for value in graph.values(node, sh("not")))
        for name in ("and", "or", "xone"):
            for head in graph.values(node, sh(name)):
                shapes = tuple(map(_checked, graph.items(head)))
                if not shapes:
                    raise MalformedShapesError(f"{node} lists no shapes")
                yield shape_model.Logical(name, shapes)

    def _called(self, value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, *, path: bool) -> Subject:
        inner = _checked(value)
        if (sh("path") in self._said.predicates(inner)) != path:
            raise MalformedShapesError(f"{inner} is a shape of the other kind")
        return inner

    def _of_counts(self, node: Subject, *, of_property: bool) -> Iterator[Constraint]:
        graph = self._said
        least, most = graph.whole(node, sh("minCount")), graph.whole(node, sh("maxCount"))
        if not of_property and (
            {least, most} != {None}
            or graph.predicates(node) & {sh("uniqueLang"), sh("lessThan"), sh("lessThanOrEquals")}
        ):
            raise MalformedShapesError(f"{node} is a node shape with a constraint of property shapes")
        if least is not None:
            yield shape_model.MinCount(least)
        if most is not None:
            yield shape_model.MaxCount(most)
        # SHACL section 4.4.5 has no other spelling of true.
        if graph.flag(node, sh("uniqueLang")) and graph.text(node, sh("uniqueLang")) == "true":
            yield shape_model.UniqueLang()
        least, most = graph.whole(node, sh("qualifiedMinCount")), graph.whole(node, sh("qualifiedMaxCount"))
        shapes = [_checked(value) for value in graph.values(node, sh("qualifiedValueShape"))] if of_property else []
        if of_property and bool(shapes) == (least is None and most is None):
            raise MalformedShapesError(f"{node} counts without a shape, or has a shape and no count")
        for inner in shapes:
            siblings = tuple(sibling for sibling in self._siblings(node) if sibling != inner)
            if most is not None:
                yield shape_model.Qualified(inner, siblings, most, at_least=False)
            if least is not None:
                yield shape_model.Qualified(inner, siblings, least, at_least=True)

    def _siblings(self, node: Subject) -> Iterator[Subject]:
        # SHACL section 4.7.3: what the other properties of the same shapes want to count.
        if self._said.flag(node, sh("qualifiedValueShapesDisjoint")):
            parents = [parent for parent, value in self._said.pairs(sh("property")) if value == node]
            properties = {value: None for parent in parents for value in self._said.values(parent, sh("property"))}
            shapes = [shape for value in properties for shape in self._said.values(value, sh("qualifiedValueShape"))]
            yield from dict.fromkeys(map(_checked, shapes))

    def _closed(self, node: Subject) -> Iterator[Constraint]:
        graph = self._said
        if sh("ignoredProperties") in graph.predicates(node) and sh("closed") not in graph.predicates(node):
            return
        if graph.flag(node, sh("closed")):
            allowed = [term for head in graph.values(node, sh("ignoredProperties")) for term in graph.items(head)]
            for inner in graph.values(node, sh("property")):
                path = graph.path(graph.values(inner, sh("path"))[0])
                allowed += [path.iri] if isinstance(path, Predicate) else []
            yield shape_model.Closed(tuple(dict.fromkeys(term for term in allowed if isinstance(term, ox.NamedNode))))


def _checked(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Subject:
    if isinstance(node, ox.NamedNode | ox.BlankNode):
        return node
    raise MalformedShapesError(f"{node} is no shape")
