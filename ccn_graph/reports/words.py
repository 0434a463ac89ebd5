"""The words of the reports for people, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from ccn_graph.text.languages import Bilingual

WORDS: Mapping[str, Bilingual] = {
    "title": {"ja": "検証報告", "en": "Validation report"},
    "passing": {"ja": "合格。直す必要のあるものはない。", "en": "Passed: there is nothing that has to be mended."},
    "failing": {"ja": "不合格。直すべきものがある。", "en": "Not passed: something is to be mended."},
    "severity": {"ja": "重さ", "en": "Severity"},
    "number": {"ja": "件数", "en": "Number"},
    "files": {"ja": "調べたファイル数", "en": "Files looked at"},
    "line": {"ja": "行", "en": "line"},
    "column": {"ja": "列", "en": "column"},
    "rule": {"ja": "規則", "en": "rule"},
    "at": {"ja": "文書内の位置", "en": "place in the document"},
    "value": {"ja": "書かれている値", "en": "what stands there"},
    "related": {"ja": "食い違う箇所", "en": "at odds with"},
    "perhaps": {"ja": "もしかして", "en": "Perhaps"},
    "repair": {"ja": "直し方", "en": "Repair"},
    "replace": {"ja": "書き換え", "en": "Replace"},
    "by": {"ja": "→", "en": "→"},
    "language": {"ja": "言語", "en": "Language"},
    "by_rule": {"ja": "規則ごとの件数", "en": "By rule"},
    "again": {"ja": "直して、もう一度確かめる", "en": "Mend it and check again"},
    "none": {"ja": "指摘はない。", "en": "Nothing was found."},
    "more": {
        "ja": "ほかに{}件ある。すべては CSV か JSON で見られる。",
        "en": "There are {} more; CSV or JSON has all of them.",
    },
}  # fmt: skip
