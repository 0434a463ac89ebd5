"""Tells a misspelt name from another name: what is offered as a repair must almost surely be right."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: A letter in place of another makes another name of short words: soka and koka, china and chiba are both right.
_SUBSTITUTED, _OTHERWISE = 7, 4


def meant(written: str, known: Iterable[str]) -> str | None:
    """Return the one known name that what is written is a slip of; None if there is none, or more than one.

    A slip is one letter too many, too few, wrong, or two changed about. Numbers are never slips of others.

    >>> meant("asahikawwa", ["asahikawa", "yokohama"])
    'asahikawa'
    >>> meant("act-2019", ["act-2018"]) is None
    True
    """
    near = [name for name in known if name != written and _is_slip(written, name)]
    return near[0] if len(near) == 1 else None


def _is_slip(written: str, name: str) -> bool:
    if abs(len(written) - len(name)) > 1 or re.findall(r"\d+", written) != re.findall(r"\d+", name):
        return False
    start, ours, theirs = _change(written, name)
    word, place = _word(name, min(start, len(name) - 1))
    if len(ours) == len(theirs) == 2:
        return ours == theirs[::-1]
    if len(ours) == len(theirs) == 1:
        return place > 0 and len(word) >= _SUBSTITUTED
    return len(ours) + len(theirs) == 1 and len(word) >= _OTHERWISE


def _change(one: str, other: str) -> tuple[int, str, str]:
    """Return where two texts differ, and what each has there."""
    shortest = min(len(one), len(other))
    start = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if one[-1 - at] != other[-1 - at]), rest)
    return start, one[start : len(one) - end], other[start : len(other) - end]


def _word(name: str, at: int) -> tuple[str, int]:
    """Return the word around a place in a name, and the place within it."""
    start = max(name.rfind("-", 0, at), 0)
    end = name.find("-", at)
    word = name[start : end if end >= 0 else len(name)].lstrip("-")
    return word, at - start - (name[start] == "-")
