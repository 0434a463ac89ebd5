"""Reads results of SPARQL queries in the four W3C formats and compares them.

Written from the recommendations alone, without the libraries of the server, so that a fault of theirs cannot hide.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

Term = tuple[Any, ...]
"""('iri', value), ('blank', label), ('literal', value, datatype, language), ('triple', term, term, term), or, from CSV,
('text', value). The base direction stands behind the language, as in `en--ltr`."""

Row = dict[str, Term]

XSD = "http://www.w3.org/2001/XMLSchema#"
_SRX = "{http://www.w3.org/2005/sparql-results#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DIRECTION = "{http://www.w3.org/2005/11/its}dir"
_PARTS = ("subject", "predicate", "object")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_TSV_TERM = re.compile(
    r"""<(?P<iri>[^<>]*)> | _:(?P<blank>\S+)
    | (?:"(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>(?:[^'\\]|\\.)*)')
      (?:@(?P<language>[\w-]+) | \^\^<(?P<datatype>[^<>]*)>)?
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) | (?P<boolean>true|false)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer of a SELECT: names of columns, and rows in the order given."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


Result = Solutions | bool


def literal(value: str, datatype: str | None = None, language: str | None = None, direction: str | None = None) -> Term:
    """Make a literal; language tags are compared without case."""
    language = f"{language}--{direction}" if direction else language
    return ("literal", value, "" if language else datatype or f"{XSD}string", (language or "").lower())


def read_json(text: str) -> Result:
    """Read SPARQL 1.1 Query Results JSON."""
    document = json.loads(text)
    if "boolean" in document:
        assert isinstance(document["boolean"], bool)
        return document["boolean"]
    rows = [{name: _json_term(term) for name, term in row.items()} for row in document["results"]["bindings"]]
    return Solutions(tuple(document["head"]["vars"]), tuple(rows))


def _json_term(term: dict[str, Any]) -> Term:
    match term["type"]:
        case "uri":
            return ("iri", term["value"])
        case "bnode":
            return ("blank", term["value"])
        case "literal" | "typed-literal":
            return literal(term["value"], term.get("datatype"), term.get("xml:lang"), term.get("its:dir"))
        case "triple":
            return ("triple", *(_json_term(term["value"][part]) for part in _PARTS))
    raise ValueError(f"no such type of term: {term}")


