"""A query made from shapes, and how its rows are read."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.validation.shacl.shape_model import Constraint, Shape

#: The variable that holds the graph a result is about, if there are several.
GRAPH = "ccn_graph"


@dataclass(frozen=True, slots=True)
class Query:
    """A query every row of which is a result of one shape: of its constraint, or of those of several that do not hold.

    The names of the columns are those of variables; `path` is the property of the results unless a column holds it.
    """

    shape: Shape
    constraints: tuple[Constraint, ...]
    keys: tuple[str, ...]
    focus: str
    pattern: str
    value: str | None = None
    path: ox.NamedNode | None = None
    path_column: str | None = None
    #: More columns that tell results apart.
    others: tuple[str, ...] = ()
    prologue: str = ""
    projection: str | None = None
    tail: str = ""
    of_graphs: bool = True
    #: Of several constraints, the columns that tell for each whether it holds.
    held: tuple[str, ...] = ()

    def text(self, *, graphs: bool = False) -> str:
        """Write the query, for the default graph or for each named graph."""
        named = (self.focus, self.value, self.path_column)
        columns = dict.fromkeys([*self.keys, *filter(None, named), *self.others, *self.held])
        selected = self.projection or " ".join(f"?{name}" for name in columns)
        grouped = self.tail.replace("GROUP BY", f"GROUP BY ?{GRAPH}") if graphs else self.tail
        pattern = f"GRAPH ?{GRAPH} {{ {self.pattern} }}" if graphs else self.pattern
        return f"{self.prologue}SELECT DISTINCT {f'?{GRAPH} ' * graphs}{selected} WHERE {{ {pattern} }} {grouped}"
