"""Values as anybody may have written them: read where they are what they should be, and left out where not."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable

import pyoxigraph as ox

from ccn_graph.text.intervals import Interval, Period


def position(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Return the degrees of a place on the map; None unless both are degrees.

    >>> position("34.7", "135.2"), position("NaN", "135.2"), position("34.7", "urn:x"), position("91", "0")
    ((34.7, 135.2), None, None, None)
    """
    try:
        degrees = float(latitude), float(longitude)
    except ValueError:
        return None
    return degrees if abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180 else None


def number(text: str) -> float | None:
    """Return a number that can be drawn and counted with; None for any other text."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e15 else None


def whole(text: str) -> int:
    """Return a whole number; 0 for any other text."""
    return int(number(text) or 0)


def day(text: str, otherwise: datetime.date) -> datetime.date:
    """Return a day, or `otherwise` for what is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return otherwise


def period(earliest_start: str, latest_start: str, earliest_end: str, latest_end: str) -> Period:
    """Return the period that four days bound; a day that is none bounds nothing."""
    start = Interval(day(earliest_start, datetime.date.min), day(latest_start, datetime.date.max))
    if not earliest_end and not latest_end:
        return Period(start)
    return Period(start, Interval(day(earliest_end, datetime.date.min), day(latest_end, datetime.date.max)))


def nodes(iris: Iterable[str]) -> list[ox.NamedNode]:
    """Return those texts that are IRIs."""
    terms = []
    for iri in iris:
        try:
            terms.append(ox.NamedNode(iri))
        except ValueError:
            continue
    return terms
