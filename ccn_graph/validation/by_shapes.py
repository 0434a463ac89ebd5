"""Checks anybody's data by anybody's shapes: no rule, format or vocabulary of a project plays a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ccn_graph.files.progress import Progress
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.check import dropped, findings_of, syntax
from ccn_graph.validation.finding import Finding, Severity, in_order
from ccn_graph.validation.shacl_findings import ShaclEngine, Shapes


def check_by_shapes(
    data: Sequence[Path],
    shapes: Sequence[Path],
    *,
    engine: ShaclEngine = ShaclEngine.COMPILED,
    progress: Progress | None = None,
) -> list[Finding]:
    """Validate the data files as one graph (SHACL section 3); return the findings in the order of files and lines.

    Data that are not well-formed are not validated in part. Raises SourceError for shapes that are not well-formed RDF,
    ShapesError for those that cannot be evaluated.
    """
    read = Shapes(shapes, engine=engine)
    graph = Graph.of_files([(path, FileKind.OTHER) for path in data], progress)
    findings = [*syntax(graph), *dropped(graph), *read.findings()]
    if not read.statements:
        message = {
            "ja": "シェイプが一つもないので、何も調べられない",
            "en": "there is no shape, so that nothing is looked at",
        }
        findings.append(Finding(shapes[0], 1, Severity.VIOLATION, "shapes", message, unevaluated=True))
    findings += _empty(graph)
    if read.well_formed and not graph.errors:
        results = read.validate(statement for source in graph.sources for statement in source.statements)
        findings += findings_of(graph, None, read, results)
        if not results and (
            place := read.without_targets(statement for source in graph.sources for statement in source.statements)
        ):
            findings.append(Finding(place.path, place.line, Severity.INFO, "shapes", _NOTHING_LOOKED_AT, at=place.at))
    return in_order(findings)


_NOTHING_LOOKED_AT: Bilingual = {
    "ja": "どのシェイプの対象もデータの中にないので、何も調べられていない",
    "en": "none of the shapes has a target in the data, so that nothing was looked at",
}


def _empty(graph: Graph) -> Iterator[Finding]:
    message = {"ja": "文が一つもない", "en": "there is no statement in it"}
    for source in graph.sources:
        if not source.statements and not source.dropped:
            yield Finding(source.path, 1, Severity.WARNING, "empty", message)
