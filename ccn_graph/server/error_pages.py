"""Errors as pages: whoever asks from a browser gets a page in their language where a program gets problem+json."""

from __future__ import annotations

import json
import urllib.parse

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccn_graph.pages import error_page
from ccn_graph.rdf import formats
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.server import negotiation
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.pages import POLICY
from ccn_graph.server.site_paths import BasePath
from ccn_graph.text.languages import LANGUAGES

_PROBLEM = "application/problem+json"


class ErrorPages:
    """Wraps what answers, and turns problems into pages."""

    def __init__(self, app: ASGIApp, served: Served, place: BasePath) -> None:
        """Wrap `app`; pages name the version of the data that are `served`, and clients see the server at `place`."""
        self._app = app
        self._served = served
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not _reads_pages(Headers(scope=scope).get("accept", "")):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Turning(self._served, self._place, scope, send).send)


class _Turning:
    """Passes an answer on; keeps one that is a problem back until it can be written as a page."""

    def __init__(self, served: Served, place: BasePath, scope: Scope, send: Send) -> None:
        self._served = served
        self._place = place
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith(_PROBLEM):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        headers.add_vary_header("Accept, Accept-Language")
        body = self._body
        try:
            problem = json.loads(self._body)
        except ValueError:
            problem = None  # The answer to a HEAD request, or one that is coded.
        if isinstance(problem, dict):
            body = error_page.make(self._served.statistics, _request(self._scope), start["status"], problem)
            body = self._place.page(body, "text/html")
            headers["content-type"] = "text/html; charset=utf-8"
            headers["content-security-policy"] = POLICY
            headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _reads_pages(accept: str) -> bool:
    """Tell a browser from a program: it would rather have HTML than JSON, and says so by name."""
    weights = formats.weights(accept)
    html = weights.get("text/html", 0.0)
    return html > 0 and all(html > weights.get(name, 0.0) for name in (_PROBLEM, "application/json"))


def _request(scope: Scope) -> PageRequest:
    pairs = urllib.parse.parse_qsl(scope["query_string"].decode("latin-1"), errors="replace")
    chosen = next((value for name, value in reversed(pairs) if name == "lang" and value in LANGUAGES), "")
    language = chosen or negotiation.language(Headers(scope=scope))
    others = tuple((name, value) for name, value in pairs if name != "lang")
    return PageRequest(scope["path"], others, language, bool(chosen)).cut(2_000)
