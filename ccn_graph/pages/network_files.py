"""Networks of cities as files for programs that draw and measure them: GraphML, GEXF, and tables of edges."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from xml.etree import ElementTree as ET

from ccn_graph.pages import city_map, roll, sheet
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.spreadsheet_guard import inert
from ccn_graph.text.today import today as date_of_today

#: Ending -> media type. GraphML and GEXF have none that is registered.
TYPES = {
    "graphml": "application/xml; charset=utf-8",
    "gexf": "application/xml; charset=utf-8",
    "csv": sheet.CSV,
    "geojson": "application/geo+json",
}

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_GEXF = "http://gexf.net/1.3"

Attributes = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Node:
    """A city or a network: its IRI, its label, and what else is known of it."""

    iri: str
    label: str
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie between two nodes, by their IRIs; none has a direction."""

    source: str
    target: str
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CityNetwork:
    """Nodes and edges."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]


def page(site: Site, request: PageRequest, name: str, ending: str) -> Page | None:
    """Make a file of a network: `members`, `co-membership` or `co-attendance`; `cities` is GeoJSON only."""
    context = RenderContext(site, request)
    if (name == "cities") != (ending == "geojson"):
        return None
    if name == "cities":
        return sheet.download("cities.geojson", TYPES[ending], _geojson(site, context))
    made = {"members": members, "co-membership": co_membership, "co-attendance": co_attendance}[name](site, context)
    body = {"graphml": graphml, "gexf": gexf, "csv": _edges}[ending](made)
    return sheet.download(f"{name}.{ending}", TYPES[ending], body)


def members(site: Site, context: RenderContext) -> CityNetwork:
    """Return who belongs to what: nodes are members and networks, an edge is a membership."""
    every = roll.memberships(site)
    fields = {iri for entry in every for iri in entry.fields}
    site.labels.know({*fields, *(entry.member for entry in every), *(entry.network for entry in every)})
    day = date_of_today()
    edges = [
        Edge(entry.member, entry.network, {
            "field": "; ".join(map(context.label, entry.fields)), "since": entry.start, "until": entry.end,
            "state": entry.period.on(day).value, "source": entry.source,
        })
        for entry in every
    ]  # fmt: skip
    return CityNetwork(_nodes(site, context, edges), edges)


def co_membership(site: Site, context: RenderContext) -> CityNetwork:
    """Return which networks share members: an edge weighs as much as the members that both have had."""
    belong: dict[str, set[str]] = {}
    for entry in roll.memberships(site):
        belong.setdefault(entry.member, set()).add(entry.network)
    shared = Counter(pair for networks in belong.values() for pair in combinations(sorted(networks), 2))
    edges = [Edge(*pair, {"weight": count}) for pair, count in sorted(shared.items())]
    return CityNetwork(_nodes(site, context, edges), edges)


def co_attendance(site: Site, context: RenderContext) -> CityNetwork:
    """Return which cities met: an edge weighs as much as the events that name both as host or participant."""
    edges = [Edge(*pair, {"weight": count}) for pair, count in sorted(met(site).items())]
    return CityNetwork(_nodes(site, context, edges), edges)


def met(site: Site) -> Counter[tuple[str, str]]:
    """Count the events at which each two cities were; those that were cancelled do not count."""
    start = namespaces.PREFIXES["city"]
    return Counter(
        pair
        for meeting in roll.meetings(site, date_of_today())
        if meeting.state != "cancelled"
        for pair in combinations(
            sorted({iri for iri in (*meeting.hosts, *meeting.participants) if iri.startswith(start)}), 2
        )
    )


def _nodes(site: Site, context: RenderContext, edges: Iterable[Edge]) -> list[Node]:
    iris = sorted({iri for edge in edges for iri in (edge.source, edge.target)})
    places = roll.places(site)
    site.labels.know([*iris, *{places[iri].country for iri in iris if iri in places and places[iri].country}])
    nodes = []
    for iri in iris:
        kind = iri.removeprefix(namespaces.BASE).partition("/")[0]
        country = places[iri].country if iri in places else ""
        nodes.append(
            Node(iri, context.label(iri), {"kind": kind, "country": context.label(country) if country else ""})
        )
    return nodes


def _kinds(items: Iterable[Attributes]) -> dict[str, str]:
    """Return the names of attributes and whether each is an `int` or a `string`."""
    kinds: dict[str, str] = {}
    for attributes in items:
        for name, value in attributes.items():
            kinds[name] = "int" if isinstance(value, int) else "string"
    return kinds


def graphml(network: CityNetwork) -> bytes:
    """Write GraphML (http://graphml.graphdrawing.org/specification.html)."""
    root = ET.Element("graphml", {"xmlns": _GRAPHML})
    node_kinds = {"label": "string", **_kinds(item.attributes for item in network.nodes)}
    edge_kinds = _kinds(item.attributes for item in network.edges)
    for domain, kinds in (("node", node_kinds), ("edge", edge_kinds)):
        for name, kind in kinds.items():
            key = {"id": f"{domain}-{name}", "for": domain, "attr.name": name, "attr.type": kind}
            ET.SubElement(root, "key", key)
    graph = ET.SubElement(root, "graph", {"edgedefault": "undirected"})
    for node in network.nodes:
        _data(ET.SubElement(graph, "node", {"id": node.iri}), "node", {"label": node.label, **node.attributes})
    for number, edge in enumerate(network.edges):
        ends = {"id": f"e{number}", "source": edge.source, "target": edge.target}
        _data(ET.SubElement(graph, "edge", ends), "edge", edge.attributes)
    return _document(root)


def _data(element: ET.Element, domain: str, attributes: Attributes) -> None:
    for name, value in attributes.items():
        ET.SubElement(element, "data", {"key": f"{domain}-{name}"}).text = str(value)


def gexf(network: CityNetwork) -> bytes:
    """Write GEXF 1.3 (https://gexf.net), as Gephi reads it."""
    root = ET.Element("gexf", {"xmlns": _GEXF, "version": "1.3"})
    graph = ET.SubElement(root, "graph", {"defaultedgetype": "undirected", "mode": "static"})
    kinds = {
        "node": _kinds(item.attributes for item in network.nodes),
        "edge": {name: kind for name, kind in _kinds(item.attributes for item in network.edges).items()
                 if name != "weight"},
    }  # fmt: skip
    for domain, named in kinds.items():
        declared = ET.SubElement(graph, "attributes", {"class": domain})
        for name, kind in named.items():
            attribute = {"id": name, "title": name, "type": "integer" if kind == "int" else "string"}
            ET.SubElement(declared, "attribute", attribute)
    nodes, edges = ET.SubElement(graph, "nodes"), ET.SubElement(graph, "edges")
    for node in network.nodes:
        _values(ET.SubElement(nodes, "node", {"id": node.iri, "label": node.label}), node.attributes)
    for number, edge in enumerate(network.edges):
        ends = {"id": str(number), "source": edge.source, "target": edge.target}
        weight = {"weight": str(edge.attributes["weight"])} if "weight" in edge.attributes else {}
        others = {name: value for name, value in edge.attributes.items() if name != "weight"}
        _values(ET.SubElement(edges, "edge", {**ends, **weight}), others)
    return _document(root)


def _values(element: ET.Element, attributes: Attributes) -> None:
    held = ET.SubElement(element, "attvalues") if attributes else element
    for name, value in attributes.items():
        ET.SubElement(held, "attvalue", {"for": name, "value": str(value)})


def _document(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _edges(network: CityNetwork) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    labels = {node.iri: node.label for node in network.nodes}
    names = list(_kinds(edge.attributes for edge in network.edges))
    writer.writerow(["source", "sourceLabel", "target", "targetLabel", *names])
    for edge in network.edges:
        cells = [value if isinstance(value, int) else inert(str(value)) for value in map(edge.attributes.get, names)]
        ends = (edge.source, inert(labels[edge.source]), edge.target, inert(labels[edge.target]))
        writer.writerow([*ends, *cells])
    return text.getvalue().encode()


def _geojson(site: Site, context: RenderContext) -> bytes:
    """Write the member cities with their memberships (RFC 7946)."""
    drawn = city_map.of_members(site, context)
    places = roll.places(site)
    site.labels.know({item.country for item in places.values() if item.country})
    features = []
    for point in drawn.sorted if drawn else ():
        country = places[point.iri].country if point.iri in places else ""
        properties = {
            "id": point.iri, "name": context.label(point.iri), "country": context.label(country) if country else None,
            "memberships": [
                {"network": context.label(item.group), "field": context.label(item.field) if item.field else None,
                 "since": item.since, "until": item.until}
                for item in point.groups
            ],
        }  # fmt: skip
        place = {"type": "Point", "coordinates": [point.long, point.lat]}
        features.append({"type": "Feature", "id": point.iri, "geometry": place, "properties": properties})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
