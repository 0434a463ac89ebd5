"""The words of the page for review, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from ccn_graph.text.languages import Bilingual

WORDS: Mapping[str, Bilingual] = {
    "title": {"ja": "下書きの確認", "en": "Review of a draft"},
    "lead": {
        "ja": "左が原文、右が原文から読み取った記録です。原文と比べて、採るか、採らないか、直すかを選びます。",
        "en": "The source is on the left, the records read from it on the right. Compare them, and accept, reject or"
        " edit each.",
    },
    "promise": {
        "ja": "このページは何も送らず、何も書き込みません。採った記録は、ボタンを押すと手元のファイルになります。",
        "en": "This page sends nothing and writes nothing by itself. A button saves what you accepted as a file of"
        " yours.",
    },
    "source": {"ja": "原文", "en": "Source"},
    "records": {"ja": "記録", "en": "Records"},
    "certain": {"ja": "確か", "en": "certain"},
    "unsure": {"ja": "確かでない", "en": "not certain"},
    "proposed": {"ja": "外のプログラムの提案", "en": "proposed by a program"},
    "register": {"ja": "登録簿に足す", "en": "for the register"},
    "no-record": {"ja": "記録にできない読み取り", "en": "read, but no record"},
    "candidates": {"ja": "候補", "en": "Candidates"},
    "accept": {"ja": "採る", "en": "Accept"},
    "reject": {"ja": "採らない", "en": "Reject"},
    "edit": {"ja": "直す", "en": "Edit"},
    "edited": {"ja": "記録の本文 (Turtle)", "en": "Text of the record (Turtle)"},
    "all": {"ja": "確かなものをすべて採る", "en": "Accept all that are certain"},
    "save": {"ja": "採った記録を保存", "en": "Save what is accepted"},
    "show": {"ja": "表示", "en": "Show"},
    "show-all": {"ja": "すべて", "en": "All"},
    "show-open": {"ja": "まだ選んでいないもの", "en": "Not decided yet"},
    "show-unsure": {"ja": "確かでないもの", "en": "Not certain"},
    "accepted-count": {"ja": "採った記録", "en": "Accepted"},
    "rejected-count": {"ja": "採らない記録", "en": "Rejected"},
    "open-count": {"ja": "まだの記録", "en": "Not decided"},
    "line": {"ja": "行", "en": "line"},
    "page": {"ja": "ページ", "en": "page"},
    "language": {"ja": "言語", "en": "Language"},
    "again": {"ja": "別の文章を下書きする", "en": "Draft another text"},
    "none": {"ja": "記録は見つかりませんでした。", "en": "No record was found."},
}
