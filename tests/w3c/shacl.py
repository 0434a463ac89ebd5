"""Runs the W3C SHACL test suites (core and SPARQL) through our validator and through plain pySHACL.

A test passes if the results are those expected, each as often (or if there is to be a failure and nothing is
reported). Blank nodes have no name, so that one counts as any other; messages are free and do not count.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.validation.shacl.result import VIOLATION
from ccn_graph.validation.shacl.validator import Validator
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


class _Graph:
    """A test file, with just enough of an RDF reader to walk it."""

    def __init__(self, path: Path) -> None:
        self.triples = [quad.triple for quad in _parsed(path)]

    def values(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        found = [one.object for one in self.triples if one.subject == subject and one.predicate.value == predicate]
        return [value for value in found if isinstance(value, ox.NamedNode | ox.BlankNode)]

    def text(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> str:
        """Write the value of a property as the oracle does."""
        for one in self.triples:
            if one.subject == subject and one.predicate.value == SH + predicate:
                return oracle.text_of(one.object)
        return ""


def _parsed(path: Path) -> Iterator[ox.Quad]:
    return ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())


def directory() -> Path | None:
    """Find the suites: the environment variable CCN_W3C, else `../shared/w3c` beside the project."""
    home = Path(os.environ.get("CCN_W3C") or ROOT.parent / "shared" / "w3c") / "shacl" / "tests"
    return home if (home / "manifest.ttl").is_file() else None


def cases(suite: str) -> Iterator[Case]:
    """Give the tests of a suite."""
    home = directory()
    assert home is not None
    for path in sorted((home / suite).rglob("*.ttl")):
        graph = _Graph(path)
        tests = [one.subject for one in graph.triples if one.object == ox.NamedNode(f"{SHT}Validate")]
        for test in tests:
            assert isinstance(test, ox.NamedNode | ox.BlankNode)
            action, result = graph.values(test, f"{MF}action")[0], graph.values(test, f"{MF}result")[0]
            data, shapes = (_file(graph, action, kind) for kind in ("dataGraph", "shapesGraph"))
            expected = None if result.value == f"{SHT}Failure" else _expected(graph, result)
            yield Case(str(path.relative_to(home).with_suffix("")), data, shapes, expected)


def _file(graph: _Graph, action: ox.NamedNode | ox.BlankNode, kind: str) -> Triples:
    (named,) = graph.values(action, SHT + kind)
    return _Graph(Path(named.value.removeprefix("file://"))).triples


def _expected(graph: _Graph, report: ox.NamedNode | ox.BlankNode) -> Results:
    results = graph.values(report, f"{SH}result")
    fields = ("focusNode", "resultPath", "value", "sourceShape")
    return Counter(
        (
            *(graph.text(one, field) for field in fields),
            graph.text(one, "sourceConstraintComponent").strip("<>"),
            (graph.text(one, "resultSeverity").strip("<>") or VIOLATION).rpartition("#")[2],
        )
        for one in results
    )


def ours(case: Case) -> Results:
    """Validate as `check` does."""
    return oracle.of_results(Validator(case.shapes).validate(case.data))


def plain(case: Case) -> Results:
    """Validate with plain pySHACL."""
    return oracle.reported(case.data, oracle.graph(case.shapes))


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
