"""How far from a focus node a SHACL shape can look, derived from the shape itself.

What a shape says of a focus node depends only on the statements within its reach, so it need not be asked again while
these stay the same. A shape that this module cannot follow has no reach, and must be asked about all data each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.source import Object, Statement, Subject


def _sh(*names: str) -> set[ox.NamedNode]:
    return {ox.NamedNode(terms.PREFIXES["sh"] + name) for name in names}


def _named(prefix: str, name: str) -> ox.NamedNode:
    return ox.NamedNode(terms.PREFIXES[prefix] + name)


TARGET_NODE, TARGET_CLASS = _named("sh", "targetNode"), _named("sh", "targetClass")
TARGET_SUBJECTS_OF, TARGET_OBJECTS_OF = _named("sh", "targetSubjectsOf"), _named("sh", "targetObjectsOf")
TARGETS = {TARGET_NODE, TARGET_CLASS, TARGET_SUBJECTS_OF, TARGET_OBJECTS_OF}

#: What shapes say to readers and forms; no result depends on it (SHACL sections 2.1.5 and 2.3.2).
FOR_READERS = _sh("name", "description", "order", "group", "defaultValue", "message")

# Constraints that look at the value nodes themselves and no further.
_OF_VALUES = _sh(
    "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive",
    "minLength", "maxLength", "pattern", "flags", "languageIn", "uniqueLang", "hasValue", "in", "ignoredProperties",
    "qualifiedMinCount", "qualifiedMaxCount", "deactivated", "path", "severity",
)  # fmt: skip
_OF_FOCUS = _sh("equals", "disjoint", "lessThan", "lessThanOrEquals")
_OF_SHAPES = _sh("property", "node", "not", "qualifiedValueShape")
_OF_SHAPE_LISTS = _sh("and", "or", "xone")
_PATH, _PROPERTY, _CLASS, _CLOSED = (_named("sh", name) for name in ("path", "property", "class", "closed"))
_QUALIFIED, _DISJOINT = _named("sh", "qualifiedValueShape"), _named("sh", "qualifiedValueShapesDisjoint")
_INVERSE, _ALTERNATIVE, _PERHAPS = (_named("sh", f"{name}Path") for name in ("inverse", "alternative", "zeroOrOne"))
_TYPE, _FIRST, _REST, _NIL = (_named("rdf", name) for name in ("type", "first", "rest", "nil"))
_UNDERSTOOD = {
    _CLASS,
    _CLOSED,
    _DISJOINT,
    *TARGETS,
    *FOR_READERS,
    *_OF_VALUES,
    *_OF_FOCUS,
    *_OF_SHAPES,
    *_OF_SHAPE_LISTS,
}

# With these among the shapes, a class may be a target of its own, or any property a constraint.
_BEYOND_CORE = {_named("rdfs", "Class"), _named("owl", "Class"), *_sh("ConstraintComponent")}


@dataclass(eq=False, slots=True)
class Reach:
    """What is looked at from one node: statements by their property, and what is looked at from their other ends."""

    forward: dict[ox.NamedNode, Reach] = field(default_factory=dict)
    backward: dict[ox.NamedNode, Reach] = field(default_factory=dict)
    everything: bool = False

    @property
    def stops(self) -> bool:
        """Whether nothing is looked at from here."""
        return not (self.forward or self.backward or self.everything)


class _OutOfReachError(Exception):
    """A shape looks further than can be followed."""


class Reaches:
    """The shapes of a shapes graph that declare targets, and how far each can look."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Index the statements of the shape files."""
        self._said: dict[Subject, dict[ox.NamedNode, list[Object]]] = defaultdict(lambda: defaultdict(list))
        #: Whether targets and constraints are all declared as SHACL Core does; else nothing here is of use.
        self.core = True
        for said in statements:
            self._said[said.subject][said.predicate].append(said.object)
            self.core &= said.object not in _BEYOND_CORE

    @cached_property
    def shapes(self) -> list[Subject]:
        """The shapes that declare targets, in the order of the files."""
        return [subject for subject, said in self._said.items() if TARGETS & said.keys()]

    def targets(self, shape: Subject) -> list[tuple[ox.NamedNode, Object]]:
        """List the target declarations of a shape."""
        return [(kind, target) for kind in TARGETS for target in self._objects(shape, kind)]

    @cached_property
    def followed(self) -> list[Subject]:
        """The shapes that have a reach, and a name to remember them by."""
        return [shape for shape in self.shapes if isinstance(shape, ox.NamedNode) and self._can_follow(shape)]

    def of(self, shapes: Sequence[Subject]) -> Reach:
        """Tell how far some of the `followed` shapes look together."""
        reach = Reach()
        for shape in shapes:
            self._follow_shape(shape, reach, (), reports=True)
        return reach

    def _can_follow(self, shape: Subject) -> bool:
        try:
            self.of([shape])
        except _OutOfReachError:
            return False
        return True

    def _objects(self, subject: Object, predicate: ox.NamedNode) -> list[Object]:
        if isinstance(subject, ox.Literal):
            raise _OutOfReachError
        said = self._said.get(subject)
        return said.get(predicate, []) if said else []

    def _follow_shape(self, shape: Object, here: Reach, trail: tuple[Object, ...], *, reports: bool) -> None:
        """Add what a shape looks at when asked about a node; `reports` tells if its results count as they are."""
        said = {} if isinstance(shape, ox.Literal) else self._said.get(shape, {})
        strange = {known for known in said if known.value.startswith(terms.PREFIXES["sh"])} - _UNDERSTOOD
        paths = said.get(_PATH, [])
        # A property shape below a property shape reports on nodes that are not the focus node.
        elsewhere = reports and paths and _PROPERTY in said
        if shape in trail or strange or elsewhere or len(paths) > 1:
            raise _OutOfReachError
        ends = self._follow_path(paths[0], [here]) if paths else [here]
        for kind, compared in said.items():
            if kind in _OF_FOCUS:
                for other in compared:
                    self._follow_path(other, [here])
        for end in ends:
            if _CLASS in said:
                end.forward.setdefault(_TYPE, Reach())
            end.everything |= _CLOSED in said
            for kind, inner in self._inner_shapes(shape, said):
                self._follow_shape(inner, end, (*trail, shape), reports=reports and kind == _PROPERTY)

    def _inner_shapes(
        self, shape: Object, said: dict[ox.NamedNode, list[Object]]
    ) -> Iterable[tuple[ox.NamedNode, Object]]:
        for kind, values in said.items():
            for value in values:
                if kind in _OF_SHAPES:
                    yield kind, value
                elif kind in _OF_SHAPE_LISTS:
                    for inner in self._list(value):
                        yield kind, inner
        if _DISJOINT in said:
            parents = [parent[_PROPERTY] for parent in self._said.values() if shape in parent.get(_PROPERTY, ())]
            for sibling in (sibling for siblings in parents for sibling in siblings):
                yield from ((_QUALIFIED, inner) for inner in self._objects(sibling, _QUALIFIED))

    def _follow_path(self, path: Object, here: list[Reach]) -> list[Reach]:
        """Add what a path looks at; give where it ends."""
        if isinstance(path, ox.NamedNode):
            return [one.forward.setdefault(path, Reach()) for one in here]
        if self._objects(path, _FIRST):
            for step in self._list(path):
                here = self._follow_path(step, here)
            return here
        said = {} if isinstance(path, ox.Literal) else self._said.get(path, {})
        match [(kind, part) for kind, parts in said.items() for part in parts]:
            case [(kind, ox.NamedNode() as part)] if kind == _INVERSE:
                return [one.backward.setdefault(part, Reach()) for one in here]
            case [(kind, part)] if kind == _ALTERNATIVE:
                return [end for step in self._list(part) for end in self._follow_path(step, here)]
            case [(kind, part)] if kind == _PERHAPS:
                return [*here, *self._follow_path(part, here)]
        raise _OutOfReachError

    def _list(self, node: Object) -> list[Object]:
        items: list[Object] = []
        while node != _NIL:
            first, rest = self._objects(node, _FIRST), self._objects(node, _REST)
            if len(first) != 1 or len(rest) != 1 or len(items) > len(self._said):
                raise _OutOfReachError
            items.append(first[0])
            node = rest[0]
        return items
