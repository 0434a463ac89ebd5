"""Asks an endpoint the query of a test and judges the answer."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Callable, Sequence

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from tests.w3c import results
from tests.w3c.manifest import Case, path_of
from tests.w3c.results import Result, Solutions, Term
from tests.w3c.running import Answering, Reply

Parameters = Sequence[tuple[str, str]]

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"

READERS: dict[str, Callable[[str], Result]] = {
    JSON: results.read_json,
    XML: results.read_xml,
    CSV: results.read_csv,
    TSV: results.read_tsv,
}
_FILES = {".srj": JSON, ".srx": XML, ".csv": CSV, ".tsv": TSV}
GRAPHS = {"text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml"}

_RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\s]*>")


def judge(case: Case, endpoint: Answering, parameters: Parameters) -> str:
    """Run a test; the answer is empty if it passes, else it says what is wrong."""
    if case.kind.startswith("Positive"):
        reply = ask(endpoint, case.query, parameters, "*/*", "get")
        return "" if reply.status == 200 or _calls_nobody(reply) else _refused(reply)
    if case.kind.startswith("Negative"):
        reply = ask(endpoint, case.query, parameters, "*/*", "get")
        return "" if reply.status == 400 else f"status {reply.status} instead of 400"
    query = _with_base(case)
    if case.result.endswith((".ttl", ".nt")) and not _result_set(case.result):
        return _judge_graph(case, query, endpoint, parameters)
    return _judge_solutions(case, query, endpoint, parameters)


def ask(endpoint: Answering, query: str, parameters: Parameters, accept: str, way: str) -> Reply:
    """Send a query in one of the three ways of the protocol: `get`, `form` or `direct`."""
    encoded = urllib.parse.urlencode([*([] if way == "direct" else [("query", query)]), *parameters])
    if way == "get":
        return endpoint.send("GET", f"/sparql?{encoded}", {"Accept": accept})
    if way == "form":
        return endpoint.send("POST", "/sparql", {"Accept": accept, "Content-Type": FORM}, encoded.encode())
    target = f"/sparql?{encoded}" if encoded else "/sparql"
    return endpoint.send("POST", target, {"Accept": accept, "Content-Type": QUERY}, query.encode())


def _with_base(case: Case) -> str:
    # The suite resolves relative IRIs against the address of the query's file, which no request can carry.
    if "BASE" in case.query or not _RELATIVE.search(case.query):
        return case.query
    return f"BASE <{case.base}>\n{case.query}"


def _judge_solutions(case: Case, query: str, endpoint: Answering, parameters: Parameters) -> str:
    """Compare in the format of the test and in all others, in every way to ask."""
    file = path_of(case.result)
    wanted_format = _FILES.get(file.suffix, JSON)
    wanted = _expected(case, wanted_format)
    is_boolean = isinstance(wanted, bool)
    formats = [wanted_format] if wanted_format == CSV else [JSON, XML] if is_boolean else [JSON, XML, TSV, CSV]
    if isinstance(wanted, Solutions) and any(term[0] == "triple" for row in wanted.rows for term in row.values()):
        # CSV cannot say which term of a triple is which kind.
        formats.remove(CSV)
    # An order within a sub-select is none of the answer.
    ordered = bool(re.search(r"\bORDER\s+BY\b", query.rpartition("}")[2], re.IGNORECASE))
    said: Result = wanted
    for format_, way in zip(formats, ("get", "form", "direct", "get"), strict=False):
        reply = ask(endpoint, query, parameters, format_, way)
        if reply.status != 200 or reply.content_type != format_:
            return _refused(reply)
        given = READERS[format_](reply.text)
        # CSV has no types to compare numbers by: hold it against what the endpoint itself said before.
        expected = results.as_csv(said) if format_ == CSV and isinstance(said, Solutions) else wanted
        if not results.same(expected, given, ordered=ordered):
            return f"{format_}: {_difference(expected, given)}"
        said = given
    return ""


def _expected(case: Case, format_: str) -> Result:
    if case.result.endswith(".ttl"):
        found = _result_set(case.result)
        assert found
        return found
    return READERS[format_](path_of(case.result).read_bytes().decode("utf-8"))


def _judge_graph(case: Case, query: str, endpoint: Answering, parameters: Parameters) -> str:
    wanted = _canonical(path_of(case.result).read_bytes(), "text/turtle", case.result)
    for media_type, way in zip(GRAPHS, ("get", "form", "direct"), strict=True):
        reply = ask(endpoint, query, parameters, media_type, way)
        if reply.status != 200 or reply.content_type != media_type:
            return _refused(reply)
        given = _canonical(reply.body, media_type)
        if wanted != given:
            return f"{media_type}: {len(given)} triples, expected {len(wanted)} or other ones"
    return ""


def _canonical(body: bytes, media_type: str, base: str | None = None) -> ox.Dataset:
    """Read a graph so that it equals another if they differ in the labels of blank nodes only."""
    read = ox.Dataset(ox.parse(body, format=ox.RdfFormat.from_media_type(media_type), base_iri=base))
    read.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return read


def _calls_nobody(reply: Reply) -> bool:
    # A syntax test asks whether a query is taken for SPARQL, not whether anything answers at the address it calls.
    problem = json.loads(reply.body) if reply.content_type == "application/problem+json" else {}
    return problem.get("code") == "evaluation-failed"


def _refused(reply: Reply) -> str:
    return f"status {reply.status}, {reply.content_type}: {reply.body[:200].decode('utf-8', 'replace')}"


def _difference(wanted: Result, given: Result) -> str:
    if isinstance(wanted, bool) or isinstance(given, bool):
        return f"{given} instead of {wanted}"
    missing = [row for row in wanted.rows if not any(results.alike(row, other) for other in given.rows)]
    extra = [row for row in given.rows if not any(results.alike(row, other) for other in wanted.rows)]
    rows = f"{len(given.rows)} rows, expected {len(wanted.rows)}"
    return f"{rows}; missing {missing[:2]}, too many {extra[:2]}, columns {given.variables} {wanted.variables}"


def _result_set(address: str) -> Solutions | None:
    """Read a result that is written in RDF; None if the file holds a graph that is the result itself."""
    if b"<<" in path_of(address).read_bytes() or not address.endswith(".ttl"):
        return None
    graph = rdflib.Graph().parse(path_of(address), format="turtle", publicID=address)
    variables = tuple(str(name) for name in graph.objects(None, _RS.resultVariable))
    rows = [
        {
            str(graph.value(bound, _RS.variable)): _term(graph.value(bound, _RS.value))
            for bound in graph[row : _RS.binding]
        }
        for row in graph.objects(None, _RS.solution)
    ]
    return Solutions(variables, tuple(rows)) if variables else None


def _term(node: Node | None) -> Term:
    if isinstance(node, rdflib.Literal):
        return results.literal(str(node), node.datatype and str(node.datatype), node.language)
    return ("blank" if isinstance(node, rdflib.BNode) else "iri", str(node))
