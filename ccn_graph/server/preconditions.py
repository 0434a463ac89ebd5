"""Conditional requests, in the order of RFC 9110, section 13.2.2."""

from __future__ import annotations

import datetime
import email.utils
import re

from starlette.datastructures import Headers

#: The opaque part of an entity tag (section 8.8.3); it may hold a comma.
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


#: The methods that are answered by 304; others by 412 (section 13.1.2).
_READING = ("GET", "HEAD", "QUERY")


def has(if_none_match: str, etag: str) -> bool:
    """Tell whether a client has what `etag` names by an If-None-Match header (section 13.1.2): weak comparison.

    >>> has('W/"a", "b,c"', '"a"'), has('"a", "b,c"', 'W/"b,c"'), has("*", '"a"'), has('"ab"', '"a"')
    (True, True, True, False)
    """
    named = {opaque for _, opaque in _TAG.findall(if_none_match)}
    return if_none_match.strip() == "*" or etag.removeprefix("W/") in named


def status(headers: Headers, etag: str, modified: datetime.datetime | None = None, method: str = "GET") -> int:
    """Return 412 or 304 if the conditions of a request say so, else 200; the content last changed when `modified`."""
    if "if-match" in headers:
        # The strong comparison of section 13.1.1: a weak tag names nothing here.
        named = _TAG.findall(",".join(headers.getlist("if-match")))
        if headers["if-match"].strip() != "*" and (etag.startswith("W/") or ("", etag) not in named):
            return 412
    elif modified and (since := _date(headers.get("if-unmodified-since", ""))) and modified > since:
        return 412
    if "if-none-match" in headers:
        if not etag or not has(",".join(headers.getlist("if-none-match")), etag):
            return 200
        return 304 if method in _READING else 412
    if modified and method in _READING:
        since = _date(headers.get("if-modified-since", ""))
        return 304 if since and modified <= since else 200
    return 200


def written(modified: datetime.datetime) -> str:
    """Write a time as HTTP has it (section 5.6.7)."""
    return email.utils.format_datetime(modified, usegmt=True)


def _date(text: str) -> datetime.datetime | None:
    try:
        read = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return read.replace(tzinfo=datetime.UTC) if read.tzinfo is None else read
