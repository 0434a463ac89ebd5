"""Runs SHACL shapes with pySHACL and places each result on a line of a file."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.term import Node

from ccn_graph import source, terms
from ccn_graph.errors import CcnError
from ccn_graph.finding import LANGUAGES, Finding, Severity
from ccn_graph.graph import Graph, Place
from ccn_graph.rdflib_engine import from_rdflib, to_rdflib
from ccn_graph.source import Kind, Statement

_SEVERITIES: dict[Node, Severity] = {
    SH.Violation: Severity.VIOLATION,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.INFO,
}

# These say that something stands there once too often: show the surplus statement, not the record.
_SURPLUS = {SH.MaxCountConstraintComponent, SH.UniqueLangConstraintComponent}


@dataclass(frozen=True, slots=True)
class Result:
    """One sh:ValidationResult, as rdflib terms."""

    focus: Node
    path: Node | None
    value: Node | None
    shape: Node
    component: Node
    severity: Severity


class Shapes:
    """Shape files read together, with the class hierarchy of the ontology that their targets need."""

    def __init__(self, files: Sequence[Path], hierarchy: Iterable[Statement] = ()) -> None:
        """Parse the files. Raises SourceError for one that is not well-formed."""
        self.graph = rdflib.Graph()
        for path in files:
            read = source.read(path, Kind.OTHER)
            _add(self.graph, read.statements)
        self.hierarchy = rdflib.Graph()
        _add(self.hierarchy, (said for said in hierarchy if said.predicate.value == terms.SUB_CLASS_OF))

    def validate(self, statements: Iterable[Statement]) -> Iterator[Result]:
        """Validate the statements as one graph (SHACL section 3), class hierarchy included.

        Raises CcnError if pySHACL cannot process the shapes.
        """
        data = rdflib.Graph()
        _add(data, statements)
        with _quiet():
            _, report, text = pyshacl.validate(data, shacl_graph=self.graph, ont_graph=self.hierarchy, inplace=True)
        if not isinstance(report, rdflib.Graph):
            raise CcnError(f"the shapes could not be processed: {text}")
        # From the report node, not by severity: nested sh:detail results are no results of their own.
        for node in report.objects(None, SH.result):
            yield Result(
                report.value(node, SH.focusNode) or rdflib.BNode(),
                report.value(node, SH.resultPath),
                report.value(node, SH.value),
                report.value(node, SH.sourceShape) or rdflib.BNode(),
                report.value(node, SH.sourceConstraintComponent) or rdflib.BNode(),
                _SEVERITIES[report.value(node, SH.resultSeverity) or SH.Violation],
            )

    def finding(self, result: Result, place: Place, suggestion: str = "") -> Finding:
        """Word a result in both languages, as its shape does."""
        message = {text.language: str(text) for text in self.graph.objects(result.shape, SH.message)
                   if isinstance(text, rdflib.Literal) and text.language in LANGUAGES}  # fmt: skip
        value = "" if result.value is None or result.value == result.focus else _shown(result.value)
        return Finding(
            place.path, place.line, result.severity, terms.slug(str(result.shape)),
            message or dict.fromkeys(LANGUAGES, str(result.shape)),
            _shown(result.focus), value, suggestion,
        )  # fmt: skip


def places(graph: Graph, result: Result, home: source.Graph | None) -> list[Place]:
    """Tell which lines a result speaks of: each statement of the wrong value, else the record's first line.

    `home` is the graph that was validated by itself, None for all together.
    """
    focus = from_rdflib(result.focus)
    if isinstance(focus, ox.Literal):
        return []
    path = ox.NamedNode(str(result.path)) if isinstance(result.path, rdflib.URIRef) else None
    if path and result.component in _SURPLUS:
        by_language = result.component == SH.UniqueLangConstraintComponent
        return graph.surplus(focus, path, home, by_language=by_language) or graph.locate(focus, graph=home)
    value = None if result.value is None else from_rdflib(result.value)
    return graph.locate(focus, path if value else None, value, home)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # rdflib logs a traceback for every ill-typed date that it compares; the shapes report those better.
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _add(target: rdflib.Graph, statements: Iterable[Statement]) -> None:
    for said in statements:
        target.add((to_rdflib(said.subject), to_rdflib(said.predicate), to_rdflib(said.object)))


def _shown(node: Node) -> str:
    return terms.curie(str(node)) if isinstance(node, rdflib.URIRef) else str(node)
