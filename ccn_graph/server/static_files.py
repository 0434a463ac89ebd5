"""`/static/`: the files of the front end. Their names change with their content, so that they are kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.pages import assets
from ccn_graph.server import negotiation, preconditions
from ccn_graph.server.problem import problem

_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
}

#: Content codings that the build has made, the best first -> ending of their files.
_CODINGS = {"br": ".br", "gzip": ".gz"}

_KEPT = (b"cache-control", b"public, max-age=31536000, immutable")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file in each coding, under the empty name as it is."""

    content_type: bytes
    etag: bytes
    bodies: Mapping[str, bytes]


class StaticFiles:
    """Serves from memory what the manifest lists, and nothing else: no path of a request ever reaches the disk."""

    def __init__(self, directory: Path = assets.DIRECTORY) -> None:
        """Read all files. Raises CcnError if the front end has not been built."""
        self._files = {name: _read(directory / name) for name in assets.files(directory).values()}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request (RFC 9110, sections 8.4 and 13.1)."""
        file = self._files.get(scope["path"].removeprefix(assets.PREFIX))
        headers = Headers(scope=scope)
        status = preconditions.status(headers, file.etag.decode()) if file else 404
        if scope["method"] not in ("GET", "HEAD"):
            error = QueryError("method-not-allowed", f"{scope['method']} is not allowed; use GET or HEAD")
            await problem(error)(scope, _receive, send)
        elif file is None:
            error = QueryError("not-found", f"{scope['path']} is no file of this version; load the page anew")
            await problem(error)(scope, _receive, send)
        elif status == 412:
            error = QueryError("precondition-failed", f"the file is {file.etag.decode()} now")
            await problem(error)(scope, _receive, send)
        else:
            await _send(file, headers, send, status, whole=scope["method"] == "GET")


def _read(path: Path) -> StaticFile:
    codings = {coding: path.with_name(path.name + ending) for coding, ending in _CODINGS.items()}
    bodies = {coding: packed.read_bytes() for coding, packed in codings.items() if packed.is_file()}
    plain = path.read_bytes()
    smaller = {coding: body for coding, body in bodies.items() if len(body) < len(plain)}
    # The name holds a hash of the content. Weak, because it stands for every coding of it.
    return StaticFile(_TYPES[path.suffix], f'W/"{path.stem}"'.encode(), {**smaller, "": plain})


async def _send(file: StaticFile, headers: Headers, send: Send, status: int, *, whole: bool) -> None:
    head = [(b"etag", file.etag), _KEPT, (b"vary", b"Accept-Encoding")]
    body = b""
    if status == 200:
        accepted = ",".join(headers.getlist("accept-encoding"))
        coding = negotiation.coding(accepted, [name for name in _CODINGS if name in file.bodies])
        body = file.bodies[coding]
        head += [(b"content-type", file.content_type), (b"content-length", str(len(body)).encode())]
        if coding:
            head.append((b"content-encoding", coding.encode()))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body if whole else b""})
