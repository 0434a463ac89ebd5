from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccn_graph.graph.project import kind_of
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import Object
from ccn_graph.sheets import turtle_writer
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.validation import style
from tests.conftest import PREFIXES, Write

P = namespaces.PREFIXES
CCN = namespaces.CCN
LABEL, ALTERNATIVE = namespaces.PREF_LABEL, P["skos"] + "altLabel"
ORDER = (LABEL, ALTERNATIVE, CCN + "within", P["wgs"] + "lat", CCN + "note", CCN + "locator")


def typed(lexical: str, datatype: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(P["xsd"] + datatype))


def record(iri: str, *, head: bool = False) -> SheetRecord:
    return SheetRecord(Path(), namespaces.expand(iri) or "", CCN + "City", 7, ORDER, frozenset(), head)


def _said(statements: Iterable[parsing.Statement]) -> set[tuple[str, str, Object]]:
    return {(str(said.subject)[1:-1], said.predicate.value, said.object) for said in statements}


def put(path: Path, *additions: tuple[SheetRecord, dict[str, list[Object]]]) -> str:
    """Merge records into a file, check that it is in the house format and gained just them, and give its text."""
    kind = kind_of(path)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before = parsing.read(path, kind).statements if text else ()
    stated = [
        (one, {name: [Stated(value, 7) for value in values] for name, values in said.items()})
        for one, said in additions
    ]
    lines = turtle_writer.merged(text, before, stated, in_order=kind is parsing.FileKind.REGISTER)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line.text}\n" for line in lines), encoding="utf-8")
    read = parsing.read(path, kind)
    assert [found.render("en") for found in style.check(read)] == []
    wanted = _said(before)
    for one, said in additions:
        wanted |= {(one.iri, name, value) for name, values in said.items() for value in values}
        wanted.add((one.iri, namespaces.RDF_TYPE, ox.NamedNode(one.class_)))
    assert _said(read.statements) == wanted
    return path.read_text(encoding="utf-8")


def test_a_new_file_has_just_the_prefixes_it_uses(tmp_path: Path) -> None:
    text = put(
        tmp_path / "documents" / "new.ttl",
        (record("city:kobe"), {
            LABEL: [ox.Literal("神戸市", language="ja"), ox.Literal("Kobe", language="en")],
            CCN + "within": [ox.NamedNode(P["place"] + "hyogo")],
            P["wgs"] + "lat": [typed("34.69", "decimal")],
            CCN + "locator": [ox.Literal('p. 1, "a" \\ b')],
        }),
        (record("city:x.y"), {
            CCN + "note": [typed("2025-10", "gYearMonth"), typed("8", "integer"), typed("true", "boolean")],
        }),
        (record("doc:new", head=True), {}),
    )  # fmt: skip
    assert (
        text
        == """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix place: <https://w3id.org/ccn/place/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

doc:new a ccn:City .

city:kobe a ccn:City ;
    skos:prefLabel "神戸市"@ja, "Kobe"@en ;
    ccn:within place:hyogo ;
    wgs:lat 34.69 ;
    ccn:locator "p. 1, \\"a\\" \\\\ b" .

city:x.y a ccn:City ;
    ccn:note "2025-10"^^xsd:gYearMonth, 8, true .
"""
    )


REGISTER = f"""{PREFIXES}
# A word on the whole file.

city:b a ccn:City ;
    skos:prefLabel "b"@en ;
    # Inside.
    ccn:note \"\"\"two
    lines ;\"\"\"@en ;
    ccn:locator "p. 1" .

# A word on d.
city:d a ccn:City .
"""


def test_new_entries_of_a_register_stand_in_order_and_comments_stay_with_theirs(write: Write) -> None:
    path = write("registers/city.ttl", REGISTER)
    text = put(path, *((record(f"city:{name}"), {}) for name in "eca"))
    assert text == REGISTER.replace("city:b a", "city:a a ccn:City .\n\ncity:b a").replace(
        "# A word on d.", "city:c a ccn:City .\n\n# A word on d."
    ) + "\ncity:e a ccn:City .\n"  # fmt: skip


def test_more_of_a_known_record_goes_where_it_belongs_and_nothing_else_moves(write: Write) -> None:
    path = write("registers/city.ttl", REGISTER)
    english = ox.Literal("bee", language="en")
    text = put(
        path,
        (record("city:b"), {ALTERNATIVE: [english], CCN + "within": [ox.NamedNode(P["place"] + "x")]}),
        (record("city:d"), {LABEL: [english], CCN + "locator": [ox.Literal("p. 2")]}),
    )
    wanted = (
        ('"b"@en ;\n', '"b"@en ;\n    skos:altLabel "bee"@en ;\n    ccn:within place:x ;\n'),
        ("city:d a ccn:City .", 'city:d a ccn:City ;\n    skos:prefLabel "bee"@en ;\n    ccn:locator "p. 2" .'),
        ("@prefix skos", "@prefix place: <https://w3id.org/ccn/place/> .\n@prefix skos"),
    )
    expected = REGISTER
    for old, new in wanted:
        expected = expected.replace(old, new)
    assert text == expected


