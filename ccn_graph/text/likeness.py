"""How alike two names are, for suggestions and for warnings of twins."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: What each of the first letters that two names share adds to their likeness (Winkler): people rarely err there.
_START, _STARTS = 0.1, 4


def likeness(one: str, other: str) -> float:
    """Return how alike two folded names are, from 0 to 1; those that begin alike are liker.

    >>> likeness("munchen", "munich") > likeness("munchen", "suncheon")
    True
    """
    ratio = difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
    shared = 0
    for left, right in zip(one[:_STARTS], other[:_STARTS], strict=False):
        if left != right:
            break
        shared += 1
    return ratio + shared * _START * (1 - ratio)


def nearest(word: str, known: Iterable[str], most: int = 3, enough: float = 0.68) -> list[str]:
    """Return up to `most` of the names `known` that resemble `word`, the nearest first.

    >>> nearest("membrs", ["members", "meetings"])
    ['members']
    """
    scored = ((likeness(word, name), name) for name in known)
    ranked = sorted((pair for pair in scored if pair[0] >= enough), key=lambda pair: (-pair[0], pair[1]))
    return [name for _, name in ranked[:most]]
