"""Which patterns mean the same to every regular expression engine."""

from __future__ import annotations

import re

_ESCAPED = r"\\[.\\/\-+*?()\[\]{}|^$]"
_IN_CLASS = rf"(?:[^\\\[\]&~|^\-]|{_ESCAPED}|\\d)"
_CLASS = rf"\[\^?(?:{_IN_CLASS}(?:-{_IN_CLASS})?)+-?\]"
_ONE = rf"(?:[^\\.\[\](){{}}*+?|^$]|\.|{_ESCAPED}|\\d|{_CLASS})"
_TIMES = r"(?:[*+?]|\{\d{1,2}(?:,(?:\d{1,2})?)?\})?"
_TOKEN = re.compile(rf"(?P<open>\((?:\?:)?)|(?P<close>\){_TIMES})|{_ONE}{_TIMES}|[|^$]")


def is_plain(pattern: str) -> bool:
    r"""Tell whether a pattern is made of nothing but characters, classes, groups, repetitions and anchors.

    >>> is_plain(r"^https://example\.org/[a-z0-9]+(-[a-z0-9]+)*$")
    True
    >>> is_plain(r"(?=x)\w")
    False
    """
    if not pattern.isascii():
        return False
    position = depth = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return False
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0:
            return False
        position = token.end()
    return depth == 0
