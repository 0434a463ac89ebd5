"""Data to be validated, in a store of the native engine: one graph, or many that are each validated by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.engine import Term
from ccn_graph.shapes import functions, lexical
from ccn_graph.shapes.compiler import GRAPH, Query
from ccn_graph.shapes.condition import Below
from ccn_graph.shapes.result import VIOLATION, Result
from ccn_graph.source import Statement

_SUB_CLASS_OF = ox.NamedNode(terms.SUB_CLASS_OF)
_OWN = "urn:ccn-graph:validated:"

Triples = Iterable[Statement | ox.Triple]


class Data:
    """Graphs in a store, literals as they are written."""

    def __init__(self, graphs: Iterable[Triples]) -> None:
        """Load each graph; repetitions within one do not count."""
        self._names: list[ox.NamedNode] = []
        self._store = ox.Store()
        #: Properties with values that the store does not keep as they are.
        self.rewritten: set[ox.NamedNode] = set()
        self._above: defaultdict[Term, set[Term]] = defaultdict(set)
        self._store.bulk_extend(self._quads(graphs))

    def below(self) -> Below:
        """Give the function that tells which classes lie below one, itself among them (SHACL section 2)."""
        return lambda class_: below(class_, self._above)

    def run(self, query: Query, *, each: bool) -> Iterator[tuple[int, Result]]:
        """Give the results of a query with the numbers of their graphs; without `each` there is one graph."""
        if each and query.of_graphs:
            numbers = {name: number for number, name in enumerate(self._names)}
            for row in self._rows(query.text(graphs=True)):
                yield numbers[row[GRAPH]], _result(query, row)
        else:
            for number, name in enumerate(self._names):
                for row in self._rows(query.text(), name):
                    yield number, _result(query, row)

    def _rows(self, text: str, graph: ox.NamedNode | None = None) -> Iterator[ox.QuerySolution]:
        found = self._store.query(text, custom_functions=functions.table(), default_graph=graph)
        assert isinstance(found, ox.QuerySolutions)
        yield from found

    def _quads(self, graphs: Iterable[Triples]) -> Iterator[ox.Quad]:
        stored = lexical.stored
        for number, graph in enumerate(graphs):
            name = ox.NamedNode(f"{_OWN}{number}")
            self._names.append(name)
            for said in graph:
                if said.predicate == _SUB_CLASS_OF:
                    self._above[said.object].add(said.subject)
                value = stored(said.object)
                if value != said.object:
                    self.rewritten.add(said.predicate)
                yield ox.Quad(said.subject, said.predicate, value, name)


def below(class_: Term, above: Mapping[Term, Iterable[Term]]) -> Sequence[Term]:
    """List a class and all below it, `above` giving those right below each."""
    found, ahead = dict.fromkeys([class_]), [class_]
    while ahead:
        for one in above.get(ahead.pop(), ()):
            if one not in found:
                found[one] = None
                ahead.append(one)
    return list(found)


def _result(query: Query, row: ox.QuerySolution) -> Result:
    shape = query.shape
    focus: Term = row[query.focus]
    value: Term | None = row[query.value] if query.value else None
    path = row[query.path_column] if query.path_column else None
    if query.value == "value" and value is None and shape.path is None:
        value = focus  # of a query that names no value (SHACL section 5.3.2)
    return Result(
        lexical.written(focus),
        path if isinstance(path, ox.NamedNode) else query.path,
        None if value is None else lexical.written(value),
        shape.node,
        query.component,
        shape.severity.value if isinstance(shape.severity, ox.NamedNode) else VIOLATION,
    )
