"""Pages over HTTP: language and format by address or negotiation, kept answers, ETags. Workers make the pages."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from ccn_graph.errors import QueryError
from ccn_graph.pages import routes
from ccn_graph.rdf import formats
from ccn_graph.rdf.requests import PageRequest, digest
from ccn_graph.server import negotiation, preconditions
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.response_cache import AnswerCache, CachedAnswer, etag
from ccn_graph.server.site_paths import BasePath
from ccn_graph.text import today
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.workers import worker
from ccn_graph.workers.pool import Pool

_JSON = "application/json"

#: Longest path and most parameters of a page's address.
_MAX_PATH, _MAX_PARAMETERS = 500, 50

_ENDING = re.compile(r"\.(html|ttl|jsonld|nt|rdf|trig|nq|json|csv|xlsx|parquet|bib|ris|ics)$")

#: What a page may load: nothing from elsewhere.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Pages:
    """Answers every address that nothing else answers."""

    def __init__(self, pool: Pool, cache: AnswerCache, served: Served, url: str) -> None:
        """Have pages of the data that are `served` made by `pool`; `url` is where the server is reached."""
        self._pool = pool
        self._cache = cache
        self._served = served
        self._url = url
        self._place = BasePath(url)

    async def answer(self, request: Request) -> Response:
        """Answer a GET or HEAD request. Raises QueryError."""
        wanted, as_json = self._read(request)
        # Pages say what holds today, so that tomorrow they are others.
        key = digest("page", repr(wanted), str(as_json), today.today().isoformat())
        page = self._cache.get(key)
        if page is None:
            status, version, page = await self._make(request, wanted)
            if status == 200 and as_json:
                # An answer has the very type that was accepted.
                page = replace(page, content_type=_JSON)
            if status != 200 or ("cache-control", "no-store") in page.headers:
                return _with(Response(page.body, status, media_type=page.content_type), page)
            if version and version == self._served.version:
                self._cache.put(key, page)
        return await _send(request, page)

    def _read(self, request: Request) -> tuple[PageRequest, bool]:
        """Return what is asked for, and whether any other JSON is to be sent as plain JSON."""
        if len(request.url.path) > _MAX_PATH or len(request.query_params) > _MAX_PARAMETERS:
            raise QueryError("too-long", f"the address has more than {_MAX_PATH} characters or too many parameters")
        parameters = request.query_params.multi_items()
        chosen = next((value for name, value in reversed(parameters) if name == "lang"), "")
        ending = _ENDING.search(request.url.path)
        accept = ",".join(request.headers.getlist("accept"))
        format_, as_json = (ending[1], False) if ending else _format(request.url.path, dict(parameters), accept)
        asked = PageRequest(
            request.url.path,
            tuple((name, value) for name, value in parameters if name != "lang"),
            negotiation.language(request.headers, chosen),
            chosen in LANGUAGES,
            format_,
            self._url,
        )
        return asked, as_json

    async def _make(self, request: Request, wanted: PageRequest) -> tuple[int, str, CachedAnswer]:
        client = request.client.host if request.client else ""
        reply = await self._pool.answer(self._pool.enter(worker.pack(wanted), client))
        page = await reply.page()
        page = replace(page, body=self._place.page(page.body, page.content_type))
        # By its content, so that a page that another release of the program makes otherwise has another name.
        named = etag(reply.version, digest("page", page.content_type, hashlib.sha256(page.body).hexdigest()))
        modified = self._served.modified(reply.version)
        if modified:
            # It says what holds today, so that each day makes another of it.
            day = datetime.datetime.combine(today.today(), datetime.time(), today.zone(today.zone_name()))
            modified = max(modified, day.astimezone(datetime.UTC))
        return page.status, reply.version, CachedAnswer(page.content_type, named, page.body, modified, page.headers)


def _format(path: str, parameters: Mapping[str, str], accept: str) -> tuple[str, bool]:
    """Choose what to answer a path without an ending as; empty if any will do. Raises QueryError.

    Tells also whether what was accepted is JSON of no special type.
    """
    offers = routes.formats_at(path)
    if not offers:
        weights = formats.weights(accept)
        return ("html" if "text/html" in weights or "application/xhtml+xml" in weights else ""), False
    if len(offers) > 1 and (named := parameters.get("format", "")):
        chosen = formats.named(named, offers)
        if chosen is None:
            message = f"there is no format '{named}' here; there are {', '.join(offer.name for offer in offers)}"
            raise QueryError("not-acceptable", message)
        return chosen.name, False
    chosen = negotiation.format_of(accept, offers)
    is_any = chosen.name == "html" and "html" not in accept
    return "" if is_any else chosen.name, chosen.media_type == _JSON


async def _send(request: Request, entry: CachedAnswer) -> Response:
    chosen = await negotiation.choose(entry, request.headers, request.method)
    if chosen.status == 304:
        return _with(Response(status_code=304), entry)
    coded = {"content-encoding": chosen.coding} if chosen.coding else {}
    return _with(Response(chosen.body, media_type=entry.content_type, headers=coded), entry)


def _with(response: Response, entry: CachedAnswer) -> Response:
    """Add the headers of every page."""
    response.headers["vary"] = "Accept, Accept-Language, Accept-Encoding"
    response.headers["content-security-policy"] = POLICY
    for name, value in entry.headers:
        response.headers[name] = value
    if response.status_code in (200, 304):
        response.headers["etag"] = entry.etag
        if entry.modified:
            response.headers["last-modified"] = preconditions.written(entry.modified)
        response.headers.setdefault("cache-control", "public, max-age=60")
    return response
