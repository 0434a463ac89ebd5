"""Finds terms in shapes that SHACL does not have or that are not evaluated, and values of the wrong kind."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import Enum, auto

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object, Subject
from ccn_graph.text import xsd
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.shacl import vocabulary
from ccn_graph.validation.shacl.data_store import Said
from ccn_graph.validation.shacl.result import MalformedShapesError
from ccn_graph.validation.shacl.shapes_graph import TYPE, ShapesGraph

_XSD, _SH, _DASH = namespaces.PREFIXES["xsd"], vocabulary.SH, vocabulary.DASH
_STRINGS = (_XSD + "string", namespaces.PREFIXES["rdf"] + "langString")

#: What names another shape.
REFERENCES = ("node", "property", "not", "qualifiedValueShape")


class Grade(Enum):
    """How far shapes with a fault can be evaluated."""

    ILL_FORMED = auto()
    """Not at all: the standard gives them no meaning."""
    NOT_EVALUATED = auto()
    """Without what is at fault: a term that is unknown or not supported."""
    WITHOUT_EFFECT = auto()
    """As they are, but perhaps not as they are meant."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with shapes.

    `said` is the statement that is at fault, None if it is something about the node as a whole.
    """

    node: Subject
    said: Said | None
    message: Bilingual
    grade: Grade = Grade.ILL_FORMED
    value: str | ox.NamedNode | ox.BlankNode = ""
    suggestion: str = ""


def _is_iri(value: Object) -> bool:
    return isinstance(value, ox.NamedNode)


def _is_node(value: Object) -> bool:
    return isinstance(value, ox.NamedNode | ox.BlankNode)


def _is_literal(value: Object) -> bool:
    return isinstance(value, ox.Literal)


def _is_text(value: Object) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value in _STRINGS


def _is_string(value: Object) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value == _STRINGS[0]


def _is_flag(value: Object) -> bool:
    allowed = {"true", "false", "1", "0"}
    return isinstance(value, ox.Literal) and value.datatype.value == _XSD + "boolean" and value.value in allowed


def _is_number(value: Object) -> bool:
    whole = isinstance(value, ox.Literal) and value.datatype.value == _XSD + "integer"
    return whole and bool(xsd.is_valid(value.value, _XSD + "nonNegativeInteger"))  # type: ignore[union-attr]


def _is_node_kind(value: Object) -> bool:
    kinds = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
    return isinstance(value, ox.NamedNode) and value.value in {_SH + kind for kind in kinds}


#: What a value must be: a test, and how it is called in both languages.
_Kind = tuple[Callable[[Object], bool], str, str]
_IRI: _Kind = (_is_iri, "IRI", "an IRI")
_SHAPE: _Kind = (_is_node, "シェイプ(IRIか空白ノード)", "a shape, an IRI or a blank node")
_LITERAL: _Kind = (_is_literal, "リテラル", "a literal")
_STRING: _Kind = (_is_string, "言語タグのない文字列", "a string without a language tag")
_TEXT: _Kind = (_is_text, "文字列", "a text")
_FLAG: _Kind = (_is_flag, "true か false", "true or false")
_COUNT: _Kind = (_is_number, "0以上の整数(xsd:integer)", "a whole number from 0 (an xsd:integer)")
_NODE_KIND: _Kind = (_is_node_kind, "sh:IRI などの節の種類", "a node kind such as sh:IRI")

_COMPARED = ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
_VALUES: Mapping[str, _Kind] = {
    **dict.fromkeys(("targetClass", "targetSubjectsOf", "targetObjectsOf", "class", "datatype", "severity"), _IRI),
    **dict.fromkeys(("equals", "disjoint", "lessThan", "lessThanOrEquals"), _IRI),
    "targetNode": (lambda value: isinstance(value, ox.NamedNode | ox.Literal), "IRIかリテラル", "an IRI or a literal"),
    **dict.fromkeys(("node", "property", "not", "qualifiedValueShape", "sparql", "target"), _SHAPE),
    **dict.fromkeys(_COMPARED, _LITERAL),
    **dict.fromkeys(("minCount", "maxCount", "minLength", "maxLength"), _COUNT),
    **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount"), _COUNT),
    **dict.fromkeys(("uniqueLang", "closed", "deactivated", "qualifiedValueShapesDisjoint", "optional"), _FLAG),
    **dict.fromkeys(("pattern", "flags", "select", "ask", "prefix"), _STRING),
    **dict.fromkeys(("message", "name", "description"), _TEXT),
    "nodeKind": _NODE_KIND,
}  # fmt: skip

#: No result depends on these.
_HARMLESS = {"message", "name", "description"}

#: Lists and what their items must be.
_LISTS: Mapping[str, _Kind | None] = {
    "in": None, "and": _SHAPE, "or": _SHAPE, "xone": _SHAPE, "languageIn": _STRING, "ignoredProperties": _IRI,
}  # fmt: skip


def of_terms(triple: Said, own: Set[Object]) -> Iterator[Fault]:
    """Look at the IRIs of a statement: whether SHACL and DASH have them, and whether they are evaluated."""
    for term, is_predicate in ((triple.predicate, True), (triple.object, False)):
        if not isinstance(term, ox.NamedNode) or term in own:
            continue
        iri = term.value
        if not is_predicate and triple.predicate != TYPE and not triple.predicate.value.startswith((_SH, _DASH)):
            continue
        if iri.startswith(_SH):
            yield from _of_sh(triple, iri[len(_SH) :], is_predicate=is_predicate)
        elif iri.startswith(_DASH):
            yield from _of_dash(triple, iri[len(_DASH) :], is_predicate=is_predicate)
        elif near := _mistaken_namespace(iri):
            yield _unknown(triple, f"<{iri}>", near)


def of_value(shapes: ShapesGraph, triple: Said, name: str) -> Iterator[Fault]:
    """Look at the value of one of SHACL's properties: whether it is of the kind that the property takes."""
    value = triple.object
    kind = _VALUES.get(name)
    if kind and not kind[0](value):
        yield _wrong(triple, name, kind)
    elif name in _LISTS:
        yield from _of_list(shapes, triple, name, _LISTS[name])
    elif name == "datatype" and isinstance(value, ox.NamedNode) and value.value.startswith(_XSD):
        yield from _of_datatype(triple, value.value)
    elif name in REFERENCES and isinstance(value, ox.NamedNode) and not shapes.predicates(value):
        yield _missing(triple, value)
    elif name == "path":
        try:
            shapes.path(value)
        except MalformedShapesError:
            yield Fault(triple.subject, triple, {
                "ja": "sh:path の値がパスではない。IRI、パスのリスト(二つ以上)、sh:inversePath などを一つ持つ"
                "空白ノードのどれかにする",
                "en": "sh:path is not a path: write an IRI, a list of two or more paths, or a blank node that has one"
                " sh:inversePath or the like",
            }, value=_shown(value))  # fmt: skip
    if name in _COMPARED and isinstance(value, ox.Literal) and xsd.is_valid(value.value, value.datatype.value) is False:
        yield Fault(triple.subject, triple, {
            "ja": f"{namespaces.curie(value.datatype.value)} の値でないので、どの値も違反になる",
            "en": f"this is no value of {namespaces.curie(value.datatype.value)}, so that every value is a violation",
        }, Grade.WITHOUT_EFFECT, value.value)  # fmt: skip


