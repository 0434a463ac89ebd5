"""Refuses at once what an engine that is away would only let wait."""

from __future__ import annotations

import time

#: Queries in a row that found the engine away before the others are refused.
FAILURES = 3

#: Seconds for which they are, before one may try again.
PAUSE = 1.0

_AWAY = "engine-unavailable"


class Breaker:
    """A circuit breaker: closed while the engine answers; opened by failures in a row, or by who watches it."""

    def __init__(self) -> None:
        """Begin with an engine that answers."""
        self._is_away = False
        self._failures = 0
        self._until = 0.0

    @property
    def trouble(self) -> str:
        """Say why queries are refused; nothing if they are not."""
        # After the pause the next query tries; if it fails, too, the pause begins anew.
        if self._is_away or (self._failures >= FAILURES and time.monotonic() < self._until):
            return "the engine behind this server cannot be reached; try again in a moment"
        return ""

    def hear(self, *, away: bool) -> None:
        """Take the word of who watches the engine, whether it is away or back."""
        self._is_away = away
        if not away:
            self._failures = 0

    def note(self, outcome: str) -> None:
        """Count how a query ended."""
        if outcome == _AWAY:
            self._failures += 1
            self._until = time.monotonic() + PAUSE
        elif outcome == "answered":
            self._failures = 0
