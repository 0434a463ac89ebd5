"""What native conditions ask of Python: literals that pySHACL may see otherwise than the engine does.

Each function is pure, takes terms as the store has them and answers as pySHACL does. rdflib is only imported when one
is first called.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import lexical

if TYPE_CHECKING:
    import rdflib

_NAMES = "urn:ccn-graph:function:"
WELL_FORMED, WITHIN, IN_ORDER, MATCHES = (
    ox.NamedNode(_NAMES + name) for name in ("well-formed", "within", "in-order", "matches")
)

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}
_MOST_KEPT = 1 << 16


def call(function: ox.NamedNode, *arguments: str) -> str:
    """Write a call in SPARQL."""
    return f"{function}({', '.join(arguments)})"


def table() -> dict[ox.NamedNode, Callable[..., Term | None]]:
    """Give the functions for the native engine by their names."""
    found: dict[ox.NamedNode, Callable[..., bool]] = {
        WELL_FORMED: _well_formed,
        WITHIN: _within,
        IN_ORDER: _in_order,
        MATCHES: _matches,
    }
    return {name: _answering(function) for name, function in found.items()}


def _answering(function: Callable[..., bool]) -> Callable[..., Term]:
    return lambda *arguments: ox.Literal(function(*map(lexical.written, arguments)))


@cache
def _pattern(pattern: str, flags: str) -> re.Pattern[str]:
    return re.compile(pattern, sum(value for flag, value in _FLAGS.items() if flag in flags.lower()))


def _matches(value: Term, pattern: ox.Literal, flags: ox.Literal) -> bool:
    if isinstance(value, ox.BlankNode | ox.Triple):
        return False
    return _pattern(pattern.value, flags.value).search(value.value) is not None


@lru_cache(_MOST_KEPT)
def _literal(term: ox.Literal) -> rdflib.Literal:
    from ccn_graph.rdf.rdflib_terms import to_rdflib

    return to_rdflib(term)  # type: ignore[return-value] # a literal becomes a literal


@lru_cache(_MOST_KEPT)
def _well_formed(value: Term, datatype: ox.NamedNode) -> bool:
    from ccn_graph.rdf.rdflib_terms import value_types

    if not isinstance(value, ox.Literal):
        return False
    literal = _literal(value)
    wanted = value_types().get(datatype.value)
    return literal.ill_typed is not True and (wanted is None or isinstance(literal.value, wanted))


@lru_cache(_MOST_KEPT)
def _within(value: Term, operator: ox.Literal, limit: ox.Literal) -> bool:
    if not isinstance(value, ox.Literal):
        return False
    one, two = _literal(value), _literal(limit)
    if isinstance(one.value, str) != isinstance(two.value, str):
        return False
    try:
        order = _order(one, two)
    except (TypeError, NotImplementedError):
        return False
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator.value]


def _order(one: rdflib.Literal, two: rdflib.Literal) -> int:
    """Compare as pySHACL does: moments by their values, so that those with and without time zone have no order."""
    if one.eq(two):
        return 0
    if type(one.value) in (datetime.datetime, datetime.time):
        return 0 if one.value == two.value else 1 if one.value > two.value else -1
    return 1 if one > two else -1


@lru_cache(_MOST_KEPT)
def _in_order(value: Term, operator: ox.Literal, other: Term) -> bool:
    if isinstance(value, ox.BlankNode | ox.Triple) or isinstance(other, ox.BlankNode | ox.Triple):
        return False
    (one_is_text, one), (two_is_text, two) = _comparable(value), _comparable(other)
    if one_is_text != two_is_text:
        return False
    try:
        return bool(one < two if operator.value == "<" else one <= two)
    except (TypeError, NotImplementedError):
        return False


def _comparable(term: ox.NamedNode | ox.Literal) -> tuple[bool, Any]:
    """Give what pySHACL compares, and whether that is text: of IRIs and texts the characters, else the literal."""
    if isinstance(term, ox.NamedNode):
        return True, term.value
    literal = _literal(term)
    return (True, literal.value) if isinstance(literal.value, str) else (False, literal)
