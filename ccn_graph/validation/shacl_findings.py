"""Runs SHACL shapes over data and places each result on a line of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.files.result_cache import digest
from ccn_graph.graph.graph import Graph, Place
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind, Statement
from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation import fingerprint
from ccn_graph.validation.finding import Finding, Nodes, Severity
from ccn_graph.validation.shacl import property_path, shape_faults
from ccn_graph.validation.shacl.default_messages import default_message
from ccn_graph.validation.shacl.result import MalformedShapesError, Result
from ccn_graph.validation.shacl.shapes_graph import ShapesGraph, sh
from ccn_graph.validation.shacl.validator import Validator
from ccn_graph.validation.shacl.value_faults import Fault, Grade

# These say that something stands there once too often: show the surplus statement, not the record.
_SURPLUS = {
    namespaces.PREFIXES["sh"] + name for name in ("MaxCountConstraintComponent", "UniqueLangConstraintComponent")
}
_OF_TARGETS = tuple(map(sh, ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")))
#: These targets are looked at whatever the data hold.
_WITHOUT_DATA = (sh("targetNode"), sh("target"))
_WHOLE, _ELSE = ("property", "node", "not", "qualifiedValueShape"), ("and", "or", "xone")


#: How many sets of shapes a process keeps: a project has two, and somebody else's data two more.
_MOST_KEPT = 4
_KEPT: dict[tuple[ShaclEngine, str, tuple[Path, ...]], Shapes] = {}


class ShaclEngine(Enum):
    """What validates: queries compiled from the shapes, with pySHACL for the rest, or pySHACL alone."""

    COMPILED = "compiled"
    PYSHACL = "pyshacl"


def shapes_of(
    files: Sequence[Path], hierarchy: Iterable[Statement] = (), engine: ShaclEngine = ShaclEngine.COMPILED
) -> Shapes:  # fmt: skip
    """Return what stands in shape files, as `Shapes` does. Those of the same bytes in the same place are used again.

    Raises SourceError for a file that is not well-formed.
    """
    read = Shapes(files, hierarchy, engine)
    key = engine, read.fingerprint, tuple(path.absolute() for path in files)
    shapes = _KEPT.pop(key, read)
    while len(_KEPT) >= _MOST_KEPT:
        _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT[key] = shapes
    return shapes


class Shapes:
    """Shape files read together, with the class hierarchy of the ontology that their targets need."""

    def __init__(
        self, files: Sequence[Path], hierarchy: Iterable[Statement] = (), engine: ShaclEngine = ShaclEngine.COMPILED
    ) -> None:
        """Parse the files. Raises SourceError for one that is not well-formed."""
        self.sources = [parsing.read(path, FileKind.OTHER) for path in files]
        self.statements = [statement for source in self.sources for statement in source.statements]
        self.hierarchy = [statement for statement in hierarchy if statement.predicate.value == namespaces.SUB_CLASS_OF]
        below = (f"{statement.subject} {statement.object}" for statement in self.hierarchy)
        #: Stands for the shapes and the class hierarchy.
        self.fingerprint = digest(
            *(
                fingerprint.of_source(source) if fingerprint.is_absolute(source) else fingerprint.of_place(source)
                for source in self.sources
            ),
            *below,
        )
        self._engine = engine
        # Of many results most are about a few shapes and things.
        self._shown: dict[Term, str] = {}
        self._worded: dict[tuple[Term, str, tuple[ox.Literal, ...]], Bilingual] = {}
        self._of_shape: dict[Term, tuple[property_path.Path | None, tuple[str, ...]]] = {}

    def validate(self, statements: Iterable[Statement]) -> list[Result]:
        """Validate the statements as one graph (SHACL section 3), class hierarchy included.

        Raises ShapesError if the shapes cannot be processed.
        """
        return self.validate_each([list(statements)])[0]

    def validate_each(self, graphs: Sequence[Sequence[Statement]]) -> list[list[Result]]:
        """Validate many graphs, each by itself. Raises ShapesError if the shapes cannot be processed."""
        if not graphs:
            return []
        if self._engine is ShaclEngine.COMPILED:
            return self._validator.validate_each(graphs, self.hierarchy)
        # Only now: importing it takes longer than most validation.
        from ccn_graph.validation.shacl import pyshacl_engine

        return [pyshacl_engine.validate([*graph, *self.hierarchy], self.statements) for graph in graphs]

    @cached_property
    def faults(self) -> Sequence[Fault]:
        """What is wrong with the shapes themselves."""
        return shape_faults.find(self.statements)

    @property
    def well_formed(self) -> bool:
        """Whether the shapes can be evaluated at all."""
        return all(fault.grade is not Grade.ILL_FORMED for fault in self.faults)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each fault of the shapes, on its line."""
        for fault in self.faults:
            place = self._place(fault)
            severity = Severity.WARNING if fault.grade is Grade.WITHOUT_EFFECT else Severity.VIOLATION
            yield Finding(
                place.path, place.line, severity, "shapes", fault.message, self.shown(fault.node),
                self.shown(fault.value) if isinstance(fault.value, ox.NamedNode | ox.BlankNode) else fault.value,
                fault.suggestion, at=place.at, unevaluated=fault.grade is not Grade.WITHOUT_EFFECT,
            )  # fmt: skip

    def finding(self, result: Result, place: Place, number: int = 0, suggestion: str = "") -> Finding:
        """Word a result as its shape does, else by what the constraint demands."""
        value = "" if result.value is None or result.value == result.focus else self.shown(result.value)
        if result.shape not in self._of_shape:
            self._of_shape[result.shape] = self._steps(result.shape), self._datatypes(result.shape)
        steps, datatypes = self._of_shape[result.shape]
        nodes = Nodes(
            result.focus, result.path, result.value, result.shape, result.component, result.severity,
            None if result.path else steps,
            result.constraint, datatypes,
        )  # fmt: skip
        name = self._names.get(result.shape) or namespaces.slug(_written(result.shape))
        return Finding(
            place.path, place.line, Severity.of_iri(result.severity), name, self._message(result),
            self.shown(result.focus), value, suggestion, column=place.column, at=place.at, nodes=nodes,
            results=(number,),
        )  # fmt: skip

    def shown(self, term: Term) -> str:
        """Write a term for the reader, IRIs with our prefixes or those of the shapes."""
        if isinstance(term, ox.NamedNode):
            if term not in self._shown:
                self._shown[term] = namespaces.curie(term.value, self._prefixes)
            return self._shown[term]
        if isinstance(term, ox.BlankNode):
            # The rest only tells files apart.
            return f"_:{term.value.partition('x')[0]}"
        return _written(term)

    def targets(self, result: Result) -> list[Place]:
        """Tell where the shapes ask for a node that the data do not have."""
        for source in self.sources:
            for statement in source.statements:
                if statement.object == result.focus and statement.predicate in _OF_TARGETS:
                    return [Place(source.path, statement.line, statement.at)]
        return [Place(source.path, 1) for source in self.sources[:1]]

    def without_targets(self, data: Iterable[Statement]) -> Place | None:
        """Return where the first shape stands, if none has a target among the data (SHACL section 2.1.3)."""
        things: set[Term] = set()
        for statement in data:
            things |= (
                {statement.predicate, statement.object}
                if statement.predicate.value == namespaces.RDF_TYPE
                else {statement.predicate}
            )
            if statement.predicate.value == namespaces.SUB_CLASS_OF:
                return None  # what lies below what is not followed here
        for source in self.sources:
            for statement in source.statements:
                asked = statement.predicate in _OF_TARGETS or (statement.predicate.value == namespaces.RDF_TYPE)
                wanted = statement.subject if statement.predicate.value == namespaces.RDF_TYPE else statement.object
                if asked and (wanted in things or statement.predicate in _WITHOUT_DATA):
                    return None
        return Place(self.sources[0].path, 1)

    def _datatypes(self, shape: Term) -> tuple[str, ...]:
        """Name the datatypes that a shape asks of the value."""
        alternatives = [item for head in self._said.values(shape, sh("or")) for item in self._items(head)]
        datatypes = [
            datatype for node in (shape, *alternatives) for datatype in self._said.values(node, sh("datatype"))
        ]
        return tuple(datatype.value for datatype in datatypes if isinstance(datatype, ox.NamedNode))

    def _place(self, fault: Fault) -> Place:
        for source in self.sources:
            for statement in source.statements:
                if statement is fault.said or (fault.said is None and statement.subject == fault.node):
                    return Place(source.path, statement.line, statement.at)
        return Place(self.sources[0].path, 1)

    def _message(self, result: Result) -> Bilingual:
        key = (result.shape, result.component, result.messages)
        if key not in self._worded:
            own = self._said.texts(result.shape, sh("message")) or result.messages
            self._worded[key] = (
                {text.language or "": text.value for text in own} if own
                else default_message(self._said, result.shape, result.component, self.shown)
            )  # fmt: skip
        return self._worded[key]

    def _steps(self, shape: Term) -> property_path.Path | None:
        path = self._said.values(shape, sh("path"))
        try:
            steps = self._said.path(path[0]) if path else None
        except MalformedShapesError:
            return None
        return None if isinstance(steps, property_path.Predicate) else steps

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.statements, self.faults)

    @cached_property
    def _said(self) -> ShapesGraph:
        return ShapesGraph(self.statements)

    @cached_property
    def _prefixes(self) -> Mapping[str, str]:
        return {name: iri for source in self.sources for name, iri in source.prefixes.items()}

    @cached_property
    def _names(self) -> Mapping[Term, str]:
        """Name all shapes; one without an IRI by the shape that it is part of, and its path."""
        above: dict[Term, Term] = {}
        for node in self._said.subjects:
            for name in _WHOLE:
                above.update((value, node) for value in self._said.values(node, sh(name)) if value not in above)
            for name in _ELSE:
                for head in self._said.values(node, sh(name)):
                    above.update((item, node) for item in self._items(head) if item not in above)
        names: dict[Term, str] = {}
        taken: dict[str, int] = {}
        for node in self._said.subjects:
            name = self._name(node, above)
            if name not in taken or isinstance(node, ox.NamedNode):
                taken.setdefault(name, 1)
                names[node] = name
            else:
                taken[name] += 1
                names[node] = f"{name}-{taken[name]}"
        return names

    def _items(self, head: Term) -> list[Term]:
        try:
            return list(self._said.items(head))
        except MalformedShapesError:
            return []

    def _name(self, node: Term, above: Mapping[Term, Term]) -> str:
        parts: list[str] = []
        passed: set[Term] = set()
        while not isinstance(node, ox.NamedNode) and node not in passed:
            passed.add(node)
            path = self._said.values(node, sh("path"))
            if path:
                steps = self._steps(node)
                iris = list(property_path.predicates(steps)) if steps else [path[0]]
                parts[:0] = ["-".join(namespaces.slug(_written(iri)) for iri in iris)]
            if node not in above:
                return "-".join(filter(None, parts)) or "shape"
            node = above[node]
        return "-".join(filter(None, [namespaces.slug(_written(node)), *parts]))


def places(graph: Graph, result: Result, home: parsing.Graph | None) -> list[Place]:
    """Tell which lines a result speaks of: each statement of the wrong value, else the record's first line.

    `home` is the graph that was validated by itself, None for all together. What nothing is said about stands where
    it is spoken of; empty if it stands nowhere.
    """
    focus, path = result.focus, result.path
    if not isinstance(focus, ox.Literal):
        lines = graph.places(focus, path, None, home)[1:2] if path and result.component in _SURPLUS else []
        lines = lines or graph.locate(focus, path if result.value else None, result.value, home)
        if lines:
            return lines
    mentions = graph.mentions(focus, home)
    return mentions[:1] or graph.mentions(focus, None)[:1]


def _written(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
