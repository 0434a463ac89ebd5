"""POST /check: reads a file from a form, an upload or a body, bounded; a worker checks it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from typing import IO

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from ccn_graph.errors import QueryError
from ccn_graph.pages.check_page import MAX_BYTES, SYNTAXES
from ccn_graph.rdf.formats import Format
from ccn_graph.rdf.requests import CheckRequest
from ccn_graph.reports.formats import FORMATS
from ccn_graph.server import negotiation, request_body, upload
from ccn_graph.server.site_paths import BasePath
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.workers import worker
from ccn_graph.workers.pool import Pool

#: What a form may add to the file it sends, in bytes.
_FORM_BYTES = 10_000

#: By Accept: who takes anything gets JSON, who takes any text a page.
_BY_ACCEPT = tuple(
    Format(name, FORMATS[name].media_type)
    for name in sorted(FORMATS, key=lambda name: (name != "json", name != "html", name in ("text", "github")))
)

_TOO_LARGE = f"the file is larger than {MAX_BYTES // 1_000_000} MB; send it in parts"

_WORDS = {
    "timed-out": "the check took too long; send less at a time",
    "memory-exceeded": "the check takes too much memory; send less at a time",
    "engine-crashed": "the file brought the check down; nest it less",
}

#: Reads what to check, and the file with its content. Raises QueryError.
RequestReader = Callable[[Request], Awaitable[tuple[CheckRequest, IO[bytes]]]]


class Check:
    """Answers POST requests on /check and /draft."""

    def __init__(self, pool: Pool, place: BasePath, read: RequestReader | None = None) -> None:
        """Have what `read` reads (default: a file to check) answered by `pool`; clients see the server at `place`."""
        self._pool = pool
        self._place = place
        self._read = read or _read

    async def answer(self, request: Request) -> Response:
        """Answer a request. Raises QueryError."""
        client = request.client.host if request.client else ""
        # Before anything of it is read: who would be refused need not send it.
        self._pool.refuse_when_full(client)
        wanted, file = await self._read(request)
        upload.to_disk(file)
        try:
            reply = await self._pool.answer(self._pool.enter(worker.pack(wanted), client, attached=file))
        except QueryError as error:
            raise QueryError(error.code, _WORDS.get(error.code, error.message)) from error
        page = await reply.page()
        body = self._place.page(page.body, page.content_type)
        kept_nowhere = {"cache-control": "no-store", "vary": "Accept, Accept-Language"}
        return Response(body, page.status, {**kept_nowhere, **dict(page.headers)}, page.content_type)


async def _read(request: Request) -> tuple[CheckRequest, IO[bytes]]:
    """Read what to check, and the file with its content."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent: Mapping[str, str] = dict(request.query_params)
    of_form: Mapping[str, str] = {}
    async with request_body.in_time("file", request_body.UPLOAD_SECONDS):
        if media_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
            fields, name, file = await _form(request, multipart=media_type.startswith("multipart"))
            sent, of_form = {**sent, **fields}, fields
        else:
            ending = {syntax_type: ending for ending, syntax_type in SYNTAXES.items()}.get(media_type)
            if ending is None:
                offered = ", ".join(SYNTAXES.values())
                raise QueryError("unsupported-media-type", f"'{media_type}' is not checked here; post {offered}")
            name = f"submitted{ending}"
            file = await upload.spooled(request, MAX_BYTES, _TOO_LARGE)
    kind = sent.get("kind", "")
    if kind and kind not in KINDS:
        raise QueryError("bad-request", f"there is no kind of sheet '{kind}'; there are {', '.join(KINDS)}")
    language = negotiation.language(request.headers, sent.get("lang", ""))
    return CheckRequest(
        name,
        b"",
        language,
        negotiation.named_format(request.headers, sent.get("format", ""), FORMATS, _BY_ACCEPT),
        kind,
        of_form.get("shapes", ""),
        int(of_form.get("shapes-bytes", "0")),
    ), file


async def _form(request: Request, *, multipart: bool) -> tuple[dict[str, str], str, IO[bytes]]:
    """Read the fields of a form, and the name and content of what it sends: an upload, or else the pasted text."""
    # Percent-encoding takes up to three bytes for one.
    whole = await upload.spooled(request, MAX_BYTES * (1 if multipart else 3) + _FORM_BYTES, _TOO_LARGE)
    stream = upload.blocks(whole)
    file = upload.spool()
    try:
        parser = (
            MultiPartParser(request.headers, stream, max_files=2, max_fields=10, max_part_size=MAX_BYTES)
            if multipart
            else FormParser(request.headers, stream)
        )
        form = await parser.parse()
        try:
            fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            sent = {name: value for name, value in form.multi_items() if isinstance(value, UploadFile)}
            shapes = sent.pop("shapes", None)
            data = next((value for value in sent.values() if value.filename), None)
            if data is not None:
                name = _named(data.filename or "")
                shutil.copyfileobj(data.file, file)
            else:
                name = _pasted(fields, file)
            return fields | _shapes(fields, shapes, file), name, file
        finally:
            whole.close()
            await form.close()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise QueryError("bad-request", "the form cannot be read; send multipart/form-data in UTF-8") from error


def _pasted(fields: Mapping[str, str], file: IO[bytes]) -> str:
    """Take the text that was pasted; return a name for it. Raises QueryError if there is none."""
    ending = fields.get("syntax", ".ttl")
    if ending not in SYNTAXES or not fields.get("text", "").strip():
        raise QueryError("bad-request", "send a file, or text and its syntax, such as .ttl")
    upload.write(file, fields["text"].encode())
    return f"submitted{ending}"


def _shapes(fields: Mapping[str, str], sent: UploadFile | None, file: IO[bytes]) -> dict[str, str]:
    """Put shapes that were sent or pasted behind the data; tell what they are called and how many bytes they have."""
    if sent is not None and sent.filename:
        name, text = _named(sent.filename), sent.file.read()
    elif fields.get("shapes", "").strip():
        name, text = "shapes.ttl", fields["shapes"].encode()
    else:
        return {"shapes": "", "shapes-bytes": "0"}
    if not name.endswith((".ttl", ".jsonld", ".rdf", ".nt", ".nq", ".trig")):
        raise QueryError("unsupported-media-type", "shapes are RDF; send .ttl, .jsonld, .rdf, .nt, .nq or .trig")
    upload.write(file, text)
    return {"shapes": f"shapes.{name.rpartition('.')[2]}", "shapes-bytes": str(len(text))}


def _named(name: str) -> str:
    """Return a harmless name to an upload. Raises QueryError for an ending that is none of ours."""
    stem, dot, ending = re.split(r"[/\\]", name)[-1].rpartition(".")
    ending = {".owl": ".rdf", ".txt": ".csv"}.get(f".{ending.lower()}", f".{ending.lower()}")
    if not dot or ending not in SYNTAXES:
        raise QueryError("unsupported-media-type", f"the file has another ending than {' '.join(SYNTAXES)}")
    return (re.sub(r"[^\w-]", "_", stem)[:60] or "submitted") + ending
