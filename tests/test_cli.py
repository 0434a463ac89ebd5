from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ccn_graph.cli.main import main
from tests.conftest import ROOT, Write, some


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(*arguments: str | Path, stdin: str = "") -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the data with one date misspelled."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    path = data / "documents" / "asahikawa-2026-06-12.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"2026-06-12"^^xsd:date', '"2026-06-12"', 1), encoding="utf-8"
    )
    return data


def test_check_is_clean_on_the_project() -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "0 violation" in result.stderr


def test_check_shows_path_line_severity_message_and_fails(broken: Path) -> None:
    path = broken / "documents" / "asahikawa-2026-06-12.ttl"
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if '"2026-06-12"' in text)
    english = run("check", "--data-dir", broken)
    assert english.exit_code == 1
    assert f"{path}:{line}: violation: " in english.stdout
    japanese = run("check", "--data-dir", broken, "--lang", "ja")
    assert f"{path}:{line}: 違反: " in japanese.stdout


def test_check_finds_the_same_with_pyshacl_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "tests" / "faulty" / "base", data)
    document = data / "documents" / "example-2026-01-01.ttl"
    document.write_text(document.read_text(encoding="utf-8").replace("ccn:host city:", "ccn:host city:no-", 1), "utf-8")
    compiled, alone = (run("check", "--data-dir", data, "--engine", engine) for engine in ("compiled", "pyshacl"))
    assert "(host-city)" in compiled.stdout
    assert (alone.exit_code, alone.stdout) == (compiled.exit_code, compiled.stdout) == (1, compiled.stdout)


def test_check_of_a_new_file_sees_the_rest_of_the_graph(write: Write) -> None:
    path = write("nagoya-2030.ttl", "@prefix city: <https://w3id.org/ccn/city/> .\n\ncity:kobe a city:Oops .\n")
    result = run("check", path)
    assert result.exit_code == 1
    assert all(line.startswith(f"{path}:") for line in some(result.stdout.splitlines()))
    assert f"{path}:3: " in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        "check no-such-file.ttl",
        "check tests/test_cli.py",
        "check --lang fr",
        "ask",
        "ask no-such-question",
        "ask networks-of-city --set city",
        "ask networks-of-city --set city=atlantis",
        "ask networks-of-city --format turtle",
        "ask --query no-such-file.rq",
        "ask networks-of-city --data-dir /nowhere",
        "serve --data no-such-file.ttl",
        "serve --engine rdflib --host 0.0.0.0 --no-check",
        "release README.md",
    ],
)
def test_what_could_not_run_exits_2_and_says_why(arguments: str) -> None:
    result = run(*arguments.split())
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output


def test_a_table_shows_labels_and_data_shows_iris() -> None:
    table = run("ask", "networks-of-city", "--set", "city=kobe", "--lang", "ja").stdout
    assert "ユネスコ創造都市ネットワーク" in table
    assert "https://w3id.org" not in table
    csv = run("ask", "networks-of-city", "--set", "city=kobe", "--format", "csv").stdout
    assert "https://w3id.org/ccn/network/uccn" in csv
    rows = json.loads(run("ask", "networks-of-city", "--set", "city=kobe", "--format", "json").stdout)
    assert rows["results"]["bindings"]


def test_the_list_names_every_question_with_its_parameters() -> None:
    listing = run("ask", "--list").stdout
    assert "3 networks-of-city --set city=…" in listing
    names = [path.stem for path in (ROOT / "queries" / "questions").glob("*.rq")]
    assert sum(line.strip()[:1].isdigit() for line in listing.splitlines()) == len(names)


def test_free_sparql_comes_from_a_file_or_from_stdin(write: Write) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    piped = run("ask", "--query", "-", "--format", "csv", stdin=query)
    assert piped.exit_code == 0
    assert run("ask", "--query", write("q.rq", query), "--format", "csv").stdout == piped.stdout
    assert int(piped.stdout.split()[1]) > 1000
    built = run("ask", "--query", "-", stdin="CONSTRUCT WHERE { ?s a <https://w3id.org/ccn/ns#Network> }")
    assert "a ccn:Network" in built.stdout
    assert "answer" in run("ask", "--query", "-", stdin="ASK { ?s ?p ?o }").stdout


@pytest.mark.parametrize(
    ("query", "part"),
    [("SELEC", "line 1, column 6"), ("SELECT * { SERVICE <x:y> {} }", "SERVICE"), ("DROP ALL", "read-only")],
)
def test_a_refused_query_says_why(query: str, part: str) -> None:
    result = run("ask", "--query", "-", stdin=query)
    assert result.exit_code == 2
    assert part in result.stderr


def test_an_unreadable_file_is_not_answered_around(broken: Path) -> None:
    (broken / "documents" / "half.ttl").write_text("city:kobe a", encoding="utf-8")
    result = run("ask", "networks-of-city", "--data-dir", broken)
    assert result.exit_code == 2
    assert "half.ttl:1: violation" in result.stdout


def test_nothing_is_released_or_served_from_data_with_violations(broken: Path, tmp_path: Path) -> None:
    for command in (["release", str(tmp_path / "out")], ["serve", "--port", "0"]):
        result = run(*command, "--data-dir", broken)
        assert result.exit_code == 2
        assert "asahikawa-2026-06-12.ttl:" in result.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["check", "ask", "release", "serve"])
def test_each_help_shows_an_example(command: str) -> None:
    assert f"Example: ccn-graph {command}" in run(command, "--help").stdout


def test_files_of_anyones_are_released_as_a_snapshot(write: Write, tmp_path: Path) -> None:
    data, place = write("data.trig", "<x:g> { <x:a> <x:b> <x:c> }"), tmp_path / "out"
    for _ in range(2):
        done = run("release", place, "--data", data, "--archive")
        assert done.exit_code == 0
        assert "1 triples" in done.stderr
    assert sorted(path.name for path in place.iterdir()) == ["snapshot", "snapshot.tar.gz"]
    own = run("release", tmp_path / "own", "--data", data, "--default-graph", "own")
    assert "0 triples" in own.stderr
    for directory, arguments in (
        (place, []),
        (data.parent, ["--data", data]),
        (tmp_path / "new", ["--data", data, "--since", place]),
        (tmp_path / "new", ["--data", "no-such-file.nq"]),
    ):
        assert run("release", directory, *arguments).exit_code == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["ask scorecard", "import --as memberships --template", "check --format json"])
def test_a_full_disk_or_a_closed_pipe_is_one_line_and_exit_2(command: str) -> None:
    program = [sys.executable, "-m", "ccn_graph", *command.split()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(program, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(program, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
