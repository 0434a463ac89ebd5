"""A project of one's own works at once: checked, asked, added to, released and served under its own base IRI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from ccn_graph.files import house
from ccn_graph.graph.project import Project
from tests.conftest import ROOT
from tests.serving import serving

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


def test_it_is_released_under_its_own_iris(own: Path, tmp_path: Path) -> None:
    run(own, "release", tmp_path / "dist")
    dump = next(path for path in (tmp_path / "dist").rglob("*.nt*") if path.suffix in (".nt", ".nq"))
    text = dump.read_text(encoding="utf-8")
    assert f"<{BASE}city/example>" in text
    assert "w3id.org/ccn/city" not in text


LISTS: dict[str, list[list[str | int]]] = {
    "documents": [
        ["id", "title of the document (English)", "publisher", "issued", "language", "retrieved", "howRead"],
        ["news-2024", "New members", "body:example-office", "2024-02-14", "en", "2024-03-01", "in-full"],
    ],
    "cities": [
        ["id", "name (Japanese)", "name (English)", "country"],
        ["osan", "烏山市", "Osan", "place:example-land"],
    ],
    "memberships": [
        ["document", "member", "organization", "start", "locator"],
        ["news-2024", "Osan", 'Learning "Cities"', 2024, "l. 4"],
    ],
}
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def test_a_stranger_walks_from_lists_to_pages_that_are_all_his_own(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents, places, cities and members come in as one workbook; checked, asked and served under his base."""
    book = openpyxl.Workbook()
    for name, rows in LISTS.items():
        table = book.create_sheet(name)
        for row in rows:
            table.append(row)
    book.save(own.parent / "lists.xlsx")
    run(own, "import", own.parent / "lists.xlsx", "--lang", "en")
    assert "0 violation, 0 warning, 0 info" in run(own, "check", "--lang", "en")
    assert "Osan" in run(own, "ask", "members-of-network", "--lang", "en")
    ours = re.compile(r"uccn|ccnj|unesco|ユネスコ|w3id\.org/ccn/(?!ns\b)", re.IGNORECASE)
    monkeypatch.delenv("CCN_GRAPH_HOUSE", raising=False)
    with serving(cwd=own) as server:
        for path in (
            "/",
            "/city/osan.html",
            "/questions",
            "/sparql",
            "/check",
            "/search?q=osan",
            "/reconcile",
            "/data/",
        ):
            page = server.http.get(
                path, headers={"Accept": "text/html", "Accept-Language": "ja"}, follow_redirects=True
            )
            assert (page.status_code, ours.findall(page.text)) == (200, []), path
        about = server.http.get("/city/osan.ttl").text
        asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
        accepted = {"Accept": "application/json, text/event-stream"}
        told = server.http.post("/mcp", json=asked, headers=accepted).text
    assert f"<{BASE}city/osan>" in about or f"@prefix city: <{BASE}city/>" in about
    assert "学びの都市" in told
    assert ours.findall(told) == []


@pytest.mark.parametrize("base", ["learning.example", "https://x.example/a b/", "https://x.example/a#", "urn:x/"])
def test_a_base_that_no_iri_can_begin_with_is_refused(tmp_path: Path, base: str) -> None:
    assert not house.is_base(base)
    assert "must be an http or https IRI" in run(tmp_path, "init", "x", "--base", base, code=2)
    assert not (tmp_path / "x").exists()


def test_a_directory_that_holds_something_is_left_alone(own: Path) -> None:
    assert "is not empty" in run(own.parent, "init", own, *MADE, code=2)
