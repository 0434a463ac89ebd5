"""Data to be validated, in a store of the native engine: one graph, or many that are each validated by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Statement
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import functions, lexical
from ccn_graph.validation.shacl.query import GRAPH, Query
from ccn_graph.validation.shacl.result import VIOLATION, Result
from ccn_graph.validation.shacl.shape_model import Custom, Sparql, component

_SUB_CLASS_OF = ox.NamedNode(namespaces.SUB_CLASS_OF)
_TRUE = ox.Literal(True)
_OWN = "urn:ccn-graph:validated:"
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")

#: A statement however it is given; its graph does not count.
Said = Statement | ox.Triple | ox.Quad
Triples = Iterable[Said]

# The engine works without Python's lock. More at once would only need more memory.
_AT_ONCE = 2


class Data:
    """Graphs in a store, literals as they are written."""

    def __init__(self, graphs: Iterable[Triples], *, each: bool = False) -> None:
        """Load the graphs: as one, or each to be validated by itself. Repetitions within one do not count."""
        self._each = each
        self._names: list[ox.NamedNode] = []
        self._store = ox.Store()
        #: Properties with values that the store does not keep as they are.
        self.rewritten: set[ox.NamedNode] = set()
        self._store.bulk_extend(self._quads(graphs))
        hierarchy = self._store.quads_for_pattern(None, _SUB_CLASS_OF, None)
        self._above: defaultdict[Term, set[Term]] = defaultdict(set)
        for quad in hierarchy:
            self._above[quad.object].add(quad.subject)

    def below(self, class_: Term) -> Sequence[Term]:
        """List a class and all classes below it, in the data."""
        return below(class_, self._above)

    def results(self, queries: Iterable[Query]) -> Iterator[tuple[int, Result]]:
        """Run queries, several at a time; give their results with the numbers of the graphs these are about."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="shape") as pool:
            for batch in pool.map(self._run, queries):
                yield from batch

    def _run(self, query: Query) -> list[tuple[int, Result]]:
        if not self._each:
            return [(0, result) for row in self._rows(query.text()) for result in _results(query, row)]
        if query.of_graphs:
            numbers = {name: number for number, name in enumerate(self._names)}
            rows = ((numbers[row[GRAPH]], row) for row in self._rows(query.text(graphs=True)))
        else:
            text = query.text()
            rows = ((number, row) for number, name in enumerate(self._names) for row in self._rows(text, name))
        return [(number, result) for number, row in rows for result in _results(query, row)]

    def _rows(self, text: str, graph: ox.NamedNode | None = None) -> list[ox.QuerySolution]:
        solutions = self._store.query(text, custom_functions=functions.table(), default_graph=graph)
        assert isinstance(solutions, ox.QuerySolutions)
        try:
            return list(solutions)
        finally:
            # It must not outlive this thread, not even in the traceback of an error.
            del solutions

    def _quads(self, graphs: Iterable[Triples]) -> Iterator[ox.Quad]:
        stored = lexical.stored
        for number, graph in enumerate(graphs):
            name = ox.NamedNode(f"{_OWN}{number}") if self._each else ox.DefaultGraph()
            if isinstance(name, ox.NamedNode):
                self._names.append(name)
            for triple in graph:
                value = triple.object
                if isinstance(value, ox.Literal):
                    kept = stored(value)
                    if kept is not value:
                        self.rewritten.add(triple.predicate)
                        yield ox.Quad(triple.subject, triple.predicate, kept, name)
                        continue
                # To hand on what was parsed is much faster than to make it anew.
                if isinstance(triple, ox.Quad) and triple.graph_name == name:
                    yield triple
                else:
                    yield ox.Quad(triple.subject, triple.predicate, value, name)


def below(class_: Term, above: Mapping[Term, Iterable[Term]]) -> Sequence[Term]:
    """List a class and all below it, `above` giving those right below each."""
    classes, ahead = dict.fromkeys([class_]), [class_]
    while ahead:
        for subclass in above.get(ahead.pop(), ()):
            if subclass not in classes:
                classes[subclass] = None
                ahead.append(subclass)
    return list(classes)


def _results(query: Query, row: ox.QuerySolution) -> Iterator[Result]:
    shape = query.shape
    focus: Term = row[query.focus]
    value: Term | None = row[query.value] if query.value else None
    path = row[query.path_column] if query.path_column else None
    if query.value == "value" and value is None and shape.path is None:
        value = focus  # of a query that names no value (SHACL section 5.3.2)
    held = [row[column] == _TRUE for column in query.held] or [False]
    for constraint, is_held in zip(query.constraints, held, strict=True):
        if not is_held:
            yield Result(
                lexical.written(focus),
                path if isinstance(path, ox.NamedNode) else query.path,
                None if value is None else lexical.written(value),
                shape.node,
                component(constraint),
                shape.severity.value if isinstance(shape.severity, ox.NamedNode) else VIOLATION,
                constraint.node if isinstance(constraint, Sparql) else None,
                _messages(constraint, row, focus, value) if isinstance(constraint, Sparql | Custom) else (),
            )


def _messages(
    constraint: Sparql | Custom, row: ox.QuerySolution, focus: Term, value: Term | None
) -> tuple[ox.Literal, ...]:
    """Word a result of a query (SHACL section 5.3.2): as the query itself does, else by the constraint's messages."""
    own = _column(row, "message")
    if isinstance(own, ox.Literal):
        return (own,)
    bound: dict[str, Term | None] = {"this": focus, "value": value}
    bound |= dict(constraint.parameters) if isinstance(constraint, Custom) else {}

    def meant(name: str) -> Term | None:
        return _column(row, name) or bound.get(name)

    return tuple(worded(message, meant) for message in constraint.messages)


def worded(message: ox.Literal, value_of: Callable[[str], Term | None]) -> ox.Literal:
    """Put the values of variables into a message that names them as {$this} or {?value}."""

    def filled(match: re.Match[str]) -> str:
        term = value_of(match[1])
        shown = lexical.written(term) if term is not None else None
        return match[0] if shown is None else str(getattr(shown, "value", shown))

    text = _PLACEHOLDER.sub(filled, message.value)
    return ox.Literal(text, language=message.language) if message.language else ox.Literal(text)


def _column(row: ox.QuerySolution, name: str) -> Term | None:
    try:
        term: Term | None = row[name]
        return term
    except KeyError:
        return None
