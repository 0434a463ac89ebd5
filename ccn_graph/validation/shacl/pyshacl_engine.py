"""pySHACL as the engine of validation: for shapes that are not compiled, and as the validator of record."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.term import Node

from ccn_graph.rdf.rdflib_terms import from_rdflib, to_rdflib
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl.data_store import Said, worded
from ccn_graph.validation.shacl.result import Result, ShapesError


def validate(data: Iterable[Said], shapes: Iterable[Said]) -> list[Result]:
    """Validate the data as one graph (SHACL section 3). Raises CcnError if pySHACL cannot process the shapes."""
    converted = _Converted()
    shapes_graph = _graph(shapes, converted)
    # Targets that are queries belong to SHACL's Advanced Features, which pySHACL leaves out unless asked.
    advanced = (None, SH.target, None) in shapes_graph
    try:
        _, report, text = pyshacl.validate(
            _graph(data, converted), shacl_graph=shapes_graph, inplace=not advanced, advanced=advanced
        )
    except Exception as error:  # on shapes of anyone's it raises whatever rdflib and Python do
        reason = " ".join(str(error).split())[:300]
        raise ShapesError(f"pySHACL broke off on these shapes: {type(error).__name__}: {reason}") from error
    if not isinstance(report, rdflib.Graph):
        raise ShapesError(f"the shapes could not be processed: {text}")
    # From the report node, not by severity: nested sh:detail results are no results of their own.
    return [_result(report, node) for node in report.objects(None, SH.result)]


class _Converted(dict[Term, Node]):
    """Terms of the native engine as rdflib's, each made once."""

    def __missing__(self, term: Term) -> Node:
        self[term] = node = to_rdflib(term)
        return node


def _graph(statements: Iterable[Said], node: _Converted) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for triple in statements:
        graph.add((node[triple.subject], node[triple.predicate], node[triple.object]))
    return graph


def _result(report: rdflib.Graph, node: Node) -> Result:
    fields = {predicate: value for predicate, value in report.predicate_objects(node) if predicate != SH.resultMessage}
    path, value, constraint = fields.get(SH.resultPath), fields.get(SH.value), fields.get(SH.sourceConstraint)
    return Result(
        from_rdflib(fields[SH.focusNode]),
        ox.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        None if value is None else from_rdflib(value),
        from_rdflib(fields[SH.sourceShape]),
        str(fields[SH.sourceConstraintComponent]),
        str(fields[SH.resultSeverity]),
        None if constraint is None else from_rdflib(constraint),
        _messages(report, node)
        if constraint is not None or not str(fields[SH.sourceConstraintComponent]).startswith(str(SH))
        else (),
    )


def _messages(report: rdflib.Graph, node: Node) -> tuple[ox.Literal, ...]:
    """Return how a query words its result; the wording of everything else is not taken from pySHACL."""
    messages = (from_rdflib(text) for text in report.objects(node, SH.resultMessage))
    focus, value = report.value(node, SH.focusNode), report.value(node, SH.value)
    # pySHACL leaves out some of what the query knows.
    bound = {name: from_rdflib(term) for name, term in (("this", focus), ("value", value)) if term is not None}
    return tuple(worded(term, lambda name: bound.get(name)) for term in messages if isinstance(term, ox.Literal))
