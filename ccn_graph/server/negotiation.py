"""What a client takes and what it has: Accept, Accept-Encoding and conditions (RFC 9110), read in one way."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats
from ccn_graph.rdf.formats import Format
from ccn_graph.server import preconditions
from ccn_graph.server.response_cache import CachedAnswer
from ccn_graph.text.languages import LANGUAGES


def format_of(accept: str, offers: tuple[Format, ...]) -> Format:
    """Choose a format by an Accept header (section 12.5.1). Raises QueryError if none on offer is acceptable."""
    chosen = formats.negotiate(accept, offers)
    if chosen is None:
        offered = ", ".join(offer.media_type for offer in offers)
        raise QueryError("not-acceptable", f"'{accept}' is not on offer; there are {offered}")
    return chosen


def named_format(headers: Headers, name: str, names: Collection[str], offers: tuple[Format, ...]) -> str:
    """Return the format asked for by `name`, one of `names`, or else by Accept. Raises QueryError for any other."""
    if not name:
        return format_of(",".join(headers.getlist("accept")), offers).name
    if name not in names:
        raise QueryError("not-acceptable", f"there is no format '{name}'; there are {', '.join(names)}")
    return name


def language(headers: Headers, chosen: str = "") -> str:
    """Return the language that is `chosen`, or else by Accept-Language (section 12.5.4); English if that says nothing.

    >>> language(Headers({"accept-language": "fr, ja-JP;q=0.8, en;q=0.5"}))
    'ja'
    """
    if chosen in LANGUAGES:
        return chosen
    return formats.language(",".join(headers.getlist("accept-language")), LANGUAGES, "en")


def coding(accepted: str, offered: Collection[str] = ("gzip",)) -> str:
    """Choose a content coding by an Accept-Encoding header (section 12.5.3); empty for the content as it is.

    The highest weight wins, at equal weights the coding offered first, and any of them wins over none at all, unless
    the client prefers that. Without a header nothing is coded: what does not ask for it may not be able to read it.

    >>> coding("gzip;q=0.5, br", ["br", "gzip"]), coding("*", ["br", "gzip"]), coding("gzip;q=0, *;q=0.1")
    ('br', 'br', '')
    """
    weights = formats.weights(accepted)
    otherwise = weights.get("*", 0.0)
    # Older clients have another name for it (section 8.4.1.3).
    named = {"gzip": weights.get("x-gzip", otherwise)}
    weighed = {name: weights.get(name, named.get(name, otherwise)) for name in offered}
    best = max(offered, key=lambda name: weighed[name], default="")
    return best if best and weighed[best] > 0 and weighed[best] >= weights.get("identity", 0.0) else ""


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What to answer with."""

    status: int
    """200, or 304 without a body."""
    body: bytes
    coding: str
    """The content coding of the body, empty for none."""


def is_known(entry: CachedAnswer, headers: Headers, method: str) -> bool:
    """Tell whether the client has this answer already, so that 304 says it all.

    Raises QueryError if the client wants no other answer than the one that it names, and this is another.
    """
    asked = preconditions.status(headers, entry.etag, entry.modified, method)
    if asked == 412:
        raise QueryError("precondition-failed", f"the answer is {entry.etag or 'another one each time'} now")
    return asked == 304


async def choose(entry: CachedAnswer, headers: Headers, method: str) -> Negotiated:
    """Choose how to send a finished answer to whom has and takes what the `headers` of the request say.

    Raises QueryError as `is_known` does.
    """
    if is_known(entry, headers, method):
        return Negotiated(304, b"", "")
    if coding(",".join(headers.getlist("accept-encoding"))):
        zipped = entry.zipped() if entry.is_quick else await asyncio.to_thread(entry.zipped)
        if zipped:
            return Negotiated(200, zipped, "gzip")
    return Negotiated(200, entry.body, "")
