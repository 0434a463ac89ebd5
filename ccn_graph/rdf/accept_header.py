"""What a client takes, by its Accept headers (RFC 9110, section 12.5): read by werkzeug, for all who negotiate."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

# Java's own client sends `*; q=.2, */*; q=.2`: neither is as RFC 9110 has it, and both are meant.
_NO_ZERO = re.compile(r"(;\s*q\s*=\s*)\.", re.IGNORECASE)

#: Characters of a header, and weights, beyond which the rest is not looked at.
_LONGEST, _MOST = 4_096, 200


def weights(header: str) -> dict[str, float]:
    """Read what is named, in small letters and without parameters, and its weight from 0 to 1; the heaviest first.

    >>> weights("gzip;q=0.5, br"), weights("text/csv;charset=utf-8, *; q=.2")
    ({'br': 1.0, 'gzip': 0.5}, {'text/csv': 1.0, '*': 0.2})
    """
    # Only now: commands that negotiate nothing would wait for it.
    from werkzeug.datastructures import Accept
    from werkzeug.http import parse_accept_header

    found: dict[str, float] = {}
    read = parse_accept_header(_NO_ZERO.sub(r"\g<1>0.", header[:_LONGEST]), Accept)
    for name, weight in sorted(read, key=lambda pair: -pair[1])[:_MOST]:
        found.setdefault(name.partition(";")[0].strip().lower(), float(weight))
    found.pop("", None)
    return found


def media_ranges(header: str) -> dict[str, float]:
    """Read an Accept header; anything is taken if it is empty."""
    if not header.strip(", \t"):
        return {"*/*": 1.0}
    ranges = weights(header)
    if "*" in ranges:
        ranges.setdefault("*/*", ranges.pop("*"))
    return ranges


def quality(media_type: str, ranges: Mapping[str, float]) -> float:
    """Return how much a media type is wanted: the most specific range decides."""
    main = media_type.partition("/")[0]
    return next((ranges[wanted] for wanted in (media_type, f"{main}/*", "*/*") if wanted in ranges), 0.0)


def language(header: str, offered: Collection[str], otherwise: str) -> str:
    """Choose a language; of equal weight the one that is named first.

    >>> language("fr, ja-JP;q=0.8, en;q=0.5", ["ja", "en"], "en"), language("*", ["ja", "en"], "en")
    ('ja', 'en')
    """
    for tag, weight in weights(header).items():
        spoken = tag.partition("-")[0]
        if weight > 0 and (spoken in offered or tag == "*"):
            return spoken if spoken in offered else otherwise
    return otherwise
