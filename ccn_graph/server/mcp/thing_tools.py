"""Tools for names, things and terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from ccn_graph.errors import QueryError
from ccn_graph.pages.description import Description, describe
from ccn_graph.pages.record import Record
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.server.mcp.question_tool import Window

#: Finds of a name that are looked at.
_MOST_HITS = 1_000

_TERMS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?term ?kind WHERE {
  VALUES (?type ?kind) { (owl:Class "class") (owl:ObjectProperty "property") (owl:DatatypeProperty "property") }
  ?term a ?type
  FILTER(isIRI(?term))
}
ORDER BY STR(?term) ?kind
"""

_SAID = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?property ?value WHERE {
  VALUES ?term { ccn:City }
  ?term ?property ?value
  FILTER(!isBlank(?value))
}
ORDER BY STR(?property) STR(?value)
"""


def find_name(site: Site, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Find things by a name; those of like names if none is called so."""
    window, name = Window.of(arguments), str(arguments["name"])
    kind = arguments.get("kind")
    hits = [hit for hit in site.search.find(name, window.language, _MOST_HITS) if kind in (None, hit.kind)]
    hits = [hit for hit in hits if hit.kind not in ("question", "row")]
    near = [] if hits else site.search.near(name, window.language, [kind] if kind else ("city", "network", "body"))
    shown = hits or near
    site.labels.know([hit.thing for hit in shown])
    things = [
        {
            "iri": hit.thing, "short_name": namespaces.curie(hit.thing), "kind": hit.kind,
            "label_ja": site.labels.of(hit.thing, "ja"), "label_en": site.labels.of(hit.thing, "en"),
            "matched": hit.matched, "relation": hit.relation,
        }
        for hit in window.cut(shown)
    ]  # fmt: skip
    return {
        "data_version": site.statistics.version, "match": "name" if hits else "resembling", **window.page(shown),
        "things": things,
    }  # fmt: skip


def describe_thing(site: Site, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Give all that documents say of a thing, statement by statement. Raises QueryError for what is not known."""
    window = Window.of(arguments)
    name = str(arguments["thing"])
    iri = namespaces.expand(name) or site.labels.find("thing", name)
    description = describe(site.engine, iri) if iri else None
    if iri is None or description is None:
        raise QueryError("not-found", f"nothing is said of '{name}'; find_name gives the IRIs of things")
    statements = list(_statements(description))
    wanted = window.cut(statements)
    site.labels.know({statement["subject"] for statement in wanted} | {statement["property"] for statement in wanted})
    for statement in wanted:
        statement["subject_label"] = site.labels.of(statement["subject"], window.language)
        if statement["is_thing"]:
            statement["value_label"] = site.labels.of(statement["value"], window.language)
    return {
        "thing": iri, "label": site.labels.of(iri, window.language), "data_version": site.statistics.version,
        "links_are_cut": description.truncated, **window.page(statements), "statements": wanted,
    }  # fmt: skip


def _statements(description: Description) -> Iterator[dict[str, Any]]:
    for record in (description.itself, *description.records):
        yield from _said(record)


def _said(record: Record) -> Iterator[dict[str, Any]]:
    for name, values in record.values.items():
        for value in values:
            yield {
                "subject": record.iri, "property": name, "property_short": namespaces.shortened(name),
                "value": value.text, "value_language": value.language, "is_thing": value.is_thing,
                "standing": value.standing.value, "reasons": dict(value.reasons),
                "evidence": [
                    {"document": rests.document, "graph": rests.graph, "locators": list(rests.locators)}
                    for rests in value.evidence
                ],
            }  # fmt: skip


def vocabulary(site: Site, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List classes and properties; of one of them tell all, with the shapes that look at it."""
    window = Window.of(arguments)
    if "term" in arguments:
        return _term(site, str(arguments["term"]), window)
    terms = site.select(_TERMS)
    wanted = window.cut(terms)
    listed = [
        {
            "term": namespaces.shortened(row["term"]), "kind": row["kind"],
            "label_ja": site.labels.of(row["term"], "ja"), "label_en": site.labels.of(row["term"], "en"),
        }
        for row in wanted
    ]  # fmt: skip
    return {
        "data_version": site.statistics.version, "prefixes": namespaces.PREFIXES, **window.page(terms), "terms": listed,
    }  # fmt: skip


def _term(site: Site, name: str, window: Window) -> dict[str, Any]:
    iri = namespaces.expand(name) or namespaces.CCN + name
    node = ox.NamedNode(iri)
    rows = site.select(_SAID, term=[node])
    if not rows:
        raise QueryError("not-found", f"no term is called '{name}'; vocabulary without a term lists all")
    shapes = site.vocabulary.by_term.get(iri, [])
    listed = [
        {
            "shape": namespaces.shortened(shape.iri), "name": shape.name.get(window.language, ""),
            "severity": shape.severity.name.lower(), "message": shape.text("message").get(window.language, ""),
            "turtle": shape.text_in_file,
        }
        for shape in shapes
    ]  # fmt: skip
    return {
        "term": namespaces.shortened(iri), "data_version": site.statistics.version,
        "said": [{"property": namespaces.shortened(row["property"]), "value": row["value"]} for row in rows],
        "instances": site.statistics.classes.get(iri), "triples": site.statistics.properties.get(iri),
        **window.page(listed), "shapes": list(window.cut(listed)),
    }  # fmt: skip
