"""The verb `check`: the whole graph, or files that somebody brings; reports in any format."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.errors import CcnError
from ccn_graph.files import atomic, sandbox, spreadsheets
from ccn_graph.files.result_cache import Cache
from ccn_graph.files.sandbox import Bounds
from ccn_graph.graph import project
from ccn_graph.graph.project import Project
from ccn_graph.rdf import decoding, parsing
from ccn_graph.reports import text_report
from ccn_graph.reports.formats import FORMATS, guessed
from ccn_graph.reports.model import GroupBy, Report, counted
from ccn_graph.sheets import submission
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.submission import Submission
from ccn_graph.text import languages
from ccn_graph.validation.by_shapes import check_by_shapes
from ccn_graph.validation.check import check as check_graph
from ccn_graph.validation.finding import Finding, Severity
from ccn_graph.validation.shacl_findings import ShaclEngine

_DEFAULT = Bounds()


@click.command(epilog="Example: ccn-graph check data/documents/asahikawa-2026-06-12.ttl --lang ja")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="Format of the report; "
              "default: by the ending of --output, else text. Repeat with --output for several.")  # fmt: skip
@click.option("--output", "outputs", multiple=True, type=click.Path(path_type=Path, allow_dash=True),
              help="Write the report to FILE, or - for stdout.")  # fmt: skip
@click.option("--group", type=click.Choice([group.value for group in GroupBy]), help="Put findings under headings.")
@click.option("--fail-on", type=click.Choice([severity.name.lower() for severity in reversed(Severity)]),
              default="warning", help="Exit with 1 from this severity on. Default: warning.")  # fmt: skip
@click.option("--as", "kind", type=click.Choice(list(KINDS)), help="What each row of a sheet is; else guessed.")
@click.option("--document", default="", help="The document on record that states what a sheet says.")
@click.option("--shapes", "shapes", multiple=True, type=click.Path(path_type=Path), metavar="SHAPES",
              help="Check PATHS by the SHACL shapes in this file or directory alone, without the rules, data and "
              "house format of a project. Repeat for more.")  # fmt: skip
@click.option("--shapes-only", is_flag=True, help="Check PATHS by themselves, without the data and rules here.")
@click.option("--no-style", is_flag=True, help="Do not look at the house format of Turtle.")
@click.option("--megabytes", type=click.IntRange(1), default=_DEFAULT.megabytes, show_default=True,
              help="Largest file of others.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(0.1), default=_DEFAULT.seconds, show_default=True,
              help="Longest check of files of others.")  # fmt: skip
@click.option("--memory", type=click.IntRange(64), default=_DEFAULT.memory, show_default=True,
              help="Most memory for files of others, in MiB.")  # fmt: skip
@click.option("--engine", type=click.Choice([item.value for item in ShaclEngine]), default=ShaclEngine.COMPILED.value,
              help="Validate by queries compiled from the shapes (default), or by pySHACL alone: slower, "
              "the same findings.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Work everything out anew, also what has not changed.")
@console.options
def check(
    paths: tuple[Path, ...], formats: tuple[str, ...], outputs: tuple[Path, ...], group: str | None, fail_on: str,
    kind: str | None, document: str, shapes: tuple[Path, ...], shapes_only: bool, no_style: bool, megabytes: int,
    seconds: float, memory: int, engine: str, no_cache: bool, lang: str | None, root: Path | None,
    data_dir: Path | None,
) -> None:  # fmt: skip
    """Check syntax, shapes and rules of the whole graph, or of PATHS: RDF of any syntax, or sheets; - is stdin.

    PATHS outside the data directory are checked as if they were to be added to it, in a process of their own under
    limits. Results are kept in your cache directory for the next time; --no-cache or the environment variable
    CCN_GRAPH_NO_CACHE=1 switches that off.
    """
    wanted, language = _wanted(formats, outputs), languages.readers_language(lang)
    bounds, cache = Bounds(megabytes, seconds, memory), None if no_cache else Cache.of_user()
    if shapes and not paths:
        raise click.UsageError("name the data to be checked by --shapes, or - for stdin")
    with _stdin_as_file(paths, bounds) as (named, stand_in):
        files = project.data_files(named, () if shapes else spreadsheets.ENDINGS)
        if shapes:
            findings = _by_shapes(files, project.data_files(list(shapes)), ShaclEngine(engine), bounds)
        elif files:
            submitted = Submission(tuple(files), kind or "", document, shapes_only, not no_style, ShaclEngine(engine))
            findings = _submitted(Project.find(root, data_dir), submitted, bounds, cache)
        findings, files = _from_stdin(findings, files, stand_in) if files else ([], [])
    if not files:
        graph = console.load(root, data_dir)
        files = [*(read.path for read in graph.sources), *(error.path for error in graph.errors)]
        with console.progress("checking") as progress:
            looked_at = submission.parts(style=not no_style)
            findings = check_graph(graph, progress=progress, cache=cache, parts=looked_at, engine=ShaclEngine(engine))
    report = Report(tuple(findings), tuple(files), language, Severity[fail_on.upper()], GroupBy(group or "file"))
    _write(report, wanted, grouped=group is not None)
    click.echo(counted(report, len(files)), err=True)
    if any(finding.unevaluated for finding in report.findings):
        _say_what_is_not_evaluated(report, wanted)
        sys.exit(2)
    sys.exit(1 if report.failing else 0)


def _say_what_is_not_evaluated(report: Report, wanted: Sequence[tuple[str, Path]]) -> None:
    """Name the faults of the shapes, also where the report itself has no room for them."""
    faults = tuple(finding for finding in report.findings if finding.unevaluated)
    if all(name == "turtle" or str(path) != "-" for name, path in wanted):
        click.echo(text_report.lines(dataclasses.replace(report, findings=faults)), nl=False, err=True)
    text = {
        "ja": f"ccn-graph: 調べられないシェイプがある({len(faults)}件、規則 shapes)。直してからもう一度調べる",
        "en": f"ccn-graph: some shapes cannot be evaluated ({len(faults)} findings of the rule shapes); mend them and "
        "check again",
    }
    click.echo(text[report.language], err=True)


@contextlib.contextmanager
def _stdin_as_file(paths: Sequence[Path], bounds: Bounds) -> Iterator[tuple[list[Path], Path | None]]:
    """Put what comes on stdin, where `-` is among the paths, into a file whose ending fits."""
    if Path("-") not in paths:
        yield list(paths), None
        return
    most = bounds.megabytes * 1_000_000
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise CcnError(f"stdin holds more than {bounds.megabytes} MB; check it in parts or allow more (--megabytes)")
    ending = next(
        name for name, syntax in parsing.FORMATS.items() if syntax == parsing.guessed(decoding.unpacked(data))
    )
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        path = Path(directory) / f"stdin{ending}"
        path.write_bytes(data)
        yield [path if argument == Path("-") else argument for argument in paths], path


def _from_stdin(
    findings: Sequence[Finding], files: Sequence[Path], stand_in: Path | None
) -> tuple[list[Finding], list[Path]]:
    """Name stdin itself where its stand-in was looked at."""
    name = Path.cwd() / "stdin"
    named = [dataclasses.replace(finding, path=name) if finding.path == stand_in else finding for finding in findings]
    return named, [name if path == stand_in else path for path in files]


def _by_shapes(data: Sequence[Path], shapes: Sequence[Path], engine: ShaclEngine, bounds: Bounds) -> list[Finding]:
    """Check files of others by shapes of others, where neither can do harm."""
    for path in (*data, *shapes):
        sandbox.refuse_large(path, bounds)
    with console.progress("checking") as bar:
        return sandbox.run(lambda step: check_by_shapes(data, shapes, engine=engine, progress=step), bounds, bar)


def _submitted(here: Project, submitted: Submission, bounds: Bounds, cache: Cache | None) -> list[Finding]:
    """Check files; those of others where neither a crash nor their size can do harm."""
    for path in submitted.paths:
        sandbox.refuse_large(path, bounds)
    with console.progress("checking") as bar:
        if all(path.resolve().is_relative_to(here.data) for path in submitted.paths):
            return submission.findings(here, submitted, cache=cache, progress=bar)
        return sandbox.run(lambda step: submission.findings(here, submitted, cache=cache, progress=step), bounds, bar)


def _wanted(formats: Sequence[str], outputs: Sequence[Path]) -> list[tuple[str, Path]]:
    """Pair formats with files. Raises click.UsageError if it is not clear which belong together."""
    if formats and outputs and len(formats) != len(outputs):
        raise click.UsageError("give one --output for each --format, in the same order, or let the endings tell")
    if len(formats) > 1 and not outputs:
        raise click.UsageError("several formats need an --output each")
    if not outputs:
        return [(formats[0] if formats else "text", Path("-"))]
    named = formats or [guessed(path) if str(path) != "-" else "text" for path in outputs]
    return list(zip(named, outputs, strict=True))


def _write(report: Report, wanted: Sequence[tuple[str, Path]], *, grouped: bool) -> None:
    for name, path in wanted:
        to_stdout = str(path) == "-"
        if name == "text":
            write = text_report.grouped if grouped else text_report.lines
            body = write(report, colour=to_stdout and console.coloured())
        else:
            body = FORMATS[name].write(report)
        if to_stdout:
            click.echo(body, nl=False)
        else:
            atomic.write(path, body.encode("utf-8"))
