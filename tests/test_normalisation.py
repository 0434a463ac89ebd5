from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.text import normalisation, variants


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ōsaka", "osaka"),
        ("ＫＯＢＥ", "kobe"),
        ("ｶﾞｰﾅ", "ガーナ"),
        ("Zahlé", "ZAHLE"),
        ("Łódź", "lodz"),
        ("ヴィリニュス", "びりにゅす"),
        ("Tamba-Sasayama", "tamba sasayama"),
        ("リオ・デ・ジャネイロ", "リオデジャネイロ"),
        ("髙松市", "高松市"),
        ("横濱", "横浜"),
        ("金澤", "金沢"),
        ("濱松", "浜松"),
        ("濵松", "浜松"),
        ("神⼾市", "神戸市"),
        ("⻑崎", "長崎"),
        ("⻄宮", "西宮"),
        ("龍ｹ崎", "竜ヶ崎"),
        ("霞ヶ関", "霞が関"),
        ("佐々木", "佐佐木"),
        ("愛媛\U000e0100", "愛媛"),
        ("神戸", "神戸"),
        ("コ−ヒ−", "コーヒー"),
        ("Nukuʻalofa", "Nuku'alofa"),
        ("Nukuʼalofa", "Nuku‘alofa"),
        ("Đà Nẵng", "da nang"),
        ("Tromsø", "TROMSO"),
        ("Þingvellir", "thingvellir"),
        ("Қарағанды", "караганды"),
        ("İzmir", "izmir"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("أبو ظبي", "ابوظبى"),
        ("Ko\u200bbe", "Kobe"),
        ("서울", "서울"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert normalisation.folded(one) == normalisation.folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ば", "は"), ("ぱ", "ば"), ("जयपुर", "जयपर"), ("斉藤", "斎藤"), ("神戸", "神奈川"), ("kobe", "kobo")],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert normalisation.folded(one) != normalisation.folded(other)


@pytest.mark.parametrize(
    ("kana", "typed"),
    [
        ("とうきょうと", "toukyouto"),
        ("とうきょうと", "Tōkyō-to"),
        ("おおさか", "osaka"),
        ("たんば", "tamba"),
        ("さっぽろ", "sapporo"),
        ("まっちゃ", "matcha"),
        ("しんいち", "shin'ichi"),
    ],
)
def test_readings_are_romanised_as_people_type_them(kana: str, typed: str) -> None:
    assert normalisation.romanised(kana) == normalisation.romaji(typed)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert normalisation.folded(normalisation.folded(text)) == normalisation.folded(text)
    assert "".join(normalisation.words(text)) == normalisation.folded(text)


@pytest.mark.parametrize(
    "text",
    [
        "10² km",
        "2½ hours",
        "第①回",
        "㈱島屋",
        "Ⅲ期",
        "5月～6月",
        "5月〜6月",
        "℃",
        "「…」",
        "髙島屋",
        "﨑",
        "ﬁne",
        "№ 3",
        "㍻",
        "x⁵",
        "¼",
    ],
)
def test_a_kept_text_keeps_what_compatibility_forms_would_change(text: str) -> None:
    assert normalisation.kept(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ＡＢＣ１２３　（ａ）", "ABC123 (a)"),
        ("ｺｳﾍﾞ ﾊﾟﾘ", "コウベ パリ"),
        ("神⼾市", "神戸市"),
        ("Sa\u0303o ハ\u309aリ", "São パリ"),
        ("一行\r\n二行", "一行 二行"),
    ],
)
def test_width_and_what_was_taken_apart_are_folded_in_a_kept_text(text: str, kept: str) -> None:
    assert normalisation.kept(text) == normalisation.kept(kept) == kept


def test_names_are_sorted_as_they_are_searched() -> None:
    names = ["Wrocław", "Łódź", "Kraków", "Östersund", "Oslo", "'s-Hertogenbosch", "Sofia", "Åre", "Aalborg", "Zürich"]
    assert sorted(names, key=normalisation.sorting) == [
        "Aalborg", "Åre", "Kraków", "Łódź", "Oslo", "Östersund", "'s-Hertogenbosch", "Sofia", "Wrocław", "Zürich",
    ]  # fmt: skip
    assert sorted(["San José", "Sanaa", "San Antonio"], key=normalisation.sorting)[-1] == "Sanaa"
    assert sorted(["きよと", "ぎふ", "きた", "きょう"], key=normalisation.sorting) == [
        "きた",
        "ぎふ",
        "きょう",
        "きよと",
    ]


def test_no_two_forms_of_kanji_lead_to_each_other() -> None:
    assert variants.KANJI
    for old, new in variants.KANJI.items():
        assert isinstance(new, str)
        assert ord(new) != old
        assert ord(new) not in variants.KANJI or ord(new) == old, chr(old) + new
