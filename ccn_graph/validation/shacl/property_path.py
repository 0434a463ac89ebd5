"""Property paths (SHACL section 2.3.1), and how they are written in SPARQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Predicate:
    """One property."""

    iri: ox.NamedNode

    def __str__(self) -> str:
        """Write it as SPARQL does."""
        return str(self.iri)


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path against its direction."""

    of: Path

    def __str__(self) -> str:
        """Write it as SPARQL does."""
        return f"(^{self.of})"


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other."""

    steps: tuple[Path, ...]

    def __str__(self) -> str:
        """Write it as SPARQL does."""
        return f"({'/'.join(map(str, self.steps))})"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        """Write it as SPARQL does."""
        return f"({'|'.join(map(str, self.paths))})"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A path any number of times (`*`), at least once (`+`) or at most once (`?`)."""

    path: Path
    times: str

    def __str__(self) -> str:
        """Write it as SPARQL does."""
        return f"({self.path}{self.times})"


Path = Predicate | Inverse | Sequence | Alternative | Repeated


def stays(path: Path) -> bool:
    """Tell whether a path can lead from a node to itself without a step.

    >>> stays(Repeated(Predicate(ox.NamedNode("https://example.org/p")), "*"))
    True
    """
    match path:
        case Inverse(of):
            return stays(of)
        case Sequence(steps):
            return all(map(stays, steps))
        case Alternative(paths):
            return any(map(stays, paths))
        case Repeated(inner, times):
            return times != "+" or stays(inner)
    return False


def predicates(path: Path) -> Iterator[ox.NamedNode]:
    """Name the properties that a path follows."""
    match path:
        case Predicate(iri):
            yield iri
        case Inverse(inner) | Repeated(inner):
            yield from predicates(inner)
        case Sequence(paths) | Alternative(paths):
            for part in paths:
                yield from predicates(part)
