"""The verb `ask`: a question by its name, or any SPARQL query."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pyoxigraph as ox

from ccn_graph.cli import console
from ccn_graph.errors import CcnError, QuestionError, visible
from ccn_graph.files import result_cache
from ccn_graph.graph import kept, questions
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.project import Project
from ccn_graph.rdf import formats
from ccn_graph.rdf.engine import Answer
from ccn_graph.text import languages
from ccn_graph.validation import fingerprint

_FORMATS = ["table", *dict.fromkeys(format_.name for format_ in (*formats.SOLUTIONS, *formats.GRAPHS))]


@click.command(epilog="Example: ccn-graph ask networks-of-city --set city=kobe --format csv")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List all questions with their parameters.")
@click.option(
    "--query", "file", type=click.Path(path_type=Path, allow_dash=True), help="SPARQL from FILE, or - for stdin."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a parameter; repeat for more.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="table", help="Default: table.")
@click.option("--since", type=click.Path(path_type=Path), help="With scorecard: what has changed since a release.")
@console.options
def ask(
    name: str | None, listing: bool, file: Path | None, settings: tuple[str, ...], format_: str, since: Path | None,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Ask the question called NAME (or by its number), or any SPARQL query with --query."""
    language = languages.readers_language(lang)
    if sum((bool(name), listing, file is not None)) != 1:
        raise click.UsageError("give one of NAME, --list and --query; `ccn-graph ask --list` shows the names")
    if file and settings:
        raise click.UsageError("--set goes with a NAME, not with --query")
    if listing:
        _list(questions.read_all(Project.find(root, data_dir)), language)
        return
    graph = _graph(Project.find(root, data_dir))
    console.refuse_errors(graph, language)
    assert graph.project is not None
    if file:
        answer = graph.query(_read_query(file))
        _print_answer(graph, answer, format_, language)
        return
    asked = questions.find(questions.read_all(graph.project), name or "")
    if since:
        _print_changes(graph, asked, since, _settings(settings), format_, language)
        return
    answer = graph.query(_bound(graph, asked, _settings(settings)))
    _print_answer(graph, answer, format_, language, asked)


def _graph(project: Project) -> Graph:
    """Load the graph, from the user's cache if the same files have been asked before."""
    cache = None if os.environ.get(result_cache.SWITCH) else result_cache.of_user()
    with console.progress("reading") as bar:
        programs = fingerprint.of_programs("ccn_graph.graph.kept") if cache else ""
        return kept.load(project, programs, cache / "graph" if cache else None, bar)


def _bound(graph: Graph, asked: questions.Question, settings: Mapping[str, str]) -> str:
    """Write the query of a question; all labels are read only to say what a name that is not known may mean."""
    try:
        return asked.query(Labels(graph.engine, whole=False), settings)
    except QuestionError:
        return asked.query(graph.labels, settings)


def _settings(settings: tuple[str, ...]) -> Mapping[str, str]:
    parsed = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set takes KEY=VALUE, not '{setting}'")
        parsed[key] = value
    return parsed


def _read_query(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CcnError(f"{file} cannot be read: {error}") from error


def _list(by_name: Mapping[str, questions.Question], language: str) -> None:
    for name, asked in by_name.items():
        parameters = " ".join(f"--set {parameter.name}=…" for parameter in asked.parameters)
        click.echo(f"{asked.number:2} {name} {parameters}".rstrip())
        click.echo(f"   {asked.text[language]}")


def _print_changes(
    graph: Graph, asked: questions.Question, since: Path, settings: Mapping[str, str], format_: str, language: str
) -> None:
    # Only now, here and below: they take longer to load than most answers to find.
    from ccn_graph.cli import terminal_table
    from ccn_graph.graph import scorecard

    if asked.name != "scorecard" or format_ not in ("table", "csv") or settings.keys() - {"years", "today"}:
        raise click.UsageError("--since goes with scorecard, --set years and --set today, as a table or CSV")
    years = int(settings.get("years", "5"))
    now = scorecard.shortcomings(graph, years=years, today=settings.get("today"))
    changed = scorecard.changes(scorecard.of_release(since), now)
    if not changed:
        click.echo({"ja": "変わりなし", "en": "nothing has changed"}[language], err=True)
        return
    if format_ == "csv":
        click.echo(terminal_table.changes_as_csv(changed), nl=False)
        return
    click.echo(
        terminal_table.changes(
            changed, graph.labels, language, None if sys.stdout.isatty() else terminal_table.UNLIMITED
        )
    )


def _print_answer(
    graph: Graph, answer: Answer, format_: str, language: str, asked: questions.Question | None = None
) -> None:
    if format_ != "table" or answer.formats is formats.GRAPHS:
        wanted = "turtle" if format_ == "table" else format_
        output_format = formats.named(wanted, answer.formats)
        if output_format is None:
            offered = ", ".join(output_format.name for output_format in answer.formats)
            raise CcnError(f"this answer cannot be written as {wanted}; use one of: {offered}")
        written = answer.serialize(output_format)
        # A file or a program gets what the data hold; a terminal would act upon some of it.
        click.echo(visible(written.decode()) if sys.stdout.isatty() else written, nl=False)
        return
    from ccn_graph.cli import terminal_table

    rows = list(answer.rows())
    variables = answer.variables or ("answer",)
    if rows:
        columns = asked.columns if asked else ()
        width = None if sys.stdout.isatty() else terminal_table.UNLIMITED
        labels = Labels(graph.engine, whole=False)
        labels.know({term.value for row in rows for term in row if isinstance(term, ox.NamedNode)})
        click.echo(terminal_table.render(rows, variables, labels, language, columns, width))
    else:
        click.echo({"ja": "該当なし", "en": "no rows"}[language], err=True)
