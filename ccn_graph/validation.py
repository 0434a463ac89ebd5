"""Validates what changed, and recalls the results for what did not.

A document, which is validated by itself, is asked about again when its file changed. Of all data together, a node is
asked about again when something changed within reach of the shapes that target it; a shape that has no reach is asked
about everything again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph import fingerprint
from ccn_graph.cache import Shelf
from ccn_graph.engine import Term
from ccn_graph.fingerprint import digest
from ccn_graph.neighbourhood import Neighbourhoods
from ccn_graph.reach import Reach, Reaches
from ccn_graph.shacl import Result, Shapes
from ccn_graph.source import Source, Statement, Subject

# Few enough that what pySHACL builds for them stays small, enough that preparing the shapes does not count.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Question:
    """What some shapes, which look so far, say of a node they target; None as key: nothing stands for what they see."""

    key: str | None
    node: Term
    shapes: tuple[Subject, ...]
    reach: Reach


def of_document(shapes: Shapes, read: Source, shelf: Shelf | None) -> list[Result]:
    """Validate what one document says by itself."""
    key = fingerprint.of_source(read)
    results = _recall(shelf, key) if shelf else None
    if results is None:
        results = shapes.validate(read.statements)
        if shelf and fingerprint.is_absolute(read):
            _keep(shelf, key, results)
    return results


def of_all(shapes: Shapes, sources: Iterable[Source], shelf: Shelf | None) -> list[Result]:
    """Validate what all sources say together; without a shelf everything is asked in one go."""
    sources = list(sources)
    statements = [said for read in sources for said in read.statements]
    if shelf is None:
        return shapes.validate(statements)
    key = fingerprint.digest(*map(fingerprint.of_place, sources))
    results = _recall(shelf, key)
    if results is None:
        results = list(_of_changed(shapes, statements, shelf))
        _keep(shelf, key, results)
    return results


def _of_changed(shapes: Shapes, statements: Sequence[Statement], shelf: Shelf) -> Iterator[Result]:
    reaches = Reaches(shapes.statements)
    if not reaches.core:
        yield from shapes.validate(statements)
        return
    around = Neighbourhoods([*statements, *shapes.hierarchy])
    open_: list[_Question] = []
    for question in _questions(reaches, around):
        results = _recall(shelf, question.key)
        if results is None:
            open_.append(question)
        else:
            yield from results
    far = {shape: _targets(reaches, around, shape) for shape in reaches.shapes if shape not in reaches.followed}
    if far or not open_:
        # Even with nothing to ask this has the shapes read, so that a malformed one is told of as ever.
        yield from shapes.validate(statements if far else (), far)
    for start in range(0, len(open_), _AT_ONCE):
        yield from _answers(shapes, around, open_[start : start + _AT_ONCE], shelf)


def _targets(reaches: Reaches, around: Neighbourhoods, shape: Subject) -> set[Term]:
    return {node for kind, target in reaches.targets(shape) for node in around.targets(kind, target)}


def _questions(reaches: Reaches, around: Neighbourhoods) -> Iterator[_Question]:
    targeting: dict[Term, list[Subject]] = defaultdict(list)
    for shape in reaches.followed:
        for node in _targets(reaches, around, shape):
            targeting[node].append(shape)
    known: dict[tuple[Subject, ...], tuple[Reach, str]] = {}
    hierarchy = around.hierarchy_digest
    for node, found in targeting.items():
        shapes = tuple(found)
        if shapes not in known:
            known[shapes] = reaches.of(shapes), digest(str(hierarchy), *map(str, shapes))
        reach, asked = known[shapes]
        seen = around.digest(node, reach)
        lasting = seen and hierarchy and not isinstance(node, ox.BlankNode)
        yield _Question(digest(str(node), asked, str(seen)) if lasting else None, node, shapes, reach)


def _answers(shapes: Shapes, around: Neighbourhoods, questions: Sequence[_Question], shelf: Shelf) -> Iterable[Result]:
    focus: dict[Subject, list[Term]] = defaultdict(list)
    seen = set(around.hierarchy)
    for question in questions:
        around.collect(question.node, question.reach, seen)
        for shape in question.shapes:
            focus[shape].append(question.node)
    results = shapes.validate(seen, focus)
    of_node: dict[Term, list[Result]] = defaultdict(list)
    for result in results:
        of_node[result.focus].append(result)
    # rdflib takes a few literals for one another. Then it is not certain which node a result is about.
    if of_node.keys() <= {question.node for question in questions}:
        for question in questions:
            _keep(shelf, question.key, of_node[question.node])
    return results


def _recall(shelf: Shelf, key: str | None) -> list[Result] | None:
    plain = shelf.recall(key)
    try:
        return [Result.of_plain(row) for row in plain] if isinstance(plain, list) else None
    except ValueError:
        return None


def _keep(shelf: Shelf, key: str | None, results: Iterable[Result]) -> None:
    try:
        shelf.keep(key, [result.to_plain() for result in results])
    except ValueError:
        return  # one speaks of a blank node, whose label will be another next time
