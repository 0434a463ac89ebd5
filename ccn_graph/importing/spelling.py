"""Spellings of a name that are taken as one: width, case, accents, blanks, and what stands around a city's name."""

from __future__ import annotations

import functools
import re
import unicodedata

# Dakuten and handakuten make another syllable, so they are no accents.
_KANA_MARKS = "\u3099\u309a"
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_OUTSIDE = re.compile(r"[^\w]|[_・･゠=]")
_BEFORE = re.compile(r"^(?:the )?(?:metropolitan |special )?(?:city|town|village|municipality|prefecture) of ")
_AFTER = re.compile(
    r"[ -](?:shi|ku|cho|machi|mura|son|to|fu|ken|city|town|village|municipality|prefecture|metropolitan government"
    r"|metropolis|metropolitan city|special city)$"
)
_ENDINGS = re.compile(r"(?<=..)(?:広域市|特別市|特別自治市|[市区町村都府県道郡])$")
_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<bracket>[^()]+)\)|,\s*(?P<comma>[^,]+))$")


def normal(text: str) -> str:
    """Give a text in NFKC with single blanks.

    >>> normal("Ｋｏｂｅ　市")
    'Kobe 市'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


@functools.lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Give what a name is compared by: no case, accents, blanks, hyphens or other signs.

    >>> folded("São Paulo") == folded("SAO-PAULO")
    True
    >>> folded("ガ") == folded("カ")
    False
    """
    bare = unicodedata.normalize("NFD", normal(text).casefold().translate(_LETTERS))
    bare = "".join(char for char in bare if char in _KANA_MARKS or not unicodedata.combining(char))
    return _OUTSIDE.sub("", unicodedata.normalize("NFC", bare))


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
