"""Statements of JSON-LD and RDF/XML know their line and their path; files that no parser survives are refused."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccn_graph.errors import SourceError
from ccn_graph.rdf import parsing
from ccn_graph.rdf.line_tracking import MAX_DEPTH
from ccn_graph.rdf.parsing import FileKind, Statement
from tests.conftest import Write


def read(write: Write, name: str, text: str) -> list[Statement]:
    return list(parsing.read(write(name, text), FileKind.DOCUMENT).statements)


def places(statements: list[Statement]) -> list[tuple[int, str, str]]:
    return [(said.line, said.at, said.predicate.value.rpartition("/")[2]) for said in statements]


JSON = """\
{"@graph": [
  {"name": ["A", {"@value": "B", "@language": "en"}], "@id": "http://x/a",
   "knows": "http://x/b"},
  {"id": "http://x/b",
   "type": "http://x/T",
   "name": "C",
   "day": {"@value": "2020", "@type": "http://x/date"},
   "http://x/nested": {"@id": "http://x/c", "name": "D"}}
 ],
 "@context": {"id": "@id", "type": "@type", "name": "http://x/name", "day": "http://x/day",
              "knows": {"@id": "http://x/knows", "@type": "@id"}}}
"""


def test_json_ld_knows_line_and_pointer_in_whatever_order_its_members_stand(write: Write) -> None:
    assert places(read(write, "a.jsonld", JSON)) == [
        (2, "/@graph/0/name/0", "name"),
        (2, "/@graph/0/name/1", "name"),
        (3, "/@graph/0/knows", "knows"),
        (4, "/@graph/1", "22-rdf-syntax-ns#type"),
        (6, "/@graph/1/name", "name"),
        (7, "/@graph/1/day", "day"),
        (8, "/@graph/1/http:~1~1x~1nested", "nested"),
        (8, "/@graph/1/http:~1~1x~1nested/name", "name"),
    ]


def test_json_ld_that_cannot_be_streamed_is_read_all_the_same(write: Write) -> None:
    text = '{"@context": {"back": {"@reverse": "http://x/p"}}, "@id": "http://x/a",\n "back": [{"@id": "http://x/b"}]}'
    assert [str(said.subject) for said in read(write, "r.jsonld", text)] == ["<http://x/b>"]


leaves = st.one_of(st.text(max_size=4), st.integers(-9, 9), st.booleans())
nodes = st.recursive(
    st.fixed_dictionaries({}, optional={"@id": st.sampled_from(["x:a", "x:b"]), "p": leaves, "q": st.lists(leaves)}),
    lambda below: st.fixed_dictionaries(
        {"r": below}, optional={"@type": st.just(["x:T"]), "p": leaves, "@id": st.just("x:c")}
    ),
    max_leaves=5,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(nodes, max_size=4), st.integers(0, 2))
def test_a_pointer_leads_to_the_value_that_makes_the_statement(write: Write, graph: list[object], indent: int) -> None:
    context = {name: f"http://x/{name}" for name in "pqr"}
    text = json.dumps({"@graph": graph, "@context": context}, indent=indent or None, ensure_ascii=False)
    document, lines = json.loads(text), text.split("\n")
    statements = read(write, "h.jsonld", text)
    assert {str(said.predicate) for said in statements} == {
        str(quad.predicate) for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)
    }
    for said in statements:
        found = document
        for key in said.at.split("/")[1:]:
            found = found[int(key) if isinstance(found, list) else key.replace("~1", "/").replace("~0", "~")]
        name = said.predicate.value.rpartition("/")[2]
        assert isinstance(found, dict) or name in ("p", "q")
        if name == "p" and isinstance(found, str) and indent:
            assert json.dumps(found, ensure_ascii=False) in lines[said.line - 1]


XML = """\
<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [<!ENTITY x "http://x/">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://x/">
 <!-- <e:T> a remark </e:T> -->
 <e:T rdf:about="&x;a" e:attr="a > b">
   <e:name>A</e:name>
   <e:knows><rdf:Description rdf:about="http://x/b"><e:name>B
   </e:name></rdf:Description></e:knows>
   <e:k rdf:resource="http://x/c"/><e:name>Z</e:name>
 </e:T>
</rdf:RDF>
"""


def test_rdf_xml_knows_line_and_path(write: Write) -> None:
    assert places(read(write, "a.rdf", XML)) == [
        (5, "/rdf:RDF/e:T[1]", "22-rdf-syntax-ns#type"),
        (5, "/rdf:RDF/e:T[1]", "attr"),
        (6, "/rdf:RDF/e:T[1]/e:name[1]", "name"),
        (8, "/rdf:RDF/e:T[1]/e:knows[1]/rdf:Description[1]/e:name[1]", "name"),
        (8, "/rdf:RDF/e:T[1]/e:knows[1]", "knows"),
        (9, "/rdf:RDF/e:T[1]/e:k[1]", "k"),
        (9, "/rdf:RDF/e:T[1]/e:name[2]", "name"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "line", "part"),
    [
        ("deep.jsonld", '{"http://x/p":\n' * 20_000 + '"v"' + "}" * 20_000, MAX_DEPTH, "nested"),
        ("list.jsonld", "[" * 100_000, 1, "nested"),
        ("half.jsonld", '{"http://x/p":\n\n [1,}', 3, "closing"),
        ("shut.jsonld", "}", 1, "bracket"),
        ("bare.jsonld", ":", 1, "colon"),
        ("context.jsonld", '{"@context": "http://example.org/c.jsonld", "a": "b"}', 1, "remote"),
        ("deep.rdf", '<e:a xmlns:e="http://x/">\n' + "<e:a>\n" * 50_000, MAX_DEPTH, "nested"),
        ("laughs.rdf", '<!DOCTYPE r [<!ENTITY a "ha">\n<!ENTITY b "&a;&a;">]>\n<r/>', 2, "entity"),
        ("file.rdf", '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<r/>', 1, "entity"),
        ("parameter.rdf", '<!DOCTYPE r [\n<!ENTITY % a "x">]>\n<r/>', 2, "entity"),
        (
            "grows.rdf",
            f'<!DOCTYPE r [<!ENTITY a "{"x" * 1000}">]>\n<e:r xmlns:e="http://x/" e:p="' + "&a;" * 30_000 + '"/>',
            2,
            "entities stand for",
        ),
        ("open.ttl", '<http://x/a> <http://x/b> "' + "x" * 17_000_000, 1, "longer than 16 MiB"),
        ("open.rdf", "<a", 1, "syntax|end|namespace"),
    ],
)
def test_what_no_parser_should_be_given_is_refused_with_its_line(
    write: Write, name: str, text: str, line: int, part: str
) -> None:
    with pytest.raises(SourceError, match=part) as refused:
        read(write, name, text)
    assert refused.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 100_000,
        '<a "' * 100_000,
        "<a '" * 100_000,
        "<![CDATA[" * 70_000,
        "<?" * 100_000,
        "<!DOCTYPE [" * 40_000,
    ],
)
def test_marks_that_are_left_open_are_passed_once(write: Write, text: str) -> None:
    # Looking for the end again from each of them would take minutes.
    with pytest.raises(SourceError):
        read(write, "open.rdf", text)


def test_a_quote_that_is_left_open_is_passed_once(write: Write) -> None:
    with pytest.raises(SourceError):
        read(write, "open.jsonld", '{"a' + '\\"' * 500_000)
