"""How whoever waits is told how far a piece of work is; what the numbers count is said where it is called."""

from __future__ import annotations

from collections.abc import Callable

#: Called with how much is done, and how much there is in all.
Progress = Callable[[int, int], None]

#: Called with how much is done so far, where nobody knows how much there is.
Count = Callable[[int], None]
