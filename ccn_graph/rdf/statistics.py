"""What a dataset holds, counted once when it is loaded: for the service description and the version of answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pyoxigraph as ox

from ccn_graph.rdf.engine import Engine
from ccn_graph.rdf.terms import Term

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY STR(?graph)"
_ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY STR(?class)"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY STR(?property)"


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a dataset; `version` changes whenever its data do."""

    engine: str
    version: str
    union: bool
    """Whether the default graph is the union of the named ones."""
    federated: bool
    """Whether SERVICE may call some other endpoints."""
    triples: int
    graphs: dict[str, int]
    classes: dict[str, int]
    properties: dict[str, int]

    @staticmethod
    def of(engine: Engine, version: str, *, union: bool) -> Statistics:
        """Count what `engine` answers from."""
        (all_triples,) = engine.query(_ALL).rows()
        return Statistics(
            engine.name, version, union, False, _number(all_triples[0]),
            _counts(engine, _GRAPHS), _counts(engine, _CLASSES), _counts(engine, _PROPERTIES),
        )  # fmt: skip

    def to_json(self) -> bytes:
        """Write it for another process."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_json(written: bytes) -> Statistics:
        """Read what `to_json` wrote."""
        return Statistics(**json.loads(written))


def _counts(engine: Engine, query: str) -> dict[str, int]:
    return {name.value: _number(n) for name, n in engine.query(query).rows() if isinstance(name, ox.NamedNode)}


def _number(term: Term | None) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)
