"""What stands around a name in a list: that it is a city, a town or a prefecture, and where it is."""

from __future__ import annotations

import functools
import re
from enum import StrEnum

from ccn_graph.text.normalisation import folded, normal


class Tier(StrEnum):
    """What an ending says that a place is."""

    CITY = "city"
    WARD = "ward"
    TOWN = "town"
    VILLAGE = "village"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    PREFECTURE = "prefecture"


#: Municipalities of whatever kind, and what lies above them.
LOCAL = frozenset({Tier.CITY, Tier.WARD, Tier.TOWN, Tier.VILLAGE, Tier.MUNICIPALITY})
ABOVE = frozenset({Tier.DISTRICT, Tier.PREFECTURE})

_BEFORE = {
    Tier.CITY: "metropolitan city|special city|city|ville|stadt|comune|città|gemeente|ciudad",
    Tier.TOWN: "town",
    Tier.VILLAGE: "village",
    Tier.WARD: "ward",
    Tier.MUNICIPALITY: "municipality|município|municipio|ayuntamiento|ajuntament|commune",
    Tier.DISTRICT: "district|county",
    Tier.PREFECTURE: "prefecture|province|state|region|governorate",
}
_AFTER = {
    Tier.CITY: "shi|si|city|metropolitan city|special city",
    Tier.WARD: "ku|gu|ward",
    Tier.TOWN: "cho|machi|town",
    Tier.VILLAGE: "mura|son|village",
    Tier.MUNICIPALITY: "metropolitan municipality|municipality|city council|city territorial community",
    Tier.DISTRICT: "gun|district|county",
    Tier.PREFECTURE: "to|fu|ken|prefecture|metropolis|metropolitan government|province|governorate",
}
_ENDINGS = {
    Tier.CITY: "広域市|特別市|特別自治市|市|광역시|특별시|특별자치시|시",
    Tier.WARD: "区",
    Tier.TOWN: "町",
    Tier.VILLAGE: "村",
    Tier.DISTRICT: "郡",
    Tier.PREFECTURE: "特別自治道|[都道府県省州]",
}
_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<bracket>[^()]+)\)|,\s*(?P<comma>[^,]+))$")


def _any(words: dict[Tier, str]) -> str:
    return "|".join(f"(?P<{tier}>{form})" for tier, form in words.items())


_PREFIX = re.compile(rf"^(?:the )?(?:{_any(_BEFORE)}) (?:of|de|di|van|do|da) (?=.)")
_SUFFIX = re.compile(rf"(?<=.)[ -](?:{_any(_AFTER)})$")
# 津市 is no 津: a name of one kanji is too short to be left alone.
_KANJI = re.compile(rf"(?<=..)(?:{_any(_ENDINGS)})$")


@functools.lru_cache(maxsize=65536)
def _taken_apart(text: str) -> tuple[str, Tier | None]:
    bare, tier = normal(text).casefold(), None
    for ending in (_PREFIX, _SUFFIX, _KANJI):
        if match := ending.search(bare):
            bare = bare[: match.start()] + bare[match.end() :]
            tier = tier or Tier(match.lastgroup or "")
    return folded(bare), tier


def stem(text: str) -> str:
    """Return the folded name without what says that it is a city, town, ward or prefecture.

    >>> stem("神戸市"), stem("City of Kobe"), stem("Kōbe-shi"), stem("津市")
    ('神戸', 'kobe', 'kobe', '津市')
    """
    return _taken_apart(text)[0]


def tier(text: str) -> Tier | None:
    """Return what the ending of a name, or the words before it, say that it is; None where nothing says so.

    >>> tier("山形県"), tier("City of Kobe"), tier("神戸")
    (<Tier.PREFECTURE: 'prefecture'>, <Tier.CITY: 'city'>, None)
    """
    return _taken_apart(text)[1]


def agree(named: Tier, own: set[Tier]) -> bool:
    """Tell whether a place whose own names are of some tiers may be called one of the tier `named`."""
    if named is Tier.MUNICIPALITY:
        return bool(own & LOCAL)
    return named in own or (named in LOCAL and Tier.MUNICIPALITY in own)


def qualified(text: str) -> tuple[str, str] | None:
    """Split `name (place)` or `name, place`; None if there is no place.

    >>> qualified("クエンカ（エクアドル）"), qualified("Leon, MX"), qualified("Kobe")
    (('クエンカ', 'エクアドル'), ('Leon', 'MX'), None)
    """
    match = _QUALIFIER.match(normal(text))
    return (match["name"], match["bracket"] or match["comma"]) if match else None
