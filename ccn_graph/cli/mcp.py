"""The verb `mcp`: the Model Context Protocol on standard input and output, for an agent on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.files.sandbox import Bounds
from ccn_graph.text import languages
from ccn_graph.workers.limits import Limits


@click.command(epilog="Example: claude mcp add ccn-graph -- ccn-graph mcp --root ccn-graph")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=Limits().seconds, show_default=True,
              help="Longest time of a call.")  # fmt: skip
@click.option("--memory", type=click.IntRange(1), default=Limits().memory, show_default=True,
              help="Megabytes that a call may use beyond the store.")  # fmt: skip
@console.options
def mcp(seconds: float, memory: int, lang: str | None, root: Path | None, data_dir: Path | None) -> None:
    """Answer an agent on standard input and output (Model Context Protocol).

    Its tools are the questions, names, descriptions with evidence, terms and shapes, SPARQL, and the check of a
    snippet. The same tools are at /mcp of a server.
    """
    # Only now: they take longer to load than a person waits for the help of a verb.
    from ccn_graph.server import open_local, open_project, services
    from ccn_graph.server.mcp import row_standing, stdio

    graph = console.load(root, data_dir)
    console.refuse_errors(graph, languages.readers_language(lang))
    assert graph.project
    stored = open_local.of_graph(graph)
    site = open_project.of_project(graph.project, graph.engine, stored.statistics, graph.labels)
    # Once, for all calls that are forked from here.
    row_standing.prepare(site)
    call = services.caller(site, open_project.checking(graph.project, graph))
    stdio.serve(call, Bounds(seconds=seconds, memory=memory))
