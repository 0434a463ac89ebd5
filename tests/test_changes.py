"""What has changed from one release to the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.errors import ProjectError
from ccn_graph.graph.project import Project
from ccn_graph.releases import read_release, write_release
from tests.conftest import ROOT

BASE = ROOT / "tests" / "faulty" / "base"
MEMBER = "https://w3id.org/ccn/membership/"
DOCUMENT = "https://w3id.org/ccn/document/"

Edit = Callable[[Path], None]


def replacing(name: str, old: str, new: str) -> Edit:
    """Replace a text in a file of the data."""

    def edit(data: Path) -> None:
        path = data / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "data")
    return tmp_path / "data"


def write(data: Path, directory: Path, since: Path | None = None) -> dict[str, Any]:
    write_release.write(Graph.load(Project(ROOT, data)), directory, since=since)
    found = read_release.read(directory)
    assert found
    return found.changes()


def test_a_first_release_has_nothing_to_compare_with(data: Path, tmp_path: Path) -> None:
    assert write(data, tmp_path / "release")["since"] is None


def test_documents_are_compared_one_by_one(data: Path, tmp_path: Path) -> None:
    first = write(data, tmp_path / "release")
    replacing("documents/example-2026-01-01.ttl", "ccn:host city:example-oka", "ccn:host city:example-minato")(data)
    old = data / "documents" / "example-2026-02-01.ttl"
    new = old.with_stem("example-2026-03-01")
    new.write_text(old.read_text(encoding="utf-8").replace("example-2026-02-01", new.stem), encoding="utf-8")
    changes = write(data, tmp_path / "release")
    assert changes["since"]["version"] == first["version"] != changes["version"]
    (added,) = changes["documents"]["added"]
    assert added["document"] == DOCUMENT + new.stem
    assert added["added"] > 5
    assert changes["documents"]["changed"] == [{"document": DOCUMENT + "example-2026-01-01", "added": 1, "removed": 1}]
    assert changes["documents"]["removed"] == []
    assert changes["graphs"] == []


def test_memberships_begin_and_end(data: Path, tmp_path: Path) -> None:
    write(data, tmp_path / "release")
    path = data / "documents" / "example-2026-01-01.ttl"
    text = path.read_text(encoding="utf-8")
    (slug,) = {line.split()[0] for line in text.splitlines() if line.startswith("member:")}
    head, _, rest = text.partition(f"{slug} a ccn:Membership ;")
    record = rest.split("\n\n")[0]
    ended = record.rstrip(" .\n") + ' ;\n    ccn:end "2025"^^xsd:gYear .'
    another = f"\n\n{slug}-2 a ccn:Membership ;{record}"
    path.write_text(f"{head}{slug} a ccn:Membership ;{rest.replace(record, ended + another, 1)}", encoding="utf-8")
    memberships = write(data, tmp_path / "release")["memberships"]
    iri = MEMBER + slug.removeprefix("member:")
    assert memberships == {"added": [f"{iri}-2"], "removed": [], "ended": [iri]}


def test_what_ends_and_is_no_membership_is_no_ended_membership(data: Path, tmp_path: Path) -> None:
    write(data, tmp_path / "release")
    forum = 'ccn:start "2025-05-20"^^xsd:date ;'
    longer = f'{forum}\n    ccn:end "2025-05-21"^^xsd:date ;'
    replacing("documents/example-2026-01-01.ttl", forum, longer)(data)
    replacing("registers/city.ttl", 'ccn:end "1999"^^xsd:gYear', 'ccn:end "1998"^^xsd:gYear')(data)
    changes = write(data, tmp_path / "release")
    assert [changed["added"] for changed in changes["documents"]["changed"]] == [1]
    assert changes["memberships"] == {"added": [], "removed": [], "ended": []}


def test_only_what_is_new_since_the_release_before_is_told(data: Path, tmp_path: Path) -> None:
    """An end, a new name and a withdrawal are told once, not again in every release to come."""
    write(data, tmp_path / "release")
    start = 'ccn:start "2015"^^xsd:gYear ;'
    replacing("documents/example-2026-01-01.ttl", start, f'{start}\n    ccn:end "2020"^^xsd:gYear ;')(data)
    (data / "registers" / "renamed.ttl").write_text(
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix city: <https://w3id.org/ccn/city/> .\n\ncity:example-old dcterms:isReplacedBy city:example-oka .\n\n"
        "city:example-none owl:deprecated true .\n",
        encoding="utf-8",
    )
    first = write(data, tmp_path / "release")
    city = "https://w3id.org/ccn/city/"
    assert first["memberships"]["ended"] == [f"{MEMBER}example-example-minato"]
    assert first["identifiers"] == {
        "gone": [], "renamed": {f"{city}example-old": f"{city}example-oka"}, "withdrawn": [f"{city}example-none"],
    }  # fmt: skip
    replacing("registers/city.ttl", '"Example Hill"', '"Example Mount"')(data)
    second = write(data, tmp_path / "release")
    assert second["since"]["version"] == first["version"]
    assert second["memberships"] == {"added": [], "removed": [], "ended": []}
    assert second["identifiers"] == {"gone": [], "renamed": {}, "withdrawn": []}


def test_a_document_that_is_gone_is_named_with_what_went_with_it(data: Path, tmp_path: Path) -> None:
    write(data, tmp_path / "release")
    (data / "documents" / "example-2026-01-01.ttl").unlink()
    changes = write(data, tmp_path / "release")
    (removed,) = changes["documents"]["removed"]
    assert removed["document"] == f"{DOCUMENT}example-2026-01-01"
    assert removed["added"] == 0 < removed["removed"]
    assert changes["memberships"] == {"added": [], "removed": [f"{MEMBER}example-example-minato"], "ended": []}
    assert f"{MEMBER}example-example-minato" in changes["identifiers"]["gone"]


def test_the_same_data_written_again_came_after_the_same_release(data: Path, tmp_path: Path) -> None:
    write(data, tmp_path / "release")
    replacing("registers/city.ttl", '"Example Hill"', '"Example Mount"')(data)
    changes = write(data, tmp_path / "release")
    assert changes["graphs"] == [{"graph": "https://w3id.org/ccn/graph/registers", "added": 1, "removed": 1}]
    before = {path.name: path.read_bytes() for path in (tmp_path / "release").rglob("*") if path.is_file()}
    assert write(data, tmp_path / "release") == changes
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "release").rglob("*") if path.is_file()}


def test_a_release_is_compared_with_the_one_that_is_named(data: Path, tmp_path: Path) -> None:
    first = write(data, tmp_path / "one")
    replacing("registers/city.ttl", '"Example Hill"', '"Example Mount"')(data)
    changes = write(data, tmp_path / "two", since=tmp_path / "one")
    assert changes["since"]["version"] == first["version"]
    with pytest.raises(ProjectError, match="holds no release"):
        write(data, tmp_path / "three", since=data)


def rename(data: Path) -> None:
    for path in data.rglob("*.ttl"):
        text = path.read_text(encoding="utf-8").replace("city:example-oka", "city:example-ridge")
        path.write_text(text, encoding="utf-8")


def run(data: Path, directory: Path, *options: str) -> tuple[int, str]:
    arguments = ["release", str(directory), "--data-dir", str(data), "--root", str(ROOT), "--lang", "en", *options]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_an_iri_that_is_gone_is_a_finding_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    directory = tmp_path / "release"
    assert run(data, directory)[0] == 0
    before = (directory / "SHA256SUMS").read_bytes()
    rename(data)
    code, output = run(data, directory)
    assert code == 1
    (finding,) = (line for line in output.splitlines() if "identifier-gone" in line)
    place, line, _ = finding.split(":", 2)
    quad = Path(place).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert quad.startswith("<https://w3id.org/ccn/city/example-oka>")
    assert "[city:example-oka]" in finding
    assert (directory / "SHA256SUMS").read_bytes() == before


def test_an_iri_that_leads_on_is_not_gone(data: Path, tmp_path: Path) -> None:
    directory = tmp_path / "release"
    assert run(data, directory)[0] == 0
    rename(data)
    renamed = data / "registers" / "renamed.ttl"
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in (
        ("city", "https://w3id.org/ccn/city/"), ("dcterms", "http://purl.org/dc/terms/")))  # fmt: skip
    renamed.write_text(f"{prefixes}\ncity:example-oka dcterms:isReplacedBy city:example-ridge .\n", encoding="utf-8")
    code, output = run(data, directory)
    assert code == 0, output
    told = json.loads((directory / "changes.json").read_text(encoding="utf-8"))
    city = "https://w3id.org/ccn/city/"
    assert told["identifiers"] == {
        "gone": [], "renamed": {f"{city}example-oka": f"{city}example-ridge"}, "withdrawn": [],
    }  # fmt: skip
