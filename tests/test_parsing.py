from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccn_graph.errors import SourceError
from ccn_graph.rdf import parsing, syntax_errors
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import PREFIXES, Write, some

HEAD = PREFIXES.count("\n")


def test_every_statement_knows_the_line_it_ends_on(write: Write) -> None:
    path = write(
        "x.ttl",
        f"""{PREFIXES}
city:kobe a ccn:City ;
    skos:prefLabel "神戸市"@ja, "Kobe"@en ;
    ccn:note \"\"\"two
lines\"\"\"@en ;
    ccn:kind
        city:a,
        city:b .

city:nara a ccn:City .
""",
    )
    lines = [said.line - HEAD for said in parsing.read(path, FileKind.DOCUMENT).statements]
    assert lines == [2, 3, 3, 5, 7, 8, 10]


# What stands between two tokens: the parser must not read ahead of any of it.
gaps = st.sampled_from([" ", "\n    ", "\n\n", "  # a comment\n", "\r\n    "])
literals = st.sampled_from(['"plain"', '"日本"@ja', '"""a\nb"""', "42", '"2019"^^xsd:gYear', "true"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), literals, gaps, gaps, gaps, st.sampled_from([" .", " ;", ","])),
        min_size=1,
        max_size=20,
    )
)
def test_lines_are_exact_however_the_file_is_laid_out(
    write: Write, rows: list[tuple[int, str, str, str, str, str]]
) -> None:
    text, expected, go_on = PREFIXES, [], ""
    for number, literal, first, second, third, end in rows:
        if go_on == ",":
            text += second + literal
        elif go_on == " ;":
            text += f"{first}ccn:p{second}{literal}"
        else:
            text += f"\ncity:c{number}{first}ccn:p{second}{literal}"
        expected.append(text.count("\n") + 1)
        text += third.replace("\r\n", "\n") if third.isspace() else " "
        text += end.strip()
        go_on = "" if end == " ." else end
    if go_on == ",":
        text = text[:-1]
    path = write("laid-out.ttl", text.rstrip(" ;\n.,") + " .\n")
    read = [said.line for said in parsing.read(path, FileKind.DOCUMENT).statements]
    # A statement ends with its object; the line of the punctuation that closes it may come later.
    assert len(read) == len(expected)
    assert all(line >= wanted for line, wanted in some(zip(read, expected, strict=True)))


def test_a_document_is_its_own_graph_and_registers_share_one(write: Write) -> None:
    said = "city:kobe a ccn:City .\n"
    document = parsing.read(write("documents/a-2020.ttl", PREFIXES + said), FileKind.DOCUMENT)
    register = parsing.read(write("registers/city.ttl", PREFIXES + said), FileKind.REGISTER)
    assert document.graph == ox.NamedNode("https://w3id.org/ccn/graph/a-2020")
    assert register.statements[0].graph == ox.NamedNode("https://w3id.org/ccn/graph/registers")


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("city:kobe a ccn:City ;\n    ccn:note oops .\n", 2, "oops"),
        ("city:kobe a ccn:City ;\n    nope:note 1 .\n", 2, "nope"),
        ("city:kobe a ccn:City\n", 2, ""),
        ('city:kobe ccn:note "never closed .\n', 1, ""),
    ],
)
def test_a_syntax_error_has_its_line(write: Write, text: str, line: int, part: str) -> None:
    with pytest.raises(SourceError) as caught:
        parsing.read(write("x.ttl", PREFIXES + text), FileKind.DOCUMENT)
    assert caught.value.line == HEAD + line
    assert part in caught.value.message


def test_a_file_that_is_not_utf8_says_where(write: Write) -> None:
    path = write("x.ttl", PREFIXES)
    path.write_bytes(PREFIXES.encode() + "city:kobe ccn:note '神戸' .\n".encode("shift_jis"))
    with pytest.raises(SourceError, match=f"x.ttl:{HEAD + 1}: is not UTF-8"):
        parsing.read(path, FileKind.DOCUMENT)


def test_a_missing_file_and_a_foreign_ending_are_source_errors(write: Write) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        parsing.read(write("x.ttl", "").parent / "none.ttl", FileKind.DOCUMENT)
    with pytest.raises(SourceError, match="no RDF file ending"):
        parsing.read(write("x.csv", ""), FileKind.DOCUMENT)


def test_a_line_longer_than_the_parser_asks_for_is_read_whole(write: Write) -> None:
    long = "x" * 1_000_000
    path = write("long.ttl", f'{PREFIXES}\ncity:a ccn:note "{long}"@en .\ncity:b ccn:note "{long}"@en .\n')
    assert [(said.line - HEAD, len(str(said.object))) for said in parsing.read(path, FileKind.DOCUMENT).statements] == [
        (2, len(long) + 5),
        (3, len(long) + 5),
    ]


def test_what_is_still_in_use_is_not_parsed_again_but_other_bytes_are(write: Write) -> None:
    path = write("one.ttl", f'{PREFIXES}\ncity:kobe skos:prefLabel "Kobe"@en .\n')
    first = parsing.read(path, FileKind.DOCUMENT)
    assert parsing.read(path, FileKind.DOCUMENT) is first
    assert parsing.read(path, FileKind.REGISTER).graph != first.graph
    write("one.ttl", f'{PREFIXES}\ncity:kobe skos:prefLabel "Kobe City"@en .\n')
    again = parsing.read(path, FileKind.DOCUMENT)
    assert [str(said.object) for said in again.statements] == ['"Kobe City"@en']
    assert [str(said.object) for said in first.statements] == ['"Kobe"@en']


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        *((ox.RdfFormat.TURTLE, f"@prefix e: <http://e.x/> .\n{text}") for text in (
            "e:a e:b [ e:c 1 .", "e:a e:b <<1>> .", 'e:a e:b "x"^^ .', "e:a e:b 1e .", "e:a e:b _: .", "e:a\u3000e:b 1",
            'e:a e:b "x"@en_US .', "@prefix x: y .", "@base x .", "e:a .", 'e:a e:b "x', "e:a e:b e:c\ne:d e:e 1 .",
        )),
        *((ox.RdfFormat.JSON_LD, text) for text in ('{"a": }', "[1,}", "{a:1}", '{"a":"x\n"}', '{"a":tru}', '{"a":1')),
    ],
)  # fmt: skip
def test_mistakes_of_syntax_are_told_in_japanese(syntax: ox.RdfFormat, text: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        list(ox.parse(text, syntax))
    said = str(caught.value.msg).partition(": ")[2]
    assert "構文が正しくない" not in syntax_errors.in_japanese(said), said
