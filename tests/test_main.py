from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph.cli.main import main
from tests.conftest import ROOT

#: What a verb may bring with it: one that asks needs no server, one that says its version nothing at all.
HEAVY = ("starlette", "fastapi", "uvicorn", "rdflib", "pyshacl", "jinja2", "httpx2", "openpyxl")


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = (
        "import sys\nfrom ccn_graph.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_no_server_page_or_engine(option: str) -> None:
    modules = loaded(option)
    assert {name for name in modules if name.startswith("ccn_graph")} == {
        "ccn_graph", "ccn_graph.cli", "ccn_graph.cli.main",
    }  # fmt: skip
    assert not modules & {*HEAVY, "pyoxigraph", "rich"}


def test_a_question_loads_no_server_page_check_or_sheet() -> None:
    modules = loaded("ask", "networks-of-city", "--set", "city=kobe", "--format", "csv")
    assert "ccn_graph.graph.questions" in modules
    rooms = {name.split(".")[1] for name in modules if name.startswith("ccn_graph.")}
    assert rooms & {"server", "pages", "workers", "releases", "sheets", "reports"} == set()
    assert not modules & {*HEAVY, "rich", "ccn_graph.validation.check", "ccn_graph.validation.shacl.compiler"}


def test_the_package_offers_its_names_without_loading_them() -> None:
    code = (
        "import sys, ccn_graph\nassert 'pyoxigraph' not in sys.modules\n"
        "assert set(ccn_graph.__all__) <= set(dir(ccn_graph))\n"
        "from ccn_graph import *\nprint(Graph.__name__, ask.__name__, Severity.INFO.name)\n"
        "print(hasattr(ccn_graph, 'nothing'))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "Graph ask INFO\nFalse\n"


def test_every_verb_is_listed_with_what_it_does_and_explains_itself() -> None:
    listed = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:")[2].splitlines()[1:]
    names = [line.split()[0] for line in listed]
    assert {"ask", "check", "import", "publish", "release", "serve"} <= set(names)
    for line, name in zip(listed, names, strict=True):
        explained = CliRunner().invoke(main, [name, "--help"])
        assert explained.exit_code == 0, name
        assert " ".join(line.split()[1:]).removesuffix("...") in " ".join(explained.stdout.split())
        assert "Example: " in " ".join(explained.stdout.split())


@pytest.mark.parametrize("name", ["nothing", "main", "console", "../cli/check", "terminal-table", "import_", ""])
def test_what_is_no_verb_is_refused(name: str) -> None:
    refused = CliRunner().invoke(main, [name])
    assert refused.exit_code == 2
    assert f"No such command '{name}'" in refused.stderr


def test_a_verb_is_added_by_its_file(package: Path) -> None:
    (package / "ccn_graph" / "cli" / "greet_.py").write_text(
        '''"""The verb `greet`."""
import click

@click.command("greet", epilog="Example: ccn-graph greet")
def greet_() -> None:
    """Say good day."""
    click.echo("good day")
''',
        encoding="utf-8",
    )
    for arguments, expected in ((["greet"], "good day"), (["--help"], "greet    Say good day.")):
        ran = subprocess.run(
            [sys.executable, "-m", "ccn_graph", *arguments], cwd=package, capture_output=True, text=True, check=True
        )
        assert expected in ran.stdout
