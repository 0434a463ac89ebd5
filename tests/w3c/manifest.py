"""Reads the manifests of the W3C SPARQL 1.1 and 1.2 test suites into plain cases.

Files are known by the IRIs they are published under, so that relative IRIs come out the same on every machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from tests.conftest import ROOT

BASE = "https://w3c.github.io/rdf-tests/sparql/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"

#: The suites of queries. Not among them: `entailment`, of which the endpoint claims none, and the suites of updates.
SUITES = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping", "json-res",
    "negation", "project-expression", "property-path", "service", "subquery", "syntax-fed", "syntax-query",
)  # fmt: skip

#: All suites of SPARQL 1.2, of which the queries are run.
SUITES_12 = tuple(
    f"sparql12/{name}"
    for name in (
        "codepoint-escapes", "eval-triple-terms", "expression", "grouping", "lang-basedir", "rdf11", "syntax",
        "syntax-triple-terms-negative", "syntax-triple-terms-positive", "version",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a query is asked about: the IRIs of the files in the default graph, and of those that are named graphs."""

    default: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a query: its text, what it is asked about, and the file with the expected result, if any."""

    name: str
    kind: str
    query: str
    base: str
    dataset: Dataset
    result: str
    services: tuple[tuple[str, str], ...] = ()
    """Endpoints that SERVICE calls, each with the IRI of its data."""


class Manifest:
    """One manifest file, with just enough of an RDF reader to walk it."""

    def __init__(self, suite: str) -> None:
        """Read the manifest of a suite such as `aggregates`."""
        self.suite = suite
        self.store = ox.Store()
        address = f"{BASE}{suite if '/' in suite else f'sparql11/{suite}'}/manifest.ttl"
        self.store.bulk_load(path=path_of(address), format=ox.RdfFormat.TURTLE, base_iri=address)

    def values(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        """Give the things a subject is linked to."""
        found = (quad.object for quad in self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None))
        return [value for value in found if isinstance(value, ox.NamedNode | ox.BlankNode)]

    def texts(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[str]:
        """Give the literals of a subject."""
        found = (quad.object for quad in self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None))
        return [value.value for value in found if isinstance(value, ox.Literal)]

    def iris(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> tuple[str, ...]:
        """Give the IRIs a subject is linked to, sorted."""
        return tuple(sorted(value.value for value in self.values(subject, predicate)))

    def items(self, head: ox.NamedNode | ox.BlankNode) -> Iterator[ox.NamedNode | ox.BlankNode]:
        """Walk an RDF list."""
        while head.value != f"{RDF}nil":
            yield self.values(head, f"{RDF}first")[0]
            head = self.values(head, f"{RDF}rest")[0]

    def entries(self) -> Iterator[tuple[str, str, ox.NamedNode | ox.BlankNode]]:
        """Go through the tests in their order: name (`aggregates/agg01`), kind (`QueryEvaluationTest`) and node."""
        (entries,) = (quad.object for quad in self.store.quads_for_pattern(None, ox.NamedNode(f"{MF}entries"), None))
        assert isinstance(entries, ox.NamedNode | ox.BlankNode)
        for test in self.items(entries):
            kind = self.values(test, f"{RDF}type")[0].value.removeprefix(MF)
            yield f"{self.suite}/{test.value.rpartition('#')[2]}", kind, test


def cases(suite: str) -> list[Case]:
    """Give the query tests of a suite: evaluation, syntax and formats of results."""
    manifest = Manifest(suite)
    found = []
    for name, kind, test in manifest.entries():
        if "Update" in kind:
            continue
        action = manifest.values(test, f"{MF}action")[0]
        query = (manifest.iris(action, f"{QT}query") or (action.value,))[0]
        dataset = Dataset(manifest.iris(action, f"{QT}data"), manifest.iris(action, f"{QT}graphData"))
        result = "".join(manifest.iris(test, f"{MF}result"))
        services = tuple(
            (manifest.iris(service, f"{QT}endpoint")[0], manifest.iris(service, f"{QT}data")[0])
            for service in manifest.values(action, f"{QT}serviceData")
        )
        found.append(Case(name, kind, path_of(query).read_text(encoding="utf-8"), query, dataset, result, services))
    return found


def directory() -> Path | None:
    """Find the suites: the environment variable CCN_W3C, else `shared/w3c` beside the project or above it."""
    named = os.environ.get("CCN_W3C")
    homes = [Path(named)] if named else [above / "shared" / "w3c" for above in ROOT.parents]
    return next((home for home in homes if (home / "sparql11" / "manifest.ttl").is_file()), None)


def path_of(iri: str) -> Path:
    """Tell where a published file lies on this machine."""
    home = directory()
    assert home and iri.startswith(BASE), iri
    return home / iri.removeprefix(BASE)
