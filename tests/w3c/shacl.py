"""Runs the W3C SHACL test suites (core and SPARQL) through the command's check and through plain pySHACL.

Ours is what `ccn-graph check DATA --shapes SHAPES --format turtle` writes, read again. A test passes if the results are
those expected, each as often and with its path, constraint and severity in full (or if there is to be a failure and
the check says that the shapes cannot be evaluated). Blank nodes have no name, so that one counts as any other; messages
are free and do not count.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pyshacl

from ccn_graph.errors import CcnError
from ccn_graph.rdf import namespaces
from ccn_graph.reports import shacl_report
from ccn_graph.reports.model import Report
from ccn_graph.validation.by_shapes import check_by_shapes
from ccn_graph.validation.shacl.result import VIOLATION
from ccn_graph.validation.shacl_findings import ShaclEngine
from tests import oracle
from tests.conftest import ROOT
from tests.oracle import Results
from tests.w3c.manifest import MF

SHT = "http://www.w3.org/ns/shacl-test#"
SH = namespaces.PREFIXES["sh"]

#: The suites, each a directory of tests.
SUITES = ("core", "sparql")

Triples = list[ox.Triple]


@dataclass(frozen=True, slots=True)
class Case:
    """One test: data, shapes, and the results expected; None for a failure."""

    name: str
    data: Triples
    shapes: Triples
    expected: Results | None
    files: tuple[Path, Path]


class _Graph:
    """A test file, with just enough of an RDF reader to walk it."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = list(triples)

    def values(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        found = [one.object for one in self.triples if one.subject == subject and one.predicate.value == predicate]
        return [value for value in found if isinstance(value, ox.NamedNode | ox.BlankNode)]

    def text(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> str:
        """Write the value of a property as the oracle does."""
        for one in self.triples:
            if one.subject == subject and one.predicate.value == SH + predicate:
                return oracle.text_of(one.object)
        return ""

    def path(self, node: ox.NamedNode | ox.BlankNode) -> str:
        """Write a path of whatever length, so that two that are alike are written alike."""
        if isinstance(node, ox.NamedNode):
            return str(node)
        said = sorted(
            (one.predicate.value.rpartition("#")[2], one.object) for one in self.triples if one.subject == node
        )
        return f"[{' '.join(f'{name} {self.path(value)}' for name, value in said)}]"  # type: ignore[arg-type]


def _parsed(path: Path) -> Iterator[ox.Triple]:
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()):
        yield quad.triple


def directory() -> Path | None:
    """Find the suites: the environment variable CCN_W3C, else `../shared/w3c` beside the project."""
    home = Path(os.environ.get("CCN_W3C") or ROOT.parent / "shared" / "w3c") / "shacl" / "tests"
    return home if (home / "manifest.ttl").is_file() else None


def cases(suite: str) -> Iterator[Case]:
    """Give the tests of a suite."""
    home = directory()
    assert home is not None
    for path in sorted((home / suite).rglob("*.ttl")):
        graph = _Graph(_parsed(path))
        tests = [one.subject for one in graph.triples if one.object == ox.NamedNode(f"{SHT}Validate")]
        for test in tests:
            assert isinstance(test, ox.NamedNode | ox.BlankNode)
            action, result = graph.values(test, f"{MF}action")[0], graph.values(test, f"{MF}result")[0]
            files = _file(graph, action, "dataGraph"), _file(graph, action, "shapesGraph")
            data, shapes = (list(_parsed(file)) for file in files)
            expected = None if result.value == f"{SHT}Failure" else _expected(graph, result)
            yield Case(str(path.relative_to(home).with_suffix("")), data, shapes, expected, files)


def _file(graph: _Graph, action: ox.NamedNode | ox.BlankNode, kind: str) -> Path:
    (named,) = graph.values(action, SHT + kind)
    return Path(named.value.removeprefix("file://"))


def _expected(graph: _Graph, report: ox.NamedNode | ox.BlankNode) -> Results:
    results = graph.values(report, f"{SH}result")
    fields = ("focusNode", "value", "sourceShape", "sourceConstraint")
    return Counter(
        (
            *(graph.text(one, field) for field in fields),
            "".join(graph.path(path) for path in graph.values(one, f"{SH}resultPath")),
            str(bool(graph.values(one, f"{SH}sourceConstraint"))),
            graph.text(one, "sourceConstraintComponent").strip("<>"),
            (graph.text(one, "resultSeverity").strip("<>") or VIOLATION).rpartition("#")[2],
        )
        for one in results
    )


def ours(case: Case, engine: ShaclEngine = ShaclEngine.COMPILED) -> Results:
    """Check as the command does, and read what it writes."""
    data, shapes = case.files
    found = check_by_shapes([data], [shapes], engine=engine)
    if case.expected is None and any(one.unevaluated for one in found):
        raise CcnError("the shapes cannot be evaluated")
    written = shacl_report.write(Report(tuple(found), (data,)))
    graph = _Graph(quad.triple for quad in ox.parse(written.encode(), format=ox.RdfFormat.TURTLE))
    (report,) = (one.subject for one in graph.triples if one.object == ox.NamedNode(f"{SH}ValidationReport"))
    results = _expected(graph, report)  # type: ignore[arg-type] # a report is a node
    assert graph.text(report, "conforms").startswith(f'"{str(not results).lower()}"')  # type: ignore[arg-type]
    return results


def ours_with_pyshacl(case: Case) -> Results:
    """Check as the command does with --engine pyshacl."""
    return ours(case, ShaclEngine.PYSHACL)


def plain(case: Case) -> Results:
    """Validate with plain pySHACL."""
    _, report, _ = pyshacl.validate(oracle.graph(case.data), shacl_graph=oracle.graph(case.shapes))
    written = report.serialize(format="nt")
    graph = _Graph(quad.triple for quad in ox.parse(written.encode(), format=ox.RdfFormat.N_TRIPLES))
    (node,) = (one.subject for one in graph.triples if one.object == ox.NamedNode(f"{SH}ValidationReport"))
    return _expected(graph, node)  # type: ignore[arg-type] # a report is a node


def judged(case: Case, validate: Callable[[Case], Results]) -> str:
    """Tell what is wrong with what a validator finds, nothing if it is as expected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pySHACL warns of shapes that refer to themselves
        try:
            found = validate(case)
        except Exception as error:  # noqa: BLE001 - pySHACL has many
            return "" if case.expected is None else f"{type(error).__name__}: {error}"
    if case.expected is None:
        return "no failure is reported"
    missing, extra = case.expected - found, found - case.expected
    return f"missing {dict(missing)}, not expected {dict(extra)}" if missing or extra else ""
