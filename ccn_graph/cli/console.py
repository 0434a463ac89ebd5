"""What all verbs of the command share: their options, the bar while they work, the report of what was found."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ccn_graph.errors import CcnError
from ccn_graph.graph import project
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.text import languages, today

if TYPE_CHECKING:
    from ccn_graph.validation.finding import Finding

# What only some verbs need, or only a terminal, is imported where it is needed: an answer should not wait for it.


def _use_zone(_context: click.Context, _option: click.Parameter, name: str) -> None:
    try:
        today.zone(name)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    # Every process that this one starts has the same day.
    os.environ[today.VARIABLE] = name


def _use_all_rows(_context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    # Every process that this one starts reads the same.
    if wanted:
        os.environ[project.ALL_ROWS] = "1"
    else:
        os.environ.pop(project.ALL_ROWS, None)


def _end_unwritten(error: OSError) -> NoReturn:
    """Say in one line what cannot be written or read, such as to a full disk or a closed pipe, and end with 2."""
    # Python would try to write the rest of it once more at its end; what is no file in a test has no number.
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    where = f"{error.filename}: " if error.filename else ""
    cut = "; what was written is not whole" if error.errno in (errno.ENOSPC, errno.EPIPE, errno.EDQUOT) else ""
    with contextlib.suppress(OSError):
        click.echo(f"ccn-graph: {where}{error.strerror or error}{cut}", err=True)
    sys.exit(2)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every verb has, and turn errors of the library into exit code 2."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            try:
                command(*args, **kwargs)
            finally:
                # What is still to be written may be what there is no room for.
                sys.stdout.flush()
        except CcnError as error:
            click.echo(f"ccn-graph: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            _end_unwritten(error)

    for option in (
        click.option("--lang", type=click.Choice(languages.LANGUAGES), help="Language of messages and labels."),
        click.option("--root", type=click.Path(path_type=Path), help="Directory of the project."),
        click.option("--time-zone", metavar="ZONE", envvar=today.VARIABLE, default=today.DEFAULT, show_default=True,
                     expose_value=False, callback=_use_zone, help="Zone of the date that 'today' is."),
        click.option("--all-rows", is_flag=True, envvar=project.ALL_ROWS, expose_value=False, callback=_use_all_rows,
                     help="For research: make cities of the rows of tables that are linked with none."),
        click.option("--data-dir", type=click.Path(path_type=Path), help="Data directory instead of the project's."),
    ):  # fmt: skip
        run = option(run)
    return run


#: Options of the verbs that take files of anyone's.
default_graph = click.option(
    "--default-graph", type=click.Choice(["union", "own"]), default="union", show_default=True,
    help="With --data: the union of all graphs, or only what the files put there.",
)  # fmt: skip
store = click.option(
    "--store", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="With --data: keep them on disk in DIR, for more than memory holds; built once.",
)  # fmt: skip


def load(root: Path | None, data_dir: Path | None, files: Iterable[Path] = ()) -> Graph:
    """Read the whole graph, and `files` on top of it, behind a bar."""
    extra = [(path, project.kind_of(path)) for path in files]
    with progress("reading") as bar:
        return Graph.load(Project.find(root, data_dir), extra, bar)


def report(findings: list[Finding], language: str, files: int | None = None) -> None:
    """Print one line per finding, and on stderr how many there are of each severity."""
    from ccn_graph.reports.model import Report, counted
    from ccn_graph.reports.text_report import lines

    written = Report(tuple(findings), (), language)
    click.echo(lines(written, colour=coloured()), nl=False)
    click.echo(counted(written, files), err=True)


def coloured() -> bool:
    """Tell whether stdout is a terminal of a person who does not object to colours (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar while something long runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.text import Text

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(Text(what).plain, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def count(bar: Callable[[int, int | None], None], done: int) -> None:
    """Show on a bar how much is done of what nobody knows the end of."""
    bar(done, None)


def refuse_violations(graph: Graph, language: str, hint: str = "") -> None:
    """Raise CcnError, having shown them, if the data have violations."""
    from ccn_graph.files.result_cache import Cache
    from ccn_graph.validation.check import check
    from ccn_graph.validation.finding import Severity

    with progress("checking") as bar:
        findings = check(graph, progress=bar, cache=Cache.of_user())
    wrong = [finding for finding in findings if finding.severity is Severity.VIOLATION]
    if wrong:
        report(wrong, language, len(graph.sources))
        raise CcnError(f"the data has {len(wrong)} violations, so nothing is done{hint}")


def refuse_errors(graph: Graph, language: str) -> None:
    """Raise CcnError, having shown them, if files are not well-formed: an answer from the rest would look complete."""
    if graph.errors:
        from ccn_graph.validation.check import syntax

        report(list(syntax(graph)), language, len(graph.errors))
        raise CcnError("some files cannot be read, so answers would be incomplete; mend them first")
