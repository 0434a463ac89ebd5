"""Reads a query request as the SPARQL 1.1 Protocol, section 2.1, defines it."""

from __future__ import annotations

import asyncio
import math
import urllib.parse

from starlette.requests import ClientDisconnect, Request

from ccn_graph.errors import QueryError
from ccn_graph.request import QueryRequest

MAX_BODY = 1_000_000
"""Longest body of a request, in bytes."""

BODY_SECONDS = 10
"""Longest time that a body may take to come, in seconds."""

MAX_PARAMETERS = 1_000
"""Most parameters of a request."""

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"


async def read(request: Request) -> QueryRequest | None:
    """Read a GET or POST request; None if it holds no query, so that it asks for the service description.

    Raises QueryError for a request that is not as the protocol has it.
    """
    parameters = _parse(request.scope["query_string"].decode("latin-1"))
    if request.method in ("POST", "QUERY"):
        parameters += await _posted(request)
    wanted = _wanted(parameters, ",".join(request.headers.getlist("accept")))
    if wanted is None and request.method not in ("GET", "HEAD"):
        raise QueryError("bad-request", "send exactly one 'query'; there is none")
    return wanted


def read_get(query_string: str, accept: str) -> QueryRequest | None:
    """Read a GET request as `read` does."""
    return _wanted(_parse(query_string), accept)


def _wanted(parameters: list[tuple[str, str]], accept: str) -> QueryRequest | None:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values or "using-graph-uri" in values:
        raise QueryError("update-refused", "the data is read-only; ask with the parameter 'query'")
    queries = values.get("query", [])
    if not queries:
        return None
    if len(queries) != 1:
        raise QueryError("bad-request", f"send exactly one 'query'; there are {len(queries)}")
    return QueryRequest(
        queries[0],
        tuple(map(_graph_iri, values.get("default-graph-uri", ()))),
        tuple(map(_graph_iri, values.get("named-graph-uri", ()))),
        accept,
        ",".join(values.get("format", ())),
        _seconds(values.get("timeout", ["0"])[-1]),
    )


async def _posted(request: Request) -> list[tuple[str, str]]:
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type == "application/sparql-update":
        raise QueryError("update-refused", f"the data is read-only; ask with {_QUERY}")
    if media_type not in (_FORM, _QUERY):
        raise QueryError("unsupported-media-type", f"post a query as {_QUERY} or {_FORM}, not as '{media_type}'")
    charset = rest.partition("charset=")[2].strip(' ";').lower()
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise QueryError("unsupported-media-type", f"send UTF-8 instead of {charset}")
    body = await _body(request)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError("bad-request", f"the body is not UTF-8 at byte {error.start}") from error
    return [("query", text)] if media_type == _QUERY else _parse(text)


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise QueryError("too-long", f"the body is longer than {MAX_BODY} bytes")
    except TimeoutError:
        raise QueryError("too-slow", f"the body did not come within {BODY_SECONDS} s") from None
    except ClientDisconnect:
        raise QueryError("bad-request", "the body broke off") from None
    return bytes(body)


def _parse(text: str) -> list[tuple[str, str]]:
    try:
        return urllib.parse.parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS, strict_parsing=False
        )
    except UnicodeDecodeError as error:
        raise QueryError("bad-request", "a parameter is not percent-encoded UTF-8") from error
    except ValueError as error:
        raise QueryError("too-long", f"there are more than {MAX_PARAMETERS} parameters") from error


def _graph_iri(value: str) -> str:
    if ":" not in value or any(character in '<>"{}|^`\\' or character <= " " for character in value):
        raise QueryError("bad-request", f"'{value}' is no absolute IRI of a graph")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise QueryError("bad-request", f"timeout is a number of seconds, not '{value}'")
    return seconds
