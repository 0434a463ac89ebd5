"""What a row of an answer rests on: the documents that its question names, or else those behind its things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.terms import Row, Term

#: So many places are told of a row at most; how many there are is told, too.
MOST_PLACES = 5

#: Columns that name a document, and what stands for the place in it.
_DOCUMENT = re.compile(r"document|\w*Document")

#: What kind of thing an IRI names -> how a membership is counted by it.
_COUNTED_BY = {
    "network": "GRAPH graph:preferred { ?membership org:organization ?network }",
    "field": "GRAPH graph:preferred { ?membership ccn:field ?field }",
    "city": "GRAPH graph:preferred { ?membership org:member ?city }",
    "place": "GRAPH graph:preferred { ?membership org:member ?of } ?of ccn:within+ ?place .",
}

_PREFIXES = """\
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/ccn/graph/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""

_MEMBERSHIPS = (
    _PREFIXES
    + """SELECT ?document ?locator WHERE {
%s
  GRAPH graph:preferred { ?membership a ccn:Membership ; ccn:bestSource ?source }
  GRAPH ?source { ?membership ccn:locator ?locator }
  ?source prov:wasDerivedFrom ?document .
}
ORDER BY STR(?membership) STR(?document) STR(?locator)"""
)

#: Records of a thing, and those that name it: in one document, or in any.
_ABOUT = (
    _PREFIXES
    + """SELECT DISTINCT ?document ?locator WHERE {
  VALUES ?thing { ccn:City }
  { GRAPH ?source { ?thing ccn:locator ?locator } }
  UNION
  { GRAPH ?source { ?record ?property ?thing ; ccn:locator ?locator } }
  ?source prov:wasDerivedFrom ?document .
}
ORDER BY STR(?document) STR(?locator)
LIMIT 2000"""
)

_OF_DOCUMENT = (
    _PREFIXES
    + """SELECT DISTINCT ?document ?locator WHERE {
  VALUES ?document { ccn:City }
  ?source prov:wasDerivedFrom ?document .
  GRAPH ?source { ?record ccn:locator ?locator }
}
ORDER BY STR(?locator)
LIMIT 2000"""
)


@dataclass(frozen=True, slots=True)
class RowEvidence:
    """The places that a row rests on, and in what sense it does."""

    how: str
    """`stated`: the documents state the row; `counted`: it was counted from records with these places; `about`: the
    documents speak of the things of the row."""
    places: tuple[tuple[str, str], ...]
    """(document, locator), at most `MOST_PLACES`."""
    count: int
    """How many there are."""


@dataclass
class Witness:
    """Finds what rows rest on; remembers it for the rows of one answer."""

    site: Site
    given: Sequence[str] = ()
    """The things that the question was asked about."""
    _known: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def of(self, names: Sequence[str], row: Row) -> RowEvidence:
        """Return what a row rests on, its columns being called `names`."""
        stated, documents = _stated(names, row)
        things = _things(names, row)
        for document in documents:
            # The question names the document only; the places where it speaks of the things of the row.
            places = set(self._rows(_OF_DOCUMENT, document=document))
            spoken = [place for thing in things for place in self._about(thing) if place in places]
            stated += spoken or sorted(places)
        if stated:
            return _evidence("stated", stated)
        if _counts(names, row) and (counted := self._counted([*things, *self.given])):
            return _evidence("counted", counted)
        about = [place for thing in things for place in self._about(thing)]
        about = about or [place for thing in self.given for place in self._about(thing)]
        return _evidence("about", about or self._around(things))

    def _counted(self, things: Iterable[str]) -> list[tuple[str, str]]:
        """Return the places of the memberships that belong to all of these things."""
        values: dict[str, str] = {}
        for iri in things:
            segment = iri.removeprefix(namespaces.BASE).partition("/")[0]
            if iri.startswith(namespaces.BASE) and segment in _COUNTED_BY:
                # The narrowest comes first in a row, and what was asked about last.
                values.setdefault(segment, iri)
        lines = "\n".join(f"  VALUES ?{name} {{ ccn:City }}\n  {_COUNTED_BY[name]}" for name in values)
        return self._rows(_MEMBERSHIPS % lines, **values) if values else []

    def _about(self, thing: str) -> list[tuple[str, str]]:
        return self._rows(_ABOUT, thing=thing)

    def _around(self, things: Iterable[str]) -> list[tuple[str, str]]:
        """Return the places where documents speak of what lies in a place that none speaks of itself."""
        for thing in things:
            if thing.startswith(namespaces.PREFIXES["place"]) and (places := self._counted([thing])):
                return places
        return []

    def _rows(self, query: str, **values: str) -> list[tuple[str, str]]:
        key = f"{query}\0{sorted(values.items())}"
        if key not in self._known:
            bound = query_file.bind(house.at_home(query), {name: [ox.NamedNode(iri)] for name, iri in values.items()})
            self._known[key] = [
                (document.value, locator.value)
                for document, locator in self.site.engine.query(bound).rows()
                if isinstance(document, ox.NamedNode) and isinstance(locator, ox.Literal)
            ]
        return self._known[key]


def _evidence(how: str, places: Iterable[tuple[str, str]]) -> RowEvidence:
    distinct = tuple(dict.fromkeys(places))
    return RowEvidence(how, distinct[:MOST_PLACES], len(distinct))


def _stated(names: Sequence[str], row: Row) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs of document and place in a row, and the documents that it names without a place."""
    values = dict(zip(names, row, strict=True))
    pairs, alone = [], []
    for name, document in values.items():
        if _DOCUMENT.fullmatch(name) and isinstance(document, ox.NamedNode):
            place = values.get(re.sub("document$", "locator", re.sub("Document$", "Locator", name)))
            if place is not None:
                pairs.append((document.value, str(getattr(place, "value", place))))
            else:
                alone.append(document.value)
    return pairs, alone


def _things(names: Sequence[str], row: Row) -> list[str]:
    return [
        cell.value
        for name, cell in zip(names, row, strict=True)
        if isinstance(cell, ox.NamedNode)
        and cell.value.startswith(namespaces.BASE)
        and not cell.value.startswith(namespaces.CCN)
        and not _DOCUMENT.fullmatch(name)
    ]


def _counts(names: Sequence[str], row: Row) -> bool:
    return any(_is_number(cell) for _, cell in zip(names, row, strict=True))


def _is_number(cell: Term | None) -> bool:
    return isinstance(cell, ox.Literal) and cell.datatype.value in (
        namespaces.PREFIXES["xsd"] + "integer",
        namespaces.PREFIXES["xsd"] + "decimal",
    )
