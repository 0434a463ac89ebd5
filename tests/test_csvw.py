"""Tables described by CSV on the Web: what is read states what the standard says, the rest is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccn_graph.errors import SourceError
from ccn_graph.files import spreadsheets
from ccn_graph.rdf.csvw import conversion, metadata
from ccn_graph.rdf.csvw.conversion import CellFault, Conversion
from ccn_graph.rdf.csvw.datatypes import Datatype, date_form
from ccn_graph.rdf.csvw.uri_template import Template

XSD = "http://www.w3.org/2001/XMLSchema#"
#: The first example of "CSV on the Web: A Primer", section 1, with properties.
CSV = "country,name,founded,twins\nAD,Andorra la Vella,1278,\nJP,東京 都,1868-07,Paris; Rome\n"
YEARS = {"base": "date", "format": "YYYY"}
COLUMNS: list[dict[str, Any]] = [
    {"titles": "country", "suppressOutput": True},
    {"titles": "name", "propertyUrl": "skos:prefLabel", "lang": "en"},
    {"titles": "founded", "propertyUrl": "https://example.org/founded", "datatype": "gYear"},
    {"titles": "twins", "propertyUrl": "dcterms:relation", "separator": ";"},
    {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "https://example.org/City"},
]


def described(tmp_path: Path, columns: Any = None, schema: Any = None, **more: Any) -> Path:
    """Write a table and its description, one property a line."""
    (tmp_path / "t.csv").write_text(CSV, encoding="utf-8")
    table = {"aboutUrl": "https://example.org/{country}{#name}", "columns": COLUMNS if columns is None else columns}
    whole = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "t.csv",
        "tableSchema": {**table, **(schema or {})},
        **more,
    }
    path = tmp_path / "csv-metadata.json"
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return path


def read(path: Path) -> tuple[list[tuple[str, str, str]], list[CellFault]]:
    """Convert all rows; each statement as texts."""
    table = metadata.read(path)
    sheet, converted = spreadsheets.read(table.file), Conversion(table)
    faults = list(conversion.heading_faults(table, sheet))
    said = [
        (one.subject.value, one.predicate.value.rpartition("/")[2].rpartition("#")[2], str(one.value))
        for row in sheet.rows
        for one in converted.statements(row, {}, faults)
        if not one.suppressed
    ]
    return said, faults


def test_rows_state_what_the_columns_say(tmp_path: Path) -> None:
    said, faults = read(described(tmp_path))
    andorra, tokyo = (
        "https://example.org/AD#Andorra%20la%20Vella",
        "https://example.org/JP#%E6%9D%B1%E4%BA%AC%20%E9%83%BD",
    )
    assert said == [
        (andorra, "prefLabel", '"Andorra la Vella"@en'),
        (andorra, "founded", f'"1278"^^<{XSD}gYear>'),
        (andorra, "type", "<https://example.org/City>"),
        (tokyo, "prefLabel", '"東京 都"@en'),
        (tokyo, "relation", '"Paris"'),
        (tokyo, "relation", '"Rome"'),
        (tokyo, "type", "<https://example.org/City>"),
    ]
    assert [(fault.row, fault.column, fault.error.rule, fault.error.value) for fault in faults] == [
        (3, 3, "table-cell", "1868-07")
    ]


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ({"url": "../../etc/passwd"}, 3, "no name of a file"),
        ({"url": "https://example.org/t.csv"}, 3, "no name of a file"),
        ({"tables": []}, 33, "tables is not read"),
        ({"dialect": {"delimiter": ";"}}, 34, "delimiter ';' is not read"),
        ({"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}]}, 2, "@context"),
        ({"schema": {"foreignKeys": []}}, 32, "foreignKeys is not read"),
        ({"schema": {"primaryKey": "nothing"}}, 4, "no column"),
        ({"schema": {"aboutUrl": "https://example.org/{?country}"}}, 5, "template"),
        ({"schema": {"aboutUrl": "https://example.org/{county}"}}, 7, "no column county"),
        ({"columns": [{"titles": "country"}]}, 7, "nothing says what it states"),
        ({"columns": [{"titles": "a", "propertyUrl": "nonsense:a"}]}, 9, "is no property"),
        ({"columns": [{"titles": "a", "propertyUrl": "rdf:type", "datatype": "duration"}]}, 10, "duration is not read"),
        ({"columns": [{"titles": "a", "propertyUrl": "rdf:type", "datatype": YEARS}]}, 12, "YYYY"),
        ({"columns": [{"titles": "a", "suppressOutput": "yes"}]}, 9, "true or false"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_where_it_stands(
    more: dict[str, Any], line: int, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=said) as refused:
        metadata.read(described(tmp_path, more.pop("columns", None), more.pop("schema", None), **more))
    assert refused.value.line == line
    assert refused.value.message_ja != refused.value.message


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": 1, "a": 2}', "null", '"' + "x" * 2_000_000 + '"'])
def test_no_json_breaks_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "csv-metadata.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError):
        metadata.read(path)


def test_headings_are_those_of_the_description(tmp_path: Path) -> None:
    _, faults = read(described(tmp_path, [*COLUMNS[1:3], COLUMNS[0]], {"aboutUrl": "https://example.org/x"}))
    assert [(fault.row, fault.column) for fault in faults if fault.error.rule == "table-heading"] == [
        (1, 1), (1, 2), (1, 3), (1, 4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("template", "values", "expanded"),
    [
        # RFC 6570, section 1.2, levels 1 and 2
        ("{var}", {"var": "value"}, "value"),
        ("{hello}", {"hello": "Hello World!"}, "Hello%20World%21"),
        ("{+path}/here", {"path": "/foo/bar"}, "/foo/bar/here"),
        ("X{#hello}", {"hello": "Hello World!"}, "X#Hello%20World!"),
        ("{+base}", {"base": "http://example.com/home/%41"}, "http://example.com/home/%41"),
        ("{a,b}", {"a": "1", "b": "2"}, "1,2"),
        ("O{empty}X", {}, "OX"),
    ],
)
def test_templates_expand_as_the_rfc_says(template: str, values: dict[str, str], expanded: str) -> None:
    assert Template.of(template).expand(values) == expanded


@pytest.mark.parametrize(
    ("datatype", "cell", "lexical"),
    [
        (Datatype("date", XSD + "date", date_form("date", "d.M.yyyy")), "3.12.2021", "2021-12-03"),
        (Datatype("gYearMonth", XSD + "gYearMonth", date_form("gYearMonth", "MM/yyyy")), "02/2021", "2021-02"),
        (Datatype("decimal", XSD + "decimal", decimal=",", group="."), "1.234,5", "1234.5"),
        (Datatype("anyURI", XSD + "anyURI"), " https://example.org/ ", "https://example.org/"),
    ],
)
def test_cells_are_read_in_the_form_that_is_named(datatype: Datatype, cell: str, lexical: str) -> None:
    assert datatype.literal(cell).value == lexical
