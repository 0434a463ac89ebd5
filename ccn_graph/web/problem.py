"""Errors as problem details (RFC 9457): what is wrong, and what to do, under a stable code."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ccn_graph import terms
from ccn_graph.errors import QueryError

#: Code -> HTTP status and title. Codes are stable: clients may rely on them.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "The request is not as the SPARQL 1.1 Protocol has it"),
    "syntax": (400, "The query is not valid SPARQL"),
    "too-deep": (400, "The query is too deep or too long a chain"),
    "service-refused": (403, "SERVICE is not allowed here"),
    "update-refused": (403, "The data is read-only"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "This method is not allowed here"),
    "not-acceptable": (406, "None of the accepted formats is on offer"),
    "too-long": (413, "The request is too long"),
    "unsupported-media-type": (415, "The request has a media type that is not taken here"),
    "evaluation-failed": (500, "The query could not be answered"),
    "internal": (500, "Something went wrong here"),
}


class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """A request that cannot be answered, with its code from PROBLEMS and a detail fit to be shown."""

    def __init__(self, code: str, detail: str, **members: str | int) -> None:
        """Keep the code, the detail and further members of the answer."""
        super().__init__(detail)
        self.code, self.detail, self.members = code, detail, members

    @staticmethod
    def of(error: QueryError) -> Problem:
        """Word a refused query."""
        place = {"line": error.line, "column": error.column} if error.line else {}
        return Problem(error.code, error.message, **place)

    def response(self) -> Response:
        """Write it as application/problem+json."""
        status, title = PROBLEMS[self.code]
        body = {
            "type": f"{terms.BASE}problem/{self.code}",
            "title": title,
            "status": status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        return JSONResponse(body, status, media_type="application/problem+json")


def on_problem(_request: Request, error: Exception) -> Response:
    """Answer a Problem that was raised while a request was served."""
    assert isinstance(error, Problem)
    return error.response()


def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses."""
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
    response = Problem(code, f"{request.method} {request.url.path}: {error.detail}").response()
    response.headers.update(error.headers or {})
    return response


def on_failure(_request: Request, _error: Exception) -> Response:
    """Answer a fault of ours without showing its insides; the server's log has them."""
    return Problem("internal", "the fault is logged; please report what you asked for").response()
