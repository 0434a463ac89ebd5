"""Reads a query request as the SPARQL 1.1 Protocol, section 2.1, defines it."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from starlette.requests import Request

from ccn_graph.web.problem import Problem

MAX_BODY = 1_000_000
"""Longest body of a request, in bytes."""

MAX_PARAMETERS = 1_000
"""Most parameters of a request."""

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query and how it wants to be answered; plain values, so that it can be handed to another process."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accept: str
    format: str
    """Name or media type of a format, from the parameter `format`; wins over `accept`."""


async def read(request: Request) -> QueryRequest | None:
    """Read a GET or POST request; None if it holds no query, so that it asks for the service description.

    Raises Problem for a request that is not as the protocol has it.
    """
    parameters = _parse(request.url.query)
    if request.method == "POST":
        parameters += await _posted(request)
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values or "using-graph-uri" in values:
        raise Problem("update-refused", "the data is read-only; ask with the parameter 'query'")
    queries = values.get("query", [])
    if not queries and request.method != "POST":
        return None
    if len(queries) != 1:
        raise Problem("bad-request", f"send exactly one 'query'; there are {len(queries)}")
    return QueryRequest(
        queries[0],
        tuple(map(_graph_iri, values.get("default-graph-uri", ()))),
        tuple(map(_graph_iri, values.get("named-graph-uri", ()))),
        ",".join(request.headers.getlist("accept")),
        values.get("format", [""])[-1],
    )


async def _posted(request: Request) -> list[tuple[str, str]]:
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type == "application/sparql-update":
        raise Problem("update-refused", f"the data is read-only; ask with {_QUERY}")
    if media_type not in (_FORM, _QUERY):
        raise Problem("unsupported-media-type", f"post a query as {_QUERY} or {_FORM}, not as '{media_type}'")
    charset = rest.partition("charset=")[2].strip(' ";').lower()
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Problem("unsupported-media-type", f"send UTF-8 instead of {charset}")
    body = await _body(request)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"the body is not UTF-8 at byte {error.start}") from error
    return [("query", text)] if media_type == _QUERY else _parse(text)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem("too-long", f"the body is longer than {MAX_BODY} bytes")
    return bytes(body)


def _parse(text: str) -> list[tuple[str, str]]:
    try:
        return urllib.parse.parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS, strict_parsing=False
        )
    except UnicodeDecodeError as error:
        raise Problem("bad-request", "a parameter is not percent-encoded UTF-8") from error
    except ValueError as error:
        raise Problem("too-long", f"there are more than {MAX_PARAMETERS} parameters") from error


def _graph_iri(value: str) -> str:
    if ":" not in value or any(character in '<>"{}|^`\\' or character <= " " for character in value):
        raise Problem("bad-request", f"'{value}' is no absolute IRI of a graph")
    return value
