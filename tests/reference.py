"""Writes `ccn_graph/REFERENCE.md` from the code: every verb of the command, every route, every code of an error.

`python -m tests.reference` writes it anew; test_reference.py fails if it is stale.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock, patch

from click.testing import CliRunner

from ccn_graph.cli.main import main
from ccn_graph.pages import routes
from ccn_graph.server import routes as served_routes
from ccn_graph.server.problem import PROBLEMS

PLACE = Path(__file__).resolve().parents[1] / "ccn_graph" / "REFERENCE.md"

_HEAD = """# Reference

Generated from the code by `python -m tests.reference`; do not edit it. Why things are as they are stands in the
[README](README.md) of this directory, how they are used in the README of the project.
"""


def text() -> str:
    """Return the whole reference."""
    return "\n".join([_HEAD, *_commands(), *_http(), *_problems()])


def _commands() -> list[str]:
    """Return what each verb says of itself."""
    lines = ["## Command line", ""]
    with patch.dict(os.environ, {"COLUMNS": "100"}):
        for name in ("", *main.list_commands(MagicMock())):
            helped = CliRunner().invoke(
                main, [*filter(None, [name]), "--help"], prog_name="ccn-graph", terminal_width=100
            )
            assert helped.exit_code == 0
            lines += [
                f"### `ccn-graph {name}`" if name else "### `ccn-graph`",
                "",
                "```",
                helped.stdout.rstrip(),
                "```",
                "",
            ]
    return lines


def _http() -> list[str]:
    """Return the routes that are answered by the web process, and those of pages, which workers make."""
    rows = [
        (route.path + ("/…" if route.below else ""), " ".join(route.methods), _first(route.answer))
        for route in served_routes.ROUTES
        if route.path != "/{path:path}"
    ]
    lines = ["## HTTP", "", "### Answered by the web process", "", "| Path | Methods | What it does |", "|---|---|---|"]
    lines += [f"| `{path}` | {methods} | {what} |" for path, methods, what in sorted(rows)]
    lines += ["", "### Pages (GET, HEAD)", "", "The first pattern that a path matches as a whole counts.", ""]
    lines += ["| Path (regular expression) | View | What it does |", "|---|---|---|"]
    for route in routes.ROUTES:
        view = f"{route.view.__module__.removeprefix('ccn_graph.')}.{route.view.__name__.lstrip('_')}"
        pattern = re.sub(r"\(\?P<(\w+)>", r"(", route.pattern).replace("|", "\\|")
        lines.append(f"| `{pattern}` | `{view}` | {_first(route.view)} |")
    return [*lines, ""]


def _first(function: Callable[..., object]) -> str:
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def _problems() -> list[str]:
    """Return the codes of errors (RFC 9457)."""
    lines = ["### Errors", "", "`application/problem+json` (RFC 9457); the codes are stable.", ""]
    lines += ["| Code | Status | Title |", "|---|---|---|"]
    return [*lines, *(f"| `{code}` | {status} | {title} |" for code, (status, title) in sorted(PROBLEMS.items())), ""]


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
