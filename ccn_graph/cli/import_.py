"""The verb `import`: a filled sheet becomes Turtle for review, or nothing at all; and sheets to be filled."""

from __future__ import annotations

import difflib
import functools
import sys
from pathlib import Path
from typing import Any

import click

from ccn_graph.cli import console
from ccn_graph.errors import CcnError, SheetError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph
from ccn_graph.sheets import export, plan, table_writer, write_files
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.plan import Plan
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
    "--different-from", "different", multiple=True, metavar="NAME",
    help="What a new thing of a like name is not; repeat for more. Else the sheet has a column for it.",
)  # fmt: skip
@click.option("--template", is_flag=True, help="Write an empty sheet: headings, and what each column takes.")
@click.option("--export", "export_", is_flag=True, help="Write what is on record (of --document) as such a sheet.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="An .xlsx or .csv to write; else CSV here.")
@click.option("--dry-run", is_flag=True, help="Show the lines that would be written, and write nothing.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write below DIRECTORY instead.")
@console.options
def import_(lang: str | None, root: Path | None, data_dir: Path | None, **wanted: Any) -> None:
    """Read SHEET (.csv, .tsv or .xlsx), check it with shapes and rules, and write it into the data as Turtle.

    Nothing is written if there is any violation. Importing the same sheet twice changes nothing.
    With --template or --export it is the other way round: a sheet to be filled is written, in the language of --lang.
    """
    language = languages.readers_language(lang)
    _refuse_nonsense(**wanted)
    graph = console.load(root, data_dir)
    if wanted["template"] or wanted["export_"]:
        _write_sheet(graph, language, **wanted)
        return
    planned = _plan(graph, language, **wanted)
    console.report(list(planned.findings), language)
    if planned.refused:
        click.echo({"ja": "何も書かなかった", "en": "nothing was written"}[language], err=True)
        sys.exit(1)
    if wanted["dry_run"]:
        _show(planned)
        return
    assert graph.project is not None
    _tell(write_files.write(planned.changes, graph.project.data, wanted["out"]), planned, language)


def _refuse_nonsense(
    path: Path | None, kind: str | None, document: str, template: bool, export_: bool, to: Path | None, **_: Any
) -> None:  # fmt: skip
    if (path is not None) + template + export_ != 1:
        raise click.UsageError("give a SHEET, or --template, or --export")
    if document and kind and KINDS[kind].column("document") is None and not export_:
        raise click.UsageError(f"--document does not go with --as {kind}: it is no document that states these")
    if to and path is not None:
        raise click.UsageError("--to goes with --template and --export")
    if not path and not kind and (to is None or to.suffix.lower() != ".xlsx"):
        raise click.UsageError("without --as, all kinds are written as sheets of one workbook; give --to FILE.xlsx")


def _write_sheet(
    graph: Graph, language: str, kind: str | None, document: str, template: bool, to: Path | None, **_: Any
) -> None:  # fmt: skip
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    written = export.forms(graph, kinds, language) if template else export.filled(graph, kinds, language, document)
    if to is None:
        # Excel takes a CSV for UTF-8 only if it begins with this mark.
        mark = "" if sys.stdout.isatty() else "\ufeff"
        click.echo(mark + table_writer.as_csv(written[0]), nl=False)
        return
    table_writer.write(written, to)
    click.echo(str(to), err=True)


def _plan(
    graph: Graph, language: str, path: Path, kind: str | None, sheet: str, document: str, different: tuple[str, ...],
    **_: Any,
) -> Plan:  # fmt: skip
    try:
        with console.progress("checking") as bar:
            checker = functools.partial(check, progress=bar, cache=Cache.of_user())
            return plan.prepare(graph, KINDS[kind] if kind else None, path, document, checker, sheet, different)
    except SheetError as error:
        click.echo(Finding(error.path, error.line, Severity.VIOLATION, "sheet", error.message).render(language))
        raise CcnError({"ja": "表を読めない", "en": "the sheet cannot be read"}[language]) from error


def _show(planned: Plan) -> None:
    for change in planned.changes:
        name = str(finding.shown(change.path))
        before = (change.before or "").splitlines(keepends=True)
        after = change.after.splitlines(keepends=True)
        click.echo("".join(difflib.unified_diff(before, after, name, name)), nl=False)


def _tell(written: list[Path], planned: Plan, language: str) -> None:
    if not written:
        click.echo({"ja": "変更なし", "en": "nothing to change"}[language], err=True)
    for path, change in zip(written, planned.changes, strict=True):
        lines = len(change.after.splitlines()) - len((change.before or "").splitlines())
        click.echo(f"{finding.shown(path)}: {lines:+} {'行' if language == 'ja' else 'lines'}", err=True)
