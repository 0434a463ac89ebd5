"""What native conditions ask of Python: literals that the engine may see otherwise than XML Schema does.

Each function is pure and takes terms as the store has them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pyoxigraph as ox

from ccn_graph.rdf.terms import Term
from ccn_graph.text import xsd
from ccn_graph.validation.shacl import lexical

_NAMES = "urn:ccn-graph:function:"
WELL_FORMED, WITHIN, IN_ORDER = (ox.NamedNode(_NAMES + name) for name in ("well-formed", "within", "in-order"))

_MOST_KEPT = 1 << 16


def call(function: ox.NamedNode, *arguments: str) -> str:
    """Write a call in SPARQL."""
    return f"{function}({', '.join(arguments)})"


def table() -> dict[ox.NamedNode, Callable[..., Term | None]]:
    """Return the functions for the native engine by their names."""
    functions: dict[ox.NamedNode, Callable[..., bool]] = {
        WELL_FORMED: _well_formed,
        WITHIN: _within,
        IN_ORDER: _in_order,
    }
    return {name: _answering(function) for name, function in functions.items()}


def _answering(function: Callable[..., bool]) -> Callable[..., Term]:
    return lambda *arguments: ox.Literal(function(*map(lexical.written, arguments)))


@lru_cache(_MOST_KEPT)
def _well_formed(value: Term, datatype: ox.NamedNode) -> bool:
    return isinstance(value, ox.Literal) and xsd.is_valid(value.value, datatype.value) is not False


@lru_cache(_MOST_KEPT)
def _within(value: Term, operator: ox.Literal, limit: ox.Literal) -> bool:
    return isinstance(value, ox.Literal) and _compare(value, operator.value, limit)


@lru_cache(_MOST_KEPT)
def _in_order(value: Term, operator: ox.Literal, other: Term) -> bool:
    both = isinstance(value, ox.Literal) and isinstance(other, ox.Literal)
    return both and _compare(value, operator.value, other)  # type: ignore[arg-type] # both are literals


def _compare(first: ox.Literal, operator: str, second: ox.Literal) -> bool:
    order = xsd.compare(first.value, first.datatype.value, second.value, second.datatype.value)
    if order is None:
        return False
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]
