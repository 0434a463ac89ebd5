"""Validates data by compiled shapes, and hands to pySHACL what no query says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.rdf.parsing import Object, Subject
from ccn_graph.validation.shacl import shape_faults
from ccn_graph.validation.shacl.compiler import Compiler
from ccn_graph.validation.shacl.data_store import Data, Said
from ccn_graph.validation.shacl.query import Query
from ccn_graph.validation.shacl.reader import FOR_READERS, TARGETS, ShapesReader
from ccn_graph.validation.shacl.result import MalformedShapesError, NotCompilableError, Result, ShapesError
from ccn_graph.validation.shacl.shapes_graph import SUB_CLASS_OF, TYPE, ShapesGraph, sh
from ccn_graph.validation.shacl.value_faults import Fault, Grade

_MESSAGE = sh("message")
_OF_QUERIES = {sh("select"), sh("ask"), sh("validator"), sh("nodeValidator"), sh("propertyValidator")}


class Reread:
    """A file as a graph, read anew whenever it is gone through: large data need not be kept."""

    def __init__(self, path: Path, format_: ox.RdfFormat) -> None:
        """Name the file."""
        self._path, self._format = path, format_

    def __iter__(self) -> Iterator[ox.Quad]:
        """Read it. Raises SyntaxError where it is not well-formed."""
        return ox.parse(path=str(self._path), format=self._format)


class Validator:
    """The shapes of a shapes graph, ready to be asked about any data."""

    def __init__(self, shapes: Iterable[Said], faults: Sequence[Fault] | None = None) -> None:
        """Read the shapes; `faults` are theirs, if known. Raises ShapesError where they are not well-formed."""
        shapes = list(shapes)
        for fault in shape_faults.find(shapes) if faults is None else faults:
            if fault.grade is Grade.ILL_FORMED:
                raise ShapesError(f"{fault.node}: {fault.message['en']}")
        worded = {triple.subject for triple in shapes if triple.predicate in _OF_QUERIES}
        self._statements = [
            triple for triple in shapes
            if triple.predicate not in FOR_READERS or (triple.predicate == _MESSAGE and triple.subject in worded)
        ]  # fmt: skip
        try:
            self._read = ShapesReader(ShapesGraph(self._statements))
        except MalformedShapesError as error:
            raise ShapesError(str(error)) from error

    def validate(self, data: Collection[Said] | Reread) -> list[Result]:
        """Validate one graph (SHACL section 3); it is gone through again if pySHACL is needed.

        Raises CcnError if the shapes cannot be processed.
        """
        loaded = Data([data])
        queries, left = self._compiled(self._read, loaded)
        results = [result for _, result in loaded.results(queries)]
        return results + (_with_pyshacl(data, left) if left else [])

    def validate_each(self, graphs: Sequence[Sequence[Said]], hierarchy: Sequence[Said]) -> list[list[Result]]:
        """Validate many graphs, each by itself together with the class hierarchy.

        Raises CcnError if the shapes cannot be processed.
        """
        pairs = {(triple.subject, triple.object) for triple in hierarchy}
        alone = {number for number, graph in enumerate(graphs) if _has_classes(graph, pairs)}
        results: list[list[Result]] = [[] for _ in graphs]
        for number in alone:
            results[number] = self.validate([*graphs[number], *hierarchy])
        together = [number for number in range(len(graphs)) if number not in alone]
        if together:
            loaded = Data(([*graphs[number], *hierarchy] for number in together), each=True)
            queries, left = self._compiled(self._read, loaded)
            for number, result in loaded.results(queries):
                results[together[number]].append(result)
            if left:
                for number in together:
                    results[number] += _with_pyshacl([*graphs[number], *hierarchy], left)
        return results

    def handed_over(self, data: Iterable[Said] = ()) -> list[Subject]:
        """Name the shapes with targets that pySHACL is asked about, for data with this class hierarchy."""
        return self._divided(self._read, Data([data]))[1]

    def _compiled(self, read: ShapesReader, data: Data) -> tuple[list[Query], list[Said]]:
        """Return the queries, and what is left of the shapes graph without the targets of what is compiled."""
        queries, beyond = self._divided(read, data)
        if not beyond:
            return queries, []
        kept = set(beyond)
        return queries, [
            triple for triple in self._statements if triple.subject in kept or not _is_target(read, triple)
        ]

    @staticmethod
    def _divided(read: ShapesReader, data: Data) -> tuple[list[Query], list[Subject]]:
        compiler = Compiler(read.shapes, read.beyond, data.below, data.rewritten)
        queries: list[Query] = []
        beyond = []
        for node, shape in read.shapes.items():
            if shape.targets or node in read.untold:
                try:
                    queries += compiler.queries(node)
                except NotCompilableError:
                    beyond.append(node)
        return queries, beyond


def _is_target(read: ShapesReader, triple: Said) -> bool:
    implicit = triple.predicate == TYPE and triple.subject in read.shapes and read.is_metaclass(triple.object)
    return triple.predicate in TARGETS or implicit


def _has_classes(graph: Iterable[Said], hierarchy: Set[tuple[Subject, Object]]) -> bool:
    """Tell whether a graph adds to the class hierarchy."""
    return any(
        triple.predicate == SUB_CLASS_OF and (triple.subject, triple.object) not in hierarchy for triple in graph
    )


def _with_pyshacl(data: Iterable[Said], shapes: Iterable[Said]) -> list[Result]:
    # Only now: importing it takes longer than most validation.
    from ccn_graph.validation.shacl import pyshacl_engine

    return pyshacl_engine.validate(data, shapes)
