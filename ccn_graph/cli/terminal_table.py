"""Shows answers to people: labels instead of IRIs, headings in their language, columns that line up."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import pyoxigraph as ox
from rich import box
from rich.cells import cell_len

from ccn_graph.errors import visible
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.scorecard import Shortcoming, ShortcomingChange
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.query_file import AnswerColumn
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.text.languages import Bilingual

_CHANGES: dict[str, Bilingual] = {
    "thing": {"ja": "対象", "en": "thing"},
    "aspect": {"ja": "不足の種類", "en": "aspect"},
    "what": {"ja": "項目", "en": "what"},
    "before": {"ja": "前", "en": "before"},
    "now": {"ja": "今", "en": "now"},
    "step": {"ja": "次の一歩", "en": "next step"},
}

#: A width that no table reaches, for output that goes to a file.
UNLIMITED = 10_000


def render(
    rows: Iterable[Row],
    variables: Sequence[str],
    labels: Labels,
    language: str,
    columns: Sequence[AnswerColumn] = (),
    width: int | None = None,
) -> str:
    """Lay out `rows` as a table of at most `width` characters (default: that of the terminal).

    A variable that `columns` declares gets its heading.
    """
    headings = {column.name: column.heading[language] for column in columns}
    head = [visible(headings.get(variable, variable)) for variable in variables]
    body = [[show(term, labels, language) for term in row] for row in rows]
    if width == UNLIMITED and "\n" not in "".join(map("".join, [head, *body])):
        return _unbroken(head, body)
    return _broken(head, body, width)


def _broken(head: Sequence[str], body: Sequence[Sequence[str]], width: int | None) -> str:
    # Only now: they take longer to load than most answers to find.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in head:
        table.add_column(Text(heading), overflow="fold")
    for cells in body:
        table.add_row(*map(Text, cells))
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _unbroken(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Lay out what needs no line breaks as rich does, which takes a second for a thousand rows."""
    widths = [max(map(cell_len, cells)) for cells in zip(head, *body, strict=True)]
    lines = [
        "   ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in (head, *body)
    ]
    rule = box.SIMPLE_HEAD.head_row_horizontal * (sum(widths) + 3 * (len(widths) - 1))
    return "\n".join([lines[0], rule, *lines[1:]])


def changes(changed: Iterable[ShortcomingChange], labels: Labels, language: str, width: int | None = None) -> str:
    """Lay out what became of shortcomings since a release: a dash where there was or is none."""
    columns = [AnswerColumn(name, "text", heading) for name, heading in _CHANGES.items()]
    rows: list[Row] = []
    for change in changed:
        numbers = (_number(change.before), _number(change.now))
        step = change.now.step[language] if change.now else ""
        aspect, before, now, step_ = (ox.Literal(text) for text in (change.of.aspect.value, *numbers, step))
        rows.append((ox.NamedNode(change.of.thing), aspect, ox.NamedNode(change.of.what), before, now, step_))
    return render(rows, list(_CHANGES), labels, language, columns, width)


def changes_as_csv(changed: Iterable[ShortcomingChange]) -> str:
    """Write what became of shortcomings as CSV: no number where there was or is none, `?` for one that is not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(list(_CHANGES)[:-1])
    for change in changed:
        numbers = ("" if shortcoming is None else _number(shortcoming) for shortcoming in (change.before, change.now))
        writer.writerow([change.of.thing, change.of.aspect.value, change.of.what, *numbers])
    return out.getvalue()


def _number(shortcoming: Shortcoming | None) -> str:
    return "–" if shortcoming is None else "?" if shortcoming.number is None else str(shortcoming.number)


def show(term: Term | None, labels: Labels, language: str) -> str:
    """Write one cell: a label for an IRI, the text of a literal, nothing for an unbound variable."""
    if isinstance(term, ox.NamedNode):
        return visible(labels.of(term.value, language))
    if isinstance(term, ox.Literal):
        return visible(term.value)
    return "" if term is None else visible(str(term))


def key(term: Term | None) -> str:
    """Write one cell for machines and tests: a prefixed name, the text of a literal, `-` for an unbound variable."""
    if isinstance(term, ox.NamedNode):
        return namespaces.curie(term.value)
    return "-" if term is None else visible(str(getattr(term, "value", term)))
