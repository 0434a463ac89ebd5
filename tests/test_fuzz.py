"""Files damaged at random are read or refused with a line, whatever was done to them; the same seeds every time.

`CCN_FUZZ=20000` tries that many of each kind instead of a few.
"""

from __future__ import annotations

import io
import os
import random
from collections import Counter
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest

from ccn_graph.errors import SheetError, SourceError
from ccn_graph.files import sandbox, spreadsheets
from ccn_graph.files.progress import Progress
from ccn_graph.files.sandbox import Bounds
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import PREFIXES

NUMBER = int(os.environ.get("CCN_FUZZ", "150"))

TURTLE = f"""{PREFIXES}
city:kobe a ccn:City ;
    skos:prefLabel "神戸市"@ja, "Kobe"@en ;
    ccn:note \"\"\"two
lines\"\"\"@en ;
    ccn:start "2008"^^xsd:gYear ;
    ccn:list ( 1 [ ccn:note true ] <x> ) .
"""

#: What breaks parsers: marks of every syntax, odd characters, and what is long.
ODDITIES = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b"\\", b"\\u0000", b"\\U0011FFFF", b"<", b">", b"<<", b"<![CDATA[",
    b"<!--", b"<?", b"&a;", b"&#0;", b"]]>", b"{", b"}", b"[", b"]", b"(", b"@prefix", b"@context", b'"@id":', b":",
    b",", b"\r", b"\n", b"\t", b"\x1b[2J", b"\xe2\x80\xae", b"\xf0\x9f\x8f\x99", b"^^", b"_:", b"x" * 9000, b"(" * 300,
    b"=1+1",
]  # fmt: skip


def seeds() -> dict[str, bytes]:
    said = list(ox.parse(TURTLE.encode(), format=ox.RdfFormat.TURTLE, base_iri="http://x/"))
    written = {"seed.ttl": TURTLE.encode()}
    for ending, format_ in parsing.FORMATS.items():
        if ending not in (".ttl", ".owl"):
            body = said if format_.supports_datasets else [quad.triple for quad in said]
            written[f"seed{ending}"] = (
                ox.serialize(body, format=format_, prefixes={"ccn": "https://w3id.org/ccn/ns#"}) or b""
            )
    written["context.jsonld"] = b'{"@context": {"n": "http://x/n", "id": "@id"}, "@graph": [{"n": ["a"], "id": "x:a"}]}'
    written["seed.csv"] = 'member,organization,start\n神戸市,"UCCN",2008\nKobe,UCCN,"平成20年"\n'.encode()
    book, data = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["member", "organization"])
    book.save(data)
    written["seed.xlsx"] = data.getvalue()
    return written


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(5):
            case 0:
                out[at:at] = chance.choice(ODDITIES)
            case 1:
                del out[at : at + chance.randint(1, 40)]
            case 2:
                out[at:at] = out[chance.randrange(len(out) + 1) :][:200]
            case 3:
                out = out[:at] or bytearray(b"x")
            case _:
                out[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(out)


def outcome(path: Path) -> str:
    """Read a file; anything but our own errors, with a line of the file, goes through and fails the test."""
    try:
        if path.suffix in spreadsheets.ENDINGS:
            return "read" if spreadsheets.read(path).header.cells else "empty"
        return "read" if parsing.read(path, FileKind.DOCUMENT).statements else "empty"
    except (SourceError, SheetError) as error:
        lines = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        assert 1 <= error.line <= lines, (error, lines)
        return "refused"


@pytest.mark.parametrize("name", seeds())
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    def work(_progress: Progress) -> Counter[str]:
        counted: Counter[str] = Counter()
        for number in range(NUMBER):
            path = tmp_path / name
            path.write_bytes(damaged(seeds_[name], random.Random(f"{name} {number}")))
            try:
                counted[outcome(path)] += 1
            except BaseException as error:  # noqa: BLE001 - a panic of the native parser is no Exception
                counted[f"number {number}: {error!r}"] += 1
        return counted

    seeds_ = seeds()
    found = sandbox.run(work, Bounds(seconds=60 + NUMBER / 10, memory=1_024))
    assert set(found) <= {"read", "empty", "refused"}, found
    assert found["refused"] > 0
