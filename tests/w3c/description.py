"""Runs the W3C service description suite, whose manifest names its tests but leaves the requests to the runner."""

from __future__ import annotations

import rdflib
from rdflib import RDF, URIRef
from rdflib.term import Node

from tests.w3c.judge import GRAPHS
from tests.w3c.manifest import Manifest
from tests.w3c.running import Endpoint

_SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")

#: Property -> (what has it, what it leads to), from the vocabulary itself (SPARQL 1.1 Service Description, section 3).
_SCHEMA: dict[str, tuple[str, str]] = {
    "endpoint": ("Service", ""),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", ""),
    "inputFormat": ("Service", ""),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", ""),
    "graph": ("NamedGraph", "Graph"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
}
#: Classes that must be stated of a node, because the vocabulary does not name their members.
_STATED = {"Service", "Dataset", "Graph", "NamedGraph", "GraphCollection", "Function", "Aggregate"}
#: A dataset is a collection of graphs.
_WIDER = {"Dataset": "GraphCollection"}
_KNOWN = {
    "Feature": {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"},
    "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
}
#: Properties that every member of a class needs.
_NEEDED = {"Service": "endpoint", "Dataset": "defaultGraph", "NamedGraph": "name"}


def names() -> list[str]:
    """Give the names of the tests."""
    return [name for name, _, _ in Manifest("service-description").entries()]


def judge(name: str, endpoint: Endpoint) -> str:
    """Run a test in each format of graphs; the answer is empty if it passes, else it says what is wrong."""
    for media_type, parser in GRAPHS.items():
        reply = endpoint.send("GET", "/sparql", {"Accept": media_type})
        if reply.status != 200 or reply.content_type != media_type:
            return f"status {reply.status}, {reply.content_type} instead of {media_type}"
        described = rdflib.Graph().parse(data=reply.body, format=parser)
        wrong = _wrong(name.partition("/")[2], described, f"{endpoint.url}/sparql")
        if wrong:
            return f"{media_type}: {wrong}"
    return ""


def _wrong(test: str, described: rdflib.Graph, address: str) -> str:
    match test:
        case "returns-rdf":
            return "" if len(described) else "there are no triples"
        case "has-endpoint-triple":
            return "" if (None, _SD.endpoint, URIRef(address)) in described else f"no sd:endpoint <{address}>"
        case "conforms-to-schema":
            return "; ".join(_against_schema(described))
    return f"the runner does not know the test {test}"


def _against_schema(described: rdflib.Graph) -> list[str]:
    wrong = []
    for subject, predicate, value in described:
        local = str(predicate).removeprefix(str(_SD))
        if local == str(predicate):
            continue
        if local not in _SCHEMA:
            wrong.append(f"sd:{local} is no property of the vocabulary")
            continue
        owner, kind = _SCHEMA[local]
        if not _is_a(described, subject, owner):
            wrong.append(f"{subject} has sd:{local} but is no sd:{owner}")
        if isinstance(value, rdflib.Literal) or (kind and not _is_a(described, value, kind)):
            wrong.append(f"sd:{local} leads to {value}, which is no sd:{kind or 'resource'}")
    for kind, local in _NEEDED.items():
        members = set(described.subjects(RDF.type, _SD[kind]))
        wrong += [f"an sd:{kind} has no sd:{local}" for node in members if not described.value(node, _SD[local])]
    return sorted(wrong)


def _is_a(described: rdflib.Graph, node: Node, kind: str) -> bool:
    if any(_WIDER.get(narrow) == kind and (node, RDF.type, _SD[narrow]) in described for narrow in _WIDER):
        return True
    if kind in _STATED or not isinstance(node, URIRef):
        return (node, RDF.type, _SD[kind]) in described
    of_vocabulary = str(node).removeprefix(str(_SD))
    return of_vocabulary == str(node) or of_vocabulary in _KNOWN.get(kind, {of_vocabulary})
