from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.text import normalisation


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
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert normalisation.sounded(one) == normalisation.sounded(other)


@pytest.mark.parametrize(("one", "other"), [("ば", "は"), ("ぱ", "ば"), ("神戸", "神奈川"), ("kobe", "kobo")])
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert normalisation.sounded(one) != normalisation.sounded(other)


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
    assert normalisation.sounded(normalisation.sounded(text)) == normalisation.sounded(text)
    assert "".join(normalisation.words(text)) == normalisation.sounded(text)