def test_a_locator_is_widened_in_its_line(write: Write) -> None:
    path = write("documents/a.ttl", f'{PREFIXES}\ncity:b a ccn:City ;\n    ccn:locator "p. 1 \\"x\\"" .\n')
    stated = {CCN + "locator": [Stated(ox.Literal('p. 1 "x"; p. 2'), 9)]}
    read = parsing.read(path, parsing.FileKind.DOCUMENT)
    lines = turtle_writer.merged(
        path.read_text(encoding="utf-8"), read.statements, [(record("city:b"), stated)], in_order=False
    )
    assert lines[-1].text == '    ccn:locator "p. 1 \\"x\\"; p. 2" .'
    assert [one.row for one in lines[-1].origins] == [9]


def test_a_long_list_stands_one_value_a_line_each_knowing_its_row() -> None:
    cities = [Stated(ox.NamedNode(f"{P['city']}city-number-{number}"), number) for number in range(10, 20)]
    lines = turtle_writer.merged("", (), [(record("event:e"), {CCN + "within": cities})], in_order=False)
    first = next(place for place, line in enumerate(lines) if line.text == "    ccn:within")
    assert [line.origins[0].row for line in lines[first + 1 :]] == list(range(10, 20))
    assert lines[-1].text == "        city:city-number-19 ."


def test_a_prefix_that_a_file_uses_otherwise_is_not_used(write: Write) -> None:
    path = write("documents/a.ttl", "@prefix city: <https://example.org/> .\n\ncity:b a city:c .\n")
    assert "<https://w3id.org/ccn/city/kobe> a ccn:City ;" in put(
        path, (record("city:kobe"), {LABEL: [ox.Literal("x", language="en")]})
    )


def test_a_last_dot_of_its_own_line_stays(write: Write) -> None:
    path = write("documents/a.ttl", f'{PREFIXES}\ncity:b a ccn:City ;\n    skos:prefLabel "b"@en ;\n.\n')
    read = parsing.read(path, parsing.FileKind.DOCUMENT)
    stated = {CCN + "note": [Stated(ox.Literal("n"), 7)]}
    lines = turtle_writer.merged(
        path.read_text(encoding="utf-8"), read.statements, [(record("city:b"), stated)], in_order=False
    )
    assert [line.text for line in lines[-2:]] == ['    ccn:note "n" ;', "."]


#: Anything a cell may hold once it is clean.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
VALUES: st.SearchStrategy[Object] = st.one_of(
    TEXTS.map(ox.Literal),
    TEXTS.map(lambda text: ox.Literal(text, language="ja")),
    st.integers(0, 10**9).map(lambda number: typed(str(number), "integer")),
    st.decimals(-180, 180, places=4).map(lambda number: typed(f"{number:f}", "decimal")),
    st.sampled_from(["city:kobe", "place:a-b", "doc:c.d"]).map(
        lambda name: ox.NamedNode(namespaces.expand(name) or "")
    ),
    st.sampled_from(["https://sws.geonames.org/1/", "https://example.org/ü?a=b&c#d"]).map(ox.NamedNode),
)
RECORDS = st.dictionaries(
    st.sampled_from(["city:a", "city:b", "city:b-c", "name:a", "place:z"]),
    st.dictionaries(st.sampled_from(ORDER[:-1]), st.lists(VALUES, min_size=1, max_size=5, unique_by=str), max_size=4),
    min_size=1,
)


@settings(max_examples=60)
@given(st.lists(RECORDS, min_size=1, max_size=3), st.sampled_from(["documents/x.ttl", "registers/city.ttl"]))
def test_whatever_is_written_comes_back_in_the_house_format(
    tmp_path_factory: pytest.TempPathFactory, sheets: list[dict[str, dict[str, list[Object]]]], name: str
) -> None:
    path = tmp_path_factory.mktemp("data") / name
    path.parent.mkdir()
    said: set[tuple[str, str, str]] = set()
    for sheet in sheets:
        additions = []
        for iri, values in sheet.items():
            fresh = {
                predicate: new
                for predicate in ORDER
                if (new := [value for value in values.get(predicate, ()) if (iri, predicate, str(value)) not in said])
            }
            said |= {(iri, predicate, str(value)) for predicate, new in fresh.items() for value in new}
            additions.append((record(iri), fresh))
        put(path, *additions)