def _of_list(shapes: ShapesGraph, triple: Said, name: str, kind: _Kind | None) -> Iterator[Fault]:
    try:
        items = shapes.items(triple.object)
    except MalformedShapesError:
        yield Fault(triple.subject, triple, {
            "ja": f"sh:{name} の値がリストではない。丸括弧 ( ) で囲む",
            "en": f"sh:{name} takes a list; put its items in brackets ( )",
        }, value=_shown(triple.object))  # fmt: skip
        return
    if not items and name in ("in", "languageIn"):
        yield Fault(triple.subject, triple, {
            "ja": f"sh:{name} のリストが空なので、どの値も違反になる",
            "en": f"the list of sh:{name} is empty, so that every value is a violation",
        }, Grade.WITHOUT_EFFECT)  # fmt: skip
    if not items and name in ("and", "or", "xone"):
        yield Fault(triple.subject, triple, {
            "ja": f"sh:{name} のリストが空", "en": f"the list of sh:{name} is empty",
        })  # fmt: skip
    for item in items:
        if kind and not kind[0](item):
            yield _wrong(triple, name, kind, item)
        elif kind is _SHAPE and isinstance(item, ox.NamedNode) and not shapes.predicates(item):
            yield _missing(triple, item)


def _of_sh(triple: Said, name: str, *, is_predicate: bool) -> Iterator[Fault]:
    term = f"sh:{name}"
    if name not in vocabulary.KNOWN:
        yield _unknown(triple, term, _near(name, vocabulary.KNOWN, "sh:"))
    elif name.startswith("JS") or (is_predicate and name in vocabulary.UNSUPPORTED):
        yield _unsupported(triple, term)
    elif is_predicate and name in vocabulary.NOT_RUN:
        yield Fault(triple.subject, triple, {
            "ja": f"{term} は実行されない。推論した結果を加えてから調べる",
            "en": f"{term} is not run; add what it infers to the data before checking",
        }, Grade.NOT_EVALUATED if name == "entailment" else Grade.WITHOUT_EFFECT, value=term)  # fmt: skip


