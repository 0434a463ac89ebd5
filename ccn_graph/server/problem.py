"""Errors as problem details (RFC 9457): what is wrong, and what to do, under a stable code."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ccn_graph.errors import QueryError
from ccn_graph.rdf.requests import Page

#: Code -> HTTP status and title. Codes are stable: clients may rely on them.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "The request is not as the SPARQL 1.1 Protocol has it"),
    "syntax": (400, "The query is not valid SPARQL"),
    "unknown-function": (400, "The query calls a function that is not known"),
    "too-deep": (400, "The query is too deep or too long a chain"),
    "service-refused": (403, "SERVICE is not allowed here"),
    "update-refused": (403, "The data is read-only"),
    "bad-range": (400, "The range is not as HTTP has it"),
    "unknown-graph": (404, "There is no such graph"),
    "not-supported": (501, "This engine cannot read the query"),
    "not-found": (404, "There is nothing here"),
    "gone": (410, "This was withdrawn"),
    "foreign-origin": (403, "Pages of other origins may not ask here"),
    "misdirected": (421, "This server is for its own machine"),
    "method-not-allowed": (405, "This method is not allowed here"),
    "not-acceptable": (406, "None of the accepted formats is on offer"),
    "precondition-failed": (412, "The content is not the one that was meant"),
    "unsupported-encoding": (415, "The body is coded in a way that is not taken here"),
    "not-expressible": (406, "The format cannot hold the answer"),
    "address-too-long": (414, "The address is too long"),
    "head-too-long": (431, "Address and headers are too long"),
    "too-slow": (408, "The request took too long to come"),
    "range-not-satisfiable": (416, "The range lies beyond the end"),
    "too-long": (413, "The request is too long"),
    "unsupported-media-type": (415, "The request has a media type that is not taken here"),
    "too-many-graphs": (422, "The query looks into too many graphs"),
    "too-many-rows": (422, "The answer has too many rows"),
    "too-large": (422, "The answer is too large"),
    "memory-exceeded": (422, "The query needs too much memory"),
    "too-many-requests": (429, "Too many queries of one client"),
    "evaluation-failed": (500, "The query could not be answered"),
    "engine-crashed": (500, "The query brought the engine down"),
    "internal": (500, "Something went wrong here"),
    "engine-failed": (502, "The engine behind this server failed"),
    "engine-refused": (502, "The engine behind this server refused to answer"),
    "engine-unfit": (502, "The engine behind this server is known not to answer this question rightly"),
    "engine-partial": (502, "The engine behind this server gave a part of the answer"),
    "engine-timeout": (504, "The engine behind this server took too long"),
    "engine-unavailable": (503, "The engine behind this server is away"),
    "republished": (503, "The data are being replaced"),
    "busy": (503, "The server is busy"),
    "not-yet-written": (503, "The files are still being written"),
    "timed-out": (504, "The query took too long"),
}

#: Seconds after which to try again, for the codes that pass by themselves.
_RETRY_AFTER = {
    "too-many-requests": "1",
    "busy": "5",
    "not-yet-written": "5",
    "engine-unavailable": "2",
    "republished": "2",
}


class BrokenOff(Exception):  # noqa: N818 - an event
    """An answer that had to be broken off after its beginning was sent; says why."""


def problem(error: QueryError) -> Response:
    """Write an error as application/problem+json."""
    status, title = PROBLEMS[error.code]
    place = {"line": error.line, "column": error.column} if error.line else {}
    page = Page.problem(status, error.code, title, error.message, **place)
    headers = {"Cache-Control": "no-store"}
    if error.code == "unsupported-encoding":
        headers["Accept-Encoding"] = "gzip"
    if error.code in _RETRY_AFTER:
        headers["Retry-After"] = _RETRY_AFTER[error.code]
    return Response(page.body, status, headers, page.content_type)


def on_query_error(_request: Request, error: Exception) -> Response:
    """Answer a refused or failed query."""
    assert isinstance(error, QueryError)
    return problem(error)


def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses."""
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
    response = problem(QueryError(code, f"{request.method} {request.url.path}: {error.detail}"))
    response.headers.update(error.headers or {})
    return response


def on_failure(_request: Request, _error: Exception) -> Response:
    """Answer a fault of ours without showing its insides; the server's log has them."""
    return problem(QueryError("internal", "the fault is logged; please report what you asked for"))
