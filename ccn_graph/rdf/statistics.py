"""What a dataset holds, counted once when it is loaded: for the service description and the version of answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from ccn_graph.rdf.engine import Engine
from ccn_graph.rdf.namespaces import RDF_TYPE
from ccn_graph.rdf.terms import Term

_GRAPHS = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY STR(?graph)"
_ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY STR(?class)"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY STR(?property)"
_BY_CLASS = "SELECT ?class ?property (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?property ?o } GROUP BY ?class ?property"
_BY_OBJECT = """
SELECT ?class ?property ?target ?datatype (COUNT(*) AS ?n) WHERE {
  ?s a ?class ; ?property ?o
  OPTIONAL { ?o a ?target }
  BIND(DATATYPE(?o) AS ?datatype)
  FILTER(BOUND(?target) || BOUND(?datatype))
}
GROUP BY ?class ?property ?target ?datatype
"""

#: Triples beyond which partitions are not counted: they take each triple apart once more.
MOST_APART = 1_000_000

#: The last second of the year 9999, which is the last that HTTP can write.
_LAST = 253_402_300_799


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
    partitions: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    """(class, property, class of the object, datatype of the object, triples): both about the object are empty for all
    triples, else one is. None for an engine elsewhere, nor for very many triples."""
    modified: int = 0
    """When the data last changed, in seconds since 1970; 0 where nobody knows, as of an engine elsewhere."""

    @staticmethod
    def from_fields(fields: Mapping[str, Any]) -> Statistics:
        """Read the fields as JSON has them, where rows of partitions are lists.

        ValueError or TypeError of fields that are not these, or of a row that is not four texts and a count.
        """
        statistics = Statistics(**fields)
        if type(statistics.modified) is not int or not 0 <= statistics.modified <= _LAST:
            raise ValueError(f"{statistics.modified!r} is no time in seconds since 1970")
        return replace(statistics, partitions=[_row(row) for row in statistics.partitions])

    @staticmethod
    def of(engine: Engine, version: str, *, union: bool, apart: bool = True) -> Statistics:
        """Count what `engine` answers from; `apart` counts partitions as well."""
        (all_triples,) = engine.query(_ALL).rows()
        count = _number(all_triples[0])
        return Statistics(
            engine.name, version, union, False, count,
            _counts(engine, _GRAPHS), _counts(engine, _CLASSES), _counts(engine, _PROPERTIES),
            _partitions(engine) if apart and count <= MOST_APART else [],
        )  # fmt: skip

    def plus(self, graph: str, triples: Iterable[ox.Triple]) -> Statistics:
        """Return the counts with one more graph, whose triples no other graph has and the default graph has as well."""
        added = list(triples)
        classes = Counter(triple.object.value for triple in added if triple.predicate.value == RDF_TYPE)  # type: ignore[union-attr]
        properties = Counter(triple.predicate.value for triple in added)
        return replace(
            self,
            triples=self.triples + len(added),
            graphs=dict(sorted({**self.graphs, graph: len(added)}.items())),
            classes=dict(sorted((Counter(self.classes) + classes).items())),
            properties=dict(sorted((Counter(self.properties) + properties).items())),
        )

    def to_json(self) -> bytes:
        """Write it for another process."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_json(written: bytes) -> Statistics:
        """Read what `to_json` wrote."""
        return Statistics.from_fields(json.loads(written))


def _counts(engine: Engine, query: str) -> dict[str, int]:
    return {name.value: _number(n) for name, n in engine.query(query).rows() if isinstance(name, ox.NamedNode)}


def _partitions(engine: Engine) -> list[tuple[str, str, str, str, int]]:
    partitions = []
    for class_, property_, count in engine.query(_BY_CLASS).rows():
        partitions.append((_text(class_), _text(property_), "", "", _number(count)))
    for class_, property_, target, datatype, count in engine.query(_BY_OBJECT).rows():
        partitions.append((_text(class_), _text(property_), _text(target), _text(datatype), _number(count)))
    return sorted(partition for partition in partitions if partition[0])


def _row(row: object) -> tuple[str, str, str, str, int]:
    match row:
        case [str(class_), str(property_), str(target), str(datatype), int(count)]:
            return class_, property_, target, datatype, count
    raise ValueError(f"{row!r} is no row of partitions")


def _text(term: Term | None) -> str:
    """Return an IRI; empty for what is none."""
    return term.value if isinstance(term, ox.NamedNode) else ""


def _number(term: Term | None) -> int:
    assert isinstance(term, ox.Literal)
    return int(term.value)
