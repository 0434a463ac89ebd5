"""Public shapes beside pySHACL: the same results, result by result, and what each costs.

The shape sets are not ours to copy: DCAT-AP is read from `../shared/dcat-ap` where that is there, SHACL's shapes for
shapes, and those of schema.org and DASH, from the package of pySHACL, any others (VocPub, SkoHub, Brick) from the
Turtle files in the directory that the environment variable CCN_PUBLIC_SHAPES names. The data are made from the shapes
themselves: things of their target classes with values of every kind, right and wrong ones, for the properties that
they name. Where pySHACL departs from the standard, the difference is told in `DIFFERENCES`.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox
import pyshacl

from ccn_graph.rdf import namespaces
from ccn_graph.validation.shacl import pyshacl_engine
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl.shapes_graph import TYPE, sh
from ccn_graph.validation.shacl.validator import Validator
from tests.conftest import ROOT

_SHARED = ROOT.parent / "shared" / "dcat-ap"
_PACKED = Path(pyshacl.__file__).parent / "assets"
_XSD = namespaces.PREFIXES["xsd"]
_MADE = "https://example.org/made/"

#: Shape set -> why results differ, by the name of the component; all others must be the same.
DIFFERENCES: Mapping[str, Mapping[str, str]] = {}

#: What identifies a result: blank nodes are named otherwise by each engine.
Key = tuple[str, str, str, str, str]


def shape_sets() -> Iterator[tuple[str, list[ox.Quad]]]:
    """Yield the public shape sets in reach, by name."""
    others = os.environ.get("CCN_PUBLIC_SHAPES")
    places = [*(_SHARED / f"{name}.ttl" for name in ("shapes", "shapes_recommended", "range")),
              *(_PACKED / f"{name}.ttl" for name in ("shacl-shacl", "schema")),
              *(sorted(Path(others).glob("*.ttl")) if others else ())]  # fmt: skip
    for path in places:
        if path.is_file():
            yield path.stem, list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()))


def made(shapes: Sequence[ox.Quad], things: int, seed: int = 1) -> list[ox.Quad]:
    """Make data for shapes: so many things, each of a target class, with values for properties that shapes name."""
    chance = random.Random(seed)
    targets = {said.object for said in shapes if said.predicate == sh("targetClass")}
    # A shape that is a class as well has its instances for targets.
    targets |= {said.subject for said in shapes if said.predicate == TYPE and said.object == sh("NodeShape")}
    classes = sorted((one for one in targets if isinstance(one, ox.NamedNode)), key=str)
    asked = {said.object for said in shapes if said.predicate in (sh("path"), sh("targetSubjectsOf"))}
    properties = sorted((one for one in asked if isinstance(one, ox.NamedNode)), key=str)
    nodes = [ox.NamedNode(f"{_MADE}{number}") for number in range(things)]
    literals: list[ox.NamedNode | ox.Literal] = [
        ox.Literal("text"), ox.Literal("text", language="en"), ox.Literal("文", language="ja"), ox.Literal(5),
        ox.Literal("2026-11-30", datatype=ox.NamedNode(f"{_XSD}date")), ox.Literal(True),
        ox.Literal("2026-13-01", datatype=ox.NamedNode(f"{_XSD}date")), ox.Literal(1.5),
    ]  # fmt: skip
    return [
        ox.Quad(node, predicate, value)
        for node in nodes
        for predicate, value in (
            (TYPE, chance.choice(classes)),
            *((chance.choice(properties), chance.choice([*literals, *nodes[:20]])) for _ in range(8)),
        )
    ]


def keys(results: Sequence[Result]) -> Counter[Key]:
    """Count results by what identifies them."""

    def shown(term: object) -> str:
        return "_:" if isinstance(term, ox.BlankNode) else str(term)

    return Counter(
        (shown(one.focus), shown(one.path), shown(one.value), namespaces.slug(one.component), one.severity)
        for one in results
    )


def differences(name: str, ours: Sequence[Result], theirs: Sequence[Result]) -> Counter[str]:
    """Count by component the results that only one of the two has and that nothing explains."""
    left, right = keys(ours), keys(theirs)
    apart = (left - right) + (right - left)
    counted = Counter({component: 0 for *_, component, _ in apart})
    for (*_, component, _), number in apart.items():
        counted[component] += number
    return Counter({one: number for one, number in counted.items() if one not in DIFFERENCES.get(name, {})})


def measure(things: Sequence[int]) -> None:
    """Print the table for data of so many things."""
    logging.disable(logging.CRITICAL)
    print(f"\n{'shapes':20} {'statements':>10} {'results':>8} {'pySHACL':>8} {'ours':>8} {'pySHACL':>9} ratio  other")
    for name, shapes in shape_sets():
        for number in things:
            data = made(shapes, number)
            ours, cpu = _timed(_ours, data, shapes)
            theirs, other = _timed(pyshacl_engine.validate, data, shapes)
            told = dict(differences(name, ours, theirs)) or "no"
            print(
                f"{name:20} {len(data):10} {len(ours):8} {len(theirs):8} {cpu:6.2f} s {other:7.2f} s"
                f" {other / cpu:5.1f}x {told}"
            )


def _ours(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> list[Result]:
    return Validator(shapes).validate(data)


def _timed(
    run: Callable[[Sequence[ox.Quad], Sequence[ox.Quad]], list[Result]],
    data: Sequence[ox.Quad],
    shapes: Sequence[ox.Quad],
) -> tuple[list[Result], float]:
    before = time.process_time()
    results = run(data, shapes)
    return results, time.process_time() - before
