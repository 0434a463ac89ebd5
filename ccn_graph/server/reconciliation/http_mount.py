"""`/reconcile`: the Reconciliation Service API over HTTP; workers do what is asked, under the limits of queries.

It allows other origins (section 3 of version 0.2): a server for everyone all of them, and JSONP as well; one for its
own machine only pages of this machine, such as OpenRefine's.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.rdf import requests as asked
from ccn_graph.rdf.requests import CallRequest
from ccn_graph.server import negotiation, request_body
from ccn_graph.server.problem import problem
from ccn_graph.server.reconciliation.calls import SERVICE
from ccn_graph.server.reconciliation.manifest import DRAFT, PATH
from ccn_graph.workers import worker
from ccn_graph.workers.pool import Pool

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

#: The name of a function of JavaScript, and nothing else.
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,60}(?:\.[A-Za-z_$][\w$]{0,60}){0,4}", re.ASCII)

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came: parameters of address and form, and a body of JSON."""

    parameters: dict[str, str]
    body: Any = None

    def json(self, name: str) -> Any:
        """Return a parameter that is JSON. Raises QueryError for one that is not."""
        return _parsed(self.parameters[name], f"the parameter '{name}'")

    def text(self, name: str) -> str:
        """Return a parameter as text, cut to what a name may have; empty if there is none."""
        return self.parameters.get(name, "")[:300]


class Reconciliation:
    """Answers requests on /reconcile and below."""

    def __init__(self, pool: Pool, url: str, *, shared: bool) -> None:
        """Have calls done by `pool`; clients reach the server at `url`. `shared` says that it is for everyone."""
        self._pool = pool
        self._url = url
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except QueryError as error:
            scope["outcome"] = error.code
            response = problem(error)
        origin = request.headers.get("origin", "")
        if not self._shared and urllib.parse.urlsplit(origin).hostname in _LOOPBACK:
            response.headers["access-control-allow-origin"] = origin
            response.headers["vary"] = "Origin"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD", "POST"):
            raise QueryError("method-not-allowed", f"{request.method} is not allowed; use GET or POST")
        sent = await _read(request)
        callback = sent.text("callback")
        if callback and not (self._shared and _CALLBACK.fullmatch(callback)):
            raise QueryError("bad-request", "callback is the name of a function, and only a server for everyone has it")
        method, parameters = _call(request.scope["path"], sent)
        language = negotiation.language(request.headers, sent.text("lang"))
        arguments = json.dumps({**parameters, "url": self._url, "language": language})
        client = request.client.host if request.client else ""
        packed = worker.pack(CallRequest(SERVICE, method, arguments))
        page = await (await self._pool.answer(self._pool.enter(packed, client))).page()
        headers = {"cache-control": "no-store", "vary": "Accept-Language", **dict(page.headers)}
        if callback and page.content_type == "application/json":
            # A comment first: nothing else than a script can be made of it (JSONP hijacking by content sniffing).
            return Response(b"/**/%s(%s);" % (callback.encode(), page.body), 200, headers, "text/javascript")
        return Response(page.body, page.status, headers, page.content_type)


def _call(path: str, sent: Sent) -> tuple[str, dict[str, Any]]:
    """Return the method that a request asks for, and its parameters. Raises QueryError for a path without one."""
    if path.rstrip("/") == DRAFT:
        return "draft-manifest", {}
    below = path.removeprefix(DRAFT if path.startswith(f"{DRAFT}/") else PATH).rstrip("/")
    if path.startswith(f"{DRAFT}/") and below in ("/match", "/extend"):
        return f"draft-{below[1:]}", {"sent": sent.body}
    if not below:
        return _main(sent)
    if below in ("/suggest/entity", "/suggest/type", "/suggest/property"):
        cursor = sent.text("cursor")
        number = int(cursor) if re.fullmatch(r"\d{1,4}", cursor, re.ASCII) else 0
        return "suggest", {"kind": below.rpartition("/")[2], "prefix": sent.text("prefix"), "cursor": number}
    if below in ("/properties", "/extend/propose"):
        return "properties", {"type": sent.text("type")}
    if below == "/preview":
        return "preview", {"id": sent.text("id")}
    if below.startswith("/flyout/"):
        return "flyout", {"id": sent.text("id")}
    raise QueryError("not-found", f"there is nothing at {path[:200]}; {PATH} describes the service")


def _main(sent: Sent) -> tuple[str, dict[str, Any]]:
    if "queries" in sent.parameters:
        return "match", {"sent": sent.json("queries")}
    if "extend" in sent.parameters:
        return "extend", {"sent": sent.json("extend")}
    if sent.body is None:
        return "manifest", {}
    if isinstance(sent.body, dict) and isinstance(sent.body.get("extend"), dict):
        return "extend", {"sent": sent.body["extend"]}
    queries = sent.body.get("queries") if isinstance(sent.body, dict) else None
    return "match", {"sent": queries if isinstance(queries, dict) else sent.body}


async def _read(request: Request) -> Sent:
    parameters = asked.parse(request.scope["query_string"])
    if request.method != "POST":
        return Sent(dict(parameters))
    body = await request_body.read(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _FORM:
        return Sent(dict([*parameters, *asked.parse(body)]))
    if media_type != "application/json":
        raise QueryError("unsupported-media-type", f"post {_FORM} or application/json, not '{media_type[:100]}'")
    return Sent(dict(parameters), _parsed(body, "the body"))


def _parsed(text: str | bytes, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError("bad-request", f"{name} is no JSON: {error}") from error
