"""What a format cannot hold is refused, and what it can comes back as it was; read by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import random
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats
from ccn_graph.rdf.engine import Answer, OxigraphEngine

XML_CONTROLS = [*map(chr, range(1, 32)), "\x7f", "\x85", "\u2028", "\ufffe", "\uffff", "\ufffd", "\U0001f600"]


def ask(query: str) -> Answer:
    return OxigraphEngine(ox.Store()).query(query)


def written(query: str, name: str) -> bytes:
    answer = ask(query)
    format_ = formats.named(name, answer.formats)
    assert format_
    return answer.serialize(format_)


@pytest.mark.parametrize("character", XML_CONTROLS)
@pytest.mark.parametrize("name", ["xml", "rdfxml"])
def test_a_character_comes_back_from_xml_or_is_refused(character: str, name: str) -> None:
    text = f"a{character}b"
    value = f'"a\\u{ord(character):04X}b"' if character < "\U00010000" else f'"a{character}b"'
    query = f"SELECT ({value} AS ?x) {{}}" if name == "xml" else f"CONSTRUCT {{ <x:a> <x:b> {value} }} {{}}"
    if character in "\t\n\r" or (character > "\x1f" and character not in "\ufffe\uffff"):
        found = [one.text for one in ElementTree.fromstring(written(query, name)).iter() if (one.text or "")[:1] == "a"]
        assert found == [text]
    else:
        with pytest.raises(QueryError) as caught:
            written(query, name)
        assert caught.value.code == "not-expressible"


def test_carriage_returns_come_back_wherever_the_blocks_are_cut() -> None:
    text = "\r\n\r" * 3_000 + "\uffef" * 3_000
    xml = ElementTree.fromstring(
        written(f'SELECT ("{text}" AS ?x) {{}}'.replace("\r", "\\r").replace("\n", "\\n"), "xml")
    )
    assert [one.text for one in xml.iter() if one.tag.endswith("literal")] == [text]


def test_rdfxml_is_read_back_the_same_or_refused() -> None:
    chosen = random.Random(7)
    refused = read = 0
    for _ in range(400):
        local = "".join(chosen.choices("aZ09-._~:%é都/#?=&'()+,;@!$*", k=chosen.randrange(1, 6)))
        local = local.replace("#", "", local.count("#") - 1).replace("%", "%41")
        graph = f"<http://x/a> <http://x/{local}> 'a\\r\\nb' ; a <http://x/{local}> ; <http://y/p> <http://x/{local}> ."
        try:
            xml = written(f"CONSTRUCT {{ {graph} }} {{}}", "rdfxml")
        except QueryError as error:
            assert error.code == "not-expressible"
            refused += 1
            continue
        given = rdflib.Graph().parse(data=xml.decode(), format="xml")
        assert isomorphic(given, rdflib.Graph().parse(data=graph, format="turtle")), local
        read += 1
    assert refused > 40
    assert read > 40


@pytest.mark.parametrize("iri", ["http://x/", "http://example.com/2016/123", "urn:1", "http://x/a-", "http://x/a#1"])
def test_a_property_without_a_name_is_refused_where_it_cannot_be_written(iri: str) -> None:
    query = f"CONSTRUCT {{ <http://x/a> <{iri}> 1 }} {{}}"
    assert ElementTree.fromstring(written(query.replace(f"<{iri}>", "<http://x/p>"), "rdfxml")) is not None
    if iri.endswith("a-"):
        assert ElementTree.fromstring(written(query, "rdfxml")) is not None
    else:
        with pytest.raises(QueryError, match="Turtle"):
            written(query, "rdfxml")
    assert iri.encode() in written(query, "turtle")


def test_json_ld_refuses_triple_terms_and_others_hold_them() -> None:
    query = "CONSTRUCT { <x:a> <x:b> <<( <x:a> <x:b> 1 )>> } {}"
    with pytest.raises(QueryError, match="JSON-LD") as caught:
        written(query, "jsonld")
    assert caught.value.code == "not-expressible"
    assert b"<<(" in written(query, "turtle")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠a", "\t=1", "\r=1", " =1", "\ufeff=1", "\n=1"]
)
def test_no_text_is_a_formula_in_a_spreadsheet(text: str) -> None:
    value = str(ox.Literal(text))
    table = written(f'SELECT ({value} AS ?x) ("=1"^^<x:y> AS ?y) (1 AS ?z) (-1.5 AS ?n) (<x:=1> AS ?i) {{}}', "excel")
    assert table.startswith(b"\xef\xbb\xbf")
    names, row = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    assert names == ["x", "y", "z", "n", "i"]
    assert row == [text if text == "+1" else f"'{text}", "'=1", "1", "-1.5", "x:=1"]


def test_a_table_for_spreadsheets_says_the_same_as_any_other() -> None:
    query = 'SELECT ?a ?b { VALUES (?a ?b) { ("a,\\"b\\"" <x:a>) ("c\\nd"@en UNDEF) (1 true) ("" 2.50) } }'
    assert written(query, "excel") == b"\xef\xbb\xbf" + written(query, "csv")
    assert written("ASK {}", "excel") == b"\xef\xbb\xbf" + written("ASK {}", "csv")
