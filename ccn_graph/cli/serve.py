"""The verb `serve`: check, then answer over HTTP."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
import signal
import sys
import tempfile
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ccn_graph.cli import console
from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.graph import project
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.rdf import stores
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import find
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases import kept_releases, write_release
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.server import open_local, start
from ccn_graph.server.client_address import LOOPBACK, Proxies
from ccn_graph.server.open_remote import Elsewhere
from ccn_graph.server.open_snapshot import Snapshots
from ccn_graph.text import languages
from ccn_graph.workers.dataset_version import DatasetVersion, Updates
from ccn_graph.workers.limits import Limits

#: Limit -> type and help; their defaults are those of Limits.
_LIMITS: dict[str, tuple[click.ParamType[Any], str]] = {
    "seconds": (click.FloatRange(0, min_open=True), "Longest time of a query."),
    "rows": (click.IntRange(1), "Most rows of an answer."),
    "megabytes": (click.IntRange(1), "Largest answer."),
    "memory": (click.IntRange(1), "Megabytes that a query may use beyond the store."),
    "workers": (click.IntRange(0), "Queries at once; 0 is one more than processors, at least three."),
    "queue": (click.IntRange(0), "Queries that wait."),
    "spool": (click.IntRange(0), "Megabytes on disk for clients that read slowly; 0 is none."),
    "per-client": (click.IntRange(1), "Queries of one client at once."),
}


#: Triples beyond which a store on disk serves better. Measured with two million (tests/benchmarks/results/large.md): in
#: memory, loading takes minutes at every start and workers that read much end up with copies of what they share
#: (1.6 GB became 3.8), for scans twice as fast; from disk a start takes seconds and all workers together 0.6 GB.
MANY = 2_000_000

#: Workers before an engine elsewhere, unless a number is given.
ELSEWHERE_WORKERS = 16

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
@click.option("--url", metavar="URL", callback=lambda _context, _option, value: _public(value),
              help="Address for clients, behind a proxy, such as https://example.org.")  # fmt: skip
@click.option("--data", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Serve RDF files instead.")
@console.default_graph
@console.store
@click.option("--release", "kept", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep the files of /data/ in DIR, with what has changed since those that were there.")  # fmt: skip
@click.option("--no-check", is_flag=True, help="Serve even what has violations.")
@click.option("--engine", default="oxigraph", show_default=True, metavar="oxigraph|rdflib|URL",
              help="What answers queries: the native engine, rdflib, or a SPARQL 1.1 server at a URL.")  # fmt: skip
@click.option("--credentials", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With --engine URL: user:password in a file; else CCN_ENGINE_USER and …_PASSWORD.")  # fmt: skip
@click.option("--snapshot", type=click.Path(path_type=Path), metavar="DIR|FILE",
              help="Serve a snapshot that `release` wrote, and each that takes its place.")  # fmt: skip
@click.option("--cache", default=64, show_default=True, type=click.IntRange(0), help="Megabytes of answers kept.")
@click.option("--service", "services", multiple=True, metavar="PREFIX", help="Let SERVICE call IRIs that begin so.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="NET", envvar="FORWARDED_ALLOW_IPS",
              default=LOOPBACK, show_default=True, callback=lambda _context, _option, value: _proxies(value),
              help="Proxies that are believed who their client is: addresses or networks (10.0.0.0/8).")  # fmt: skip
@click.option("--logs", is_flag=True, help="Write a line of JSON for each request to stderr.")
@_limits
@console.options
def serve(
    host: str, port: int, url: str | None, cache: int, logs: bool, proxies: tuple[str, ...], lang: str | None,
    **options: Any,
) -> None:  # fmt: skip
    """Check the data, then serve a SPARQL endpoint at /sparql."""
    limits = Limits(**{name.replace("-", "_"): options.pop(name.replace("-", "_")) for name in _LIMITS})
    chosen = ServeOptions(**options, language=languages.readers_language(lang), seconds=limits.seconds)
    chosen.refuse_contradictions(host)
    if chosen.is_elsewhere and not limits.workers:
        # They wait for the engine most of the time.
        limits = dataclasses.replace(limits, workers=ELSEWHERE_WORKERS)
    with contextlib.ExitStack() as stack:
        web = start.start(host, port, limits, public=url, cache=cache, logs=logs, proxies=proxies)
        started = stack.enter_context(web)
        dataset, updates, beside = offered(chosen, f"{started.public}/sparql", stack)
        if updates:
            # Until there is a handler, a SIGHUP would end it.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        click.echo(f"serving {dataset.statistics.triples} triples on {started.url}", err=True)
        sys.exit(started.serve(dataset, updates, beside))


def _public(url: str | None) -> str | None:
    parts = urllib.parse.urlsplit(url or "http://default")
    path = re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*/?", parts.path) and not {".", ".."} & set(parts.path.split("/"))
    if parts.scheme not in ("http", "https") or not parts.netloc or not path or parts.query or parts.fragment:
        form = "scheme, name and perhaps a path of plain letters, such as https://example.org/graph"
        raise click.BadParameter(f"give {form}, not {url}")
    return url and url.rstrip("/")


def _proxies(networks: tuple[str, ...]) -> tuple[str, ...]:
    # In the variable, which other servers know, too, they may be separated by commas.
    trusted = tuple(network.strip() for value in networks for network in value.split(",") if network.strip())
    try:
        Proxies(trusted)
    except ValueError as error:
        raise click.BadParameter(f"give addresses or networks, such as 10.0.0.0/8: {error}") from error
    return trusted


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What a person wants served."""

    data: tuple[Path, ...]
    default_graph: str
    store: Path | None
    kept: Path | None
    no_check: bool
    engine: str
    credentials: Path | None
    snapshot: Path | None
    services: tuple[str, ...]
    root: Path | None
    data_dir: Path | None
    language: str
    seconds: float

    @property
    def is_elsewhere(self) -> bool:
        """Whether queries are answered by an engine elsewhere."""
        return self.engine.startswith(("http://", "https://"))

    def refuse_contradictions(self, host: str) -> None:
        """Raise click.UsageError for options that do not go together, CcnError for a dangerous address."""
        if not self.is_elsewhere and self.engine not in ("oxigraph", "rdflib"):
            raise click.UsageError(f"--engine is oxigraph, rdflib or the URL of a SPARQL 1.1 server, not {self.engine}")
        sources = {"--data": self.data, "--snapshot": self.snapshot, "--engine URL": self.is_elsewhere}
        options = [name for name, value in sources.items() if value]
        if len(options) > 1:
            raise click.UsageError(f"{options[0]} and {options[1]} name different data; give one of them")
        if self.store and not self.data:
            raise click.UsageError("--store goes with --data; the project's own data fit into memory")
        if self.kept and options:
            raise click.UsageError(f"--release goes with the project's own data, not with {options[0]}")
        if self.credentials and not self.is_elsewhere:
            raise click.UsageError("--credentials goes with --engine URL")
        if self.engine != "rdflib":
            return
        if self.store or self.snapshot:
            name = "--store" if self.store else "--snapshot"
            raise click.UsageError(f"{name} goes with the native engine; rdflib keeps its data in memory")
        if not start.is_loopback(host):
            message = f"the rdflib engine serves this machine only, not {host}"
            raise CcnError(f"{message}; use --engine oxigraph or 127.0.0.1")


