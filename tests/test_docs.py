"""What the documentation shows is what happens."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph import Graph, Severity, check
from ccn_graph.cli.main import main
from ccn_graph.graph.project import Project
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import ROOT, TODAY, some

PAGES = [ROOT / "README.md", ROOT / "README.ja.md", ROOT / "CONTRIBUTING.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_the_answer_on_the_first_screen_is_the_one_given_today(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = blocks(page, "console")
    command, _, answer = shown.partition("\n")
    assert page.read_text(encoding="utf-8").index(command) < 2_000
    assert CliRunner().invoke(main, shlex.split(command)[2:]).stdout == answer


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_questions_that_are_named_exist(page: Path) -> None:
    for name in some(re.findall(r"ask ([a-z][a-z-]+)", page.read_text(encoding="utf-8"))):
        assert (ROOT / "queries" / "questions" / f"{name}.rq").is_file(), name


def test_files_that_are_named_exist() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for target in some(re.findall(r"\]\((?!http|#)([^)]+)\)|@(queries/\S+)", text)):
        assert (ROOT / "".join(target)).exists(), target


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_python_examples_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for code in some(blocks(page, "python")):
        names: dict[str, object] = {}
        exec(compile(code, str(page), "exec"), names)
        assert names["rows"]


def test_turtle_examples_conform(tmp_path: Path) -> None:
    for number, text in enumerate(some(text for page in PAGES for text in blocks(page, "turtle"))):
        data = tmp_path / str(number) / "data"
        shutil.copytree(ROOT / "data", data)
        subject = re.search(r"^doc:(\S+) a ccn:Document", text, re.MULTILINE)
        assert subject
        path = data / "documents" / f"{subject[1]}.ttl"
        path.write_text(text, encoding="utf-8")
        found = check(Graph.load(Project(ROOT, data)), today=TODAY, only=[path])
        assert [one.render("en") for one in found if one.severity > Severity.INFO] == []
        assert parsing.read(path, FileKind.DOCUMENT).statements


def test_both_readmes_show_the_same_commands() -> None:
    english, japanese = (
        re.findall(r"`((?:make|ask|ccn-graph|--)[^`]*)`", page.read_text(encoding="utf-8")) for page in PAGES[:2]
    )
    assert english == japanese


def test_contributing_says_everything_in_both_languages() -> None:
    text = PAGES[2].read_text(encoding="utf-8")
    japanese, english = text.split("\n# English\n")
    assert len(re.findall(r"^## ", japanese, re.MULTILINE)) == len(re.findall(r"^## ", english, re.MULTILINE))
    assert len(re.findall(r"^\d\. ", japanese, re.MULTILINE)) == len(re.findall(r"^\d\. ", english, re.MULTILINE))
