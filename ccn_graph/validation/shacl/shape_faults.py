"""Finds what is wrong with shapes themselves, so that nothing that a shape says is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object, Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import query_faults, regex, value_faults, vocabulary
from ccn_graph.validation.shacl.custom_components import Components, prepared
from ccn_graph.validation.shacl.data_store import Said
from ccn_graph.validation.shacl.result import MalformedShapesError, NotCompilableError
from ccn_graph.validation.shacl.shapes_graph import TYPE, ShapesGraph, sh
from ccn_graph.validation.shacl.value_faults import REFERENCES, Fault, Grade

_SH = vocabulary.SH

_ONCE = {
    "path", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "flags", "languageIn", "uniqueLang", "qualifiedValueShapesDisjoint",
    "closed", "ignoredProperties", "in", "deactivated", "severity", "select", "ask",
}  # fmt: skip
_OF_PROPERTIES = {
    "minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape", "qualifiedMinCount",
    "qualifiedMaxCount",
}  # fmt: skip

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_OF_TARGETS = frozenset(map(sh, _TARGETS))
_SHAPE_TYPES = {sh("NodeShape"), sh("PropertyShape")}
_IMPORTS = ox.NamedNode(namespaces.PREFIXES["owl"] + "imports")
_CLASSES = {
    ox.NamedNode(name)
    for name in (
        namespaces.PREFIXES["rdfs"] + "Class",
        namespaces.PREFIXES["owl"] + "Class",
        vocabulary.SH + "ShapeClass",
    )
}


def find(statements: Sequence[Said]) -> list[Fault]:
    """Look at all statements of a shapes graph; give what is wrong in their order."""
    return list(_Faults(statements).found())


class _Faults:
    def __init__(self, statements: Sequence[Said]) -> None:
        self._all = statements
        self._said = ShapesGraph(statements)
        #: Properties of the constraint components that these shapes declare: their values are free.
        self._own = {
            path
            for _, parameter in self._said.pairs(sh("parameter"))
            for path in self._said.values(parameter, sh("path"))
        }

    def found(self) -> Iterator[Fault]:
        for triple in dict.fromkeys(self._all):
            yield from value_faults.of_terms(triple, self._own)
            if triple.predicate.value.startswith(_SH) and triple.predicate not in self._own:
                yield from value_faults.of_value(self._said, triple, triple.predicate.value[len(_SH) :])
        for node in self._said.subjects:
            names = {
                predicate.value[len(_SH) :]
                for predicate in self._said.predicates(node)
                if predicate.value.startswith(_SH)
            }
            if names or any(_in_shacl(kind) for kind in self._said.values(node, TYPE)):
                yield from self._of_node(node, names)
        yield from self._of_all()

    def _of_node(self, node: Subject, names: set[str]) -> Iterator[Fault]:
        for name in sorted(names & _ONCE):
            if len(self._said.values(node, sh(name))) > 1 and sh(name) not in self._own:
                yield Fault(node, self._statement(node, name, last=True), {
                    "ja": f"sh:{name} は一つのシェイプに一つしか書けない", "en": f"a shape has only one sh:{name}",
                })  # fmt: skip
        if "path" not in names and _is_shape(self._said, node, names):
            for name in sorted(names & _OF_PROPERTIES):
                yield Fault(node, self._statement(node, name), {
                    "ja": f"sh:{name} は sh:path のあるプロパティシェイプに書く",
                    "en": f"sh:{name} belongs into a property shape, which has a sh:path",
                }, Grade.WITHOUT_EFFECT if name.startswith("qualified") else Grade.ILL_FORMED)  # fmt: skip
        yield from self._of_property(node, names)
        yield from self._alone(node, names)
        if "pattern" in names:
            yield from self._of_patterns(node)
        yield from self._of_queries(node, names)

    def _of_property(self, node: Subject, names: set[str]) -> Iterator[Fault]:
        types = self._said.values(node, TYPE)
        if sh("NodeShape") in types and "path" in names:
            yield Fault(node, self._statement(node, "path"), {
                "ja": "sh:NodeShape に sh:path は書けない", "en": "a sh:NodeShape has no sh:path",
            })  # fmt: skip
        if sh("PropertyShape") in types and "path" not in names:
            yield Fault(node, None, {
                "ja": "sh:PropertyShape に sh:path がない", "en": "a sh:PropertyShape needs a sh:path",
            })  # fmt: skip
        for value in self._said.values(node, sh("property")):
            predicates = self._said.predicates(value)
            if sh("path") not in predicates and (predicates or isinstance(value, ox.NamedNode)):
                yield Fault(node, self._statement(node, "property", value), {
                    "ja": "sh:property の先に sh:path がない", "en": "what sh:property names has no sh:path",
                })  # fmt: skip
        for value in self._said.values(node, sh("node")):
            if sh("path") in self._said.predicates(value):
                yield Fault(node, self._statement(node, "node", value), {
                    "ja": "sh:node の先がプロパティシェイプになっている。sh:property を使う",
                    "en": "sh:node names a property shape; use sh:property",
                })  # fmt: skip

    def _alone(self, node: Subject, names: set[str]) -> Iterator[Fault]:
        """Find what has no effect without something else."""
        counts = names & {"qualifiedMinCount", "qualifiedMaxCount"}
        in_property = Grade.NOT_EVALUATED if "path" in names else Grade.WITHOUT_EFFECT
        for name, needed, grade in (
            *((count, "qualifiedValueShape", in_property) for count in sorted(counts)),
            ("flags", "pattern", Grade.ILL_FORMED),
            ("ignoredProperties", "closed", Grade.WITHOUT_EFFECT),
            ("qualifiedValueShapesDisjoint", "qualifiedValueShape", Grade.WITHOUT_EFFECT),
        ):
            if name in names and needed not in names:
                yield Fault(node, self._statement(node, name), {
                    "ja": f"sh:{name} は sh:{needed} と一緒でなければ働かない",
                    "en": f"sh:{name} has no effect without sh:{needed}",
                }, grade)  # fmt: skip
        if "qualifiedValueShape" in names and not counts:
            yield Fault(node, self._statement(node, "qualifiedValueShape"), {
                "ja": "sh:qualifiedValueShape に sh:qualifiedMinCount も sh:qualifiedMaxCount もない",
                "en": "sh:qualifiedValueShape has no effect without sh:qualifiedMinCount or sh:qualifiedMaxCount",
            }, in_property)  # fmt: skip

    def _of_patterns(self, node: Subject) -> Iterator[Fault]:
        flags = "".join(value.value for value in self._said.values(node, sh("flags")) if isinstance(value, ox.Literal))
        for value in self._said.values(node, sh("pattern")):
            if isinstance(value, ox.Literal) and (reason := regex.fault(value.value, flags)):
                yield Fault(node, self._statement(node, "pattern", value), {
                    "ja": f"XPathの正規表現として読めない({reason})",
                    "en": f"this is no regular expression of XPath: {reason}",
                }, value=value.value)  # fmt: skip

    def _of_queries(self, node: Subject, names: set[str]) -> Iterator[Fault]:
        for name, form in (("sparql", "select"), ("target", "select")):
            for value in self._said.values(node, sh(name)):
                if not isinstance(value, ox.Literal):
                    if not self._said.values(value, sh(form)):
                        yield Fault(node, self._statement(node, name, value), {
                            "ja": f"sh:{name} の先に sh:select がない", "en": f"what sh:{name} names has no sh:select",
                        })  # fmt: skip
                    else:
                        yield from self._of_query(value, form, ())
        if "parameter" in names:
            yield from self._of_component(node)

    def _of_component(self, node: Subject) -> Iterator[Fault]:
        parameters = []
        for parameter in self._said.values(node, sh("parameter")):
            paths = self._said.values(parameter, sh("path"))
            if len(paths) == 1 and isinstance(paths[0], ox.NamedNode):
                parameters.append(namespaces.slug(paths[0].value))
            else:
                yield Fault(node, self._statement(node, "parameter", parameter), {
                    "ja": "sh:parameter の sh:path はIRI一つでなければならない",
                    "en": "a sh:parameter has exactly one sh:path, an IRI",
                })  # fmt: skip
        validators = [(value, form, more) for name, form, more in (
            ("validator", "ask", ("value",)), ("nodeValidator", "select", ()), ("propertyValidator", "select", ()),
        ) for value in self._said.values(node, sh(name))]  # fmt: skip
        if not validators and sh("ConstraintComponent") in self._said.values(node, TYPE):
            yield Fault(node, None, {
                "ja": "制約コンポーネントに検証の問い合わせがない", "en": "the constraint component has no validator",
            })  # fmt: skip
        for value, form, more in validators:
            if isinstance(value, ox.NamedNode | ox.BlankNode):
                if not self._said.values(value, sh(form)):
                    yield Fault(value, None, {
                        "ja": f"検証の問い合わせに sh:{form} がない", "en": f"the validator has no sh:{form}",
                    })  # fmt: skip
                else:
                    yield from self._of_query(value, form, (*parameters, *more))

    def _of_query(self, node: Term, form: str, bound: Sequence[str]) -> Iterator[Fault]:
        assert isinstance(node, ox.NamedNode | ox.BlankNode)
        triple = self._statement(node, form)
        try:
            query = prepared(self._said, node, form)
        except (MalformedShapesError, NotCompilableError) as error:
            yield Fault(node, triple, {"ja": f"接頭辞の宣言が正しくない({error})", "en": f"wrong prefixes: {error}"})
            return
        if query is not None:
            for message in query_faults.of_query(query, form.upper(), bound):
                yield Fault(node, triple, message)

    def _of_all(self) -> Iterator[Fault]:
        """Where shapes look at nothing, nothing would be found."""
        try:
            Components(self._said)
        except MalformedShapesError as error:
            yield Fault(self._said.subjects[0], None, {"ja": f"{error}", "en": f"{error}"})
        targeted = any(map(self._is_targeted, self._said.subjects))
        off = [node for node in self._said.subjects if self._is_off(node)]
        active = (node for node in self._said.subjects if node not in off and self._is_targeted(node))
        if targeted and off and not any(active):
            yield Fault(off[0], self._statement(off[0], "deactivated"), {
                "ja": "対象のあるシェイプがすべて sh:deactivated なので、何も調べられない",
                "en": "all shapes with a target are deactivated, so that nothing would be looked at",
            }, Grade.WITHOUT_EFFECT)  # fmt: skip
        if not targeted and self._said.subjects:
            yield Fault(self._said.subjects[0], self._all[0], {
                "ja": "対象(sh:targetClass など)を持つシェイプが一つもないので、何も調べられない",
                "en": "no shape has a target (such as sh:targetClass), so that nothing would be looked at",
            }, Grade.NOT_EVALUATED)  # fmt: skip
        for triple in self._all:
            # What an import brings is no part of the shapes that are looked at, unless its file is given, too.
            if triple.predicate == _IMPORTS and not _is_of_shacl(triple.object) and not self._is_there(triple.object):
                yield Fault(triple.subject, triple, {
                    "ja": "owl:imports の先は読まない。そのファイルもシェイプとして渡す",
                    "en": "what owl:imports names is not read; give its file as shapes, too",
                }, Grade.WITHOUT_EFFECT, triple.object if isinstance(triple.object, ox.NamedNode) else "")  # fmt: skip

    def _is_targeted(self, node: Subject) -> bool:
        types = set(self._said.values(node, TYPE))
        return bool(self._said.predicates(node) & _OF_TARGETS or (types & _SHAPE_TYPES and types & _CLASSES))

    def _is_off(self, node: Subject) -> bool:
        return any(
            isinstance(value, ox.Literal) and value.value in ("true", "1")
            for value in self._said.values(node, sh("deactivated"))
        )

    def _is_there(self, ontology: Term) -> bool:
        return not isinstance(ontology, ox.NamedNode) or bool(self._said.predicates(ontology))

    def _statement(self, node: Term, name: str, value: Object | None = None, *, last: bool = False) -> Said | None:
        triples = [
            triple for triple in self._all
            if triple.subject == node and triple.predicate == sh(name) and (value is None or triple.object == value)
        ]  # fmt: skip
        return (triples[-1] if last else triples[0]) if triples else None


def _is_of_shacl(term: Term) -> bool:
    """Tell whether a term is the vocabulary of SHACL or DASH itself, whose terms are known."""
    return isinstance(term, ox.NamedNode) and term.value.rstrip("#/") in {
        iri.rstrip("#") for iri in (_SH, vocabulary.DASH)
    }


def _in_shacl(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(_SH)


def _is_shape(graph: ShapesGraph, node: Subject, names: set[str]) -> bool:
    of_shapes = names & {*_TARGETS, "property", "node"} or sh("NodeShape") in graph.values(node, TYPE)
    return bool(of_shapes) or any(node in graph.objects(sh(name)) for name in REFERENCES)
