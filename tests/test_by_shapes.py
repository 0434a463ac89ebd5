"""Anybody's data are checked by anybody's shapes through the command, and no result is lost on the way."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ccn_graph.cli.main import main
from tests.conftest import Write
from tests.random_shapes import PREFIXES


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments), "--lang", "en"], input=stdin)


SHAPES = f"""{PREFIXES}ex:Tree a sh:NodeShape ;
    sh:targetClass ex:C0 ;
    sh:targetNode ex:absent, 5 ;
    sh:targetObjectsOf ex:p1 ;
    sh:property [
        sh:path ex:p0 ;
        sh:minCount 1 ;
        sh:message "a name, please" ;
        sh:severity ex:Grave
    ] .
"""


def test_literals_objects_and_nodes_that_are_absent_are_all_found(write: Write) -> None:
    data = write("data.ttl", f"{PREFIXES}ex:a a ex:C0 .\nex:b ex:p1 ex:c, 'text' .\n")
    found = run(data, "--shapes", write("shapes.ttl", SHAPES))
    assert found.exit_code == 1
    lines = [line for line in found.stdout.splitlines() if "a name, please" in line]
    assert len(lines) == 5
    assert sum("data.ttl:" in line for line in lines) == 3
    assert sum("shapes.ttl:" in line for line in lines) == 2
    assert all("(Tree-p0)" in line for line in lines)
    written = run(data, "--shapes", write("shapes.ttl", SHAPES), "--format", "turtle").stdout
    assert written.count("a sh:ValidationResult") == 5
    assert '"a name, please"' in written
    assert "example.org/Grave" in written


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_paths_constraints_and_messages_stand_in_the_report_in_full(write: Write, engine: str) -> None:
    shapes = f"""{PREFIXES}ex:S sh:targetNode ex:a ;
        sh:property [ sh:path ( ex:p0 [ sh:inversePath ex:p1 ] ) ; sh:maxCount 0 ] ;
        sh:sparql ex:rule .
    ex:rule sh:message "{{$this}} has {{?value}}"@en, "値"@ja ;
        sh:select "SELECT $this ?value WHERE {{ $this <https://example.org/p0> ?value }}" .
    """
    data = write("data.ttl", f"{PREFIXES}ex:a ex:p0 ex:b . ex:c ex:p1 ex:b .")
    written = run(data, "--shapes", write("shapes.ttl", shapes), "--format", "turtle", "--engine", engine).stdout
    assert "sh:inversePath" in written
    assert "sh:sourceConstraint <https://example.org/rule>" in written
    assert (" has " in written and '"値"@ja' in written) or engine == "pyshacl"
    assert engine == "pyshacl" or '"https://example.org/a has https://example.org/b"@en' in written


def test_shapes_that_cannot_be_evaluated_end_with_2_and_say_where(write: Write) -> None:
    shapes = write("shapes.ttl", f"{PREFIXES}ex:S sh:targetNode ex:a ;\n    sh:minCout 1 .\n")
    found = run(write("data.ttl", f"{PREFIXES}ex:a ex:p0 1 ."), "--shapes", shapes)
    assert found.exit_code == 2
    assert f"shapes.ttl:{len(PREFIXES.splitlines()) + 2}: violation: SHACL has no term sh:minCout" in found.stdout
    assert "perhaps sh:minCount" in found.stdout


def test_findings_of_anonymous_things_are_the_same_at_every_run(write: Write) -> None:
    data = write("data.ttl", f"{PREFIXES}[] a ex:C0 . [] a ex:C0 ; ex:p1 [ ex:p2 1 ] .")
    arguments = (data, "--shapes", write("shapes.ttl", SHAPES), "--format", "sarif")
    assert run(*arguments).stdout == run(*arguments).stdout


def test_what_a_shape_without_a_name_demands_is_told(write: Write) -> None:
    data = write("data.ttl", f"{PREFIXES}ex:a ex:p0 1 .\n")
    shapes = write(
        "shapes.ttl", f"{PREFIXES}ex:s sh:targetObjectsOf ex:p0 ; sh:or ( [ sh:minInclusive 2 ] [ sh:hasValue 0 ] ) .\n"
    )
    said = run(data, "--shapes", shapes).stdout
    assert "sh:minInclusive 2], [sh:hasValue 0]" in said
    assert "_:" not in said


def test_data_come_packed_marked_in_other_encodings_or_on_stdin(write: Write, tmp_path: Path) -> None:
    shapes = write("shapes.ttl", f"{PREFIXES}ex:S sh:targetSubjectsOf ex:p0 ; sh:nodeKind sh:BlankNode .")
    turtle = f"{PREFIXES}ex:a ex:p0 '神戸' ."
    xml = (
        '<?xml version="1.0" encoding="{}"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:ex="https://example.org/"><rdf:Description rdf:about="https://example.org/a"><ex:p0>神戸</ex:p0>'
        "</rdf:Description></rdf:RDF>"
    )
    json = '{"@context": {"@vocab": "https://example.org/"}, "@id": "https://example.org/a", "p0": "神戸"}'
    files = {
        "a.ttl.gz": gzip.compress(turtle.encode()), "b.ttl": b"\xef\xbb\xbf" + turtle.encode(),
        "c.ttl": turtle.encode("utf-16"), "d.rdf": xml.format("UTF-16").encode("utf-16"),
        "e.xml": xml.format("Shift_JIS").encode("cp932"), "f.json": json.encode(),
        "g.nt.gz": gzip.compress(b'<https://example.org/a> <https://example.org/p0> "x" .'),
    }  # fmt: skip
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
        found = run(tmp_path / name, "--shapes", shapes)
        assert (found.exit_code, found.stdout.count(name)) == (1, 1), (name, found.output)
        assert run("-", "--shapes", shapes, stdin=body).stdout.count("stdin:") == 1, name


def test_a_file_without_any_shape_never_lets_data_pass(write: Write) -> None:
    found = run(write("data.ttl", f"{PREFIXES}ex:a a ex:C0 ."), "--shapes", write("shapes.ttl", "# nothing yet\n"))
    assert found.exit_code == 2
    assert "there is no shape" in found.stdout


def test_data_without_a_statement_or_a_target_never_pass_in_silence(write: Write) -> None:
    shapes = write("shapes.ttl", f"{PREFIXES}ex:S sh:targetClass ex:C0 ; sh:nodeKind sh:IRI .")
    empty = run(write("data.ttl", "# nothing yet\n"), "--shapes", shapes)
    assert (empty.exit_code, "data.ttl:1: warning: there is no statement in it" in empty.stdout) == (1, True)
    assert run("-", "--shapes", shapes, stdin=b"").exit_code == 1
    other = run(write("data.ttl", f"{PREFIXES}ex:a a ex:C1 ."), "--shapes", shapes)
    assert (other.exit_code, "nothing was looked at" in other.stdout) == (0, True)
    right = run(write("data.ttl", f"{PREFIXES}ex:a a ex:C0 ."), "--shapes", shapes)
    assert (right.exit_code, right.stdout) == (0, "")
    below = f"{PREFIXES}ex:a a ex:C1 . ex:C1 <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:C0 ."
    assert run(write("data.ttl", below), "--shapes", shapes).stdout == ""


def test_utf_16_without_a_mark_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_bytes(f"{PREFIXES}ex:a a ex:C0 .".encode("utf-16-le"))
    found = run(tmp_path / "data.ttl", "--shapes", write("shapes.ttl", SHAPES))
    assert "UTF-16 without a mark" in found.stdout
