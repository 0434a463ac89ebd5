"""What queries written into a shapes graph get to see: they may calculate with it, so it must be as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Set

import pyoxigraph as ox

from ccn_graph.rdf.parsing import Subject
from ccn_graph.validation.shacl import lexical, shape_model
from ccn_graph.validation.shacl.property_path import predicates
from ccn_graph.validation.shacl.shape_model import Catalogue, Prepared, Shape
from ccn_graph.validation.shacl.sparql_constraints import may_see


def has_queries(shapes: Catalogue, node: Subject) -> bool:
    """Tell whether a shape, or one it refers to, says something as a query."""
    shape = shapes[node]
    targeted = any(isinstance(one, shape_model.TargetQuery) for one in shape.targets)
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
            case shape_model.TargetNode(named) if lexical.is_rewritten(named) and any(
                _seen(shapes, shape, targets, set())
            ):
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
    for one in shape.constraints:
        match one:
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
