"""Runs SHACL shapes with pySHACL and places each result on a line of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import SH
from rdflib.term import Node

from ccn_graph import fingerprint, plain, source, terms
from ccn_graph.engine import Term
from ccn_graph.errors import CcnError
from ccn_graph.finding import LANGUAGES, Finding, Severity
from ccn_graph.graph import Graph, Place
from ccn_graph.rdflib_engine import from_rdflib, to_rdflib
from ccn_graph.reach import FOR_READERS, TARGETS
from ccn_graph.source import Kind, Statement, Subject

_SEVERITIES: dict[Node, Severity] = {
    SH.Violation: Severity.VIOLATION,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.INFO,
}

_MESSAGE = ox.NamedNode(terms.PREFIXES["sh"] + "message")

# These say that something stands there once too often: show the surplus statement, not the record.
_SURPLUS = {terms.PREFIXES["sh"] + name for name in ("MaxCountConstraintComponent", "UniqueLangConstraintComponent")}


@dataclass(frozen=True, slots=True)
class Result:
    """One sh:ValidationResult; `path` is the property it speaks of, None for none or a longer path."""

    focus: Term
    path: ox.NamedNode | None
    value: Term | None
    shape: Term
    component: str
    severity: Severity

    def to_plain(self) -> list[plain.Plain]:
        """Write it as plain data. Raises ValueError if it names a blank node."""
        named = (self.focus, self.path, self.value, self.shape)
        return [*map(plain.from_term, named), self.component, self.severity.name]

    @staticmethod
    def of_plain(row: object) -> Result:
        """Read it back. Raises ValueError for anything that `to_plain` does not write."""
        match row:
            case [focus, path, value, shape, str(component), str(severity)] if severity in Severity.__members__:
                at, about, on = plain.to_term(focus), plain.to_term(shape), plain.to_term(path)
                if at and about and (on is None or isinstance(on, ox.NamedNode)):
                    return Result(at, on, plain.to_term(value), about, component, Severity[severity])
        raise ValueError(f"{row!r} is no result")


class _Converted(dict[Term, Node]):
    """Terms of the native engine as rdflib's, each made once."""

    def __missing__(self, term: Term) -> Node:
        self[term] = node = to_rdflib(term)
        return node


class Shapes:
    """Shape files read together, with the class hierarchy of the ontology that their targets need."""

    def __init__(self, files: Sequence[Path], hierarchy: Iterable[Statement] = ()) -> None:
        """Parse the files. Raises SourceError for one that is not well-formed."""
        read = [source.read(path, Kind.OTHER) for path in files]
        self.statements = [said for one in read for said in one.statements]
        self.hierarchy = [said for said in hierarchy if said.predicate.value == terms.SUB_CLASS_OF]
        below = (f"{said.subject} {said.object}" for said in self.hierarchy)
        #: Stands for the shapes and the class hierarchy.
        self.fingerprint = fingerprint.digest(
            *(
                fingerprint.of_source(one) if fingerprint.is_absolute(one) else fingerprint.of_place(one)
                for one in read
            ),
            *below,
        )
        self._converted = _Converted()

    def validate(
        self, statements: Iterable[Statement | ox.Triple], focus: Mapping[Subject, Iterable[Term]] | None = None
    ) -> list[Result]:
        """Validate the statements as one graph (SHACL section 3), class hierarchy included.

        `focus` names the focus nodes of shapes, which are then asked about these alone, not about their own targets.
        Raises CcnError if pySHACL cannot process the shapes.
        """
        data, shapes = self._graph([*statements, *self.hierarchy]), self._shapes
        if focus is not None:
            shapes = self._aimed(data, focus)
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
        if not isinstance(report, rdflib.Graph):
            raise CcnError(f"the shapes could not be processed: {text}")
        # From the report node, not by severity: nested sh:detail results are no results of their own.
        return [_result(report, node) for node in report.objects(None, SH.result)]

    def finding(self, result: Result, place: Place, suggestion: str = "") -> Finding:
        """Word a result in both languages, as its shape does."""
        shape, focus = _written(result.shape), _shown(result.focus)
        value = "" if result.value is None or result.value == result.focus else _shown(result.value)
        return Finding(
            place.path, place.line, result.severity, terms.slug(shape),
            self._messages.get(result.shape) or dict.fromkeys(LANGUAGES, shape), focus, value, suggestion,
        )  # fmt: skip

    @cached_property
    def _messages(self) -> dict[Term, dict[str, str]]:
        messages: dict[Term, dict[str, str]] = {}
        for said in self.statements:
            text = said.object
            if said.predicate == _MESSAGE and isinstance(text, ox.Literal) and text.language in LANGUAGES:
                messages.setdefault(said.subject, {})[text.language] = text.value
        return messages

    @cached_property
    def _shapes(self) -> rdflib.Graph:
        return self._graph(said for said in self.statements if said.predicate not in FOR_READERS)

    def _aimed(self, data: rdflib.Graph, focus: Mapping[Subject, Iterable[Term]]) -> rdflib.Graph:
        """Give the shapes these focus nodes as targets, in place of what they declare themselves.

        The nodes are marked in the data, each as the object of a property made for its shape, which no shape can see.
        Naming them in the shapes would do as well, but pySHACL reads all a shape says whenever it comes to it.
        """
        shapes = self._graph(said for said in self.statements if said.predicate not in FOR_READERS | TARGETS)
        for number, (shape, nodes) in enumerate(focus.items()):
            mark = rdflib.URIRef(f"urn:ccn-graph:asked:{number}")
            shapes.add((self._converted[shape], SH.targetObjectsOf, mark))
            for node in nodes:
                data.add((mark, mark, self._converted[node]))
        return shapes

    def _graph(self, statements: Iterable[Statement | ox.Triple]) -> rdflib.Graph:
        graph, node = rdflib.Graph(bind_namespaces="none"), self._converted
        for said in statements:
            graph.add((node[said.subject], node[said.predicate], node[said.object]))
        return graph


def places(graph: Graph, result: Result, home: source.Graph | None) -> list[Place]:
    """Tell which lines a result speaks of: each statement of the wrong value, else the record's first line.

    `home` is the graph that was validated by itself, None for all together.
    """
    focus, path = result.focus, result.path
    if isinstance(focus, ox.Literal):
        return []
    if path and result.component in _SURPLUS:
        return graph.places(focus, path, None, home)[1:2] or graph.locate(focus, graph=home)
    return graph.locate(focus, path if result.value else None, result.value, home)


def _result(report: rdflib.Graph, node: Node) -> Result:
    said = {predicate: value for predicate, value in report.predicate_objects(node) if predicate != SH.resultMessage}
    path, value = said.get(SH.resultPath), said.get(SH.value)
    return Result(
        from_rdflib(said[SH.focusNode]),
        ox.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        None if value is None else from_rdflib(value),
        from_rdflib(said[SH.sourceShape]),
        str(said[SH.sourceConstraintComponent]),
        # A shape may have a severity of its own making; then only its author knows that it is less grave.
        _SEVERITIES.get(said[SH.resultSeverity], Severity.VIOLATION),
    )


def _written(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


def _shown(term: Term) -> str:
    return terms.curie(term.value) if isinstance(term, ox.NamedNode) else _written(term)
