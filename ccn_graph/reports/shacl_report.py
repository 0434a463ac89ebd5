"""The standard report of SHACL as RDF (SHACL, section 3.6): one sh:ValidationResult for each result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.rdf import formats, namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.reports.model import Report, ReportFormat
from ccn_graph.validation.finding import Finding, Related
from ccn_graph.validation.shacl import property_path

_SH = namespaces.PREFIXES["sh"]
_BOOLEAN = ox.NamedNode(namespaces.PREFIXES["xsd"] + "boolean")
_TYPE = ox.NamedNode(namespaces.RDF_TYPE)
_FIRST, _REST, _NIL = (ox.NamedNode(namespaces.PREFIXES["rdf"] + name) for name in ("first", "rest", "nil"))
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
    results = list(_results(report.findings))
    yield ox.Triple(whole, _sh("conforms"), ox.Literal("false" if results else "true", datatype=_BOOLEAN))
    for number, finding in enumerate(results, start=1):
        result = ox.BlankNode(f"result{number}")
        yield ox.Triple(whole, _sh("result"), result)
        yield from (ox.Triple(result, predicate, value) for predicate, value in _said(report, finding))
        if finding.nodes and finding.nodes.steps:
            path, triples = _written(finding.nodes.steps, f"path{number}")
            yield ox.Triple(result, _sh("resultPath"), path)
            yield from triples
        for other, related in enumerate(finding.related, start=1):
            detail = ox.BlankNode(f"result{number}detail{other}")
            yield ox.Triple(result, _sh("detail"), detail)
            yield from (ox.Triple(detail, predicate, value) for predicate, value in _detail(report, finding, related))


def _results(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each result once, in however many places it is shown; faults of the shapes are no results of the data."""
    seen: set[int] = set()
    for finding in findings:
        if finding.rule == "shapes" and not finding.nodes:
            continue
        for number in finding.results or (None,):
            if number not in seen:
                yield finding
            if number is not None:
                seen.add(number)


def _written(path: property_path.Path, name: str) -> tuple[Object, list[ox.Triple]]:
    """Write a path as SHACL does (section 2.3.1)."""
    node = ox.BlankNode(name)
    match path:
        case property_path.Predicate(iri):
            return iri, []
        case property_path.Inverse(inner):
            return _about(node, "inversePath", inner, name)
        case property_path.Repeated(inner, times):
            kind = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}[times]
            return _about(node, kind, inner, name)
        case property_path.Sequence(steps):
            return _listed(steps, name)
        case property_path.Alternative(ways):
            head, triples = _listed(ways, f"{name}l")
            return node, [ox.Triple(node, _sh("alternativePath"), head), *triples]


def _about(node: ox.BlankNode, kind: str, inner: property_path.Path, name: str) -> tuple[Object, list[ox.Triple]]:
    value, triples = _written(inner, f"{name}i")
    return node, [ox.Triple(node, _sh(kind), value), *triples]


def _listed(ways: Sequence[property_path.Path], name: str) -> tuple[Object, list[ox.Triple]]:
    triples: list[ox.Triple] = []
    head: Object = _NIL
    for number, way in reversed(list(enumerate(ways))):
        node = ox.BlankNode(f"{name}n{number}")
        value, more = _written(way, f"{name}w{number}")
        triples += [ox.Triple(node, _FIRST, value), ox.Triple(node, _REST, head), *more]
        head = node
    return head, triples


def _said(report: Report, finding: Finding) -> Iterator[tuple[ox.NamedNode, Object]]:
    nodes = finding.nodes
    yield _TYPE, _sh("ValidationResult")
    yield _sh("resultSeverity"), ox.NamedNode((nodes.severity if nodes else "") or finding.severity.iri)
    of_rule = ox.NamedNode(namespaces.PREFIXES["shape"] + finding.rule)
    focus = nodes.focus if nodes else ox.NamedNode(finding.path.absolute().as_uri())
    yield _sh("focusNode"), focus
    yield _sh("sourceConstraintComponent"), ox.NamedNode(nodes.component) if nodes else of_rule
    if nodes:
        source = nodes.source
        yield _sh("sourceShape"), source if isinstance(source, ox.NamedNode | ox.BlankNode) else of_rule
        if nodes.path:
            yield _sh("resultPath"), nodes.path
        if nodes.value is not None:
            yield _sh("value"), nodes.value
        if nodes.constraint is not None:
            yield _sh("sourceConstraint"), nodes.constraint
    for language, text in finding.message.items():
        yield _sh("resultMessage"), ox.Literal(text, language=language) if language else ox.Literal(text)
    place = f"{report.shown(finding.path)}, l. {finding.line}" + (f", {finding.at}" if finding.at else "")
    yield _LOCATOR, ox.Literal(place)


def _detail(report: Report, finding: Finding, related: Related) -> Iterator[tuple[ox.NamedNode, Object]]:
    """Tell of another place that a result speaks of, such as the other side of a disagreement."""
    yield _TYPE, _sh("ValidationResult")
    yield _sh("resultSeverity"), ox.NamedNode(finding.severity.iri)
    if finding.nodes:
        yield _sh("focusNode"), finding.nodes.focus
        yield _sh("sourceConstraintComponent"), ox.NamedNode(finding.nodes.component)
    yield _sh("resultMessage"), ox.Literal(related.value)
    yield _LOCATOR, ox.Literal(f"{report.shown(related.path)}, l. {related.line}")


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SH + name)


FORMAT = ReportFormat(
    "turtle", {"ja": "SHACLの報告 (Turtle)", "en": "SHACL report (Turtle)"}, "text/turtle", (".ttl",), write, rank=9
)
