"""The verb `draft`: the text of a document becomes candidate records to look through."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from typing import Any

import click

from ccn_graph.cli import console
from ccn_graph.drafting import draft_file, proposals, readers, review
from ccn_graph.drafting.draft import TextDraft, about_document
from ccn_graph.drafting.draft import draft as drafted_of
from ccn_graph.drafting.facts import About
from ccn_graph.errors import CcnError
from ccn_graph.files import atomic
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text import dates, languages
from ccn_graph.text.today import today
from ccn_graph.validation.check import check


@click.command(epilog="Example: ccn-graph draft release.txt --document asahikawa-2026-06-12 --review review.html")
@click.argument("path", metavar="TEXT", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--document", required=True, metavar="SLUG", help="Short name of the document that the text is of.")
@click.option("--issued", default="", metavar="DATE", help="When it was issued, if it is not on record yet.")
@click.option("--publisher", "publishers", multiple=True, metavar="NAME", help="Who issued it; repeat for more.")
@click.option("--title", default="", help="Its title, as it is printed.")
@click.option("--url", default="", help="Where it is found.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write the draft to FILE, not to stdout.")
@click.option("--review", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a page for review, too: the source left, the records right.")  # fmt: skip
@click.option("--no-quotes", is_flag=True, help="Leave the lines of the source out of the draft.")
@click.option("--proposals", "command", default="", metavar="COMMAND",
              help="Ask a program of your choice for more facts; they are marked, and none is certain.")  # fmt: skip
@console.options
def draft(path: Path, lang: str | None, root: Path | None, data_dir: Path | None, **given: Any) -> None:
    """Find cities, networks, events, people, dates and figures in TEXT (.txt, .md, .html, .pdf or .docx).

    What is found becomes Turtle as import would write it, each record with the line it rests on. What is not certain
    is commented out, with the reason. Nothing is written into the data: look through it first.
    """
    language = languages.readers_language(lang)
    lines = readers.read(path)
    graph = console.load(root, data_dir)
    _refuse_data(graph, given)
    about = about_document(graph, _given(graph, given))
    printed = "ja" if re.search("[ぁ-ん]", "".join(line.text for line in lines)) else "en"
    head = draft_file.head(about, printed, given["url"], today())
    proposer = functools.partial(proposals.ask, given["command"]) if given["command"] else None
    with console.progress("checking") as bar:
        checker = functools.partial(check, progress=bar, cache=Cache.of_user())
        made = drafted_of(graph, lines, about, head, checker, proposer)
    _write(made, given, language)
    for finding in made.findings:
        click.echo(finding.render(language), err=True)
    click.echo(_summary(made)[language], err=True)


def _given(graph: Graph, options: dict[str, Any]) -> About:
    """Read what is told of a document. Raises CcnError for a date or a name that cannot be read."""
    issued = dates.parse(options["issued"]).lexical if options["issued"] else ""
    resolver = Resolver(Facts(graph)) if options["publishers"] else None
    holders = tuple(namespaces.CCN + name for name in ("City", "Body", "Network", "NetworkBody"))
    publishers = tuple(resolver.find(name, holders) for name in options["publishers"]) if resolver else ()
    return About(options["document"], issued, today().isoformat(), publishers, options["title"])


def _refuse_data(graph: Graph, options: dict[str, Any]) -> None:
    """Keep the sentences of a source out of the data. Raises CcnError."""
    assert graph.project is not None
    inside = [path for path in (options["to"], options["page"]) if path and _within(path, graph.project.data)]
    if inside and not (options["no_quotes"] and inside == [options["to"]]):
        raise CcnError(
            f"{inside[0]} lies in the data, where no sentence of a source belongs; write the draft elsewhere, or give "
            "--no-quotes"
        )


def _within(path: Path, directory: Path) -> bool:
    return path.resolve().is_relative_to(directory.resolve())


def _write(made: TextDraft, options: dict[str, Any], language: str) -> None:
    text = made.text(quote=not options["no_quotes"])
    if options["page"]:
        atomic.write(options["page"], review.page(made, language).encode("utf-8"))
    if options["to"]:
        atomic.write(options["to"], text.encode("utf-8"))
    elif not options["page"] or not sys.stdout.isatty():
        click.echo(text, nl=False)


def _summary(made: TextDraft) -> dict[str, str]:
    certain, unsure = len(made.certain), len(made.unsure)
    return {
        "ja": f"確かな記録{certain}件、確かでないもの{unsure}件",
        "en": f"{certain} certain records, {unsure} that are not certain",
    }
