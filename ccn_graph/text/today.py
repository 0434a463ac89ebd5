"""Which day it is: the date in one stated time zone, wherever the machine stands.

The zone is that of the environment variable `CCN_GRAPH_TIME_ZONE`, which `--time-zone` sets, so that every process that
this one starts has the same day.
"""

from __future__ import annotations

import datetime
import os
import zoneinfo

VARIABLE = "CCN_GRAPH_TIME_ZONE"

DEFAULT = "Asia/Tokyo"
"""Whose date counts if nothing else is said: the graph is kept in Japan."""

#: For machines without a time zone database: Japan has had no other time since 1951.
_TOKYO = datetime.timezone(datetime.timedelta(hours=9), DEFAULT)


def zone_name() -> str:
    """Return the name of the zone whose date counts."""
    return os.environ.get(VARIABLE) or DEFAULT


def zone(name: str) -> datetime.tzinfo:
    """Return a time zone of the IANA database by its name. Raises ValueError for one that it does not have."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError) as error:
        if name == DEFAULT:
            return _TOKYO
        raise ValueError(f"'{name}' is no time zone; write a name such as Asia/Tokyo, Europe/Paris or UTC") from error


def today() -> datetime.date:
    """Return the date in the stated time zone. Raises ValueError if there is no such zone."""
    return datetime.datetime.now(zone(zone_name())).date()
