"""Runs SHACL shapes over data and places each result on a line of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.files.result_cache import digest
from ccn_graph.graph.graph import Graph, Place
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import Kind, Statement
from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.validation import fingerprint
from ccn_graph.validation.finding import Finding, Severity
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl.validator import Validator

_MESSAGE = ox.NamedNode(namespaces.PREFIXES["sh"] + "message")

# These say that something stands there once too often: show the surplus statement, not the record.
_SURPLUS = {
    namespaces.PREFIXES["sh"] + name for name in ("MaxCountConstraintComponent", "UniqueLangConstraintComponent")
}


class Engine(Enum):
    """What validates: queries compiled from the shapes, with pySHACL for the rest, or pySHACL alone."""

    COMPILED = "compiled"
    PYSHACL = "pyshacl"


class Shapes:
    """Shape files read together, with the class hierarchy of the ontology that their targets need."""

    def __init__(
        self, files: Sequence[Path], hierarchy: Iterable[Statement] = (), engine: Engine = Engine.COMPILED
    ) -> None:
        """Parse the files. Raises SourceError for one that is not well-formed."""
        read = [parsing.read(path, Kind.OTHER) for path in files]
        self.statements = [said for one in read for said in one.statements]
        self.hierarchy = [said for said in hierarchy if said.predicate.value == namespaces.SUB_CLASS_OF]
        below = (f"{said.subject} {said.object}" for said in self.hierarchy)
        #: Stands for the shapes and the class hierarchy.
        self.fingerprint = digest(
            *(
                fingerprint.of_source(one) if fingerprint.is_absolute(one) else fingerprint.of_place(one)
                for one in read
            ),
            *below,
        )
        self._engine = engine

    def validate(self, statements: Iterable[Statement]) -> list[Result]:
        """Validate the statements as one graph (SHACL section 3), class hierarchy included.

        Raises CcnError if the shapes cannot be processed.
        """
        return self.validate_each([list(statements)])[0]

    def validate_each(self, graphs: Sequence[Sequence[Statement]]) -> list[list[Result]]:
        """Validate many graphs, each by itself. Raises CcnError if the shapes cannot be processed."""
        if not graphs:
            return []
        if self._engine is Engine.COMPILED:
            return self._validator.validate_each(graphs, self.hierarchy)
        # Only now: importing it takes longer than most validation.
        from ccn_graph.validation.shacl import pyshacl_engine

        return [pyshacl_engine.validate([*graph, *self.hierarchy], self.statements) for graph in graphs]

    def finding(self, result: Result, place: Place, suggestion: str = "") -> Finding:
        """Word a result in both languages, as its shape does."""
        shape, focus = _written(result.shape), _shown(result.focus)
        value = "" if result.value is None or result.value == result.focus else _shown(result.value)
        return Finding(
            place.path, place.line, Severity.of_iri(result.severity), namespaces.slug(shape),
            self._messages.get(result.shape) or dict.fromkeys(LANGUAGES, shape), focus, value, suggestion,
        )  # fmt: skip

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.statements)

    @cached_property
    def _messages(self) -> dict[Term, dict[str, str]]:
        messages: dict[Term, dict[str, str]] = {}
        for said in self.statements:
            text = said.object
            if said.predicate == _MESSAGE and isinstance(text, ox.Literal) and text.language in LANGUAGES:
                messages.setdefault(said.subject, {})[text.language] = text.value
        return messages


def places(graph: Graph, result: Result, home: parsing.Graph | None) -> list[Place]:
    """Tell which lines a result speaks of: each statement of the wrong value, else the record's first line.

    `home` is the graph that was validated by itself, None for all together.
    """
    focus, path = result.focus, result.path
    if isinstance(focus, ox.Literal):
        return []
    if path and result.component in _SURPLUS:
        return graph.places(focus, path, None, home)[1:2] or graph.locate(focus, graph=home)
    return graph.locate(focus, path if result.value else None, result.value, home)


def _written(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


def _shown(term: Term) -> str:
    return namespaces.curie(term.value) if isinstance(term, ox.NamedNode) else _written(term)
