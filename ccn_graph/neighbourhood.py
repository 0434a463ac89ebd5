"""The statements around a node that shapes can look at: which nodes are targets, and what lies within reach of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.engine import Term
from ccn_graph.fingerprint import digest
from ccn_graph.reach import TARGET_CLASS, TARGET_OBJECTS_OF, TARGET_SUBJECTS_OF, Reach
from ccn_graph.source import Object, Statement, Subject

_TYPE, _SUB_CLASS_OF = ox.NamedNode(terms.RDF_TYPE), ox.NamedNode(terms.SUB_CLASS_OF)


class Neighbourhoods:
    """All statements together, found by either end."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Index the statements; their graphs and repetitions do not count."""
        self._from: dict[Term, list[Statement]] = defaultdict(list)
        self._with: dict[Term, list[Statement]] = defaultdict(list)
        self._to: dict[ox.NamedNode, dict[Term, set[Subject]]] = {}
        self._known: dict[tuple[Term, Reach], str | None] = {}
        for said in statements:
            self._from[said.subject].append(said)
            self._with[said.predicate].append(said)

    @cached_property
    def hierarchy(self) -> list[ox.Triple]:
        """Which class lies below which; every shape may look at this."""
        return [ox.Triple(said.subject, _SUB_CLASS_OF, said.object) for said in self._with.get(_SUB_CLASS_OF, ())]

    @cached_property
    def hierarchy_digest(self) -> str | None:
        """Stands for the hierarchy; None if there is a blank node in it."""
        text = "\n".join(sorted({str(said) for said in self.hierarchy}))
        return None if "_:" in text else digest(text)

    def targets(self, kind: ox.NamedNode, target: Object) -> Iterable[Term]:
        """Tell which nodes a target declaration means (SHACL section 2.1.3)."""
        if kind == TARGET_CLASS:
            return {thing for class_ in self._at_or_below(target) for thing in self._to_by(_TYPE).get(class_, ())}
        if kind == TARGET_SUBJECTS_OF:
            return {said.subject for said in self._with.get(target, ())}
        return {said.object for said in self._with.get(target, ())} if kind == TARGET_OBJECTS_OF else {target}

    def digest(self, node: Term, reach: Reach) -> str | None:
        """Stand for all that lies within reach of a node; None if there is a blank node, which nothing stands for."""
        known = (node, reach)
        if known not in self._known:
            self._known[known] = self._digest(node, reach)
        return self._known[known]

    def collect(self, node: Term, reach: Reach, into: set[ox.Triple]) -> None:
        """Add all statements that lie within reach of a node."""
        for said in self._from.get(node, ()):
            beyond = reach.forward.get(said.predicate)
            if beyond or reach.everything:
                into.add(ox.Triple(said.subject, said.predicate, said.object))
            if beyond:
                self.collect(said.object, beyond, into)
        for predicate, beyond in reach.backward.items():
            for subject in self._to_by(predicate).get(node, ()):
                into.add(ox.Triple(subject, predicate, node))
                self.collect(subject, beyond, into)

    def _digest(self, node: Term, reach: Reach) -> str | None:
        lines = set()
        for said in self._from.get(node, ()):
            beyond = reach.forward.get(said.predicate)
            if beyond or reach.everything:
                lines.add(f"{said.predicate} {said.object} {self._further(said.object, beyond)}")
        for predicate, beyond in reach.backward.items():
            for subject in self._to_by(predicate).get(node, ()):
                lines.add(f"^{predicate} {subject} {self._further(subject, beyond)}")
        text = "\n".join(sorted(lines))
        return None if " _:" in text else digest(text)

    def _further(self, node: Term, reach: Reach | None) -> str:
        if reach is None or reach.stops:
            return ""
        # A blank node further on counts as one here.
        return self.digest(node, reach) or "_:"

    def _to_by(self, predicate: ox.NamedNode) -> dict[Term, set[Subject]]:
        if predicate not in self._to:
            found: dict[Term, set[Subject]] = defaultdict(set)
            for said in self._with.get(predicate, ()):
                found[said.object].add(said.subject)
            self._to[predicate] = found
        return self._to[predicate]

    def _at_or_below(self, class_: Term) -> set[Term]:
        found, ahead = set[Term](), [class_]
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead.extend(self._to_by(_SUB_CLASS_OF).get(one, ()))
        return found
