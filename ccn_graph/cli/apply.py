"""The verb `apply`: a correction from a page becomes an edit for review."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.errors import visible
from ccn_graph.files import atomic
from ccn_graph.files.result_cache import Cache
from ccn_graph.sheets import correction, correction_edit
from ccn_graph.text import languages


@click.command(epilog="Example: ccn-graph apply correction-uccn-kobe-start.json")
@click.argument("path", metavar="CORRECTION", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--write", is_flag=True, help="Write the edit into the data, if the check finds nothing new.")
@console.options
def apply(path: Path, write: bool, lang: str | None, root: Path | None, data_dir: Path | None) -> None:
    """Show what CORRECTION, a file or the text of an issue, would change: of which file and line, as a diff.

    The correction may come from anyone. It is refused if what it corrects is not stated any more, and its edit changes
    that statement and nothing else. What another document says goes into the file of that document. The data are
    checked as the edit would leave them; with new findings it exits with 1.
    """
    language = languages.readers_language(lang)
    wanted = correction.read(path)
    graph = console.load(root, data_dir)
    console.refuse_errors(graph, language)
    edit = correction_edit.propose(graph, wanted)
    click.echo(edit.difference(), nl=False)
    findings = correction_edit.findings(graph, edit, Cache.of_user())
    for finding in findings:
        click.echo(finding.render(language), err=True)
    if wanted.note:
        click.echo(visible(f"# {wanted.note}"[:500]), err=True)
    if write and not findings:
        atomic.replace(edit.source.path, edit.after.encode())
    sys.exit(1 if findings else 0)
