"""The GitHub Action and the pre-commit hooks run the command as it is, and whatever their inputs hold is data."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, Write
from tests.random_shapes import PREFIXES
from tests.test_changes import BASE, replacing

ACTION, DIFF = (
    yaml.safe_load((ROOT / ".github" / "actions" / name / "action.yml").read_text(encoding="utf-8"))
    for name in ("check", "diff")
)
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SHAPES = f"{PREFIXES}ex:s sh:targetSubjectsOf ex:p0 ; sh:nodeKind sh:BlankNode ."
DATA = f"{PREFIXES}ex:a ex:p0 1 ."


def run(script: str, directory: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CCN_GRAPH_NO_CACHE": "1", **inputs}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def step(action: dict[str, Any] = ACTION, name: str = "Check") -> dict[str, Any]:
    (found,) = (one for one in action["runs"]["steps"] if one.get("name") == name)
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
    scripts = [one["run"] for action in (ACTION, DIFF) for one in action["runs"]["steps"] if "run" in one]
    assert len(scripts) == 4
    assert [script for script in scripts if "${{" in script] == []


GH = """#!/bin/sh
case "$*" in *--jq*) printf %s "$STAND_IN_COMMENT"; exit "${STAND_IN_CODE:-0}";; esac
printf '%s\\n' "$@" >"$STAND_IN"
for last; do :; done
cat "${last#body=@}" >>"$STAND_IN"
"""

Posted = tuple[subprocess.CompletedProcess[str], str, str]


def posted(tmp_path: Path, before: Path, after: Path, **given: str) -> Posted:
    """Run the step that compares, with a stand-in for gh; return what it did, the summary, and what gh was sent."""
    gh, sent, summary = tmp_path / "bin" / "gh", tmp_path / "sent", tmp_path / "summary.md"
    gh.parent.mkdir(exist_ok=True)
    gh.write_text(GH, encoding="utf-8")
    gh.chmod(0o755)
    for path in (sent, summary):
        path.write_text("", encoding="utf-8")
    variables = {
        "FROM": str(before), "TO": str(after), "DIFF_LANGUAGE": "en", "PULL_REQUEST": "7", "GH_TOKEN": "",
        "GITHUB_REPOSITORY": "owner/graph", "GITHUB_STEP_SUMMARY": str(summary), "STAND_IN": str(sent),
        "STAND_IN_COMMENT": "", **given,
    }  # fmt: skip
    assert step(DIFF, "Compare")["env"].keys() <= variables.keys()
    done = run(f'PATH="{gh.parent}:$PATH"\n{step(DIFF, "Compare")["run"]}', ROOT, **variables)
    return done, summary.read_text(encoding="utf-8"), sent.read_text(encoding="utf-8")


def test_the_action_posts_what_a_change_means_and_writes_it_anew_the_next_time(tmp_path: Path) -> None:
    before, after = (Path(shutil.copytree(BASE, tmp_path / name)) for name in ("before", "after"))
    replacing("documents/example-2026-01-01.ttl", 'ccn:start "2015"', 'ccn:start "2016"')(after)
    done, summary, sent = posted(tmp_path, before, after)
    assert done.returncode == 0, done.stderr
    assert "2015 → 2016" in summary
    assert "POST\nrepos/owner/graph/issues/7/comments\n" in sent
    assert sent.endswith(f"<!-- ccn-graph diff -->\n\n{summary}")
    _, _, sent = posted(tmp_path, before, after, STAND_IN_COMMENT="42\n")
    assert "PATCH\nrepos/owner/graph/issues/comments/42\n" in sent
    refused, _, sent = posted(tmp_path, before, after, STAND_IN_CODE="1")
    assert (refused.returncode, "::notice::" in refused.stdout, sent) == (0, True, "")


def test_the_action_fails_where_nothing_can_be_compared_and_runs_no_input(tmp_path: Path) -> None:
    done, _, told = posted(tmp_path, Path("$(touch owned); --output=owned"), tmp_path / "none", PULL_REQUEST="")
    assert (done.returncode, told) == (2, "")
    assert not (ROOT / "owned").exists()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_command_that_there_is(hook: dict[str, Any], write: Write, tmp_path: Path) -> None:
    data, shapes = write("data.ttl", DATA), write("shapes.ttl", SHAPES)
    arguments = ["--help"] if hook.get("pass_filenames") is False else ["--shapes", str(shapes), "--", str(data)]
    done = run(f"{hook['entry']} {shlex.join(arguments)}", tmp_path)
    assert done.returncode == (0 if arguments == ["--help"] else 1), done.stderr
