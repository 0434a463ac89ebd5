"""Where the server is reached: at the root of a host or below a path, before a proxy that strips it or does not."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.server.problem import problem

# Attributes of HTML that hold an address, where templates write one of this server.
_ADDRESSES = re.compile(r'((?:\s(?:href|src|action|formaction|data-[a-z-]+))=")/(?!/)')
_JSON = re.compile(r'("(?:url|href)": ?")/(?!/)')
_TARGET = re.compile(r"<(/(?!/)[^>]*)>")

#: Documents whose addresses take a slash too many.
_DOCUMENTS = frozenset(
    ("/sparql", "/graph-store", "/check", "/search", "/health", "/mcp", "/metrics", "/reconcile", "/context.jsonld")
)

_FILES = ("/data/", "/static/")

#: Bytes that the parameters of an address may have, but for those of queries.
LONGEST = 16_384


class BasePath:
    """The path below which clients see the server; empty at the root."""

    def __init__(self, url: str) -> None:
        """Take it from the address for clients."""
        self.path = urllib.parse.urlsplit(url).path.rstrip("/")

    def inside(self, path: str) -> str:
        """Return a path as it is here, whether or not a proxy has taken away what stands before it."""
        if self.path and (path == self.path or path.startswith(f"{self.path}/")):
            return path.removeprefix(self.path) or "/"
        return path

    def page(self, body: bytes, content_type: str) -> bytes:
        """Return a page, or what a script reads, with each address of this server below the path."""
        addresses = {"text/html": _ADDRESSES, "application/json": _JSON}.get(content_type.partition(";")[0])
        if not self.path or addresses is None:
            return body
        return addresses.sub(rf"\g<1>{self.path}/", body.decode()).encode()

    def header(self, name: str, value: str) -> str:
        """Return the value of a header with each address of this server below the path."""
        if not self.path:
            return value
        if name == "location" and value.startswith("/") and not value.startswith("//"):
            return self.path + value
        return _TARGET.sub(rf"<{self.path}\g<1>>", value) if name == "link" else value


class SitePaths:
    """Sends each request where it belongs: by its path, as it is inside."""

    def __init__(self, app: ASGIApp, direct: Mapping[str, ASGIApp], methods: Mapping[str, str], url: str) -> None:
        """Send the paths of `direct` there, all else to `app`; `methods` are what each path of `direct` allows."""
        self._app = app
        self._direct = direct
        self._methods = methods
        self._place = BasePath(url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = self._place.inside(scope["path"])
        if path not in self._direct and len(scope["query_string"]) > LONGEST:
            error = QueryError("address-too-long", f"parameters of {path} have {LONGEST} bytes at most")
            await problem(error)(scope, receive, send)
            return
        plain = _with_single_slashes(path)
        if plain != path:
            await _redirect(scope, send, self._place.path + urllib.parse.quote(plain))
            return
        if path != scope["path"]:
            scope = {**scope, "path": path, "raw_path": urllib.parse.quote(path).encode()}
        await self._direct.get(path, self._app)(scope, receive, self._placing(path, send))

    def _placing(self, path: str, send: Send) -> Send:
        async def placed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, self._place.header(name.decode(), value.decode("latin-1")).encode("latin-1"))
                    for name, value in message["headers"]
                    if name != b"allow"
                ]
                if message["status"] == 405:
                    methods = dict(message["headers"]).get(b"allow", b"GET, HEAD").decode()
                    headers.append((b"allow", self._methods.get(path, f"{methods}, OPTIONS").encode()))
                message["headers"] = headers
            await send(message)

        return placed


def _with_single_slashes(path: str) -> str:
    """Return the path that was meant; one of a file is what it is."""
    if path.startswith(_FILES):
        return path
    # An address that begins with two slashes is one of another host.
    plain = re.sub(r"/{2,}", "/", path.replace("\\", "/"))
    return plain.rstrip("/") if plain.rstrip("/") in _DOCUMENTS else plain


async def _redirect(scope: Scope, send: Send, place: str) -> None:
    query = scope["query_string"].decode("latin-1")
    location = place + (f"?{query}" if query else "")
    # 308: what was posted is posted again.
    headers = [(b"location", location.encode("latin-1")), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
