"""Sends the requests of the W3C protocol suite as they are written there, and judges the responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import rdflib

from tests.w3c import results
from tests.w3c.judge import GRAPHS, JSON, READERS, XML
from tests.w3c.manifest import MF, RDFS, UT, Manifest, path_of
from tests.w3c.running import Endpoint, Reply

_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"
_STATUS = "http://www.w3.org/2011/http-statusCodes#StatusCode"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what must come back: a class of status, a form of answer, a truth value."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    status: frozenset[str]
    form: str
    boolean: str


@dataclass(frozen=True, slots=True)
class ProtocolCase:
    """One test: requests to be sent one after the other, and the named graphs they count on."""

    name: str
    exchanges: tuple[Exchange, ...]
    graphs: dict[str, str] = field(default_factory=dict)


def read_only_cases() -> list[ProtocolCase]:
    """Give the tests that an endpoint without update answers for: all queries, and updates that must be refused."""
    manifest = Manifest("protocol")
    found = []
    for name, _, test in manifest.entries():
        if not name.startswith("protocol/update_"):
            (connection,) = manifest.values(test, f"{MF}action")
            (requests,) = manifest.values(connection, f"{_HT}requests")
            exchanges = tuple(_exchange(manifest, request) for request in manifest.items(requests))
            graphs = {
                manifest.texts(entry, f"{RDFS}label")[0]: manifest.iris(entry, f"{UT}graph")[0]
                for entry in manifest.values(test, f"{UT}graphData")
            }
            found.append(ProtocolCase(name, exchanges, graphs))
    return found


def _exchange(manifest: Manifest, request: ox.NamedNode | ox.BlankNode) -> Exchange:
    (response,) = manifest.values(request, f"{_HT}resp")
    headers = {}
    for entry in (item for head in manifest.values(request, f"{_HT}headers") for item in manifest.items(head)):
        headers[manifest.texts(entry, f"{_HT}fieldName")[0]] = manifest.texts(entry, f"{_HT}fieldValue")[0]
    body = None
    for content in manifest.values(request, f"{_HT}body"):
        (encoding,) = manifest.texts(content, f"{_CNT}characterEncoding")
        body = manifest.texts(content, f"{_CNT}chars")[0].encode(encoding)
    return Exchange(
        method=manifest.texts(request, f"{_HT}methodName")[0],
        path=manifest.texts(request, f"{_HT}absolutePath")[0],
        headers=headers,
        body=body,
        status=frozenset(iri.removeprefix(_STATUS)[:1] for iri in manifest.iris(response, f"{MF}expectedStatus")),
        form="".join(manifest.texts(response, f"{MF}expectedFormat")),
        boolean="".join(manifest.texts(response, f"{MF}expectedBoolean")),
    )


def write_data(file: Path, cases: list[ProtocolCase]) -> Path:
    """Write the named graphs that the tests count on."""
    graphs = {name: address for case in cases for name, address in case.graphs.items()}
    ox.serialize(_quads(graphs), file, format=ox.RdfFormat.N_QUADS)
    return file


def _quads(graphs: dict[str, str]) -> Iterator[ox.Quad]:
    for name, address in sorted(graphs.items()):
        for quad in ox.parse(path=path_of(address), format=ox.RdfFormat.N_TRIPLES):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(name))


def judge(case: ProtocolCase, endpoint: Endpoint) -> str:
    """Run a test; the answer is empty if it passes, else it says what is wrong."""
    for exchange in case.exchanges:
        # As the manifest has it: /sparql/ stands for wherever the endpoint is.
        target = exchange.path.replace("/sparql/", "/sparql", 1)
        reply = endpoint.send(exchange.method, target, exchange.headers, exchange.body)
        if str(reply.status)[0] not in exchange.status:
            return f"status {reply.status}: {reply.body[:200].decode('utf-8', 'replace')}"
        wrong = _wrong_form(exchange, reply)
        if wrong:
            return wrong
    return ""


def _wrong_form(exchange: Exchange, reply: Reply) -> str:
    if not exchange.form:
        return ""
    if exchange.form == "RDF":
        if reply.content_type not in GRAPHS:
            return f"no graph but {reply.content_type}"
        rdflib.Graph().parse(data=reply.body, format=GRAPHS[reply.content_type])
        return ""
    if reply.content_type not in (JSON, XML):
        return f"no result but {reply.content_type}"
    result = READERS[reply.content_type](reply.text)
    if isinstance(result, results.Solutions) is not (exchange.form == "tabular"):
        return f"a result of another form than {exchange.form}"
    wanted = exchange.boolean in ("true", "1")
    return f"{result} instead of {wanted}" if exchange.boolean and result is not wanted else ""
