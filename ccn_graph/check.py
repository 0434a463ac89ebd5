"""Checks a graph: syntax, house format, shapes for one record, rules across records."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import rdflib

from ccn_graph import rule, shacl, style, terms
from ccn_graph.errors import ProjectError
from ccn_graph.finding import Finding, Severity, in_order
from ccn_graph.graph import Graph
from ccn_graph.label import nearest
from ccn_graph.project import Project
from ccn_graph.shacl import Shapes
from ccn_graph.source import Graph as GraphName
from ccn_graph.source import Kind, Statement

#: Called with (steps done, steps in all) while a check runs.
Progress = Callable[[int, int], None]

_CHECKED = (Kind.REGISTER, Kind.DOCUMENT, Kind.EDITORIAL, Kind.OTHER)


def check(
    graph: Graph,
    *,
    today: datetime.date | None = None,
    only: Iterable[Path] | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Check a graph by the shapes and rules of its project; give the findings in the order of files and lines.

    `today` (default: the current day) decides which announced meetings are past. `only` keeps the findings
    of the named files. Raises ProjectError for a graph without a project, SourceError or QuestionError if a shape
    or rule file itself is malformed.
    """
    if graph.project is None:
        raise ProjectError("this graph was read from single files and has no shapes to be checked by; use load()")
    steps = list(_steps(graph, graph.project, today or datetime.date.today()))
    findings: list[Finding] = []
    for done, step in enumerate(steps, start=1):
        findings.extend(step())
        if progress:
            progress(done, len(steps))
    if only is not None:
        wanted = {path.resolve() for path in only}
        findings = [found for found in findings if found.path.resolve() in wanted]
    return in_order(findings)


def _steps(graph: Graph, project: Project, today: datetime.date) -> Iterator[Callable[[], Iterable[Finding]]]:
    yield lambda: syntax(graph)
    yield lambda: (found for read in graph.sources if read.kind in _CHECKED for found in style.check(read))
    ontology = [said for read in graph.sources if read.kind is Kind.ONTOLOGY for said in read.statements]
    of_document = Shapes(project.shapes_of_document, ontology)
    of_dataset = Shapes(project.shapes_of_dataset, ontology)
    for read in graph.sources:
        if read.kind in (Kind.DOCUMENT, Kind.EDITORIAL, Kind.OTHER):
            yield lambda read=read: _shapes(graph, of_document, read.statements, read.graph)  # type: ignore[misc]
    everything = [said for read in graph.sources for said in read.statements]
    yield lambda: _shapes(graph, of_dataset, everything, None)
    for one in rule.read_all(project):
        yield lambda one=one: one.findings(graph, today)  # type: ignore[misc]


def syntax(graph: Graph) -> Iterator[Finding]:
    """Give a finding for every file that is not well-formed."""
    for error in graph.errors:
        message = {"ja": f"RDFとして読めない: {error.message}", "en": f"cannot be read as RDF: {error.message}"}
        yield Finding(error.path, error.line, Severity.VIOLATION, "syntax", message)


def _shapes(graph: Graph, shapes: Shapes, statements: Iterable[Statement], home: GraphName | None) -> Iterator[Finding]:
    for result in shapes.validate(statements):
        for place in shacl.places(graph, result, home):
            yield shapes.finding(result, place, _suggestion(graph, result.value))


def _suggestion(graph: Graph, value: object) -> str:
    """For a reference to a thing of ours that does not exist: the nearest one of its class that does."""
    if not isinstance(value, rdflib.URIRef) or not value.startswith(terms.BASE):
        return ""
    if graph.places(ox.NamedNode(str(value))):
        return ""
    directory = str(value).rpartition("/")[0] + "/"
    near = nearest(str(value), (iri for iri in graph.things if iri.startswith(directory)))
    return terms.curie(near[0]) if near else ""
