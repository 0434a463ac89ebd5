"""The command `ccn-graph`: one verb per subject, thin over the library.

Exit codes: 0 fine, 1 findings, 2 could not run.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

import ccn_graph
from ccn_graph import finding, media, project, question, release, server, table
from ccn_graph.check import check as check_graph
from ccn_graph.check import syntax
from ccn_graph.engine import Answer
from ccn_graph.errors import CcnError
from ccn_graph.finding import Finding, Severity
from ccn_graph.graph import Graph
from ccn_graph.pool.limits import Limits
from ccn_graph.project import Project
from ccn_graph.source import Kind

_FORMATS = ["table", *dict.fromkeys(known.name for known in (*media.SOLUTIONS, *media.GRAPHS))]


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every verb has, and turn errors of the library into exit code 2."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except CcnError as error:
            click.echo(f"ccn-graph: {error}", err=True)
            sys.exit(2)

    for option in (
        click.option("--lang", type=click.Choice(finding.LANGUAGES), help="Language of messages and labels."),
        click.option("--root", type=click.Path(path_type=Path), help="Directory of the project."),
        click.option("--data-dir", type=click.Path(path_type=Path), help="Data directory instead of the project's."),
    ):
        run = option(run)
    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(ccn_graph.__version__, prog_name="ccn-graph")
def main() -> None:
    """Check, ask, serve and release the knowledge graph of city networks."""


@main.command(epilog="Example: ccn-graph check data/documents/asahikawa-2026-06-12.ttl --lang ja")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_options
def check(paths: tuple[Path, ...], lang: str | None, root: Path | None, data_dir: Path | None) -> None:
    """Check syntax, shapes and rules of the whole graph, or show what is found in PATHS only.

    PATHS outside the data directory are checked as if they lay in it.
    """
    files = project.data_files(list(paths))
    graph = _load(root, data_dir, files)
    with _progress("checking") as progress:
        findings = check_graph(graph, only=files or None, progress=progress)
    _report(findings, finding.readers_language(lang), len(files or graph.sources) + (0 if files else len(graph.errors)))
    sys.exit(1 if _failing(findings) else 0)


@main.command(epilog="Example: ccn-graph ask networks-of-city --set city=kobe --format csv")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List all questions with their parameters.")
@click.option(
    "--query", "file", type=click.Path(path_type=Path, allow_dash=True), help="SPARQL from FILE, or - for stdin."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a parameter; repeat for more.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="table", help="Default: table.")
@_options
def ask(
    name: str | None, listing: bool, file: Path | None, settings: tuple[str, ...], format_: str,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Ask the question called NAME (or by its number), or any SPARQL query with --query."""
    language = finding.readers_language(lang)
    if sum((bool(name), listing, file is not None)) != 1:
        raise click.UsageError("give one of NAME, --list and --query; `ccn-graph ask --list` shows the names")
    if file and settings:
        raise click.UsageError("--set goes with a NAME, not with --query")
    if listing:
        _list(question.read_all(Project.find(root, data_dir)), language)
        return
    graph = _load(root, data_dir)
    _refuse_errors(graph, language)
    assert graph.project is not None
    if file:
        answer = graph.query(_read_query(file))
        _print_answer(graph, answer, format_, language)
        return
    asked = question.find(question.read_all(graph.project), name or "")
    answer = graph.query(asked.query(graph.labels, _settings(settings)))
    _print_answer(graph, answer, format_, language, asked)


@main.command("release", epilog="Example: ccn-graph release dist/ccn-graph")
@click.argument("directory", type=click.Path(path_type=Path))
@_options
def release_(directory: Path, lang: str | None, root: Path | None, data_dir: Path | None) -> None:
    """Write the graph in every format, an answer per question, a description and checksums to DIRECTORY."""
    graph = _load(root, data_dir)
    _refuse_violations(graph, finding.readers_language(lang))
    with _progress("writing") as progress:
        files = release.write(graph, directory, progress)
    click.echo(f"{len(files)} files in {directory}", err=True)


