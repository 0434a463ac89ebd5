"""The verb `publish`: check, then bring the graph into an engine on another machine and switch its readers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.cli.serve import foreign
from ccn_graph.errors import CcnError
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import Client, find
from ccn_graph.rdf.remote.server_urls import DIALECTS
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases.publish import Phase, Published, publish
from ccn_graph.releases.snapshot_links import PinnedSnapshot, pin
from ccn_graph.releases.snapshot_reading import try_out, verify
from ccn_graph.server import open_local
from ccn_graph.text import languages

_PATIENCE = 600.0
"""Seconds that an engine may take for one of the requests that fill it."""

_PHASES = {
    "ja": {
        Phase.COMPARING: "比較",
        Phase.SENDING: "送信 (トリプル)",
        Phase.COUNTING: "エンジンでの計数",
        Phase.SWITCHING: "切り替え",
        Phase.CLEARING: "古いグラフの削除",
    },
    "en": {
        Phase.COMPARING: "comparing",
        Phase.SENDING: "sending triples",
        Phase.COUNTING: "counting in the engine",
        Phase.SWITCHING: "switching",
        Phase.CLEARING: "dropping old graphs",
    },
}

_SAID = {
    "ja": {
        True: "{version}版は既に公開されています ({triples:,}トリプル)。何もしませんでした",
        False: "{version}版を公開しました: {triples:,}トリプル。グラフは送信{sent:,}、変更なし{kept:,}、"
        "削除{removed:,}",
    },
    "en": {
        True: "version {version} is published already ({triples:,} triples); nothing was done",
        False: "published version {version}: {triples:,} triples; graphs: {sent:,} sent, {kept:,} as they were, "
        "{removed:,} removed",
    },
}
_RESUMED = {
    "ja": "。うち{left_out:,}トリプルは前回送信済み",
    "en": "; {left_out:,} triples were there from an earlier run",
}


_KNOWN = ", ".join(dialect.title for dialect in DIALECTS)


@click.command(
    "publish",
    epilog="Example: CCN_ENGINE_USER=dba CCN_ENGINE_PASSWORD=… ccn-graph publish --to http://localhost:8890/sparql",
)
@click.option("--to", required=True, metavar="URL", help="The engine: its SPARQL endpoint, or the address above it.")
@click.option("--update", default="", metavar="URL", help=f"Where it takes updates; known of {_KNOWN}.")
@click.option("--graph-store", default="", metavar="URL", help="Where it takes graphs (Graph Store Protocol).")
@click.option("--credentials", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="user:password or Bearer TOKEN in a file that only you can read; else the environment variables "
              "CCN_ENGINE_USER and CCN_ENGINE_PASSWORD, or CCN_ENGINE_TOKEN.")  # fmt: skip
@click.option(
    "--data", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Publish RDF files instead."
)
@console.default_graph
@console.store
@click.option("--snapshot", type=click.Path(path_type=Path), metavar="DIR|FILE",
              help="Publish a snapshot that `release` wrote.")  # fmt: skip
@click.option("--take-over", is_flag=True, help="Go on although another process has not said that it has ended.")
@console.options
def publish_(
    to: str, update: str, graph_store: str, credentials: Path | None, data: tuple[Path, ...], default_graph: str,
    store: Path | None, snapshot: Path | None, take_over: bool,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Check the data, bring them into a SPARQL 1.1 engine, and switch its readers when all of it is there.

    Readers (`ccn-graph serve --engine URL`) see the version before until then. A run that was killed is taken up where
    it ended; a version that is there is left alone.
    """
    language = languages.readers_language(lang)
    if store and not data:
        raise click.UsageError("--store goes with --data; the project's own data fit into memory")
    if snapshot and data:
        raise click.UsageError("--data and --snapshot name different data; give one of them")
    login = Credentials.read(os.environ, credentials)
    # First of all: an engine that is not there should be known before minutes of work.
    target = find(to, login, update, graph_store)
    if not target.update:
        raise CcnError(f"it is not known where {target.query} takes updates; say so with --update URL")
    with contextlib.ExitStack() as stack:
        if snapshot:
            stored = _kept(stack.enter_context(pin(snapshot)))
        else:
            stored = _stored(data, store, language, root, data_dir, union=default_graph == "union")
        client = stack.enter_context(Client(target, login, _PATIENCE))
        shown = stack.enter_context(_Shown(_PHASES[language]))
        published = publish(stored, client, shown, take_over=take_over)
    click.echo(_told(published, language), err=True)


def _kept(pinned: PinnedSnapshot) -> Stored:
    with console.progress("bytes") as bar:
        verify(pinned.snapshot, bar)
    try_out(pinned.snapshot)
    return pinned.snapshot.stored


def _stored(
    data: tuple[Path, ...], store: Path | None, language: str, root: Path | None, data_dir: Path | None, *, union: bool
) -> Stored:
    if data:
        return foreign(data, store, union=union)
    graph = console.load(root, data_dir)
    console.refuse_violations(graph, language)
    return open_local.of_graph(graph)


def _told(published: Published, language: str) -> str:
    words = {name: getattr(published, name) for name in ("version", "triples", "sent", "kept", "removed")}
    message = _SAID[language][published.already].format(**words)
    return message + (_RESUMED[language].format(left_out=published.left_out) if published.left_out else "")


class _Shown:
    """A bar for each phase on a terminal, a line for each elsewhere."""

    def __init__(self, names: dict[Phase, str]) -> None:
        self._names = names
        self._phase: Phase | None = None
        self._open = contextlib.ExitStack()
        self._bar: Callable[[int, int | None], None] | None = None

    def __enter__(self) -> _Shown:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __call__(self, phase: Phase, done: int, total: int) -> None:
        if phase is not self._phase:
            self._phase = phase
            self._open.close()
            self._bar = self._open.enter_context(console.progress(self._names[phase]))
            if self._bar is None:
                click.echo(f"{self._names[phase]}: {total:,}", err=True)
        if self._bar:
            self._bar(done, total)
