"""The standard report of SHACL as RDF (SHACL, section 3.6): one sh:ValidationResult for each finding."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from ccn_graph.rdf import formats, namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.reports.model import Format, Report
from ccn_graph.validation.finding import Finding

_SH = namespaces.PREFIXES["sh"]
_BOOLEAN = ox.NamedNode(namespaces.PREFIXES["xsd"] + "boolean")
_TYPE = ox.NamedNode(namespaces.RDF_TYPE)
_LOCATOR = ox.NamedNode(namespaces.CCN + "locator")


def write(report: Report) -> str:
    """Write Turtle; by the standard, sh:conforms is true only if there is no result of whatever severity.

    ccn:locator gives file and line. What speaks of a file rather than of a node, as a fault of syntax does, has the
    file as its focus node.
    """
    format_ = formats.named("turtle", formats.GRAPHS)
    assert format_
    return formats.write_triples(list(_triples(report)), format_).decode("utf-8")


def _triples(report: Report) -> Iterator[ox.Triple]:
    whole = ox.BlankNode("report")
    yield ox.Triple(whole, _TYPE, _sh("ValidationReport"))
    conforms = "false" if report.findings else "true"
    yield ox.Triple(whole, _sh("conforms"), ox.Literal(conforms, datatype=_BOOLEAN))
    for number, found in enumerate(report.findings, start=1):
        result = ox.BlankNode(f"result{number}")
        yield ox.Triple(whole, _sh("result"), result)
        yield from (ox.Triple(result, predicate, value) for predicate, value in _said(report, found))


def _said(report: Report, found: Finding) -> Iterator[tuple[ox.NamedNode, Object]]:
    nodes = found.nodes
    yield _TYPE, _sh("ValidationResult")
    yield _sh("resultSeverity"), ox.NamedNode(found.severity.iri)
    of_rule = ox.NamedNode(namespaces.PREFIXES["shape"] + found.rule)
    focus = nodes.focus if nodes else ox.NamedNode(found.path.absolute().as_uri())
    yield _sh("focusNode"), focus
    yield _sh("sourceConstraintComponent"), ox.NamedNode(nodes.component) if nodes else of_rule
    if nodes:
        source = nodes.source
        yield _sh("sourceShape"), source if isinstance(source, ox.NamedNode | ox.BlankNode) else of_rule
        if nodes.path:
            yield _sh("resultPath"), nodes.path
        if nodes.value is not None:
            yield _sh("value"), nodes.value
    for language in ("ja", "en"):
        yield _sh("resultMessage"), ox.Literal(found.said(language), language=language)
    place = f"{report.shown(found.path)}, l. {found.line}" + (f", {found.at}" if found.at else "")
    yield _LOCATOR, ox.Literal(place)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SH + name)


FORMAT = Format(
    "turtle", {"ja": "SHACLの報告 (Turtle)", "en": "SHACL report (Turtle)"}, "text/turtle", (".ttl",), write, rank=9
)
