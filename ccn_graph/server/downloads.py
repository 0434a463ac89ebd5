"""`/data/`: the files of the release, once it is written."""

from __future__ import annotations

import asyncio
import datetime

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from ccn_graph.errors import QueryError
from ccn_graph.releases.read_release import (
    CHECKSUMS,
    DESCRIPTION,
    GZIP,
    LICENSE,
    Distribution,
    Release,
    ReleaseDirectory,
)
from ccn_graph.server import negotiation, preconditions
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.problem import problem

PATH = "/data/"

#: What `Range` may be answered with that is no success.
_REFUSED = {400: "bad-range", 416: "range-not-satisfiable"}

#: Seconds between two looks for a release that is being written.
_LOOK = 0.2


class Downloads:
    """Serves from the disk what the release lists, and nothing else: no path of a request ever reaches it."""

    def __init__(self, served: Served, seconds: float) -> None:
        """Serve the release of the data that are `served`; without `release_dir` there is none and will be none.

        A request waits so many seconds for one that is being written.
        """
        self._served = served
        self._seconds = seconds
        self._release: Release | None = None
        # One request looks; the others wait for what it sees.
        self._looking = asyncio.Lock()

    async def answer(self, request: Request, name: str) -> Response:
        """Answer a GET or HEAD request for a file. Raises QueryError."""
        release_dir, version = self._served.release_dir, self._served.version
        if release_dir is None:
            raise QueryError("not-found", "these data are served without a release; /graph-store gives their graphs")
        release = self._release
        if release is None or release.version != version:
            release = await self._written(release_dir, version)
        if name not in release.files:
            hint = "/data/SHA256SUMS lists the files"
            raise QueryError("not-found", f"{PATH}{name} is no file of the release; {hint}")
        try:
            return _send(request, release, name)
        except (KeyError, OSError) as error:
            raise QueryError("not-found", f"{PATH}{name} is no file of the release any more") from error

    async def _written(self, release_dir: ReleaseDirectory, version: str) -> Release:
        """Wait for the release of the data of `version`. Raises QueryError if it does not come in time, or never."""
        try:
            async with asyncio.timeout(self._seconds), self._looking:
                while self._release is None or self._release.version != version:
                    self._release = await asyncio.to_thread(release_dir.release, version)
                    if self._release is None:
                        if release_dir.has_failed:
                            raise QueryError("internal", "the files could not be written; the server's log says why")
                        await asyncio.sleep(_LOOK)
                return self._release
        except TimeoutError:
            message = "the files of these data are still being written; try again soon"
            raise QueryError("not-yet-written", message) from None


def _send(request: Request, release: Release, name: str) -> Response:
    file = release.files[name]
    # A range of a compressed file is of no use to whoever goes on with the plain one.
    takes_gzip = negotiation.coding(",".join(request.headers.getlist("accept-encoding")))
    zipped = release.files.get(f"{name}.gz") if takes_gzip and "range" not in request.headers else None
    sent = zipped or file
    etag = f'"{sent.sha256 or release.version}{"-gzip" if zipped else ""}"'
    headers = {
        "etag": etag,
        "vary": "Accept-Encoding",
        "cache-control": "public, max-age=300",
        "link": f'<{PATH}{DESCRIPTION}>; rel="describedby"; type="text/turtle", <{LICENSE}>; rel="license"',
    }
    changed = datetime.datetime.fromtimestamp(int(release.path(sent.name).stat().st_mtime), datetime.UTC)
    asked = preconditions.status(request.headers, etag, changed, request.method)
    if asked == 412:
        raise QueryError("precondition-failed", f"the file is {etag} of {preconditions.written(changed)} now")
    if asked == 304:
        headers["last-modified"] = preconditions.written(changed)
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["content-encoding"] = "gzip"
    response = _File(release.path(sent.name), headers=headers, media_type=_media_type(file))
    if name == CHECKSUMS or "json" in file.media_type:
        return response
    response.headers["content-disposition"] = f'attachment; filename="{name.rpartition("/")[2]}"'
    return response


def _media_type(file: Distribution) -> str:
    return GZIP if file.compressed else file.media_type


class _File(FileResponse):
    """A file whose refusals are problem details as well."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused: list[Message] = []

        async def sift(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _REFUSED:
                refused.append(message)
            if not refused:
                await send(message)

        await super().__call__(scope, receive, sift)
        if refused:
            error = QueryError(_REFUSED[refused[0]["status"]], "the range cannot be sent; ask for all of the file")
            response = problem(error)
            response.raw_headers += [pair for pair in refused[0]["headers"] if pair[0] == b"content-range"]
            await response(scope, receive, send)
