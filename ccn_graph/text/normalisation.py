"""Spellings that count as one: width, case, accents and signs for everything, and kana and their romanisation."""

from __future__ import annotations

import functools
import re
import unicodedata

import jaconv

# Dakuten and handakuten make another syllable, so they are no accents.
_KANA_MARKS = "\u3099\u309a"
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_OUTSIDE = re.compile(r"[^\w]|[_・･゠=]")

# Foreign sounds are written in two ways: ヴェネツィア, ベネツィア. Long vowels are not written by everyone.
_FOREIGN = {"ゔぁ": "ば", "ゔぃ": "び", "ゔぇ": "べ", "ゔぉ": "ぼ", "ゔ": "ぶ", "ー": ""}
_LONG = re.compile(r"([aiueo])\1+|(?<=o)u")


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


def words(text: str) -> list[str]:
    """Give the words of a text as `sounded` writes them, without empty ones.

    >>> words("Tamba-Sasayama, リオ・デ・ジャネイロ")
    ['tamba', 'sasayama', 'りお', 'で', 'じゃねいろ']
    """
    return [word for part in _OUTSIDE.split(normal(text)) if (word := sounded(part))]


def sounded(text: str) -> str:
    """Fold a name as `folded`, and its kana as well: one syllabary, no marks of long vowels, one ヴ.

    >>> sounded("ヴェネツィア") == sounded("べねつぃあ")
    True
    """
    kana = jaconv.kata2hira(folded(text))
    for written, plain in _FOREIGN.items():
        kana = kana.replace(written, plain)
    return kana


def romanised(kana: str) -> str:
    """Romanise a reading in the way of `romaji`.

    >>> romanised("たんばささやまし"), romanised("とうきょうと")
    ('tanbasasayamashi', 'tokyoto')
    """
    return romaji(jaconv.kana2alphabet(sounded(kana)))


def romaji(latin: str) -> str:
    """Fold what people who type Japanese in Latin letters write differently: long vowels, n before b and p, tch.

    >>> romaji("toukyou"), romaji("Tōkyō"), romaji("Tamba"), romaji("matcha")
    ('tokyo', 'tokyo', 'tanba', 'maccha')
    """
    plain = re.sub("m(?=[bmp])", "n", sounded(latin).replace("tch", "cch"))
    return _LONG.sub(r"\1", plain)
