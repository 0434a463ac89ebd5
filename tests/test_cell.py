from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import cell
from ccn_graph.sheets.cell import clean
from ccn_graph.sheets.columns import Column, Home, Value
from ccn_graph.sheets.name_resolution import Resolver


class Nobody(Resolver):
    def __init__(self) -> None:
        """Know nothing: these cells name no things."""


def read(value: Value, text: str, name: str = "x", *, many: bool = False, language: str = "ja") -> list[str]:
    column = Column(name, namespaces.CCN + name, value, Home.DOCUMENT, (), many, language)
    found = cell.values(column, text, Nobody())
    return [one.value for one in found if isinstance(one, ox.Literal | ox.NamedNode)]


@pytest.mark.parametrize(
    ("value", "text", "wanted"),
    [
        (Value.WHOLE, "４０８", "408"),
        (Value.WHOLE, "1,234", "1234"),
        (Value.DECIMAL, "43.7706", "43.7706"),
        (Value.DECIMAL, "−１.７５", "-1.75"),
        (Value.DECIMAL, "43", "43.0"),
        (Value.FLAG, "はい", "true"),
        (Value.FLAG, "○", "true"),
        (Value.ADDRESS, "https://example.org/a?b=c", "https://example.org/a?b=c"),
        (Value.CODE, "281000", "281000"),
        (Value.CODE, "23100", "231002"),
        (Value.COUNTRY_CODE, "jp", "JP"),
        (Value.GEONAMES, "1859171", "https://sws.geonames.org/1859171/"),
        (Value.GEONAMES, "https://www.geonames.org/1859171/kobe.html", "https://sws.geonames.org/1859171/"),
        (Value.WIKIDATA, "https://www.wikidata.org/wiki/Q48320", "http://www.wikidata.org/entity/Q48320"),
        (Value.PLAIN, "ｐ．１　　ａ", "p.1 a"),
        (Value.TEXT, "一行目\n二行目", "一行目 二行目"),
        (Value.UNTIMED, "令和7年10月", "2025-10"),
        (Value.DAY, "R7.10.31", "2025-10-31"),
    ],
)
def test_a_cell_is_read_as_its_column_asks(value: Value, text: str, wanted: str) -> None:
    assert read(value, text) == [wanted]


@pytest.mark.parametrize(
    ("value", "text", "rule"),
    [
        (Value.WHOLE, "約100", "number"),
        (Value.WHOLE, "1,23", "number"),
        (Value.WHOLE, "-1", "number"),
        (Value.WHOLE, "第9回", "number"),
        (Value.WHOLE, "9" * 13, "number"),
        (Value.DECIMAL, "43,77", "number"),
        (Value.DECIMAL, "1e5", "number"),
        (Value.DECIMAL, "43°46′", "number"),
        (Value.FLAG, "maybe", "flag"),
        (Value.ADDRESS, "javascript:alert(1)", "address"),
        (Value.ADDRESS, 'https://example.org/">', "address"),
        (Value.CODE, "281001", "code"),
        (Value.CODE, "28", "code"),
        (Value.COUNTRY_CODE, "JPN", "code"),
        (Value.GEONAMES, "0", "code"),
        (Value.WIKIDATA, "48320", "code"),
        (Value.UNTIMED, "2026-06-17T14:30Z", "date"),
        (Value.DAY, "2025-10", "date"),
    ],
)
def test_what_a_column_cannot_take_is_a_fault(value: Value, text: str, rule: str) -> None:
    with pytest.raises(CellError) as caught:
        read(value, text)
    assert caught.value.rule == rule


def test_a_code_that_could_be_two_is_not_guessed() -> None:
    # 12041 is 012041 without its zero, and 120413 without its check digit.
    with pytest.raises(CellError):
        read(Value.CODE, "12041")


def test_what_is_not_so_is_left_out() -> None:
    assert read(Value.FLAG, "いいえ") == []


def test_an_ordinal_may_stand_in_its_words() -> None:
    assert [read(Value.WHOLE, text, "ordinal") for text in ("第９回", "9th", "9")] == [["9"]] * 3


def test_several_values_are_split_where_a_property_allows_them() -> None:
    assert read(Value.PLAIN, "ja; en、fr\nde;", many=True) == ["ja", "en", "fr", "de"]
    assert read(Value.PLAIN, "p. 1; p. 2") == ["p. 1; p. 2"]
    assert read(Value.TEXT, "a; b", "note@en", many=True, language="en") == ["a; b"]
    assert read(Value.TEXT, "a; b", "altLabel@en", many=True, language="en") == ["a", "b"]


def test_a_formula_is_text() -> None:
    assert read(Value.PLAIN, "=HYPERLINK(1)") == ["=HYPERLINK(1)"]


@pytest.mark.parametrize("text", ["a\0b", "\x1b[31m", "#REF!", "#N/A", "x" * 20_001, "a\x9fb"])
def test_what_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(CellError) as caught:
        clean(text)
    assert caught.value.rule == "cell"
    assert caught.value.value.isprintable()


@pytest.mark.parametrize("sign", ["\x07", "\u202e", "\u2066"])
def test_what_makes_a_text_show_other_words_is_refused(sign: str) -> None:
    with pytest.raises(CellError):
        clean(f"p. {sign}12")


def test_blanks_and_invisible_signs_are_taken_away() -> None:
    assert clean("\ufeff \u3000神\u200b戸\u00ad \n") == "神戸"


@given(
    st.sampled_from([value for value in Value if value not in (Value.THING, Value.CLASS)]),
    st.text(max_size=40),
)
def test_any_text_is_a_value_or_a_fault(value: Value, text: str) -> None:
    try:
        found = read(value, clean(text), language="en")
    except CellError as fault:
        assert fault.message["ja"]
    else:
        assert len(found) <= 1


def test_nothing_that_xsd_does_not_take_gets_into_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever reads a cell, what it makes is judged by the one table of datatypes."""
    column = Column("start", "https://e.x/start", Value.DATE, Home.DOCUMENT)
    wrong = ox.Literal("2025-02-30", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    monkeypatch.setitem(cell._READERS, Value.DATE, lambda *_: wrong)
    with pytest.raises(CellError) as raised:
        cell.values(column, "30 February", Nobody())
    assert "xsd:date" in raised.value.message["en"]