@main.command(epilog="Example: ccn-graph serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--data", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Serve RDF files instead.")
@click.option("--no-check", is_flag=True, help="Serve even what has violations.")
@click.option("--engine", type=click.Choice(server.ENGINES), default="oxigraph", show_default=True)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "own"]),
    default="union",
    show_default=True,
    help="With --data: the union of all graphs, or only what the files put there.",
)
@click.option("--cache", default=64, show_default=True, type=click.IntRange(0), help="Megabytes of answers kept.")
@click.option("--service", "services", multiple=True, metavar="PREFIX", help="Let SERVICE call IRIs that begin so.")
@click.option("--logs", is_flag=True, help="Write a line of JSON for each request to stderr.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Longest time of a query.  [default: 30]")
@click.option("--rows", type=click.IntRange(1), help="Most rows of an answer.  [default: 1000000]")
@click.option("--megabytes", type=click.IntRange(1), help="Largest answer.  [default: 256]")
@click.option("--memory", type=click.IntRange(1), help="Megabytes a query may use beyond the store.  [default: 2048]")
@click.option("--workers", type=click.IntRange(1), help="Queries at once.  [default: one a processor, at least 2]")
@click.option("--queue", type=click.IntRange(0), help="Queries that wait.  [default: 64]")
@click.option("--per-client", type=click.IntRange(1), help="Queries of one client.  [default: 16]")
@_options
def serve(
    host: str, port: int, data: tuple[Path, ...], no_check: bool, engine: str,
    default_graph: str, cache: int, logs: bool, services: tuple[str, ...],
    lang: str | None, root: Path | None, data_dir: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    """Check the data, then serve a SPARQL endpoint at /sparql."""
    language = finding.readers_language(lang)
    limits = Limits(**{name: value for name, value in given.items() if value is not None})
    with server.start(host, port, engine, limits, cache=cache, logs=logs) as started:
        graph = _foreign(data, default_graph == "union") if data else _load(root, data_dir)
        if data or no_check:
            _refuse_errors(graph, language)
        else:
            _refuse_violations(graph, language, "; --no-check serves it all the same")
        click.echo(f"serving {len(graph.store)} quads on {started.url}", err=True)
        sys.exit(started.serve(graph, engine, services))


def _foreign(data: tuple[Path, ...], union: bool) -> Graph:
    files = [(path, Kind.OTHER) for path in project.data_files(list(data))]
    with _progress("reading") as progress:
        return Graph.of_files(files, progress, union=union)


def _load(root: Path | None, data_dir: Path | None, files: list[Path] | None = None) -> Graph:
    extra = [(path, project.kind_of(path)) for path in files or ()]
    with _progress("reading") as progress:
        return Graph.load(Project.find(root, data_dir), extra, progress)


def _failing(findings: list[Finding]) -> bool:
    return any(found.severity > Severity.INFO for found in findings)


def _report(findings: list[Finding], language: str, files: int) -> None:
    for found in findings:
        click.echo(found.render(language))
    counted = {severity: sum(found.severity is severity for found in findings) for severity in reversed(Severity)}
    summary = ", ".join(f"{number} {severity.label(language)}" for severity, number in counted.items())
    click.echo(f"{summary} ({files} files)" if language == "en" else f"{summary}({files}ファイル)", err=True)


def _refuse_violations(graph: Graph, language: str, hint: str = "") -> None:
    with _progress("checking") as progress:
        findings = check_graph(graph, progress=progress)
    wrong = [found for found in findings if found.severity is Severity.VIOLATION]
    if wrong:
        _report(wrong, language, len(graph.sources))
        raise CcnError(f"the data has {len(wrong)} violations, so nothing is done{hint}")


def _refuse_errors(graph: Graph, language: str) -> None:
    # An answer from the files that happen to be readable would look complete and be wrong.
    if graph.errors:
        _report(list(syntax(graph)), language, len(graph.errors))
        raise CcnError("some files cannot be read, so answers would be incomplete; mend them first")


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


def _list(questions: Mapping[str, question.Question], language: str) -> None:
    for name, asked in questions.items():
        parameters = " ".join(f"--set {parameter.name}=…" for parameter in asked.parameters)
        click.echo(f"{asked.number:2} {name} {parameters}".rstrip())
        click.echo(f"   {asked.text[language]}")


def _print_answer(
    graph: Graph, answer: Answer, format_: str, language: str, asked: question.Question | None = None
) -> None:
    if format_ != "table" or answer.formats is media.GRAPHS:
        wanted = "turtle" if format_ == "table" else format_
        known = media.named(wanted, answer.formats)
        if known is None:
            offered = ", ".join(known.name for known in answer.formats)
            raise CcnError(f"this answer cannot be written as {wanted}; use one of: {offered}")
        click.echo(answer.serialize(known), nl=False)
        return
    rows = list(answer.rows())
    variables = answer.variables or ("answer",)
    if rows:
        columns = asked.columns if asked else ()
        width = None if sys.stdout.isatty() else table.UNLIMITED
        click.echo(table.render(rows, variables, graph.labels, language, columns, width))
    elif asked and asked.unanswerable:
        click.echo(asked.unanswerable[language], err=True)
    else:
        click.echo({"ja": "該当なし", "en": "no rows"}[language], err=True)


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar while something long runs, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(Text(what).plain, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
