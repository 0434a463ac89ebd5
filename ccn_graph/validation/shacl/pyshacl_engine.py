"""pySHACL as the engine of validation: for shapes that are not compiled, and as the validator of record."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.term import Node

from ccn_graph.errors import CcnError
from ccn_graph.rdf.rdflib_terms import from_rdflib, to_rdflib
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl.data_store import Said
from ccn_graph.validation.shacl.result import Result


def validate(data: Iterable[Said], shapes: Iterable[Said]) -> list[Result]:
    """Validate the data as one graph (SHACL section 3). Raises CcnError if pySHACL cannot process the shapes."""
    converted = _Converted()
    shapes_graph = _graph(shapes, converted)
    # Targets that are queries belong to SHACL's Advanced Features, which pySHACL leaves out unless asked.
    advanced = (None, SH.target, None) in shapes_graph
    _, report, text = pyshacl.validate(
        _graph(data, converted), shacl_graph=shapes_graph, inplace=not advanced, advanced=advanced
    )
    if not isinstance(report, rdflib.Graph):
        raise CcnError(f"the shapes could not be processed: {text}")
    # From the report node, not by severity: nested sh:detail results are no results of their own.
    return [_result(report, node) for node in report.objects(None, SH.result)]


class _Converted(dict[Term, Node]):
    """Terms of the native engine as rdflib's, each made once."""

    def __missing__(self, term: Term) -> Node:
        self[term] = node = to_rdflib(term)
        return node


def _graph(statements: Iterable[Said], node: _Converted) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for said in statements:
        graph.add((node[said.subject], node[said.predicate], node[said.object]))
    return graph


def _result(report: rdflib.Graph, node: Node) -> Result:
    said = {predicate: value for predicate, value in report.predicate_objects(node) if predicate != SH.resultMessage}
    path, value = said.get(SH.resultPath), said.get(SH.value)
    return Result(
        from_rdflib(said[SH.focusNode]),
        ox.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        None if value is None else from_rdflib(value),
        from_rdflib(said[SH.sourceShape]),
        str(said[SH.sourceConstraintComponent]),
        str(said[SH.resultSeverity]),
    )
