"""Files that are broken or meant to harm: a clear error with its place, or an end at the limits; never a crash."""

from __future__ import annotations

import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccn_graph.files import sandbox
from ccn_graph.files.result_cache import Cache
from ccn_graph.files.sandbox import Bounds, OverrunError
from ccn_graph.graph.project import Project
from ccn_graph.sheets import submission
from ccn_graph.sheets.submission import Submission
from ccn_graph.validation.finding import Finding
from tests.conftest import PREFIXES, ROOT

RDF = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
LINE = PREFIXES.count("\n") + 1


def zipped(name: str, size: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    return data.getvalue()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


def check(path: Path, cache: Cache, bounds: Bounds = Bounds(seconds=120, memory=2_048)) -> list[Finding]:  # noqa: B008
    submitted = Submission((path,), style=False)
    project = Project(ROOT, ROOT / "tests" / "faulty" / "base")
    return sandbox.run(lambda _: submission.findings(project, submitted, cache=cache), bounds)


BROKEN: dict[str, tuple[str | bytes, int, str]] = {
    "space.ttl": (f"{PREFIXES}<https://w3id.org/ccn/city/ko be> a ccn:City .", LINE, "Invalid IRI"),
    "percent.nt": ("<http://x/%zz> <http://x/b> <http://x/c> .", 1, "percent"),
    "encoding.ttl": (f'{PREFIXES}city:a ccn:note "'.encode() + b'\xff\xfe" .', LINE, "UTF-8"),
    "nul.ttl": (f'{PREFIXES}city:a ccn:note "a" .\n\0', LINE + 1, "not allowed"),
    "open.trig": (f"{PREFIXES}{{ city:a a ccn:City", LINE, "end|Unexpected"),
    "quote.nq": ('<http://x/a> <http://x/b> "' + "y" * 20_000_000, 1, "longer than 16 MiB"),
    "laughs.rdf": ('<!DOCTYPE r [\n<!ENTITY a "ha">\n<!ENTITY b "&a;&a;">]><r/>', 3, "entity"),
    "outside.rdf": ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r/>', 1, "entity from outside"),
    "deep.jsonld": ('{"http://x/p":\n' * 10_000, 250, "nested"),
    "deep.rdf": ('<e:a xmlns:e="http://x/">\n' + "<e:a>\n" * 10_000, 250, "nested"),
    "bomb.xlsx": (zipped("xl/workbook.xml", 100_000_000), 1, "unfolds"),
    "parts.xlsx": (zipped("other.xml", 10), 1, "cannot be read as .xlsx"),
    "torn.xlsx": (b"PK\x03\x04" + b"\0" * 100, 1, "cannot be read as .xlsx"),
    "wide.csv": (",".join(["member"] * 1_000_000), 1, "more than 200 cells"),
    "long.csv": ("member,organization\n" + "x" * 10_000_000, 2, "cell is too long"),
    "quote.csv": ('member,organization\n"' + "x\n" * 200_000, 2, "quote is left open"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_one_violation_with_its_line(name: str, tmp_path: Path, cache: Cache) -> None:
    content, line, part = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (found,) = check(path, cache)
    assert (found.path, found.line) == (path, line)
    assert any(words in found.message["en"] for words in part.split("|")), found.message
    assert found.message["ja"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.ttl", f"{PREFIXES}{RDF}city:a ccn:note _:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:rest _:l ."),
        ("nodes.ttl", f"{PREFIXES}city:a ccn:note {'[ ccn:note ' * 500} 1 {']' * 500} ."),
        ("lists.ttl", f"{PREFIXES}city:a ccn:note {'(' * 150}{')' * 150} ."),
        ("literal.ttl", f'{PREFIXES}city:a ccn:municipalCode "{"1" * 3_000_000}!" .'),
        ("self.ttl", f"{PREFIXES}city:a a ccn:City ; ccn:within city:a ."),
        ("empty.jsonld", "{}"),
        ("classes.ttl", f"{PREFIXES}@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                        "ccn:City rdfs:subClassOf ccn:Place . ccn:Place rdfs:subClassOf ccn:City ."),
    ],
)  # fmt: skip
def test_what_is_well_formed_and_odd_is_checked_like_anything(
    name: str, text: str, tmp_path: Path, cache: Cache
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    findings = check(path, cache)
    assert findings
    assert "syntax" not in {found.rule for found in findings}
    assert all(len(found.value) < 4_000_000 for found in findings)


@pytest.mark.parametrize(("bounds", "code"), [(Bounds(seconds=0.3), "timeout"), (Bounds(memory=64), "")])
def test_what_asks_for_too_much_is_ended(bounds: Bounds, code: str, tmp_path: Path, cache: Cache) -> None:
    path = tmp_path / "many.nt"
    path.write_text("".join(f"<http://x/{n}> <http://x/p> <http://x/{n + 1}> .\n" for n in range(150_000)))
    with pytest.raises(OverrunError) as ended:
        check(path, cache, bounds)
    assert ended.value.code in ((code,) if code else ("memory-exceeded", "crashed"))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine on which nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("context.jsonld", '{"@context": "URL", "@id": "http://x/a", "http://x/b": "c"}'),
        ("import.jsonld", '{"@context": {"@version": 1.1, "@import": "URL"}, "@id": "http://x/a", "http://x/b": "c"}'),
        ("entity.rdf", '<!DOCTYPE r [<!ENTITY a SYSTEM "URL">]><r>&a;</r>'),
        ("doctype.rdf", '<!DOCTYPE r SYSTEM "URL"><r/>'),
        ("imports.ttl", "<http://x/a> <http://www.w3.org/2002/07/owl#imports> <URL> .\n"
                        "<http://x/a> <http://www.w3.org/ns/shacl#shapesGraph> <URL> ."),
    ],
)  # fmt: skip
def test_nothing_in_a_file_makes_a_connection(
    name: str, text: str, tmp_path: Path, cache: Cache, listener: socket.socket
) -> None:
    host, port = listener.getsockname()
    path = tmp_path / name
    path.write_text(text.replace("URL", f"http://{host}:{port}/x"), encoding="utf-8")
    assert check(path, cache)
    with pytest.raises(BlockingIOError):
        listener.accept()
