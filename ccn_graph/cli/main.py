"""The command `ccn-graph`: one verb per subject, thin over the library.

A verb is the click command of that name in a module of this package; a module that is added is a verb that is there.
Exit codes: 0 fine, 1 findings, 2 could not run.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import click

import ccn_graph

_PLACE = Path(__file__).parent


class Verbs(click.Group):
    """The verbs, each loaded only if it is called: some bring a server with them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the name is click's
        """Return the names of all verbs, none of which is loaded."""
        return sorted(_docstrings())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """Load one verb; None if there is none of that name."""
        module = next((name for name in _modules(cmd_name) if (_PLACE / f"{name}.py").is_file()), None)
        if module is None or module == "main":
            return None
        if module == "serve":
            # Before it is loaded, because the process begins anew; no other verb needs workers.
            from ccn_graph.workers import allocator

            allocator.tune(module)
        members = vars(importlib.import_module(f"ccn_graph.cli.{module}")).values()
        return next(
            (member for member in members if isinstance(member, click.Command) and member.name == cmd_name), None
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        """Write the list of the verbs as click does, from their files."""
        verbs = sorted(_docstrings().items())
        limit = formatter.width - 6 - max(len(name) for name, _ in verbs)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, click.Command(name, help=text).get_short_help_str(limit)) for name, text in verbs]
            )


def _modules(verb: str) -> tuple[str, ...]:
    """Return what the module of a verb may be called; a keyword of Python has an underscore behind it."""
    name = verb.replace("-", "_")
    return (name, f"{name}_") if name.isidentifier() else ()


def _docstrings() -> dict[str, str]:
    """Return what each verb does, by name: the docstring of the command in the file of its name."""
    return {
        path.stem.rstrip("_").replace("_", "-"): ast.get_docstring(node) or ""
        for path in _PLACE.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and node.name.rstrip("_") == path.stem.rstrip("_")
        and any("click.command" in ast.unparse(decorator) for decorator in node.decorator_list)
    }


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(ccn_graph.__version__, prog_name="ccn-graph")
def main() -> None:
    """Check, ask, serve, release, publish and extend the knowledge graph of city networks."""
