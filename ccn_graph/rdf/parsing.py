"""Reads one RDF file into statements that know their line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from ccn_graph.errors import SourceError
from ccn_graph.rdf import line_tracking, namespaces
from ccn_graph.rdf.line_tracking import MalformedError, Piece, Reader

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
    """One triple, the graph it stands in and the line of its file where it ends (1 is the first).

    `at` is the path to it inside a JSON-LD (JSON Pointer) or RDF/XML (XPath) document.
    """

    subject: Subject
    predicate: ox.NamedNode
    object: Object
    graph: Graph
    line: int
    at: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: what it is and what it says, in the order of the file."""

    path: Path
    kind: Kind
    graph: Graph
    statements: tuple[Statement, ...]
    digest: str
    """SHA-256 of the file's bytes, in hex."""


def graph_of(path: Path, kind: Kind) -> Graph:
    """Name the graph of a file: registers and the ontology share one each, a document has its own."""
    match kind:
        case Kind.REGISTER:
            return ox.NamedNode(namespaces.GRAPH_REGISTERS)
        case Kind.EDITORIAL:
            return ox.NamedNode(namespaces.GRAPH_EDITORIAL)
        case Kind.ONTOLOGY:
            return ox.NamedNode(namespaces.GRAPH_ONTOLOGY)
        case Kind.DOCUMENT:
            return ox.NamedNode(namespaces.PREFIXES["graph"] + path.stem)
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


def _statements(path: Path, data: bytes, format_: ox.RdfFormat, graph: Graph) -> Iterable[Statement]:
    match format_:
        case ox.RdfFormat.JSON_LD:
            return _of_json(path, data, graph)
        case ox.RdfFormat.RDF_XML:
            return _parsed(path, line_tracking.elements(data), format_, graph)
    return _parsed(path, line_tracking.lines(data), format_, graph)


def _of_json(path: Path, data: bytes, graph: Graph) -> list[Statement]:
    """Read JSON-LD; only its streaming parser tells where a statement stands, and it knows not all of the language."""
    try:
        pieces = list(line_tracking.members(data))
    except MalformedError as error:
        # The parser words it better, but would not live through a nesting without end.
        if "nested" not in error.message:
            list(_parsed(path, line_tracking.lines(data), ox.RdfFormat.JSON_LD, graph))
        raise SourceError(path, error.line, error.message) from error
    read = list(_parsed(path, line_tracking.lines(data), ox.RdfFormat.JSON_LD, graph))
    try:
        placed = list(_parsed(path, pieces, ox.RdfFormat.STREAMING_JSON_LD, graph))
    except SourceError:
        return read
    return placed if _said(placed) == _said(read) else read


def _said(statements: Iterable[Statement]) -> Counter[tuple[str, ...]]:
    """Count the statements, with all blank nodes taken for one."""
    return Counter(
        tuple(
            "_:" if isinstance(term, ox.BlankNode) else str(term)
            for term in (said.subject, said.predicate, said.object, said.graph)
        )
        for said in statements
    )


def _parsed(path: Path, pieces: Iterable[Piece], format_: ox.RdfFormat, graph: Graph) -> Iterator[Statement]:
    reader = Reader(pieces)
    try:
        for quad in ox.parse(
            cast(IO[bytes], reader), format=format_, base_iri=path.absolute().as_uri(), rename_blank_nodes=True
        ):
            home = graph if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
            yield Statement(quad.subject, quad.predicate, quad.object, home, reader.line, reader.at)
    except MalformedError as error:
        raise SourceError(path, error.line, error.message) from error
    except SyntaxError as error:
        raise syntax_error(path, error, reader.line) from error
    except MemoryError as error:
        # Not memory has run out, but what the parser lets a single token have.
        if "buffer" not in str(error):
            raise
        raise SourceError(path, reader.line, "a text or name is longer than 16 MiB; is a quote left open?") from error


def syntax_error(path: Path, error: SyntaxError, read: int = 0) -> SourceError:
    """Word a parser's complaint about a file of which `read` lines were read."""
    return SourceError(path, error.lineno or max(read, 1), _reason(error))


def _reason(error: SyntaxError) -> str:
    """Keep the parser's reason and column, drop the place that the finding already shows."""
    if "LoadDocumentCallback" in str(error.msg):
        return "the remote context is not fetched; write the context into the file"
    reason = str(error.msg).split(": ", 1)[-1] if "line" in str(error.msg)[:40] else str(error.msg)
    column = f" (column {error.offset})" if error.offset else ""
    return f"{reason}{column}"
