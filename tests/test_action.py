"""The GitHub Action and the pre-commit hooks run the command as it is, and whatever their inputs hold is data."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, Write
from tests.random_shapes import PREFIXES

ACTION = yaml.safe_load((ROOT / ".github" / "actions" / "check" / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SHAPES = f"{PREFIXES}ex:s sh:targetSubjectsOf ex:p0 ; sh:nodeKind sh:BlankNode ."
DATA = f"{PREFIXES}ex:a ex:p0 1 ."


def run(script: str, directory: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CCN_GRAPH_NO_CACHE": "1", **inputs}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def step() -> dict[str, Any]:
    (found,) = (one for one in ACTION["runs"]["steps"] if one.get("name") == "Check")
    return dict(found)


def inputs(**given: str) -> dict[str, str]:
    """Give the variables of the step, as the runner would fill them from the inputs."""
    names = {name: value.removeprefix("${{ inputs.").removesuffix(" }}") for name, value in step()["env"].items()}
    return {name: given.get(known, ACTION["inputs"][known]["default"]) for name, known in names.items()}


def test_the_action_annotates_lines_and_fails(write: Write, tmp_path: Path) -> None:
    data, shapes = write("my data.ttl", DATA), write("shapes.ttl", SHAPES)
    given = inputs(paths=f"{data}\n", shapes=str(shapes), sarif="r.sarif")
    done = run(step()["run"], tmp_path, **given)
    assert done.returncode == 1, done.stderr
    assert f"::error file=my data.ttl,line={len(PREFIXES.splitlines()) + 1}" in done.stdout
    assert (tmp_path / "r.sarif").is_file()


def test_what_an_input_holds_is_not_run(write: Write, tmp_path: Path) -> None:
    shapes = write("shapes.ttl", SHAPES)
    done = run(step()["run"], tmp_path, **inputs(paths="$(touch owned); touch owned", shapes=str(shapes)))
    assert done.returncode == 2
    assert not (tmp_path / "owned").exists()


def test_no_step_puts_an_input_into_its_script() -> None:
    scripts = [one["run"] for one in ACTION["runs"]["steps"] if "run" in one]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_command_that_there_is(hook: dict[str, Any], write: Write, tmp_path: Path) -> None:
    data, shapes = write("data.ttl", DATA), write("shapes.ttl", SHAPES)
    arguments = ["--help"] if hook.get("pass_filenames") is False else ["--shapes", str(shapes), "--", str(data)]
    done = run(f"{hook['entry']} {shlex.join(arguments)}", tmp_path)
    assert done.returncode == (0 if arguments == ["--help"] else 1), done.stderr
