"""The verb `release`: write the graph for others to take, and a snapshot for servers."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.errors import ProjectError
from ccn_graph.graph import project
from ccn_graph.graph.graph import Graph
from ccn_graph.releases import snapshot_archive, snapshot_manifest, snapshot_writing, write_release
from ccn_graph.text import languages


@click.command(epilog="Example: ccn-graph release dist/ccn-graph --archive")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--since", type=click.Path(path_type=Path), metavar="DIR",
              help="Compare with the release in DIR, not with the one that is replaced.")  # fmt: skip
@click.option(
    "--archive", "packed", is_flag=True, help=f"Also write the snapshot as one file, {snapshot_manifest.ARCHIVE}."
)
@click.option("--data", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Write only a snapshot, of these RDF files.")  # fmt: skip
@console.default_graph
@console.options
def release(
    directory: Path, since: Path | None, packed: bool, data: tuple[Path, ...], default_graph: str,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Write the graph in every format, an answer per question, a description and checksums to DIRECTORY.

    Also told is what has changed since the release before. An IRI of that release of which nothing is said any more
    is a finding: nothing is written then. The same data give the same bytes, of everything but the snapshot:
    DIRECTORY/snapshot holds a store on disk, ready to be served by `ccn-graph serve --snapshot`. It has checksums of
    its own, and it is no part of SHA256SUMS.
    """
    if data and since:
        raise click.UsageError("--since goes with the project's own data; of others' files there is no release before")
    if data:
        _foreign(directory, list(data), union=default_graph == "union", packed=packed)
        return
    language = languages.readers_language(lang)
    write_release.refuse_foreign(directory)
    graph = console.load(root, data_dir)
    console.refuse_violations(graph, language)
    gone = write_release.gone(graph, directory, since)
    if gone:
        console.report(gone, language)
        sys.exit(1)
    with console.progress("writing") as progress:
        files = write_release.write(graph, directory, progress, since, functools.partial(_snapshot, graph, packed))
    inner = [file for file in files if directory / snapshot_manifest.DIRECTORY in file.parents]
    click.echo(f"{len(files) - len(inner)} files and a snapshot in {directory}", err=True)


def _snapshot(graph: Graph, packed: bool, fresh: Path) -> None:
    written = snapshot_writing.write(graph, fresh / snapshot_manifest.DIRECTORY)
    if packed:
        snapshot_archive.pack(written, fresh / snapshot_manifest.ARCHIVE)


def _foreign(directory: Path, data: list[Path], *, union: bool, packed: bool) -> None:
    ours = {snapshot_manifest.DIRECTORY, snapshot_manifest.ARCHIVE}
    if directory.is_dir() and {path.name for path in directory.iterdir() if not path.name.startswith(".")} - ours:
        raise ProjectError(f"{directory} holds other files than a snapshot; name a new or empty directory")
    with console.progress("quads") as bar:
        report = functools.partial(console.count, bar) if bar else None
        files = project.data_files(data)
        written = snapshot_writing.write_of(
            files, directory / snapshot_manifest.DIRECTORY, union=union, progress=report
        )
    if packed:
        with console.progress("packing") as bar:
            snapshot_archive.pack(written, directory / snapshot_manifest.ARCHIVE, bar)
    triples = written.manifest.statistics.triples
    click.echo(f"a snapshot of {triples} triples in {directory / snapshot_manifest.DIRECTORY}", err=True)