def read_xml(text: str) -> Result:
    """Read SPARQL Query Results XML."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{_SRX}sparql", root.tag
    boolean = root.findtext(f"{_SRX}boolean")
    if boolean is not None:
        return {"true": True, "false": False}[boolean.strip()]
    rows = [
        {binding.attrib["name"]: _xml_term(binding[0]) for binding in result}
        for result in root.iterfind(f"{_SRX}results/{_SRX}result")
    ]
    names = [variable.attrib["name"] for variable in root.iterfind(f"{_SRX}head/{_SRX}variable")]
    return Solutions(tuple(names), tuple(rows))


def _xml_term(term: ElementTree.Element) -> Term:
    value = term.text or ""
    match term.tag.removeprefix(_SRX):
        case "uri":
            return ("iri", value)
        case "bnode":
            return ("blank", value)
        case "literal":
            return literal(value, term.get("datatype"), term.get(_LANG), term.get(_DIRECTION))
        case "triple":
            return ("triple", *(_xml_term(term.find(f"{_SRX}{part}")[0]) for part in _PARTS))  # type: ignore[index]
    raise ValueError(f"no such term: {term.tag}")


def read_tsv(text: str) -> Solutions:
    """Read SPARQL 1.1 Query Results TSV."""
    head, *lines = text.removesuffix("\n").split("\n")
    variables = [name.removeprefix("?") for name in head.split("\t") if name]
    rows = [_row(variables, [_tsv_term(cell) for cell in line.split("\t")]) for line in lines]
    return Solutions(tuple(variables), tuple(rows))


def _tsv_term(cell: str) -> Term | None:
    cell = cell.strip()
    if not cell:
        return None
    if cell.startswith("<<("):
        return _tsv_triple(cell, 0)[0]
    found = _TSV_TERM.fullmatch(cell)
    if not found:
        raise ValueError(f"no term of TSV: {cell}")
    if found["iri"] is not None:
        return ("iri", _unescape(found["iri"]))
    if found["blank"]:
        return ("blank", found["blank"])
    if found["boolean"]:
        return literal(cell, f"{XSD}boolean")
    if found["number"]:
        kind = "double" if "e" in cell.lower() else "decimal" if "." in cell else "integer"
        return literal(cell, XSD + kind)
    quoted = found["single"] if found["double"] is None else found["double"]
    return literal(_unescape(quoted), found["datatype"], found["language"])


def _tsv_triple(cell: str, place: int) -> tuple[Term, int]:
    """Read a triple term; give it and the place behind it."""
    place += len("<<(")
    terms: list[Term] = []
    for _ in _PARTS:
        place += len(cell[place:]) - len(cell[place:].lstrip())
        if cell.startswith("<<(", place):
            term, place = _tsv_triple(cell, place)
        else:
            found = _TSV_TERM.match(cell, place)
            assert found, cell[place:]
            term, place = _tsv_term(found[0]) or (), found.end()
        terms.append(term)
    end = cell.index(")>>", place)
    assert not cell[place:end].strip()
    return ("triple", *terms), end + len(")>>")


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        return chr(int(match[1] or match[2], 16)) if match[1] or match[2] else _ESCAPES.get(match[3], match[3])

    return re.sub(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", character, text)


def read_csv(text: str) -> Solutions:
    """Read SPARQL 1.1 Query Results CSV, which keeps values but not what kind of term they are."""
    variables, *lines = csv.reader(io.StringIO(text, newline=""))
    # A row of one empty cell is an empty line, which the reader takes for a row of none.
    lines = [line or [""] * len(variables) for line in lines]
    return Solutions(tuple(variables), tuple(_row(variables, [_csv_term(cell) for cell in line]) for line in lines))


def _csv_term(cell: str) -> Term | None:
    if cell.startswith("_:"):
        return ("blank", cell[2:])
    return ("text", cell) if cell else None


def _row(variables: Sequence[str], terms: list[Term | None]) -> Row:
    terms = terms if variables else []
    return {name: term for name, term in zip(variables, terms, strict=True) if term}


def as_csv(solutions: Solutions) -> Solutions:
    """Reduce solutions to what CSV can say of them."""
    rows = [{name: _plain(term) for name, term in row.items() if term[1]} for row in solutions.rows]
    return Solutions(solutions.variables, tuple(rows))


def _plain(term: Term) -> Term:
    return term if term[0] == "blank" else ("text", term[1])


def _value(term: Term) -> object:
    """What a term is compared by: numbers and booleans by value, because engines may write them differently.

    >>> _value(literal("1.0", XSD + "decimal")) == _value(literal("1", XSD + "decimal"))
    True
    >>> _value(literal("1.0", XSD + "decimal")) == _value(literal("1", XSD + "integer"))
    False
    """
    if term[0] == "triple":
        return ("triple", *map(_value, term[1:]))
    if term[0] != "literal":
        return term
    kind = term[2].removeprefix(XSD)
    try:
        if kind in ("double", "float"):
            return (kind, float(term[1]))
        if kind == "decimal" or kind.endswith("nteger"):
            return (kind, Decimal(term[1]))
    except (ArithmeticError, ValueError):
        return term
    return (kind, {"1": "true", "0": "false"}.get(term[1], term[1])) if kind == "boolean" else term


def same(one: Result, other: Result, *, ordered: bool = False) -> bool:
    """Tell whether two results say the same, each row as often, up to the labels of blank nodes.

    >>> same(Solutions(("x",), ({"x": ("blank", "a")},)), Solutions(("x",), ({"x": ("blank", "z")},)))
    True
    >>> same(Solutions(("x",), ({"x": ("iri", "a")},) * 2), Solutions(("x",), ({"x": ("iri", "a")},)))
    False
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if set(one.variables) != set(other.variables) or len(one.rows) != len(other.rows):
        return False
    return _matches(list(one.rows), list(other.rows), {}, ordered)


def _matches(wanted: list[Row], given: list[Row], labels: dict[str, str], ordered: bool) -> bool:
    if not wanted:
        return True
    first, *rest = wanted
    for place, row in enumerate(given[:1] if ordered else given):
        extended = _unify(first, row, labels)
        if extended is not None and _matches(rest, given[:place] + given[place + 1 :], extended, ordered):
            return True
    return False


def _unify(one: Row, other: Row, labels: dict[str, str]) -> dict[str, str] | None:
    """Extend a one-to-one pairing of blank nodes so that two rows agree; None if there is none."""
    if one.keys() != other.keys():
        return None
    found: dict[str, str] | None = labels
    for name, term in one.items():
        found = None if found is None else _unify_terms(term, other[name], found)
    return found


def _unify_terms(one: Term, other: Term, labels: dict[str, str]) -> dict[str, str] | None:
    if one[0] == other[0] == "triple":
        found: dict[str, str] | None = labels
        for mine, yours in zip(one[1:], other[1:], strict=True):
            found = None if found is None else _unify_terms(mine, yours, found)
        return found
    if one[0] != "blank" or other[0] != "blank":
        return labels if _value(one) == _value(other) else None
    if labels.get(one[1], other[1]) != other[1]:
        return None
    if one[1] in labels:
        return labels
    return None if other[1] in labels.values() else {**labels, one[1]: other[1]}


def alike(one: Row, other: Row) -> bool:
    """Tell whether two rows agree, taken alone."""
    return _unify(one, other, {}) is not None
