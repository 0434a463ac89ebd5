"""A project of one's own works at once: checked, asked, added to, released and served under its own base IRI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ccn_graph.files import house
from ccn_graph.graph.project import Project
from tests.conftest import ROOT

BASE = "https://learning.example/"
MADE = ("--base", BASE, "--network", "learning", "--title-en", 'Learning "Cities"', "--title-ja", "学びの都市")


def run(directory: Path, *arguments: str | Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CCN_GRAPH")}
    command = [sys.executable, "-c", "from ccn_graph.cli.main import main; main()", *map(str, arguments)]
    paths = {"PYTHONPATH": str(ROOT), "CCN_GRAPH_NO_CACHE": "1"}
    done = subprocess.run(
        command, cwd=directory, env=environment | paths, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("own")
    run(place, "init", "learning", *MADE)
    return place / "learning"


def test_nothing_of_ours_is_left_in_it_but_the_vocabulary(own: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in own.rglob("*") if path.is_file()}
    assert len(texts) > 50
    ours = re.compile(r"w3id\.org/ccn/(?!ns\b)|w3id\\\\.org")
    assert [path for path, text in texts.items() if ours.search(text) and path.parts[-2] != "ontology"] == []


def test_it_is_checked_without_a_finding(own: Path) -> None:
    assert "0 violation, 0 warning, 0 info" in run(own, "check", "--lang", "en")


def test_its_shapes_look_at_its_own_iris(own: Path) -> None:
    document = own / "data" / "documents" / "example-2026-01-01.ttl"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("city:example ;", "city:exampel ;"), encoding="utf-8")
    try:
        assert "→ write city:example" in run(own, "check", "--lang", "en", code=1)
    finally:
        document.write_text(text, encoding="utf-8")


def test_its_questions_are_about_its_own_network(own: Path) -> None:
    assert "Example City" in run(own, "ask", "members-of-network", "--lang", "en")
    assert len(Project.find(own).questions) > 20


def test_a_sheet_is_imported_into_it(own: Path) -> None:
    sheet = own.parent / "more.csv"
    header = run(own, "import", "--as", "memberships", "--template", "--lang", "en").splitlines()[0].split(",")
    cells = {"member": "city:example", "network": "net:learning", "start": "2024", "locator": "l. 2"}
    found = [next((value for name, value in cells.items() if name in heading.lower()), "") for heading in header]
    sheet.write_text(f"{','.join(header)}\n{','.join(found)}\n", encoding="utf-8")
    said = run(own, "import", sheet, "--as", "memberships", "--document", "example-2026-01-01", "--dry-run", code=1)
    # The example is a member already, which only a graph that knows its own things can tell.
    assert "w3id.org" not in said


def test_it_is_released_under_its_own_iris(own: Path, tmp_path: Path) -> None:
    run(own, "release", tmp_path / "dist")
    dump = next(path for path in (tmp_path / "dist").rglob("*.nt*") if path.suffix in (".nt", ".nq"))
    text = dump.read_text(encoding="utf-8")
    assert f"<{BASE}city/example>" in text
    assert "w3id.org/ccn/city" not in text


@pytest.mark.parametrize("base", ["learning.example", "https://x.example/a b/", "https://x.example/a#", "urn:x/"])
def test_a_base_that_no_iri_can_begin_with_is_refused(tmp_path: Path, base: str) -> None:
    assert not house.is_base(base)
    assert "must be an http or https IRI" in run(tmp_path, "init", "x", "--base", base, code=2)
    assert not (tmp_path / "x").exists()


def test_a_directory_that_holds_something_is_left_alone(own: Path) -> None:
    assert "is not empty" in run(own.parent, "init", own, *MADE, code=2)
