"""From the text of a cell to the values it states, as precisely as it states them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets.columns import Column, Value
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text import dates, xsd
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.text.municipal_codes import check_digit
from ccn_graph.text.normalisation import folded, kept, normal

#: Longer than anything a person writes into one cell.
MAX_TEXT = 20_000

_XSD = namespaces.PREFIXES["xsd"]
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))
# Among them what turns the direction of a text: it shows other words than it holds.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_EXCEL_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_TRUE = {"true", "yes", "y", "1", "○", "〇", "◯", "はい", "有", "✓", "✔", "真"}
_FALSE = {"false", "no", "n", "0", "×", "✕", "いいえ", "無", "偽"}


def clean(text: str) -> str:
    """Take blanks and invisible signs away. Raises CellError for what no person wrote, such as an error value."""
    if len(text) > MAX_TEXT:
        raise CellError(
            "cell", f"セルが{MAX_TEXT}字を超える。引用符の閉じ忘れを確かめる",
            f"the cell has more than {MAX_TEXT} characters; check for a quote left open", text,
        )  # fmt: skip
    if _CONTROL.search(text):
        raise CellError(
            "cell", "見えない制御文字がある。消す", "there is an invisible control character; remove it", text
        )
    text = text.translate(_INVISIBLE).strip()
    if _EXCEL_ERROR.fullmatch(text):
        raise CellError("cell", "表計算のエラー値である", "this is an error value of the spreadsheet", text)
    return text


def parts(column: Column, text: str) -> list[str]:
    """Split a cell that may hold several values at ; and 、 and line breaks."""
    if column.value is Value.LOCAL_TEXT:
        return [part.strip() for part in re.split(r"(?<=@[A-Za-z]{2})[;；、\n]|(?<=@[A-Za-z]{3})[;；、\n]", text)]
    if not column.many or (column.value is Value.TEXT and column.name.partition("@")[0] != "altLabel"):
        return [text]
    return [part.strip() for part in re.split(r"[;；、\n]", text) if part.strip()]


def values(column: Column, text: str, resolver: Resolver, near: Sequence[str] = ()) -> list[Object]:
    """Read a cell. `near` are places that what it names lies in. Raises CellError for what cannot be read."""
    if column.value is Value.THING:
        return [ox.NamedNode(iri) for iri in things(column, text, resolver, near)]
    read = (_READERS[column.value](column, part) for part in parts(column, text))
    return [_valid(value, text) for value in read if value is not None]


def _valid(value: Object, text: str) -> Object:
    """Let nothing into the data that the table of XSD's datatypes does not take. Raises CellError."""
    if isinstance(value, ox.Literal) and xsd.is_valid(value.value, value.datatype.value) is False:
        raise CellError(
            "cell", f"{namespaces.curie(value.datatype.value)} の値でない",
            f"this is no value of {namespaces.curie(value.datatype.value)}", text,
        )  # fmt: skip
    return value


def things(column: Column, text: str, resolver: Resolver, near: Sequence[str] = ()) -> list[str]:
    """Resolve a cell that names one or several things; a name may itself hold a separator."""
    named = parts(column, text)
    if len(named) > 1:
        try:
            return [resolver.find(text, column.classes, near)]
        except CellError:
            pass
    return [resolver.find(name, column.classes, near) for name in named]


def _text(column: Column, text: str) -> Object:
    return ox.Literal(kept(text), language=column.language)


def _plain(_column: Column, text: str) -> Object:
    return ox.Literal(kept(text))


def _date(_column: Column, text: str) -> Object:
    date = dates.parse(text)
    return ox.Literal(date.lexical, datatype=ox.NamedNode(date.datatype))


def _untimed(column: Column, text: str) -> Object:
    date = dates.parse(text)
    if date.datatype == dates.MOMENT:
        raise CellError("date", "時刻は書かず、年月日までにする", "leave the time of day out", text)
    return _date(column, text)


def _day(column: Column, text: str) -> Object:
    if dates.parse(text).datatype != dates.DAY:
        raise CellError("date", "年月日で書く", "write a day, like 2025-10-31", text)
    return _date(column, text)


def _whole(column: Column, text: str) -> Object:
    form = (
        r"(?:第)?([0-9]{1,9})(?:回|st|nd|rd|th)?"
        if column.name == "ordinal"
        else r"([0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})"
    )
    match = re.fullmatch(form, kept(text))
    if match is None:
        raise CellError(
            "number", "整数でない。数字だけを書き、「約」「以上」はその列か注記に書く",
            "this is no whole number; write digits only, and put 'about' or 'at least' in their column or the note",
            text,
        )  # fmt: skip
    return ox.Literal(str(int(match[1].replace(",", ""))), datatype=ox.NamedNode(_XSD + "integer"))


def _number(column: Column, text: str) -> Object:
    """Read a figure of an observation; 12.0 is a decimal, because the source says it so."""
    plain = kept(text)
    if not re.fullmatch(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})\.[0-9]{1,15}", plain):
        return _whole(column, text)
    whole, _, fraction = plain.replace(",", "").partition(".")
    return ox.Literal(f"{int(whole)}.{fraction}", datatype=ox.NamedNode(_XSD + "decimal"))


