"""How a result is worded where its shape has no sh:message: by what the constraint demands."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.shacl import vocabulary
from ccn_graph.validation.shacl.shapes_graph import ShapesGraph, sh

#: Component -> its parameters and what it demands, in Japanese and English; {0} is the first parameter.
_DEMANDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "Class": (("class",), "{0} の実例でなければならない", "this must be an instance of {0}"),
    "Datatype": (("datatype",), "データ型 {0} の正しい値でなければならない", "this must be a valid value of {0}"),
    "NodeKind": (("nodeKind",), "{0} でなければならない", "this must be of the kind {0}"),
    "MinCount": (("minCount",), "値が少なくとも{0}個要る", "at least {0} values are needed"),
    "MaxCount": (("maxCount",), "値は{0}個までしか書けない", "there may be at most {0} values"),
    "MinExclusive": (("minExclusive",), "{0} より大きくなければならない", "this must be greater than {0}"),
    "MinInclusive": (("minInclusive",), "{0} 以上でなければならない", "this must be {0} or more"),
    "MaxExclusive": (("maxExclusive",), "{0} より小さくなければならない", "this must be less than {0}"),
    "MaxInclusive": (("maxInclusive",), "{0} 以下でなければならない", "this must be {0} or less"),
    "MinLength": (("minLength",), "{0}文字以上でなければならない", "this must have {0} characters or more"),
    "MaxLength": (("maxLength",), "{0}文字以下でなければならない", "this must have {0} characters or fewer"),
    "Pattern": (("pattern", "flags"), "正規表現 {0} に合わない", "this does not match {0}"),
    "LanguageIn": (("languageIn",), "{0} のどれかの言語タグが要る", "the language must be one of {0}"),
    "UniqueLang": ((), "同じ言語の値は一つしか書けない", "there may be only one value in each language"),
    "Equals": (("equals",), "{0} と同じ値でなければならない", "the values must be those of {0}"),
    "Disjoint": (("disjoint",), "{0} の値と同じであってはならない", "this must not be a value of {0}"),
    "LessThan": (("lessThan",), "{0} の値より小さくなければならない", "this must be less than the values of {0}"),
    "LessThanOrEquals": (
        ("lessThanOrEquals",), "{0} の値以下でなければならない", "this must not be greater than the values of {0}",
    ),
    "Not": (("not",), "シェイプ {0} に合ってはならない", "this must not conform to {0}"),
    "And": (("and",), "シェイプ {0} のすべてに合わなければならない", "this must conform to all of {0}"),
    "Or": (("or",), "シェイプ {0} のどれかに合わなければならない", "this must conform to one of {0} at least"),
    "Xone": (("xone",), "シェイプ {0} のちょうど一つに合わなければならない", "this must conform to exactly one of {0}"),
    "Node": (("node",), "シェイプ {0} に合わない", "this does not conform to {0}"),
    "QualifiedMinCount": (
        ("qualifiedMinCount", "qualifiedValueShape"), "シェイプ {1} に合う値が少なくとも{0}個要る",
        "at least {0} values must conform to {1}",
    ),
    "QualifiedMaxCount": (
        ("qualifiedMaxCount", "qualifiedValueShape"), "シェイプ {1} に合う値は{0}個までしか書けない",
        "at most {0} values may conform to {1}",
    ),
    "Closed": ((), "ここに書けない述語である", "this property is not allowed here"),
    "HasValue": (("hasValue",), "値 {0} が要る", "the value {0} is missing"),
    "In": (("in",), "{0} のどれかでなければならない", "this must be one of {0}"),
    "SPARQL": ((), "SPARQLの制約に合わない", "a constraint in SPARQL does not hold"),
}  # fmt: skip

#: So many items of a list are named.
_MOST = 12


def default_message(graph: ShapesGraph, shape: Term, component: str, name: Callable[[Term], str]) -> Bilingual:
    """Word what the constraint of a component demands of a shape; `name` shortens terms."""
    local = component.removeprefix(vocabulary.SH).removesuffix("ConstraintComponent")
    parameters, japanese, english = _DEMANDS.get(
        local, ((), f"制約 {component} に合わない", f"the constraint {component} does not hold")
    )
    values = [_value(graph, shape, parameter, name) for parameter in parameters]
    return {"ja": japanese.format(*values), "en": english.format(*values)}


def _value(graph: ShapesGraph, shape: Term, parameter: str, name: Callable[[Term], str]) -> str:
    values = graph.values(shape, sh(parameter))
    if parameter in ("in", "languageIn", "and", "or", "xone"):
        items = [item for head in values for item in graph.items(head)]
        more = " …" if len(items) > _MOST else ""
        return ", ".join(_shown(graph, item, name) for item in items[:_MOST]) + more
    return ", ".join(_shown(graph, value, name) for value in values)


def _shown(shapes: ShapesGraph, term: Term, name: Callable[[Term], str]) -> str:
    """Return a name of a term; of a shape without one, what it demands, for the label of a blank node says nothing."""
    if not isinstance(term, ox.BlankNode):
        return name(term)
    demands = sorted(
        f"{name(predicate)} {'[…]' if isinstance(value, ox.BlankNode) else name(value)}"
        for predicate in shapes.predicates(term)
        for value in shapes.values(term, predicate)
    )
    return f"[{' ; '.join(demands[:_MOST])}]"
