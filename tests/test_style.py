from __future__ import annotations

import pytest

from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation import style
from tests.conftest import PREFIXES, Write

HEAD = PREFIXES.count("\n") + 1
GOOD = """
city:kobe a ccn:City ;
    skos:prefLabel "神戸市;[x] _:y"@ja, "Kobe # no comment"@en ;
    skos:altLabel
        "a"@en,
        "b"@en ;
    ccn:note \"\"\"free
  text [\"\"\"@en .

# A comment.
city:nara a ccn:City .
"""


def found(write: Write, text: str, kind: FileKind = FileKind.REGISTER) -> list[tuple[int, str]]:
    read = parsing.read(write("registers/city.ttl", PREFIXES + text), kind)
    return [(found.line - HEAD, found.message["en"].split()[0]) for found in style.check(read)]


def test_the_house_format_has_no_findings(write: Write) -> None:
    assert found(write, GOOD) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("    skos:prefLabel", "  skos:prefLabel"), 2),
        (("    skos:prefLabel", "\tskos:prefLabel"), 2),
        (("a ccn:City ;\n    skos:pref", "a ccn:City ; skos:pref"), 1),
        (('"Kobe # no comment"@en ;', '"Kobe"@en ; '), 2),
        (("\n# A comment.\n", ""), 8),
        (("city:nara a ccn:City .", "city:nara ccn:kind [ a ccn:City ] ."), 10),
        (("city:nara", "city:akita"), 10),
    ],
)
def test_what_departs_from_it_is_found_on_its_line(write: Write, change: tuple[str, str], line: int) -> None:
    changed = GOOD.replace(*change)
    assert changed != GOOD
    assert [found_line for found_line, _ in found(write, changed)] == [line]


def test_only_registers_are_sorted(write: Write) -> None:
    assert found(write, GOOD.replace("city:nara", "city:akita"), FileKind.DOCUMENT) == []
