"""The verb `diff`: what a change of the data means, between two states of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.files import atomic
from ccn_graph.graph.project import Project
from ccn_graph.releases import data_states, difference, difference_outline
from ccn_graph.releases.difference import Difference
from ccn_graph.text import languages, outline

#: Formats, each with the ending of its files.
_ENDINGS = {"text": ".txt", "markdown": ".md", "json": ".json", "html": ".html"}


@click.command(epilog="Example: ccn-graph diff main --format markdown")
@click.argument("old", metavar="FROM")
@click.argument("new", metavar="[TO]", required=False)
@click.option("--format", "format_", type=click.Choice(list(_ENDINGS)), default=None,
              help="Default: by the ending of --output, else text.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE, not to stdout.")
@click.option("--no-answers", is_flag=True, help="Do not ask the questions, which takes most of the time.")
@console.options
def diff(
    old: str, new: str | None, format_: str | None, output: Path | None, no_answers: bool, lang: str | None,
    root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Tell what differs from one state of the data to another: memberships, events, judgements, and answers.

    FROM and TO are data directories, projects, releases, or revisions of the repository; TO is the data as they are
    now if it is left out. Statements are compared, so that their order, blanks and comments do not count; every
    question is asked of both, also of the networks, cities and events that have changed. Exits with 1 if anything
    differs.
    """
    language, here = languages.readers_language(lang), Project.find(root, data_dir)
    # A directory of that name is meant, not a branch.
    names = [old, new if new is not None else str(here.data)]
    with data_states.opened(names, here) as (before, after), console.progress("asking") as bar:
        differences = difference.between(before, after, here, bar, answers=not no_answers)
        chosen = format_ or next(
            (name for name, ending in _ENDINGS.items() if output and output.suffix == ending), "text"
        )
        body = _written(differences, chosen, language)
    if output:
        atomic.replace(output, body.encode())
    else:
        click.echo(body, nl=False)
    sys.exit(1 if differences else 0)


def _written(differences: Difference, format_: str, language: str) -> str:
    match format_:
        case "json":
            return json.dumps(difference_outline.as_values(differences), ensure_ascii=False, indent=1) + "\n"
        case "html":
            # Only now: no other format needs templates.
            from ccn_graph.reports import outline_page

            outlines = {name: difference_outline.outline(differences, name) for name in languages.LANGUAGES}
            return outline_page.page(outlines, language)
        case "markdown":
            return outline.as_markdown(difference_outline.outline(differences, language), language)
    return outline.as_text(difference_outline.outline(differences, language))
