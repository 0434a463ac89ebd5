"""The verb `import`: a filled sheet becomes Turtle for review, or nothing at all."""

from __future__ import annotations

import difflib
import functools
import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.errors import CcnError, SheetError, visible
from ccn_graph.files.result_cache import Cache
from ccn_graph.sheets import plan, write_files
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.plan import Plan
from ccn_graph.sheets.template import Template
from ccn_graph.text import languages
from ccn_graph.validation import finding
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, Severity


@click.command(
    "import", epilog="Example: ccn-graph import members.csv --as memberships --document asahikawa-2026-06-12"
)
@click.argument("path", metavar="SHEET", required=False, type=click.Path(path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(list(KINDS)), help="What each row is; else the names or headings of sheets say."
)
@click.option("--sheet", default="", help="The sheet of the workbook to read, by its name; else all that fit.")
@click.option("--document", default="", help="The document that states it all; else the sheet has a column for it.")
@click.option(
    "--different-from",
    "different",
    multiple=True,
    metavar="NAME",
    help="What a new thing of a like name is not; repeat for more. Else the sheet has a column for it.",
)
@click.option("--template", is_flag=True, help="Print the headings of such a sheet as CSV, in the language of --lang.")
@click.option("--dry-run", is_flag=True, help="Show the lines that would be written, and write nothing.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write below DIRECTORY instead.")
@console.options
def import_(
    path: Path | None, kind: str | None, sheet: str, document: str, different: tuple[str, ...], template: bool,
    dry_run: bool, out: Path | None,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Read SHEET (.csv, .tsv or .xlsx), check it with shapes and rules, and write it into the data as Turtle.

    Nothing is written if there is any violation. Importing the same sheet twice changes nothing.
    """
    language = languages.readers_language(lang)
    if template == (path is not None):
        raise click.UsageError("give a SHEET, or --template")
    if template and not kind:
        raise click.UsageError("--template needs --as")
    if document and kind and KINDS[kind].column("document") is None:
        raise click.UsageError(f"--document does not go with --as {kind}: it is no document that states these")
    graph = console.load(root, data_dir)
    if template:
        assert graph.project is not None
        # Excel takes a CSV for UTF-8 only if it begins with this mark.
        mark = "" if sys.stdout.isatty() else "\ufeff"
        assert kind
        click.echo(mark + Template(KINDS[kind], graph.project, Facts(graph)).header(language), nl=False)
        return
    assert path is not None
    try:
        with console.progress("checking") as bar:
            checker = functools.partial(check, progress=bar, cache=Cache.of_user())
            planned = plan.prepare(graph, KINDS[kind] if kind else None, path, document, checker, sheet, different)
    except SheetError as error:
        click.echo(Finding(error.path, error.line, Severity.VIOLATION, "sheet", error.message).render(language))
        raise CcnError({"ja": "表を読めない", "en": "the sheet cannot be read"}[language]) from error
    console.report(list(planned.findings), language)
    if planned.refused:
        click.echo({"ja": "何も書かなかった", "en": "nothing was written"}[language], err=True)
        sys.exit(1)
    if dry_run:
        _show(planned)
        return
    assert graph.project is not None
    _tell(write_files.write(planned.changes, graph.project.data, out), planned, language)


def _show(planned: Plan) -> None:
    for change in planned.changes:
        name = str(finding.shown(change.path))
        before = (change.before or "").splitlines(keepends=True)
        after = change.after.splitlines(keepends=True)
        difference = "".join(difflib.unified_diff(before, after, name, name))
        click.echo(visible(difference) if sys.stdout.isatty() else difference, nl=False)


def _tell(written: list[Path], planned: Plan, language: str) -> None:
    if not written:
        click.echo({"ja": "変更なし", "en": "nothing to change"}[language], err=True)
    for path, change in zip(written, planned.changes, strict=True):
        lines = len(change.after.splitlines()) - len((change.before or "").splitlines())
        click.echo(f"{finding.shown(path)}: {lines:+} {'行' if language == 'ja' else 'lines'}", err=True)
