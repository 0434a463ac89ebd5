"""What stands around a name in a list: that it is a city, a town or a prefecture, and where it is."""

from __future__ import annotations

import functools
import re

from ccn_graph.text.normalisation import folded, normal

_BEFORE = re.compile(r"^(?:the )?(?:metropolitan |special )?(?:city|town|village|municipality|prefecture) of ")
_AFTER = re.compile(
    r"[ -](?:shi|ku|cho|machi|mura|son|to|fu|ken|city|town|village|municipality|prefecture|metropolitan government"
    r"|metropolis|metropolitan city|special city)$"
)
_ENDINGS = re.compile(r"(?<=..)(?:広域市|特別市|特別自治市|[市区町村都府県道郡])$")
_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<bracket>[^()]+)\)|,\s*(?P<comma>[^,]+))$")


@functools.lru_cache(maxsize=65536)
def stem(text: str) -> str:
    """Give the folded name without what says that it is a city, town, ward or prefecture.

    >>> stem("神戸市"), stem("City of Kobe"), stem("Kōbe-shi"), stem("津市")
    ('神戸', 'kobe', 'kobe', '津市')
    """
    bare = normal(text).casefold()
    return folded(_ENDINGS.sub("", _AFTER.sub("", _BEFORE.sub("", bare))))


def qualified(text: str) -> tuple[str, str] | None:
    """Split `name (place)` or `name, place`; None if there is no place.

    >>> qualified("クエンカ（エクアドル）"), qualified("Leon, MX"), qualified("Kobe")
    (('クエンカ', 'エクアドル'), ('Leon', 'MX'), None)
    """
    found = _QUALIFIER.match(normal(text))
    return (found["name"], found["bracket"] or found["comma"]) if found else None