def offered(
    options: ServeOptions, base: str, stack: contextlib.ExitStack
) -> tuple[DatasetVersion, Updates | None, Callable[[], None] | None]:
    """Load what is wanted: the data as they are now, how to come to the next ones, and what is to be done beside."""
    kind = open_local.Rdflib(base) if options.engine == "rdflib" else open_local.Native(options.services, base)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ccn-")))
    if options.is_elsewhere:
        there = _elsewhere(options, base)
        return there.first(), Updates(there.look, there.dataset), None
    if options.snapshot:
        assert isinstance(kind, open_local.Native)
        snapshots = stack.enter_context(Snapshots(options.snapshot, kind, scratch))
        return snapshots.first(), Updates(snapshots.look, snapshots.dataset), None
    if options.data:
        dataset = open_local.files(foreign(options.data, options.store, union=options.default_graph == "union"), kind)
        for hint in () if options.store else _hints(dataset.statistics.triples, options.language):
            click.echo(hint, err=True)
        return dataset, None, None
    release_dir = _release_dir(options.kept, scratch)
    graph = _checked(console.load(options.root, options.data_dir), options.language, options.no_check)
    return (
        open_local.project(graph, release_dir, kind),
        None,
        functools.partial(_release, graph, release_dir),
    )


def _elsewhere(options: ServeOptions, base: str) -> Elsewhere:
    credentials = Credentials.read(os.environ, options.credentials)
    target = find(options.engine, credentials, seconds=options.seconds)
    try:
        questions = Project.find(options.root, options.data_dir)
    except ProjectError:
        # Then there are data, and no questions about them.
        questions = None
    return Elsewhere(target, credentials, options.seconds, questions, options.services, base)


def _release_dir(kept: Path | None, temporary: Path) -> ReleaseDirectory:
    if kept:
        write_release.refuse_foreign(kept)
    return ReleaseDirectory((kept or temporary / "release").absolute(), temporary / "failed")


def _checked(graph: Graph, language: str, no_check: bool) -> Graph:
    if no_check:
        console.refuse_errors(graph, language)
    else:
        console.refuse_violations(graph, language, "; --no-check serves it all the same")
    return graph


def _release(graph: Graph, release_dir: ReleaseDirectory) -> None:
    """Write the release of what is served, unless it is there or kept; in a process of its own."""
    if release_dir.release(graph.version):
        return
    try:
        # Changes are told since the release that a directory holds: what is kept knows of none.
        kept = None if release_dir.directory.exists() else kept_releases.place(graph)
        if kept and kept_releases.recall(kept, release_dir.directory, graph.version):
            return
        write_release.write(graph, release_dir.directory)
        if kept:
            kept_releases.keep(release_dir.directory, kept)
    except (CcnError, OSError) as error:
        release_dir.failure.touch()
        click.echo(f"ccn-graph: the files of /data/ cannot be written: {error}", err=True)


def foreign(data: tuple[Path, ...], store: Path | None, *, union: bool) -> Stored:
    """Load RDF files behind a bar, into memory or into the directory `store`."""
    files = project.data_files(list(data))
    with console.progress("quads") as bar:
        report = functools.partial(console.count, bar) if bar else None
        if store:
            return stores.on_disk(store, files, union=union, progress=report)
        return stores.in_memory(files, union=union, progress=report)
