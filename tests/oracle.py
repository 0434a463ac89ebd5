"""Plain pySHACL, as anybody would run it: once for each document graph, once for all of them together.

Knows nothing of caches, partitions or of our own way to call it: what it finds is what must be found.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH

from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind, SourceFile, Statement
from ccn_graph.rdf.rdflib_terms import to_rdflib
from ccn_graph.rdf.terms import Term
from ccn_graph.validation import incremental
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl_findings import ShaclEngine, Shapes

#: Results as text, each as often as it is reported; a longer path and a blank node have no name.
Results = Counter[tuple[str, ...]]


def plain(sources: Sequence[SourceFile], project: Project) -> list[Results]:
    """Validate with pySHACL alone: a document at a time, and then everything."""
    hierarchy = [said for read in sources if read.kind is FileKind.ONTOLOGY for said in read.statements]
    classes = tuple(said for said in hierarchy if said.predicate.value == namespaces.SUB_CLASS_OF)
    of_document, of_all = tuple(project.shapes_of_document), tuple(project.shapes_of_dataset)
    return [
        *(
            _of_document(read, of_document, classes)
            for read in sources
            if read.kind in (FileKind.DOCUMENT, FileKind.EDITORIAL)
        ),
        reported([said for read in sources for said in read.statements], _parsed(of_all), classes),
    ]


def ours(
    sources: Sequence[SourceFile], project: Project, cache: Cache, engine: ShaclEngine = ShaclEngine.COMPILED
) -> list[Results]:
    """Validate as `check` does with a cache."""
    hierarchy = [said for read in sources if read.kind is FileKind.ONTOLOGY for said in read.statements]
    documents = [read for read in sources if read.kind in (FileKind.DOCUMENT, FileKind.EDITORIAL)]
    of_document, of_all = (
        Shapes(files, hierarchy, engine) for files in (project.shapes_of_document, project.shapes_of_dataset)
    )
    kept, kept_of_all = (
        cache.cache_file(name, engine.value, shapes.fingerprint)
        for name, shapes in (("document", of_document), ("all", of_all))
    )
    results = [
        *incremental.of_documents(of_document, documents, kept),
        incremental.of_all(of_all, sources, kept_of_all),
    ]
    kept.save()
    kept_of_all.save()
    return [of_results(found) for found in results]


def of_results(results: Iterable[Result]) -> Results:
    """Write our results as the oracle writes its own."""
    return Counter(
        (
            *(
                "" if term is None else text_of(term)
                for term in (result.focus, result.path, result.value, result.shape)
            ),
            result.component,
            result.severity.rpartition("#")[2],
        )
        for result in results
    )


def reported(
    data: Iterable[Statement | ox.Triple], shapes: rdflib.Graph, hierarchy: Iterable[Statement] = ()
) -> Results:
    """Validate one graph with pySHACL; give the results of its report."""
    _, report, text = pyshacl.validate(graph(data), shacl_graph=shapes, ont_graph=graph(hierarchy))
    assert isinstance(report, rdflib.Graph), text
    asked = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
    return Counter(
        (
            *(_text(report.value(node, predicate)) for predicate in asked),
            str(report.value(node, SH.sourceConstraintComponent)),
            str(report.value(node, SH.resultSeverity)).rpartition("#")[2],
        )
        for node in report.objects(None, SH.result)
    )


def forget() -> None:
    """Start afresh: parse the shapes again, and validate documents again that came up before."""
    _of_document.cache_clear()
    _parsed.cache_clear()


@functools.cache
def _of_document(read: SourceFile, shapes: tuple[Path, ...], classes: tuple[Statement, ...]) -> Results:
    # The same document comes up in many tests.
    return reported(read.statements, _parsed(shapes), classes)


def text_of(term: Term) -> str:
    """Write a term as results have it."""
    return _text(to_rdflib(term))


def _text(node: rdflib.term.Node | None) -> str:
    return "" if node is None or isinstance(node, rdflib.BNode) else node.n3()


def graph(statements: Iterable[Statement | ox.Triple]) -> rdflib.Graph:
    """Copy statements for rdflib, literals as they are written."""
    copied = rdflib.Graph()
    for said in statements:
        copied.add((to_rdflib(said.subject), to_rdflib(said.predicate), to_rdflib(said.object)))
    return copied


@functools.cache
def _parsed(files: tuple[Path, ...]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in files:
        graph.parse(path)
    return graph
