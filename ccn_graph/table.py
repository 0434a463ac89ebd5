"""Shows answers to people: labels instead of IRIs, headings in their language, columns that line up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccn_graph import terms
from ccn_graph.engine import Row, Term
from ccn_graph.label import Labels
from ccn_graph.query_file import Column

#: A width that no table reaches, for output that goes to a file.
UNLIMITED = 10_000


def render(
    rows: Iterable[Row],
    variables: Sequence[str],
    labels: Labels,
    language: str,
    columns: Sequence[Column] = (),
    width: int | None = None,
) -> str:
    """Lay out `rows` as a table of at most `width` characters (default: that of the terminal).

    A variable that `columns` declares gets its heading.
    """
    headings = {column.name: column.heading[language] for column in columns}
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for variable in variables:
        table.add_column(Text(headings.get(variable, variable)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(show(term, labels, language)) for term in row))
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def show(term: Term | None, labels: Labels, language: str) -> str:
    """Write one cell: a label for an IRI, the text of a literal, nothing for an unbound variable."""
    if isinstance(term, ox.NamedNode):
        return labels.of(term.value, language)
    if isinstance(term, ox.Literal):
        return term.value
    return "" if term is None else str(term)


def key(term: Term | None) -> str:
    """Write one cell for machines and tests: a prefixed name, the text of a literal, `-` for an unbound variable."""
    if isinstance(term, ox.NamedNode):
        return terms.curie(term.value)
    return "-" if term is None else str(getattr(term, "value", term))