def _local_text(_column: Column, text: str) -> Object:
    match = re.fullmatch(r"(?P<text>.+)@(?P<tag>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", kept(text))
    if match is None or match["tag"].lower() in LANGUAGES:
        raise CellError(
            "language", "言語が分からない。Wien@de のように言語の符号を添え、日本語と英語はそれぞれの列に書く",
            "the language is not clear; add its tag, like Wien@de, and use the columns for Japanese and English", text,
        )  # fmt: skip
    return ox.Literal(match["text"].strip(), language=match["tag"].lower())


def _decimal(_column: Column, text: str) -> Object:
    plain = kept(text).replace("\u2212", "-")
    if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?", plain):
        raise CellError("number", "小数でない。43.7706 のように書く", "this is no decimal; write it like 43.7706", text)
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain.removeprefix("+"))
    whole, _, fraction = plain.partition(".")
    lexical = f"{sign}{int(whole)}.{fraction or '0'}"
    return ox.Literal(lexical, datatype=ox.NamedNode(_XSD + "decimal"))


def _flag(_column: Column, text: str) -> Object | None:
    # The only value ever written is true: what is not so is left out.
    plain = normal(text).casefold()
    if plain not in _TRUE | _FALSE:
        raise CellError("flag", "はい・いいえでない。true か false と書く", "write true or false", text)
    return ox.Literal("true", datatype=ox.NamedNode(_XSD + "boolean")) if plain in _TRUE else None


def _page(column: Column, text: str) -> Object:
    return ox.NamedNode(_address(column, text).value)


def _address(_column: Column, text: str) -> ox.Literal:
    if not re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+", text):
        raise CellError(
            "address", "http(s) で始まるアドレスでない", "this is no address that begins with http(s)", text
        )
    return ox.Literal(text, datatype=ox.NamedNode(_XSD + "anyURI"))


def _code(_column: Column, text: str) -> Object:
    plain = kept(text)
    fits = [code for code in _codes(plain) if check_digit(code) == code[5]]
    if not re.fullmatch(r"[0-9]{4,6}", plain) or len(fits) != 1:
        raise CellError(
            "code", "全国地方公共団体コードでない。検査数字まで6桁で書く",
            "this is no municipal code; write six digits, the check digit among them", text,
        )  # fmt: skip
    return ox.Literal(fits[0])


def _codes(plain: str) -> set[str]:
    """Return the six-digit codes that are meant: spreadsheets drop a leading zero, people the check digit."""
    if not re.fullmatch(r"[0-9]{4,6}", plain):
        return set()
    if len(plain) == 6:
        return {plain}
    bare = plain.zfill(5)
    return {bare + check_digit(bare)} | ({plain.zfill(6)} if len(plain) == 5 else set())


def _country_code(_column: Column, text: str) -> Object:
    plain = kept(text).upper()
    if not re.fullmatch(r"[A-Z]{2}|[0-9]{3}", plain):
        raise CellError(
            "code", "国・地域の符号でない。ISO 3166-1の2字か、国連の3桁の地域番号で書く",
            "write the two letters of ISO 3166-1, or of a region the three digits of UN M49", text,
        )  # fmt: skip
    return ox.Literal(plain)


def _geonames(_column: Column, text: str) -> Object:
    match = re.fullmatch(r"(?:.*geonames\.org/|geonames:)?([1-9][0-9]{0,11})(?:/.*)?", normal(text))
    if match is None:
        raise CellError("code", "GeoNamesの番号でない", "this is no GeoNames id", text)
    return ox.NamedNode(f"https://sws.geonames.org/{match[1]}/")


def _wikidata(_column: Column, text: str) -> Object:
    match = re.fullmatch(r"(?:.*wikidata\.org/(?:entity|wiki)/|wikidata:)?(Q[1-9][0-9]{0,11})", normal(text))
    if match is None:
        raise CellError("code", "Wikidataの項目でない", "this is no Wikidata item", text)
    return ox.NamedNode(f"http://www.wikidata.org/entity/{match[1]}")


def class_of(column: Column, text: str, names: dict[str, str]) -> str:
    """Read the class of a record; `names` leads from what a class is called to its IRI."""
    iri = names.get(folded(text)) or namespaces.expand(normal(text))
    if iri not in column.classes:
        permitted = ", ".join(namespaces.slug(permitted) for permitted in column.classes)
        raise CellError(
            "class", f"種別でない。{permitted} から選ぶ", f"this is no class; write one of {permitted}", text
        )
    return iri


_READERS: dict[Value, Callable[[Column, str], Object | None]] = {
    Value.TEXT: _text, Value.PLAIN: _plain, Value.DATE: _date, Value.UNTIMED: _untimed, Value.DAY: _day,
    Value.WHOLE: _whole, Value.DECIMAL: _decimal, Value.FLAG: _flag, Value.ADDRESS: _address, Value.CODE: _code,
    Value.COUNTRY_CODE: _country_code, Value.NUMBER: _number,
    Value.PAGE: _page, Value.LOCAL_TEXT: _local_text, Value.GEONAMES: _geonames, Value.WIKIDATA: _wikidata,
}  # fmt: skip
