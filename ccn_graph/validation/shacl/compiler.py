"""Compiles shapes to SPARQL queries: one for each constraint, about all focus nodes at once.

A row of a query is a validation result. The queries ask one graph (the default graph), or each of many graphs by
itself (`of_graphs`), so that many documents cost little more than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Subject
from ccn_graph.validation.shacl import functions, shape_model
from ccn_graph.validation.shacl.conditions import MOST_APART, Below, Conditions, given
from ccn_graph.validation.shacl.lexical import has_queries, shows_rewritten
from ccn_graph.validation.shacl.property_path import Path, Predicate, stays
from ccn_graph.validation.shacl.query import Query
from ccn_graph.validation.shacl.result import NotCompilableError
from ccn_graph.validation.shacl.shape_model import Catalogue, Constraint, Shape
from ccn_graph.validation.shacl.sparql_constraints import inner_select, select
from ccn_graph.validation.shacl.term_conditions import all_of, constant, in_order, negated

_TYPE = f"<{namespaces.RDF_TYPE}>"


@dataclass(frozen=True, slots=True)
class _Focus:
    """Where focus nodes come from: patterns, any of which finds some, and the variable that holds them.

    The focus nodes of a property shape within another are its value nodes; results about the same node that was
    reached from several others are several results, so the variables of the others are kept as keys.
    """

    variable: str
    patterns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    of_graphs: bool = True

    def where(self, *more: str) -> str:
        """Write the pattern of all, each with more to it."""
        branches = [" ".join((pattern, *more)) for pattern in self.patterns]
        return branches[0] if len(branches) == 1 else " UNION ".join(f"{{ {branch} }}" for branch in branches)


#: A constraint, and the condition that it holds.
_Condition = tuple[Constraint, str]


class Compiler:
    """Compiles the shapes of a catalogue for data with a certain class hierarchy."""

    def __init__(
        self, shapes: Catalogue, beyond: dict[Subject, NotCompilableError], below: Below,
        rewritten: Set[ox.NamedNode] = frozenset(),
    ) -> None:  # fmt: skip
        """See `Conditions`; `rewritten` are the properties with values that the store does not keep as they are.

        A query written into the shapes graph would take such a value for another, so that it may not see them.
        """
        self._shapes, self._rewritten = shapes, rewritten
        self._conditions = Conditions(shapes, beyond, below)
        self._trail: list[Subject] = []

    def queries(self, node: Subject) -> list[Query]:
        """Compile a shape that has targets.

        Raises BeyondQueriesError if it, or a shape it refers to, says what no query says.
        """
        self._trail.clear()
        shape = self._conditions.shape(node)
        if self._rewritten and shows_rewritten(self._shapes, node, self._rewritten):
            raise NotCompilableError("a query about numbers or dates that the store does not keep as they are written")
        queries = list(self._queries(shape, self._targets(shape.targets)))
        if has_queries(self._shapes, node):
            _check_syntax(queries)
        return queries

    def _targets(self, targets: Sequence[shape_model.Target]) -> _Focus:
        patterns, of_graphs = [], True
        for target in targets:
            match target:
                case shape_model.TargetClass(class_):
                    members = self._conditions.members(class_)
                    listed = f"VALUES ?ccn_class {{ {' '.join(members)} }} ?this {_TYPE} ?ccn_class ."
                    patterns.append(f"?this {_TYPE} {members[0]} ." if len(members) == 1 else listed)
                case shape_model.TargetSubjectsOf(predicate):
                    patterns.append(f"?this {predicate} ?ccn_other .")
                case shape_model.TargetObjectsOf(predicate):
                    patterns.append(f"?ccn_other {predicate} ?this .")
                case shape_model.TargetQuery(query):
                    patterns.append(f"{{ SELECT DISTINCT ?this WHERE {{ {{ {inner_select(query)} }} }} }}")
                    of_graphs = False
                case shape_model.TargetNode():
                    of_graphs = False
        nodes = [constant(target.node) for target in targets if isinstance(target, shape_model.TargetNode)]
        if nodes:
            patterns.append(f"VALUES ?this {{ {' '.join(nodes)} }}")
        return _Focus("this", tuple(patterns), of_graphs=of_graphs)

    def _queries(self, shape: Shape, focus: _Focus) -> Iterator[Query]:
        if shape.deactivated:
            return
        if shape.node in self._trail:
            raise NotCompilableError(f"{shape.node} refers to itself")
        self._trail.append(shape.node)
        values = focus if shape.path is None else self._values(focus, shape.path)
        of_focus, of_values = list[_Condition](), list[_Condition]()
        for constraint in shape.constraints:
            base = Query(
                shape, (constraint,), focus.keys, focus.variable, "", of_graphs=focus.of_graphs,
                path=shape.path.iri if isinstance(shape.path, Predicate) else None,
            )  # fmt: skip
            if isinstance(constraint, shape_model.Property):
                yield from self._queries(self._conditions.shape(constraint.shape), values)
            elif special := self._special(base, constraint, focus, values):
                yield special
            elif (together := self._of_focus(constraint, shape, focus)) is not None:
                of_focus.append((constraint, together))
            else:
                of_values.append(
                    (constraint, self._conditions.holds(constraint, f"?{values.variable}", f"?{focus.variable}"))
                )
        yield from self._held(base, of_focus, focus, None) if of_focus else ()
        yield from self._held(base, of_values, values, values.variable) if of_values else ()
        self._trail.pop()

    def _of_focus(self, constraint: Constraint, shape: Shape, focus: _Focus) -> str | None:
        """Return the condition of a constraint whose results name no value, None for any other."""
        variable = f"?{focus.variable}"
        if shape.path is None:
            return (
                self._conditions.holds(constraint, variable, variable)
                if isinstance(constraint, shape_model.HasValue)
                else None
            )
        return self._conditions.of_all_values(constraint, shape, variable)

    def _held(self, base: Query, conditions: list[_Condition], focus: _Focus, value: str | None) -> Iterator[Query]:
        """Ask for what does not meet all of some conditions, and only of that which of them."""
        broken = f"FILTER({negated(all_of(condition for _, condition in conditions))})"
        constraints, held = tuple(part for part, _ in conditions), tuple[str, ...]()
        pattern = focus.where(broken)
        if len(conditions) > 1:
            held = tuple(self._conditions.fresh()[1:] for _ in conditions)
            pairs = zip(conditions, held, strict=True)
            pattern = f"{{ {pattern} }} " + " ".join(f"BIND({part} AS ?{name})" for (_, part), name in pairs)
        yield replace(base, constraints=constraints, pattern=pattern, value=value, held=held)

    def _values(self, focus: _Focus, path: Path) -> _Focus:
        """Go on to the value nodes."""
        value = self._conditions.fresh()[1:]
        patterns = [f"{pattern} ?{focus.variable} {path} ?{value} ." for pattern in focus.patterns]
        if stays(path):
            patterns += [f"{pattern} BIND(?{focus.variable} AS ?{value})" for pattern in focus.patterns]
        return _Focus(value, tuple(patterns), (*focus.keys, focus.variable), focus.of_graphs)

    def _special(self, base: Query, constraint: Constraint, focus: _Focus, values: _Focus) -> Query | None:
        """Compile a constraint that is more than a condition on each focus node, or on each value node."""
        path, conditions, variable = base.shape.path, self._conditions, f"?{base.focus}"
        match constraint:
            case shape_model.Sparql() | shape_model.Custom(asks=False):
                return self._embedded(base, constraint, focus)
            case shape_model.Closed(allowed):
                return self._closed(base, allowed, values)
            case shape_model.Equals():
                return self._unequal(base, constraint, focus, values)
            case shape_model.MinCount(count) | shape_model.MaxCount(count) if count > MOST_APART - 1 and path:
                return self._counted(base, constraint, focus, values)
            case shape_model.LessThan(operator, predicate):
                # Each pair of values in the wrong order is a result of its own (SHACL section 4.5.3).
                other = conditions.fresh()
                order = in_order(f"?{values.variable}", other, operator)
                pattern = values.where(f"{variable} {predicate} {other} . FILTER(!{order})")
                return replace(base, pattern=pattern, value=values.variable, others=(other[1:],))
            case shape_model.UniqueLang() if path:
                first, second, language = conditions.fresh(), conditions.fresh(), conditions.fresh()
                condition = conditions.same_language(path, variable, first, second)
                pattern = focus.where(f"{condition} BIND(LCASE(LANG({first})) AS {language})")
                return replace(base, pattern=pattern, others=(language[1:],))
        return None

    def _counted(
        self, base: Query, constraint: shape_model.MinCount | shape_model.MaxCount, focus: _Focus, values: _Focus
    ) -> Query:
        """Count values that are too many to be told apart in one pattern."""
        path = base.shape.path
        if isinstance(constraint, shape_model.MaxCount):
            pattern, order = values.where(), ">"
        elif path is None or stays(path):
            raise NotCompilableError("many values at the end of a path without a step")
        else:
            pattern = focus.where(f"OPTIONAL {{ ?{focus.variable} {path} ?{values.variable} }}")
            order = "<"
        keys = " ".join(f"?{name}" for name in dict.fromkeys([*base.keys, base.focus]))
        having = f"HAVING (COUNT(DISTINCT ?{values.variable}) {order} {constraint.count})"
        return replace(base, pattern=pattern, tail=f"GROUP BY {keys} {having}")

    def _unequal(self, base: Query, constraint: shape_model.Equals, focus: _Focus, values: _Focus) -> Query:
        """Find values on either side that are not on the other (SHACL section 4.5.1)."""
        path = base.shape.path
        conditions, variable, value = self._conditions, f"?{base.focus}", self._conditions.fresh()
        if path is None:
            missing = f"BIND({variable} AS {value}) FILTER(!EXISTS {{ {variable} {constraint.predicate} {variable} }})"
            ours = focus.where(missing)
            among = f"sameTerm({value}, {variable})"
        else:
            end = f"?{values.variable}"
            missing = f"FILTER(!EXISTS {{ {variable} {constraint.predicate} {end} }}) BIND({end} AS {value})"
            ours, among = values.where(missing), conditions.leads_to(path, variable, value)
        theirs = focus.where(f"{variable} {constraint.predicate} {value} . FILTER(!{among})")
        return replace(base, pattern=f"{{ {ours} }} UNION {{ {theirs} }}", value=value[1:])

    def _closed(self, base: Query, allowed: Sequence[ox.NamedNode], values: _Focus) -> Query:
        predicate, value = self._conditions.fresh(), self._conditions.fresh()
        condition = self._conditions.not_allowed(allowed, f"?{values.variable}", predicate, value)
        pattern, others = values.where(condition), (values.variable,)
        return replace(base, pattern=pattern, value=value[1:], path_column=predicate[1:], path=None, others=others)

    def _embedded(self, base: Query, constraint: shape_model.Sparql | shape_model.Custom, focus: _Focus) -> Query:
        bound = given(constraint) if isinstance(constraint, shape_model.Custom) else {}
        targets = f"{{ {focus.where()} }}"
        path = None if base.shape.path is None else str(base.shape.path)
        selected = select(constraint.query, f"?{base.focus}", path, targets, bound)
        if focus.keys and selected.tail:
            raise NotCompilableError("a query that groups, about nodes that others lead to")
        columns = {base.focus if name == "this" else name for name in selected.columns}
        keys = [name for name in (*base.keys, base.focus) if name not in columns]
        of_node = base.focus if base.shape.path is None else None
        return replace(
            base, pattern=selected.pattern, prologue=selected.prologue, tail=selected.tail,
            projection=" ".join([*(f"?{name}" for name in keys), selected.projection]),
            value="value" if "value" in columns else of_node, path_column="path" if "path" in columns else None,
            of_graphs=base.of_graphs and selected.of_graphs,
        )  # fmt: skip


def _check_syntax(queries: Sequence[Query]) -> None:
    nothing = ox.Store()
    for query in queries:
        try:
            nothing.query(query.text(), custom_functions=functions.table())
        except SyntaxError as error:
            raise NotCompilableError(f"a query that is not valid: {error}") from error
