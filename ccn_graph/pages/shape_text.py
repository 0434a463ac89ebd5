"""What a shape demands, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccn_graph.rdf import namespaces
from ccn_graph.validation.shape_catalogue import NamedShape, ShapeCatalogue

#: SHACL's constraint -> how its values are to be shown: things with links, or as they are written.
_THINGS = {"class", "disjoint", "equals", "lessThan", "lessThanOrEquals"}
_LITERALS = {"datatype", "in", "hasValue", "languageIn", "pattern", "minLength", "maxLength", "minInclusive",
             "maxInclusive", "minExclusive", "maxExclusive"}  # fmt: skip
_SHAPES = {"node", "or", "and", "xone", "not"}


@dataclass(frozen=True, slots=True)
class ConstraintText:
    """One demand: the key of its wording, and what stands behind it."""

    key: str
    things: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    shapes: tuple[NamedShape, ...] = ()


def of(shape: NamedShape, vocabulary: ShapeCatalogue) -> list[ConstraintText]:
    """Return the demands of a shape, the number of values first; those of its parts are their own."""
    return [*_counts(shape), *_values(shape, vocabulary), *_closed(shape, vocabulary)]


def _counts(shape: NamedShape) -> Iterator[ConstraintText]:
    least, most = (next(iter(shape.demands.get(name, ())), "") for name in ("minCount", "maxCount"))
    if least == most == "1":
        yield ConstraintText("demand.exactly-one")
        return
    if least:
        yield (
            ConstraintText("demand.at-least-one")
            if least == "1"
            else ConstraintText("demand.at-least", written=(least,))
        )
    if most:
        yield ConstraintText("demand.at-most-one") if most == "1" else ConstraintText("demand.at-most", written=(most,))


def _values(shape: NamedShape, vocabulary: ShapeCatalogue) -> Iterator[ConstraintText]:
    for name, values in shape.demands.items():
        if name == "qualifiedValueShape":
            yield ConstraintText("demand.one-that-is", shapes=_named(values, vocabulary))
        elif name == "nodeKind":
            yield ConstraintText("demand.node-kind", written=tuple(map(namespaces.slug, values)))
        elif name == "uniqueLang" and values == ["true"]:
            yield ConstraintText("demand.unique-language")
        elif name in _THINGS:
            yield ConstraintText("demand." + name, things=tuple(values))
        elif name in _LITERALS:
            yield ConstraintText("demand." + name, written=tuple(map(namespaces.shortened, values)))
        elif name in _SHAPES:
            yield ConstraintText("demand." + name, shapes=_named(values, vocabulary))


def _closed(shape: NamedShape, vocabulary: ShapeCatalogue) -> Iterator[ConstraintText]:
    if shape.demands.get("closed") == ["true"]:
        parts = (vocabulary.shapes[iri] for iri in shape.all("property") if iri in vocabulary.shapes)
        allowed = [path for part in parts for path in part.all("path")]
        listed = sorted({*allowed, *shape.all("ignoredProperties")} - {namespaces.RDF_TYPE}, key=namespaces.curie)
        yield ConstraintText("demand.closed", things=tuple(listed))


def _named(iris: list[str], vocabulary: ShapeCatalogue) -> tuple[NamedShape, ...]:
    return tuple(vocabulary.shapes[iri] for iri in iris if iri in vocabulary.shapes)
