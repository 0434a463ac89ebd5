"""POST /draft: reads a text from a form or a body, bounded; a worker drafts its records, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from starlette.formparsers import FormParser, MultiPartException
from starlette.requests import Request

from ccn_graph.errors import CellError, QueryError
from ccn_graph.pages.draft_page import FORMATS, MAX_BYTES
from ccn_graph.rdf.formats import Format
from ccn_graph.rdf.requests import CheckRequest
from ccn_graph.server import negotiation, request_body, upload
from ccn_graph.sheets.iri_minting import SLUG
from ccn_graph.text import dates

#: What a form may add to the text it sends, in bytes; percent-encoding takes up to three bytes for one.
_FORM_BYTES, _ENCODED = 10_000, 3
_TOO_LARGE = f"the text is larger than {MAX_BYTES // 1_000} kB; send it in parts, or draft it on your machine"
_BY_ACCEPT = tuple(Format(name, media_type) for name, media_type in FORMATS.items())


async def read(request: Request) -> tuple[CheckRequest, IO[bytes]]:
    """Read the text to draft, and what is told of its document. Raises QueryError."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent: Mapping[str, str] = dict(request.query_params)
    async with request_body.in_time("text", request_body.UPLOAD_SECONDS):
        if media_type == "application/x-www-form-urlencoded":
            fields, file = await _form(request)
            sent = {**sent, **fields}
        elif media_type == "text/plain":
            file = await upload.spooled(request, MAX_BYTES, _TOO_LARGE)
        else:
            raise QueryError(
                "unsupported-media-type",
                f"'{media_type}' is not drafted here; post text/plain, or application/x-www-form-urlencoded with"
                " the field 'text'",
            )
    language = negotiation.language(request.headers, sent.get("lang", ""))
    document = sent.get("document", "").strip() or "draft"
    if not SLUG.fullmatch(document):
        raise QueryError("bad-request", "'document' is a short name: lower-case letters and digits joined by hyphens")
    form = negotiation.named_format(request.headers, sent.get("format", ""), FORMATS, _BY_ACCEPT)
    issued = _issued(sent.get("issued", ""))
    return CheckRequest("text.txt", b"", language, form, document=document, issued=issued), file


async def _form(request: Request) -> tuple[dict[str, str], IO[bytes]]:
    """Read the fields of a form, and the text that was pasted."""
    whole = await upload.spooled(request, MAX_BYTES * _ENCODED + _FORM_BYTES, _TOO_LARGE)
    try:
        form = await FormParser(request.headers, upload.blocks(whole)).parse()
    except (MultiPartException, UnicodeDecodeError) as error:
        raise QueryError("bad-request", "the form cannot be read; send it in UTF-8") from error
    finally:
        whole.close()
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    text = fields.pop("text", "").encode()
    if not text.strip():
        raise QueryError("bad-request", "there is no text; paste one")
    if len(text) > MAX_BYTES:
        raise QueryError("too-long", _TOO_LARGE)
    file = upload.spool()
    upload.write(file, text)
    return fields, file


def _issued(text: str) -> str:
    try:
        return dates.parse(text).lexical if text.strip() else ""
    except CellError as error:
        raise QueryError("bad-request", f"'issued' is no date: {error.message['en']}") from error
