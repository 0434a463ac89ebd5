"""Reads one RDF file into statements that know their line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from ccn_graph import terms
from ccn_graph.errors import SourceError

#: File ending -> format, for the files that `serve --data` and `check` take.
FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class Kind(Enum):
    """What a file is for; decides its graph and which shapes look at it."""

    REGISTER = "register"
    DOCUMENT = "document"
    EDITORIAL = "editorial"
    ONTOLOGY = "ontology"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple, the graph it stands in and the line of its file where it ends (1 is the first)."""

    subject: Subject
    predicate: ox.NamedNode
    object: Object
    graph: Graph
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: what it is and what it says, in the order of the file."""

    path: Path
    kind: Kind
    graph: Graph
    statements: tuple[Statement, ...]
    digest: str
    """SHA-256 of the file's bytes, in hex."""


class _CountingLines:
    """A binary file object that hands out one line per read and counts them.

    pyoxigraph parses lazily, so when a statement comes out, exactly the lines up to its end have
    been handed over. `tests/test_source.py` pins this.
    """

    def __init__(self, data: bytes) -> None:
        self._lines = iter(data.splitlines(keepends=True))
        self.number = 0

    def read(self, _size: int = -1) -> bytes:
        line = next(self._lines, b"")
        self.number += bool(line)
        return line


def graph_of(path: Path, kind: Kind) -> Graph:
    """Name the graph of a file: registers and the ontology share one each, a document has its own."""
    match kind:
        case Kind.REGISTER:
            return ox.NamedNode(terms.GRAPH_REGISTERS)
        case Kind.EDITORIAL:
            return ox.NamedNode(terms.GRAPH_EDITORIAL)
        case Kind.ONTOLOGY:
            return ox.NamedNode(terms.GRAPH_ONTOLOGY)
        case Kind.DOCUMENT:
            return ox.NamedNode(terms.PREFIXES["graph"] + path.stem)
    return ox.DefaultGraph()


def read(path: Path, kind: Kind) -> Source:
    """Read one file.

    Raises SourceError, with the line, if the file is missing, not UTF-8, or not well-formed.
    """
    format_ = FORMATS.get(path.suffix.lower())
    if format_ is None:
        known = " ".join(FORMATS)
        raise SourceError(path, 1, f"'{path.suffix}' is no RDF file ending; use one of {known}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, 1, f"cannot be read: {error.strerror}") from error
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "is not UTF-8 here; save the file as UTF-8") from error
    graph = graph_of(path, kind)
    return Source(path, kind, graph, tuple(_statements(path, data, format_, graph)), hashlib.sha256(data).hexdigest())


def _statements(path: Path, data: bytes, format_: ox.RdfFormat, graph: Graph) -> Iterator[Statement]:
    lines = _CountingLines(data)
    try:
        for quad in ox.parse(
            cast(IO[bytes], lines), format=format_, base_iri=path.absolute().as_uri(), rename_blank_nodes=True
        ):
            home = graph if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
            yield Statement(quad.subject, quad.predicate, quad.object, home, lines.number)
    except SyntaxError as error:
        raise syntax_error(path, error, lines.number) from error


def syntax_error(path: Path, error: SyntaxError, read: int = 0) -> SourceError:
    """Word a parser's complaint about a file of which `read` lines were read."""
    return SourceError(path, error.lineno or max(read, 1), _reason(error))


def _reason(error: SyntaxError) -> str:
    """Keep the parser's reason and column, drop the place that the finding already shows."""
    reason = str(error.msg).split(": ", 1)[-1] if "line" in str(error.msg)[:40] else str(error.msg)
    column = f" (column {error.offset})" if error.offset else ""
    return f"{reason}{column}"
