"""Spellings that count as one, for import, search, sorting and questions; and the little that changes in a kept text.

Width, case, accents, strokes, signs, old forms of kanji, and the two syllabaries do not tell names apart.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import jaconv

from ccn_graph.text import variants

# Dakuten and handakuten make another syllable, so they are no accents.
_KANA_MARKS = "\u3099\u309a"
# Letters as Unicode counts them, and the vowel signs of Indic scripts, Thai, Khmer and Burmese, which \w leaves out;
# but no modifier letters (ʻokina, Arabic half rings), which look and count like apostrophes, and no kashida.
_OUTSIDE = re.compile(
    r"[^\w\u0900-\u0963\u0966-\u0dff\u0e00-\u0e4e\u0eb0-\u0ecd\u0f71-\u0f87\u1000-\u109f\u17b4-\u17d3]"
    r"|[_・゠\u02b0-\u02ff\u0640\ua717-\ua721\ua788-\ua78a]"
)
_SIGNS = _OUTSIDE.pattern
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
# 霞ヶ関, 霞ケ関 and 霞が関 are one place, and so are 佐々木 and 佐佐木.
_SMALL_KE = re.compile(rf"(?<={_HAN})((?:{_SIGNS})*)[ケガがけ]((?:{_SIGNS})*)(?={_HAN})")
_REPEATED = re.compile(rf"({_HAN})((?:{_SIGNS})*)々")

# Foreign sounds are written in two ways: ヴェネツィア, ベネツィア. Long vowels are not written by everyone.
_FOREIGN = (
    ("ゔぁ", "ば"),
    ("ゔぃ", "び"),
    ("ゔぇ", "べ"),
    ("ゔぉ", "ぼ"),
    ("ゔ", "ぶ"),
    ("ー", ""),
    ("ゐ", "い"),
    ("ゑ", "え"),
)
_DIGRAPH = re.compile("([aou])e|a(?=a)")
_LONG = re.compile(r"([aiueo])\1+|(?<=o)u")

# Full-width letters, digits and signs but the tilde, which stands for the wave dash; half-width kana; wide blanks.
_WIDTH = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5E)} | {0x3000: 0x20})
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")


def normal(text: str) -> str:
    """Return a text in NFKC with single blanks, to be compared.

    >>> normal("Ｋｏｂｅ　市")
    'Kobe 市'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def kept(text: str) -> str:
    """Return a text to be kept: as it is but for width, half-width kana, blanks, radicals and letters taken apart.

    >>> kept("５月～６月　ｺｳﾍﾞ 10² 2½ ①")
    '5月～6月 コウベ 10² 2½ ①'
    """
    wide = text.translate(_WIDTH).translate(variants.RADICALS)
    wide = _HALF_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), wide)
    return " ".join(unicodedata.normalize("NFC", wide).split())


@functools.lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return what a name is compared by: no case, accents, blanks or signs, one form of each kanji, one syllabary.

    >>> folded("São Paulo") == folded("SAO-PAULO"), folded("髙松") == folded("高松"), folded("ヴェノ") == folded("べの")
    (True, True, True)
    >>> folded("ガ") == folded("カ")
    False
    """
    return _syllables(_OUTSIDE.sub("", _plain(text)))


def words(text: str) -> list[str]:
    """Return the words of a text as `folded` writes them, without empty ones.

    >>> words("Tamba-Sasayama, リオ・デ・ジャネイロ")
    ['tamba', 'sasayama', 'りお', 'で', 'じゃねいろ']
    """
    return [word for part in _OUTSIDE.split(_plain(text)) if (word := _syllables(part))]


@functools.lru_cache(maxsize=20_000)
def sorting(text: str) -> str:
    """Return what a name is sorted by: its words, with voiced and small kana beside the plain ones.

    >>> sorted(["Kütahya", "Łódź", "Kırşehir", "Lyon", "Loja"], key=sorting)
    ['Kırşehir', 'Kütahya', 'Łódź', 'Loja', 'Lyon']
    """
    spelled = unicodedata.normalize("NFD", " ".join(words(re.sub(r"['’‘ʻʼ]", "", text))))
    return "".join(char for char in spelled if char not in _KANA_MARKS).translate(_SMALL)


def romanised(kana: str) -> str:
    """Romanise a reading in the way of `romaji`.

    >>> romanised("たんばささやまし"), romanised("とうきょうと")
    ('tanbasasayamashi', 'tokyoto')
    """
    return romaji(jaconv.kana2alphabet(folded(kana)))


def without_digraphs(key: str) -> str:
    """Return a folded name without the second vowels by which German and Danish write ä, ö, ü and å.

    >>> without_digraphs(folded("Muenchen")) == folded("München"), without_digraphs(folded("Aarhus")) == folded("Århus")
    (True, True)
    """
    return _DIGRAPH.sub(r"\1", key)


def romaji(latin: str) -> str:
    """Fold what people who type Japanese in Latin letters write differently: long vowels, n before b and p, tch.

    >>> romaji("toukyou"), romaji("Tōkyō"), romaji("Tamba"), romaji("matcha")
    ('tokyo', 'tokyo', 'tanba', 'maccha')
    """
    plain = re.sub("m(?=[bmp])", "n", folded(latin).replace("tch", "cch"))
    return _LONG.sub(r"\1", plain)


def _plain(text: str) -> str:
    """Take case, accents, strokes and old forms away, and leave blanks and signs."""
    bare = normal(text).casefold()
    if bare.isascii():
        return bare
    bare = unicodedata.normalize("NFD", bare.translate(variants.LETTERS))
    bare = unicodedata.normalize("NFC", "".join(filter(_counts, bare)))
    bare = bare.translate(variants.KANJI).replace("ヶ", "ケ").replace("ヵ", "カ")
    while "々" in bare and bare != (written := _REPEATED.sub(r"\1\2\1", bare)):
        bare = written
    return _SMALL_KE.sub(r"\1ケ\2", bare)


@functools.lru_cache(maxsize=8192)
def _counts(char: str) -> bool:
    """Tell whether a mark belongs to a name: accents, selectors of variants and invisible signs do not."""
    return char in _KANA_MARKS or not (
        unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me") or _selects(char)
    )


def _selects(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _syllables(word: str) -> str:
    if word.isascii():
        return word
    kana = jaconv.kata2hira(word)
    for written, plain in _FOREIGN:
        kana = kana.replace(written, plain)
    return kana
