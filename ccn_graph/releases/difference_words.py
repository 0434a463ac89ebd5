"""The words of a comparison of two states of the data, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from ccn_graph.text.languages import Bilingual

WORDS: Mapping[str, Bilingual] = {
    "title": {"ja": "この変更の意味", "en": "What this change means"},
    "same": {"ja": "述べられていることに違いはありません。", "en": "What is stated does not differ."},
    "from-to": {"ja": "{old} から {new} への変化", "en": "From {old} to {new}"},
    "Membership": {"ja": "加盟", "en": "Memberships"},
    "Event": {"ja": "行事", "en": "Events"},
    "Judgement": {"ja": "編集判断", "en": "Judgements"},
    "answers": {"ja": "変わる答え", "en": "Answers that change"},
    "documents": {"ja": "文書", "en": "Documents"},
    "graphs": {"ja": "登録簿ほか", "en": "Registers and other graphs"},
    "identifiers": {"ja": "IRI", "en": "IRIs"},
    "added": {"ja": "新たに記録", "en": "newly on record"},
    "removed": {"ja": "記録から除く", "en": "no longer on record"},
    "ended": {"ja": "終わりを記録", "en": "now known to have ended"},
    "changed": {"ja": "変更", "en": "changed"},
    "gone": {"ja": "もう何も述べられていない", "en": "nothing is said of it any more"},
    "renamed": {"ja": "改名", "en": "renamed"},
    "withdrawn": {"ja": "取り下げ", "en": "withdrawn"},
    "nothing": {"ja": "なし", "en": "none"},
    "rows": {"ja": "{before}行 → {after}行", "en": "{before} → {after} rows"},
    "statements": {"ja": "記述 +{added} −{removed}", "en": "statements +{added} −{removed}"},
    "more": {"ja": "ほか{count}件", "en": "and {count} more"},
    "comma": {"ja": "、", "en": ", "},
}
