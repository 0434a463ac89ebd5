"""What each column of a sheet takes, in both languages: permitted values where there are such, else that it is free."""

from __future__ import annotations

from ccn_graph.rdf import namespaces
from ccn_graph.sheets.columns import Column, Home, SheetKind, Value
from ccn_graph.sheets.known_things import Facts
from ccn_graph.text.languages import Bilingual

_LABEL = namespaces.PREFIXES["rdfs"] + "label"
_REQUIRED: Bilingual = {"ja": "必須。", "en": "required; "}
_SEVERAL: Bilingual = {"ja": "いくつでも、; で区切る。", "en": "several are parted by ; "}
_ONE_OF: Bilingual = {"ja": "次から選ぶ: ", "en": "one of: "}
_NAMED: Bilingual = {
    "ja": "登録にあるものの名前・短い名前・コード",
    "en": "name, short name or code of something on record",
}
_FREE: Bilingual = {"ja": "自由記入", "en": "free text"}
_FORMS: dict[Value, Bilingual] = {
    Value.DATE: {
        "ja": "年・年月・年月日・年度・幅(2025、2025-10、2025-10-31、平成25年1月13日、2015年度、2013-10/2014-02)",
        "en": "year, month, day or span (2025, 2025-10, 2025-10-31, 2013-10/2014-02)",
    },
    Value.DAY: {"ja": "年月日(2025-10-31)", "en": "day (2025-10-31)"},
    Value.WHOLE: {"ja": "整数", "en": "whole number"},
    Value.NUMBER: {"ja": "0以上の整数か小数", "en": "whole number or decimal from 0"},
    Value.DECIMAL: {"ja": "小数(43.7706)", "en": "decimal (43.7706)"},
    Value.FLAG: {"ja": "true か空欄", "en": "true, or empty"},
    Value.ADDRESS: {"ja": "http(s) で始まるアドレス", "en": "address that begins with http(s)"},
    Value.CODE: {"ja": "全国地方公共団体コード6桁", "en": "municipal code of six digits"},
    Value.COUNTRY_CODE: {"ja": "ISO 3166-1の2字", "en": "two letters of ISO 3166-1"},
    Value.GEONAMES: {"ja": "GeoNamesの番号", "en": "GeoNames id"},
    Value.WIKIDATA: {"ja": "Wikidataの項目(Q48320)", "en": "Wikidata item (Q48320)"},
    Value.LOCAL_TEXT: {"ja": "言語の符号を添える(Wien@de)", "en": "with the tag of its language (Wien@de)"},
}
_FORMS[Value.UNTIMED] = _FORMS[Value.DATE]
_FORMS[Value.PAGE] = _FORMS[Value.ADDRESS]
_HINTS: dict[str, Bilingual] = {
    "id": {
        "ja": "小文字の英数字をハイフンでつなぐ。空欄なら決められる",
        "en": "lower-case letters and digits joined by hyphens; made if empty",
    },
    "municipalCode": _FORMS[Value.CODE],
    "geonames": _FORMS[Value.GEONAMES],
}  # fmt: skip


def permitted(column: Column, facts: Facts, language: str) -> list[str]:
    """Return the only values that a column takes, by their names in a language; none where it is free."""
    if column.value is Value.FLAG:
        return ["true"]
    if column.value is Value.CLASS:
        labels = [_named(facts, iri, _LABEL, language) for iri in column.classes]
        return [label for label in labels if label]
    scheme = [iri for iri in column.classes if not iri.startswith(namespaces.CCN)]
    if column.value is not Value.THING or not scheme or len(scheme) < len(column.classes):
        return []
    iris = [iri for iri, thing in facts.things.items() if thing.classes & set(scheme)]
    return sorted(_named(facts, iri, namespaces.PREF_LABEL, language) or namespaces.slug(iri) for iri in iris)


def described(kind: SheetKind, column: Column, facts: Facts, language: str) -> str:
    """Say what a column takes."""
    start = _REQUIRED[language] if column.name in kind.needed else ""
    end = _SEVERAL[language] if column.many and column.value is not Value.TEXT else ""
    if values := permitted(column, facts, language):
        return f"{start}{_ONE_OF[language]}{' | '.join(values)} {end}".strip()
    by_name = column.value is Value.THING or (column.home is Home.HINT and column.name not in _HINTS)
    form = _HINTS.get(column.name) or _FORMS.get(column.value) or (_NAMED if by_name else _FREE)
    return f"{start}{form[language]} {end}".strip()


def _named(facts: Facts, iri: str, predicate: str, language: str) -> str:
    labels = facts.things[iri].said.get(predicate, ()) if iri in facts.things else ()
    return next((label.value.value for label in labels if getattr(label.value, "language", "") == language), "")  # type: ignore[union-attr]
