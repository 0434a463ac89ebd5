"""What the service says of itself, for people: what the data are made of, and every question as a query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccn_graph.pages.rendering import render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest


@dataclass(frozen=True, slots=True)
class PropertyPart:
    """A property of the things of a class: how many triples, and classes or datatypes of their objects with theirs."""

    property: str
    triples: int
    targets: tuple[tuple[str, int], ...]
    datatypes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassPart:
    """The things of a class: how many, and their properties."""

    iri: str
    entities: int
    properties: tuple[PropertyPart, ...]


def void(site: Site, request: PageRequest) -> Page:
    """Show what the data are made of: classes, their properties, and what these lead to."""
    parts = list(_parts(site))
    site.labels.know(iri for part in parts for iri in (part.iri, *(entry.property for entry in part.properties)))
    return render(site, request, "service_void.html.j2", parts=parts)


def examples(site: Site, request: PageRequest) -> Page:
    """Show every question with its query as it stands, and the prefixes."""
    return render(site, request, "service_examples.html.j2", prefixes=namespaces.PREFIXES)


def _parts(site: Site) -> Iterator[ClassPart]:
    counted: dict[str, dict[str, list[tuple[str, str, int]]]] = {}
    for class_, property_, target, datatype, count in site.statistics.partitions:
        counted.setdefault(class_, {}).setdefault(property_, []).append((target, datatype, count))
    for class_, properties in counted.items():
        property_parts = [
            PropertyPart(
                property_,
                sum(count for target, datatype, count in rows if not target and not datatype),
                tuple((target, count) for target, _, count in rows if target),
                tuple((datatype, count) for _, datatype, count in rows if datatype),
            )
            for property_, rows in properties.items()
        ]
        yield ClassPart(class_, site.statistics.classes.get(class_, 0), tuple(property_parts))
