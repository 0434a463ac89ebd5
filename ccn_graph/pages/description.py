"""All that is said of a thing: its own statements and the records about it, each value with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.pages import foreign_values
from ccn_graph.pages.record import Evidence, Record, build, property_iri
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.engine import Engine

_PREFIXES = """\
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/ccn/graph/>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""

_OWN = query_file.own("pages", "statements_of_things")

#: The classes of records: claims that are told as a part of each thing they are about.
RECORDS = (
    "Membership", "NonMembership", "Office", "Appearance", "Participation", "Observation", "Ambiguity", "Gap",
    "Judgement", "FormerName", "Act", "Adoption", "Application", "Aspiration", "Award", "Cancellation", "Cooperation",
    "Deferral", "Designation", "Dissolution", "FieldChange", "Founding", "Merger", "Postponement", "Recommendation",
    "Rejection", "Relocation", "Renaming", "Resumption", "Review", "Suspension", "Withdrawal",
)  # fmt: skip

_CLASSES = ", ".join(f"ccn:{record}" for record in RECORDS)
_IS_RECORD = f"?subject a ?class FILTER(?class IN ({_CLASSES}))"

#: Thousands of rows of tables may name a country: they are told on the page of their document.
_IS_TOLD_ELSEWHERE = f"?subject a ?class FILTER(?class IN ({_CLASSES}, ccn:TableRow))"

#: Most links to a thing that its page shows; past it, the page says so.
MOST_LINKS = 5_000

#: The records of a thing; judgements on them come along.
_RECORDS = (
    _PREFIXES
    + """
SELECT ?graph ?subject ?property ?value WHERE {
  { SELECT DISTINCT ?subject WHERE {
      VALUES ?thing { ccn:City }
      { ?subject ?link ?thing } UNION { ?about ?link ?thing . ?subject ccn:about ?about . ?subject a ccn:Judgement }
      """
    + _IS_RECORD
    + """
  } }
  GRAPH ?graph { ?subject ?property ?value }
  FILTER(?graph != graph:preferred)
}
"""
)

_LINKS = (
    _PREFIXES
    + """
SELECT ?graph ?subject ?property ?thing WHERE {
  VALUES ?thing { ccn:City }
  GRAPH ?graph { ?subject ?property ?thing }
  FILTER(?graph != graph:preferred)
  FILTER NOT EXISTS { """
    + _IS_TOLD_ELSEWHERE
    + f""" }}
}}
ORDER BY STR(?property) STR(?subject) STR(?graph)
LIMIT {MOST_LINKS + 1}
"""
)

_EXTRACT = query_file.own("pages", "statements_of_a_document")
_SOURCES = query_file.own("pages", "documents_of_graphs")


@dataclass(frozen=True, slots=True)
class Link:
    """Something that is no record of the thing but names it: an event at a city, a city in a country."""

    subject: str
    property: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Description:
    """A thing: what is said of itself, the records about it, what links to it, and all quads of the first two."""

    iri: str
    itself: Record
    records: tuple[Record, ...]
    links: tuple[Link, ...]
    quads: tuple[ox.Quad, ...]
    sources: Mapping[str, str]
    """Graph -> its document, for every graph that the quads lie in."""
    truncated: bool = False
    """Whether there are more links than are listed."""

    def of_class(self, *names: str) -> list[Record]:
        """Return the records of the named classes of ours."""
        return [record for record in self.records if record.is_a(*names)]

    def linking(self, *names: str) -> list[Link]:
        """Return the links by one of the named properties of ours."""
        return [link for link in self.links if link.property in {property_iri(name) for name in names}]


def describe(engine: Engine, iri: str, *, whole: bool = True) -> Description | None:
    """Read all that the graph says of a thing; None if it says nothing of it.

    Of a table document that is not wanted `whole`, only its head is read: it may have thousands of records.
    """
    thing = ox.NamedNode(iri)
    quads = [*_quads(engine, _OWN, "subject", thing), *_quads(engine, _RECORDS, "thing", thing)]
    if iri.startswith(namespaces.PREFIXES["doc"]) and (whole or not any(map(_counts_rows, quads))):
        quads += _quads(engine, _EXTRACT, "document", thing)
    quads = list(dict.fromkeys(quads))
    links = _quads(engine, _LINKS, "thing", thing)
    if not quads and not links:
        return None
    sources = _sources(engine, {quad.graph_name.value for quad in (*quads, *links)})  # type: ignore[union-attr]
    records = {record.iri: record for record in build(quads, sources)}
    itself = records.pop(iri, Record(iri, {}))
    listed = {iri, *records}
    return Description(
        iri, itself, tuple(records.values()), tuple(_links(links[:MOST_LINKS], listed, sources)), tuple(quads), sources,
        len(links) > MOST_LINKS,
    )  # fmt: skip


def _counts_rows(quad: ox.Quad) -> bool:
    return quad.predicate.value == namespaces.CCN + "rows"


def read_own(engine: Engine, iris: Iterable[str]) -> list[Record]:
    """Read what is said of things themselves, of more than one at once."""
    # What should be a thing may be a text.
    things = foreign_values.nodes(dict.fromkeys(iris))
    quads = _quads(engine, _OWN, "subject", *things) if things else []
    return list(build(quads, _sources(engine, {quad.graph_name.value for quad in quads})))  # type: ignore[union-attr]


def _links(quads: Iterable[ox.Quad], listed: set[str], sources: Mapping[str, str]) -> Iterator[Link]:
    links: dict[tuple[str, str], list[Evidence]] = {}
    for quad in quads:
        subject, graph = quad.subject, quad.graph_name
        if isinstance(subject, ox.NamedNode) and isinstance(graph, ox.NamedNode) and subject.value not in listed:
            rests = Evidence(graph.value, sources.get(graph.value))
            links.setdefault((subject.value, quad.predicate.value), []).append(rests)
    for (subject_iri, name), evidence in links.items():
        yield Link(subject_iri, name, tuple(evidence))


def _quads(engine: Engine, query: str, name: str, *things: ox.NamedNode) -> list[ox.Quad]:
    rows = engine.query(query_file.bind(house.at_home(query), {name: things})).rows()
    return [quad for row in rows if (quad := _quad(row)) is not None]


def _quad(row: tuple[object, ...]) -> ox.Quad | None:
    graph, subject, name, value = row
    if isinstance(graph, ox.NamedNode) and isinstance(subject, ox.NamedNode) and isinstance(name, ox.NamedNode):
        return ox.Quad(subject, name, value, graph)  # type: ignore[arg-type]
    return None


def _sources(engine: Engine, graphs: Iterable[str]) -> dict[str, str]:
    nodes = [ox.NamedNode(graph) for graph in sorted(graphs)]
    rows = engine.query(query_file.bind(_SOURCES, {"graph": nodes})).rows() if nodes else ()
    return {
        graph.value: document.value
        for graph, document in rows
        if isinstance(graph, ox.NamedNode) and isinstance(document, ox.NamedNode)
    }
