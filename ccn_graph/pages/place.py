"""Places in documents as people name them, from the short forms in which the data give them."""

from __future__ import annotations

import re

_NUMBERS = r"(\d+(?:[-–]\d+)?(?:, \d+(?:[-–]\d+)?)*)"
_SHORT = re.compile(rf"(?P<comma>, )?\b(?P<unit>ll|pp|l|p)\. ?{_NUMBERS}")

_UNITS = {
    "l": {"ja": "{}行目", "en": "line {}"}, "ll": {"ja": "{}行目", "en": "lines {}"},
    "p": {"ja": "{}ページ", "en": "page {}"}, "pp": {"ja": "{}ページ", "en": "pages {}"},
}  # fmt: skip


def spell(text: str, language: str) -> str:
    """Write lines and pages out; all else stays as it is.

    >>> spell("News, l. 13", "ja"), spell("表紙 概要, l. 20", "ja"), spell("pp. 3-5", "ja")
    ('News、13行目', '表紙 概要、20行目', '3–5ページ')
    >>> spell("News, l. 13", "en"), spell("4. 国内加盟都市(12都市), l. 57-60", "en")
    ('News, line 13', '4. 国内加盟都市(12都市), lines 57–60')
    """

    def written(match: re.Match[str]) -> str:
        numbers = match[3].replace("-", "–")
        unit = match["unit"] if "–" not in numbers and "," not in numbers else match["unit"][0] * 2
        comma = "" if not match["comma"] else "、" if language == "ja" else ", "
        listed = numbers.replace(", ", "・") if language == "ja" else numbers
        return comma + _UNITS[unit][language].format(listed)

    return _SHORT.sub(written, text)
