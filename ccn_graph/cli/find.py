"""The verb `find`: from a name to the short name by which sheets, questions and Turtle speak of a thing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.graph.search import KINDS, THINGS, Hit, Index
from ccn_graph.rdf import namespaces
from ccn_graph.text import languages


@click.command(epilog="Example: ccn-graph find 髙松 --kind city")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice([kind for kind in KINDS if kind != "question"]), help="Only things of a kind."
)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="At most so many.")
@console.options
def find(
    name: str, kind: str | None, limit: int, lang: str | None, root: Path | None, data_dir: Path | None
) -> None:  # fmt: skip
    """Find the short names of things called NAME in any language and spelling, the best first.

    Each line gives the short name with its prefix, the name of the thing, and the name that matched if it is another.
    If nothing is called so, things of like names are shown on stderr and the exit code is 1.
    """
    language = languages.readers_language(lang)
    graph = console.load(root, data_dir)
    console.refuse_errors(graph, language)
    index = Index.of(graph.engine, graph.labels)
    hits = [hit for hit in index.find(name, language, 1_000) if kind in (None, hit.kind)][:limit]
    for hit in hits:
        click.echo(_line(hit, graph.labels.of(hit.thing, language)))
    if not hits:
        click.echo({"ja": "この名前のものはない", "en": "nothing is called so"}[language], err=True)
        for hit in index.near(name, language, [kind] if kind else [thing for thing in THINGS if thing != "person"]):
            click.echo(_line(hit, graph.labels.of(hit.thing, language)), err=True)
        sys.exit(1)


def _line(hit: Hit, label: str) -> str:
    matched = f"  ({hit.matched})" if hit.matched not in (label, namespaces.slug(hit.thing)) else ""
    return f"{namespaces.curie(hit.thing)}  {label}{matched}"
