"""The rows of an answer, as other libraries of Python take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from ccn_graph.graph.labels import Labels
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.text.languages import LANGUAGES

if TYPE_CHECKING:
    import networkx
    import pandas

#: Of so many things at once labels are asked, where they are not here.
_AT_ONCE = 500


class Rows(list[Row]):
    """The rows of an answer, with the names of its columns."""

    def __init__(self, columns: Iterable[str], rows: Iterable[Row], labels: Labels | None = None) -> None:
        """Read all of `rows`; `labels` name the things in them."""
        super().__init__(rows)
        self.columns = tuple(columns)
        self._labels = labels

    def to_pandas(self, labels: str | None = None) -> pandas.DataFrame:
        """Return a DataFrame of texts and numbers; needs the extra `pandas`.

        With `labels`, "ja" or "en", a column of things is followed by one with what they are called, such as
        `member_label` after `member`; so documents, on which a row rests, have their titles. Raises ValueError for
        another language.
        """
        import pandas

        columns: dict[str, list[object]] = {}
        named = self._naming(labels) if labels else None
        for place, name in enumerate(self.columns):
            cells = [row[place] for row in self]
            columns[name] = [plain(cell) for cell in cells]
            if named and any(isinstance(cell, ox.NamedNode) for cell in cells):
                columns[f"{name}_label"] = [named(cell) for cell in cells]
        return pandas.DataFrame(columns)

    def to_networkx(self, source: str, target: str, labels: str = "en") -> networkx.MultiDiGraph[Any]:
        """Return a graph with an edge for each row, from what is in column `source` to what is in `target`.

        The other columns, among them the document and the place that a row rests on, are attributes of its edge; nodes
        have their label in the language `labels`. Rows without either end are left out. Needs the extra `networkx`.
        Raises ValueError for a column or language that there is not.
        """
        import networkx

        for name in (source, target):
            if name not in self.columns:
                raise ValueError(f"there is no column '{name}'; there are: {', '.join(self.columns)}")
        begin, end, named = self.columns.index(source), self.columns.index(target), self._naming(labels)
        others = [name for name in self.columns if name not in (source, target)]
        graph: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph()
        for row in self:
            ends = [row[begin], row[end]]
            if None in ends:
                continue
            for node in ends:
                graph.add_node(plain(node), label=named(node) or str(plain(node)))
            cells = dict(zip(self.columns, row, strict=True))
            attributes = {name: plain(cells[name]) for name in others if cells[name] is not None}
            graph.add_edges_from([(plain(ends[0]), plain(ends[1]), attributes)])
        return graph

    def _naming(self, language: str) -> Callable[[Term | None], str | None]:
        """Return what names a thing; nothing for what is no thing."""
        if language not in LANGUAGES:
            raise ValueError(f"there are labels in {' and '.join(LANGUAGES)}, not in '{language}'")
        labels = self._labels
        if labels is None:
            raise ValueError("nothing is known of what these things are called; ask a graph or a server")
        things = list(dict.fromkeys(cell.value for row in self for cell in row if isinstance(cell, ox.NamedNode)))
        for first in range(0, len(things), _AT_ONCE):
            labels.know(things[first : first + _AT_ONCE])
        return lambda cell: labels.of(cell.value, language) if isinstance(cell, ox.NamedNode) else None


def plain(value: Term | None) -> str | int | float | bool | None:
    """Return a term as a plain Python value: IRIs and dates as text, numbers and booleans as such.

    >>> plain(ox.Literal("2019", datatype=ox.NamedNode(namespaces.PREFIXES["xsd"] + "gYear")))
    '2019'
    >>> plain(ox.Literal(408))
    408
    """
    if not isinstance(value, ox.Literal):
        return None if value is None else str(getattr(value, "value", value))
    match value.datatype.value.removeprefix(namespaces.PREFIXES["xsd"]):
        case "integer":
            return int(value.value)
        case "decimal" | "double" | "float":
            return float(value.value)
        case "boolean":
            return value.value in ("true", "1")
    return value.value