def _of_dash(triple: Said, name: str, *, is_predicate: bool) -> Iterator[Fault]:
    term = f"dash:{name}"
    if not is_predicate and name[:1].isupper():
        return
    if name not in vocabulary.DASH_KNOWN:
        if is_predicate:
            yield _unknown(triple, term, _near(name, vocabulary.DASH_KNOWN, "dash:"))
    elif is_predicate and name in vocabulary.DASH_UNSUPPORTED:
        yield _unsupported(triple, term)


def _unsupported(triple: Said, term: str) -> Fault:
    return Fault(triple.subject, triple, {
        "ja": f"{term} にはまだ対応していないので、このシェイプは調べられない",
        "en": f"{term} is not supported, so that this shape cannot be evaluated",
    }, Grade.NOT_EVALUATED, term)  # fmt: skip


def _unknown(triple: Said, term: str, near: str) -> Fault:
    return Fault(triple.subject, triple, {
        "ja": f"{term} という語はSHACLにない", "en": f"SHACL has no term {term}",
    }, Grade.NOT_EVALUATED, term, near)  # fmt: skip


def _near(name: str, names: Iterable[str], prefix: str) -> str:
    matches = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.7)
    return prefix + matches[0] if matches else ""


def _mistaken_namespace(iri: str) -> str:
    """Return the term that is meant by one of a namespace that only looks like SHACL's; empty if none is."""
    for near, right, prefix in (("www.w3.org/ns/shacl", _SH, "sh:"), ("datashapes.org/dash", _DASH, "dash:")):
        scheme, _, rest = iri.partition("://")
        if scheme in ("http", "https") and rest.lower().startswith(near) and not iri.startswith(right):
            local = rest[len(near) :].lstrip("#/")
            if local.isalpha() and (prefix == "dash:" or local in vocabulary.KNOWN):
                return prefix + local
    return ""


def _wrong(triple: Said, name: str, kind: _Kind, value: Object | None = None) -> Fault:
    grade = Grade.WITHOUT_EFFECT if name in _HARMLESS else Grade.ILL_FORMED
    return Fault(triple.subject, triple, {
        "ja": f"sh:{name} の値は{kind[1]}でなければならない", "en": f"sh:{name} takes {kind[2]}",
    }, grade, _shown(triple.object if value is None else value))  # fmt: skip


def _missing(triple: Said, value: ox.NamedNode) -> Fault:
    return Fault(triple.subject, triple, {
        "ja": "名を挙げたシェイプがここに書かれていない", "en": "the shape that is named here is nowhere described",
    }, Grade.NOT_EVALUATED, value)  # fmt: skip


def _of_datatype(triple: Said, iri: str) -> Iterator[Fault]:
    name = iri[len(_XSD) :]
    others = ["QName", "NOTATION", "ENTITY", "ENTITIES", "ID", "IDREF", "IDREFS", "NMTOKENS"]
    if iri not in xsd.KNOWN and name not in others:
        names = [datatype[len(_XSD) :] for datatype in xsd.KNOWN]
        yield Fault(triple.subject, triple, {
            "ja": f"xsd:{name} というデータ型はない", "en": f"there is no datatype xsd:{name}",
        }, Grade.NOT_EVALUATED, f"xsd:{name}", _near(name, names, "xsd:"))  # fmt: skip


def _shown(value: Object) -> str | ox.NamedNode | ox.BlankNode:
    return value.value if isinstance(value, ox.Literal) else str(value) if isinstance(value, ox.Triple) else value
