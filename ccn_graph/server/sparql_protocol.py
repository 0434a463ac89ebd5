"""Reads a query request as the SPARQL 1.1 Protocol, section 2.1, defines it."""

from __future__ import annotations

from starlette.requests import Request

from ccn_graph.errors import QueryError
from ccn_graph.rdf import requests
from ccn_graph.rdf.requests import QueryRequest
from ccn_graph.server import request_body

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"


async def read(request: Request) -> QueryRequest | None:
    """Read a GET or POST request; None if it holds no query, so that it asks for the service description.

    Raises QueryError for a request that is not as the protocol has it.
    """
    parameters = requests.parse(request.scope["query_string"])
    if request.method in ("POST", "QUERY"):
        parameters += await _posted(request)
    wanted = requests.from_parameters(parameters, ",".join(request.headers.getlist("accept")))
    if wanted is None and request.method not in ("GET", "HEAD"):
        raise QueryError("bad-request", "send exactly one 'query'; there is none")
    return wanted


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
    body = await request_body.read(request)
    if media_type == _FORM:
        return requests.parse(body)
    try:
        return [("query", body.decode("utf-8"))]
    except UnicodeDecodeError as error:
        raise QueryError("bad-request", f"the body is not UTF-8 at byte {error.start}") from error
