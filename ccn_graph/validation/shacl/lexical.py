"""Keeps literals as they are written in a store that rewrites them.

The native engine stores numbers, dates and durations by value: "1.50" comes back as "1.5", an xsd:int as an
xsd:integer, and two spellings of one value as one term. To SHACL they are different terms. So whatever would be
rewritten goes into the store under a datatype of our own, which the engine leaves alone, and is turned back on its way
out. Where a value matters, a condition looks at such literals by a function (`functions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import shape_model
from ccn_graph.validation.shacl.property_path import predicates
from ccn_graph.validation.shacl.shape_model import Catalogue, Prepared, Shape
from ccn_graph.validation.shacl.sparql_constraints import may_see

_XSD = namespaces.PREFIXES["xsd"]
_OWN = "urn:ccn-graph:as-written:"

_DAY = r"[1-9]\d{3}-\d\d-\d\d"
_TIME = r"(?:[01]\d|2[0-3]):\d\d:[0-5]\d(?:\.\d{0,5}[1-9])?"
_WHOLE = r"0|-?[1-9]\d{0,14}"
_SHORT = r"0|-?[1-9]\d{0,5}|-?(?:0|[1-9]\d{0,2})\.\d{0,2}[1-9]"

#: Datatypes that the engine stores by value, with the spellings that surely stay the same.
_STAYS = {
    _XSD + name: re.compile(form, re.ASCII)
    for name, form in {
        "integer": _WHOLE,
        "decimal": rf"{_WHOLE}|-?(?:0|[1-9]\d{{0,14}})\.\d{{0,14}}[1-9]",
        "double": _SHORT,
        "float": _SHORT,
        "boolean": "true|false",
        "date": rf"{_DAY}Z?",
        "dateTime": f"{_DAY}T{_TIME}Z?",
        "time": f"{_TIME}Z?",
        "gYear": r"[1-9]\d{3}Z?",
        "gYearMonth": r"[1-9]\d{3}-\d\dZ?",
        "gMonth": r"--\d\dZ?",
        "gDay": r"---\d\dZ?",
        "gMonthDay": r"--\d\d-\d\dZ?",
        **dict.fromkeys(
            (
                "duration", "dayTimeDuration", "yearMonthDuration", "dateTimeStamp", "byte", "short", "int", "long",
                "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong", "positiveInteger", "negativeInteger",
                "nonPositiveInteger", "nonNegativeInteger",
            ),
            "(?!)",
        ),
    }.items()
}  # fmt: skip


def stored(term: Term) -> Term:
    """Return the term that stands for this one in the store.

    >>> stored(ox.Literal("1.50", datatype=ox.NamedNode(_XSD + "decimal"))).datatype.value
    'urn:ccn-graph:as-written:http://www.w3.org/2001/XMLSchema#decimal'
    >>> stored(ox.Literal(7))
    <Literal value=7 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>
    """
    if isinstance(term, ox.Literal):
        form = _STAYS.get(term.datatype.value)
        if form is not None and not form.fullmatch(term.value):
            return ox.Literal(term.value, datatype=stored_datatype(term.datatype))
    return term


def is_rewritten(term: Term) -> bool:
    """Tell whether the engine may store a term otherwise than it is written."""
    return stored(term) != term


def written(term: Term) -> Term:
    """Return the term that one from the store stands for."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(_OWN):
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype.value[len(_OWN) :]))
    return term


def stored_datatype(datatype: ox.NamedNode) -> ox.NamedNode:
    """Return the datatype under which literals of another are stored as they are written."""
    return ox.NamedNode(_OWN + datatype.value)


def is_stored_by_value(datatype: ox.NamedNode) -> bool:
    """Tell whether the engine rewrites literals of a datatype."""
    return datatype.value in _STAYS


def has_queries(shapes: Catalogue, node: Subject) -> bool:
    """Tell whether a shape, or one it refers to, says something as a query."""
    shape = shapes[node]
    targeted = any(isinstance(target, shape_model.TargetQuery) for target in shape.targets)
    return targeted or any(True for _ in _seen(shapes, shape, set(), set()))


def shows_rewritten(shapes: Catalogue, node: Subject, rewritten: Set[ox.NamedNode]) -> bool:
    """Tell whether a query in a shape, or in one it refers to, may see a literal that is not stored as it is.

    `rewritten` are the properties with such literals as values.
    """
    shape = shapes[node]
    targets: set[ox.NamedNode] = set()
    for target in shape.targets:
        match target:
            case shape_model.TargetObjectsOf(predicate):
                targets.add(predicate)
            case shape_model.TargetQuery(query) if may_see(query, rewritten):
                return True
            case shape_model.TargetNode(named) if is_rewritten(named) and any(_seen(shapes, shape, targets, set())):
                return True
    return any(may_see(query, rewritten) or seen & rewritten for query, seen in _seen(shapes, shape, targets, set()))


def _seen(
    shapes: Catalogue, shape: Shape, leading: Set[ox.NamedNode], passed: set[Subject]
) -> Iterator[tuple[Prepared, Set[ox.NamedNode]]]:
    """Yield each query with the properties whose values it is asked about, `leading` to the focus nodes."""
    if shape.node in passed:
        return
    passed.add(shape.node)
    further = leading if shape.path is None else leading | set(predicates(shape.path))
    for constraint in shape.constraints:
        match constraint:
            case shape_model.Sparql(query) | shape_model.Custom(query=query):
                yield query, further
            case shape_model.Node(inner) | shape_model.Property(inner):
                yield from _seen(shapes, shapes[inner], further, passed)
            case shape_model.Qualified(inner, siblings):
                for other in (inner, *siblings):
                    yield from _seen(shapes, shapes[other], further, passed)
            case shape_model.Logical(shapes=several):
                for other in several:
                    yield from _seen(shapes, shapes[other], further, passed)
    passed.discard(shape.node)
