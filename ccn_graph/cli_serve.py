"""The verb `serve`: check, then answer over HTTP."""

from __future__ import annotations

import contextlib
import functools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ccn_graph import assets, console, finding, project, question, release, server, storage, vocabulary
from ccn_graph.cache import Cache
from ccn_graph.engine import Engine
from ccn_graph.errors import CcnError
from ccn_graph.graph import Graph
from ccn_graph.pages.check import answer as answer_check
from ccn_graph.pages.check import no_check as no_check_here
from ccn_graph.pages.site import Site
from ccn_graph.pool.limits import Limits
from ccn_graph.released import Shelf
from ccn_graph.request import CheckRequest, Page
from ccn_graph.search import Index
from ccn_graph.statistics import Statistics
from ccn_graph.storage import Stored

Checker = Callable[[CheckRequest], Page]
SiteOver = Callable[[Engine, Statistics], Site]

#: Limit -> type and help; their defaults are those of Limits.
_LIMITS: dict[str, tuple[click.ParamType[Any], str]] = {
    "seconds": (click.FloatRange(0, min_open=True), "Longest time of a query."),
    "rows": (click.IntRange(1), "Most rows of an answer."),
    "megabytes": (click.IntRange(1), "Largest answer."),
    "memory": (click.IntRange(1), "Megabytes that a query may use beyond the store."),
    "workers": (click.IntRange(0), "Queries at once; 0 is one for each processor, at least two."),
    "queue": (click.IntRange(0), "Queries that wait."),
    "per-client": (click.IntRange(1), "Queries of one client at once."),
}


#: Triples beyond which a store on disk serves better. Measured with two million (tests/benchmarks/results/large.md): in
#: memory, loading takes minutes at every start and workers that read much end up with copies of what they share
#: (1.6 GB became 3.8), for scans twice as fast; from disk a start takes seconds and all workers together 0.6 GB.
MANY = 2_000_000

_HINTS = {
    "ja": f"ヒント: {MANY:,}トリプルを超えるデータには--store DIRが向いています。起動は数秒、メモリは数分の一です。",
    "en": f"hint: with more than {MANY:,} triples, --store DIR starts in seconds and needs a fraction of the memory",
}


def _hints(triples: int, language: str) -> list[str]:
    return [_HINTS[language]] if triples > MANY else []


def _limits(command: Any) -> Any:
    for name, (kind, text) in reversed(_LIMITS.items()):
        default = getattr(Limits(), name.replace("-", "_"))
        command = click.option(f"--{name}", type=kind, default=default, show_default=True, help=text)(command)
    return command


@click.command(epilog="Example: ccn-graph serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--data", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Serve RDF files instead.")
@click.option("--default-graph", type=click.Choice(["union", "own"]), default="union", show_default=True,
              help="With --data: the union of all graphs, or only what the files put there.")  # fmt: skip
@click.option("--store", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="With --data: keep them on disk in DIR, for more than memory holds; built once.")  # fmt: skip
@click.option("--release", "kept", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep the files of /data/ in DIR, with what has changed since those that were there.")  # fmt: skip
@click.option("--no-check", is_flag=True, help="Serve even what has violations.")
@click.option("--engine", type=click.Choice(server.ENGINES), default="oxigraph", show_default=True)
@click.option("--cache", default=64, show_default=True, type=click.IntRange(0), help="Megabytes of answers kept.")
@click.option("--service", "services", multiple=True, metavar="PREFIX", help="Let SERVICE call IRIs that begin so.")
@click.option("--logs", is_flag=True, help="Write a line of JSON for each request to stderr.")
@_limits
@console.options
def serve(
    host: str, port: int, data: tuple[Path, ...], default_graph: str, store: Path | None, kept: Path | None,
    no_check: bool, engine: str, cache: int, services: tuple[str, ...], logs: bool,
    lang: str | None, root: Path | None, data_dir: Path | None, **limits: Any,
) -> None:  # fmt: skip
    """Check the data, then serve a SPARQL endpoint at /sparql."""
    language = finding.readers_language(lang)
    if store and not data:
        raise click.UsageError("--store goes with --data; the project's own data fit into memory")
    if store and engine == "rdflib":
        raise click.UsageError("--store goes with the native engine; rdflib keeps its data in memory")
    if kept and data:
        raise click.UsageError("--release goes with the project's own data; of others' files there is none")
    with contextlib.ExitStack() as stack:
        shelf = None if data else _shelf(kept, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ccn-"))))
        started = stack.enter_context(server.start(host, port, engine, Limits(**limits), shelf, cache=cache, logs=logs))
        site: SiteOver
        checker: Checker
        if shelf is None:
            stored, beside = foreign(data, store, union=default_graph == "union"), None
            site, checker = Site.over, no_check_here
        else:
            graph = _checked(console.load(root, data_dir), language, no_check)
            stored, beside = own(graph), functools.partial(_release, graph, shelf)
            site, checker = _site(graph, shelf), functools.partial(answer_check, graph, Cache.of_user(keep=False))
        for hint in _hints(stored.statistics.triples, language) if data and not store else ():
            click.echo(hint, err=True)
        click.echo(f"serving {stored.statistics.triples} triples on {started.url}", err=True)
        sys.exit(started.serve(stored, engine, services, site, checker, beside))


def _shelf(kept: Path | None, temporary: Path) -> Shelf:
    if kept:
        release.refuse_foreign(kept)
    return Shelf((kept or temporary / "release").absolute(), temporary / "failed")


def _checked(graph: Graph, language: str, no_check: bool) -> Graph:
    if no_check:
        console.refuse_errors(graph, language)
    else:
        console.refuse_violations(graph, language, "; --no-check serves it all the same")
    return graph


def own(graph: Graph) -> Stored:
    """Give a graph as it is served."""
    kept = graph.store
    return Stored(lambda: kept, Statistics.of(graph.engine, graph.version, union=True))


def _site(graph: Graph, shelf: Shelf) -> SiteOver:
    # Read once, here, and shared by the workers.
    assert graph.project
    labels, questions, said = graph.labels, question.read_all(graph.project), vocabulary.read(graph.project)
    names, addresses = Index.of(graph.engine, labels, questions.values()), assets.read()

    def site(engine: Engine, statistics: Statistics) -> Site:
        return Site(engine, labels, statistics, questions, names, addresses, said, shelf)

    return site


def _release(graph: Graph, shelf: Shelf) -> None:
    """Write the release of what is served, unless it is there; in a process of its own."""
    if shelf.release(graph.version):
        return
    try:
        release.write(graph, shelf.directory)
    except (CcnError, OSError) as error:
        shelf.failure.touch()
        click.echo(f"ccn-graph: the files of /data/ cannot be written: {error}", err=True)


def foreign(data: tuple[Path, ...], store: Path | None, *, union: bool) -> Stored:
    """Load RDF files behind a bar, into memory or into the directory `store`."""
    files = project.data_files(list(data))
    with console.progress("quads") as bar:
        report = functools.partial(_count, bar) if bar else None
        if store:
            return storage.on_disk(store, files, union=union, progress=report)
        return storage.in_memory(files, union=union, progress=report)


def _count(bar: Callable[[int, int | None], None], quads: int) -> None:
    bar(quads, None)
