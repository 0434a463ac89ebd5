"""The verb `link`: proposes which city on record each row of a table document speaks of, and promotes rows."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.errors import CcnError
from ccn_graph.files import atomic
from ccn_graph.graph import links, project, table_documents
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.links import Link
from ccn_graph.graph.table_documents import TableDocument
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import linking, promotion, table_writer
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.linkable_cities import Cities
from ccn_graph.text import languages


@click.command(epilog="Example: ccn-graph link jrc-gcom-2024-01 --hold status=on-hold:inactive --write")
@click.argument("table")
@click.option("--write", is_flag=True, help="Write what is proposed into links.csv; lines that are there stay.")
@click.option("--without-identifiers", "nameless", is_flag=True, help="Match by name, country and distance alone.")
@click.option("--hold", "held", multiple=True, metavar="COLUMN=VALUE:REASON",
              help=f"Link no row with that value; REASON: {' '.join(links.REASONS)}. Repeat for more.")  # fmt: skip
@click.option("--promote", multiple=True, metavar="ROW", help="Write a sheet of cities for these rows: fill in their "
              "Japanese names, import it with --as cities, and link again.")  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="The .csv or .xlsx of --promote.")
@console.options
def link(
    table: str, write: bool, nameless: bool, held: tuple[str, ...], promote: tuple[str, ...], to: Path | None,
    lang: str | None, root: Path | None, data_dir: Path | None,
) -> None:  # fmt: skip
    """Propose for each row of TABLE, a table document, the city on record that it speaks of.

    A row is matched by identifier, else by name, country and distance; what is not certain stays open. Shown are the
    lines for links.csv; with --write they are written, for review. Exit code 1: some rows are ambiguous.
    """
    if promote and (write or to is None):
        raise click.UsageError("--promote writes a sheet, to the file of --to, and no links")
    language = languages.readers_language(lang)
    graph = console.load(root, data_dir)
    document = _open(graph, table)
    if promote:
        assert to is not None
        table_writer.write([promotion.sheet(graph, document, promote, language)], to)
        click.echo(str(to), err=True)
        return
    proposed = _proposed(graph, document, held, identifiers=not nameless)
    _show(document, proposed, write)
    ambiguous = sum(proposal.how == "ambiguous" for proposal in proposed)
    click.echo(_summary(document, proposed, language), err=True)
    sys.exit(1 if ambiguous else 0)


def _open(graph: Graph, table: str) -> TableDocument:
    assert graph.project is not None
    name = table.removeprefix("doc:").rstrip("/").rpartition("/")[2]
    mapping = graph.project.data / project.TABLES / name / project.MAPPING
    if not mapping.is_file():
        there = ", ".join(sorted(path.parent.name for path in mapping.parent.parent.glob(f"*/{project.MAPPING}")))
        raise CcnError(f"there is no table document '{name}'; there are: {there or 'none'}")
    return table_documents.open_(mapping)


def _proposed(graph: Graph, document: TableDocument, held: Sequence[str], *, identifiers: bool) -> list[Link]:
    """Return the lines to be added: of rows that nobody has looked at."""
    rows = linking.described(document)
    kept = _held(document, held)
    free = [row for row in rows if row.key not in kept]
    proposed = {
        proposal.row: proposal
        for proposal in linking.propose(free, Cities.of_record(Facts(graph)), identifiers=identifiers)
    }
    chosen = (kept.get(row.key) or proposed.get(row.key) for row in rows)
    return [proposal for proposal in chosen if proposal and proposal.row not in document.links.of]


def _held(document: TableDocument, held: Sequence[str]) -> dict[str, Link]:
    """Return the rows that a condition holds back. Raises click.UsageError for what is no condition."""
    held_rows: dict[str, Link] = {}
    places = {title: column.number - 1 for column in document.table.real for title in column.titles}
    for condition in held:
        column, equals, rest = condition.partition("=")
        value, _, reason = rest.rpartition(":")
        if not equals or column not in places or reason not in links.REASONS:
            raise click.UsageError(f"{condition} is not COLUMN=VALUE:REASON with a column of the table")
        for row in document.sheet.rows:
            if places[column] < len(row.cells) and row.cells[places[column]].strip() == value:
                key = document.conversion.key(row)
                held_rows.setdefault(key, Link(0, key, "", reason, f"{column} {value}"))
    return held_rows


def _show(document: TableDocument, proposed: Sequence[Link], write: bool) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    written = [*document.links.of.values(), *proposed] if write else proposed
    rows.writerow(links.HEADINGS)
    order = {document.conversion.key(row): place for place, row in enumerate(document.sheet.rows)}
    for proposal in sorted(written, key=lambda proposal: order.get(proposal.row, len(order))):
        rows.writerow((proposal.row, _named(proposal.city), proposal.how, proposal.note))
    if not write:
        click.echo(text.getvalue(), nl=False)
        return
    atomic.write(document.links.path, text.getvalue().encode())


def _named(city: str) -> str:
    return (
        city.removeprefix(namespaces.PREFIXES["city"])
        if city.startswith(namespaces.PREFIXES["city"])
        else namespaces.shortened(city)
    )


def _summary(document: TableDocument, proposed: Sequence[Link], language: str) -> str:
    counts = Counter(proposal.how for proposal in proposed)
    methods = ", ".join(f"{how} {count}" for how, count in counts.most_common()) or "0"
    rows, linked = len(document.sheet.rows), len(document.links.of)
    return {
        "ja": f"{rows}行のうち{linked}行は既にlinks.csvにある。提案 {len(proposed)}行: {methods}",
        "en": f"{linked} of {rows} rows are in links.csv already; {len(proposed)} proposed: {methods}",
    }[language]
