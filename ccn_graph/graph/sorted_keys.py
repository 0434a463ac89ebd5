"""Keys of names in order, in which those that begin alike are found by halving."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

#: As many names are looked at in one place before the best of them are chosen.
LOOKED_AT = 200


class SortedKeys:
    """Keys in order, each with the number of a name."""

    def __init__(self, pairs: list[tuple[str, int]]) -> None:
        pairs.sort()
        self.keys = tuple(key for key, _ in pairs)
        self.numbers = array("L", (number for _, number in pairs))

    def beginning(self, start: str, *, whole: bool = False) -> Iterator[int]:
        """Yield names whose key begins with `start`, or is it."""
        first = bisect_left(self.keys, start)
        for place in range(first, min(first + LOOKED_AT, len(self.keys))):
            key = self.keys[place]
            if not (key == start if whole else key.startswith(start)):
                return
            yield self.numbers[place]
