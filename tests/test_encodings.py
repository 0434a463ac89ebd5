from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.errors import CellError
from ccn_graph.files import encodings

LIST = "会員,加盟先,始まり\n神戸市,創造都市ネットワーク日本,平成25年\n"
KANA = "名前,よみ\n神戸市,ｺｳﾍﾞｼ\n金沢市,ｶﾅｻﾞﾜｼ\n札幌市,ｻｯﾎﾟﾛｼ\n"


@pytest.mark.parametrize("text", [LIST, KANA, "神戸,\n", "ｺｳﾍﾞ,x\n", "ｶﾅｻﾞﾜ,ﾊﾏﾏﾂ,ﾆｲｶﾞﾀ,x\n", "髙島屋,Ⅲ,㈱\n", "a,～\n"])
def test_cp932_is_told_by_its_bytes(text: str) -> None:
    data = text.encode("cp932")
    try:
        assert encodings.decoded(data) == text
    except CellError as error:
        # Bytes that are EUC-JP too are refused, never read as something else.
        assert data.decode("euc_jp") and "EUC-JP" in str(error)
        assert text.isascii() or set(text) <= set("ｱ-ﾝｺｳﾍﾞｶﾅｻﾞﾜﾊﾏﾂﾆｲﾀ,x\n")


@pytest.mark.parametrize("text", [LIST, KANA, "León,MX\n神戸,\n", "Łódź;PL\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_with_and_without_mark(text: str, encoding: str) -> None:
    assert encodings.decoded(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_jp_ext"])
def test_iso_2022_jp_is_told_by_its_escapes(encoding: str) -> None:
    assert encodings.decoded(LIST.encode(encoding)) == LIST
    assert encodings.decoded(KANA.encode("iso2022_jp_ext")) == KANA


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LIST.encode("euc_jp"), "EUC-JP"),
        ("会員,神戸\n".encode("euc_jp"), "EUC-JP"),
        (KANA.encode("euc_jp"), "EUC-JP"),
        ("Orléans,Besançon\n".encode("latin-1"), "not clearly"),
        ("Köln,Zürich,São Paulo\n".encode("cp1252"), "not clearly"),
        ("Málaga,Córdoba\n".encode("latin-1"), "not clearly"),
        ("Łódź,Kraków\n".encode("cp1250"), "not clearly"),
        ("서울,부산\n".encode("euc_kr"), "not clearly"),
        ("Москва,Казань\n".encode("cp1251"), "not clearly"),
        (b"a,\x81\n", "not clearly"),
        (b"\xff\xfea", "not clearly"),
    ],
)
def test_what_is_none_of_them_is_refused_and_never_turned_into_other_letters(data: bytes, said: str) -> None:
    with pytest.raises(CellError, match=said):
        encodings.decoded(data)


@given(st.lists(st.sampled_from("神戸金沢市名古屋札幌会員かなカナ・ー"), min_size=1).map("".join))
def test_every_japanese_text_in_cp932_comes_back(text: str) -> None:
    assert encodings.decoded(text.encode("cp932")) == text


@given(st.lists(st.sampled_from("神戸金沢市名古屋札幌会員かなカナ、"), min_size=8).map("".join))
def test_no_text_in_euc_jp_becomes_another_text(text: str) -> None:
    try:
        assert encodings.decoded(text.encode("euc_jp")) == text
    except CellError as error:
        assert error.rule == "sheet"
