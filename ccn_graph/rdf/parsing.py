"""Reads one RDF file into statements that know their line."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any, cast
from weakref import WeakValueDictionary

import pyoxigraph as ox

from ccn_graph.errors import CellError, SourceError
from ccn_graph.rdf import decoding, formats, jsonld, line_tracking, namespaces, syntax_errors
from ccn_graph.rdf.jsonld import DroppedKey
from ccn_graph.rdf.line_tracking import JsonNode, LineReader, MalformedError, Piece

#: File ending -> format, for the files that `serve --data` and `check` take.
FORMATS: dict[str, ox.RdfFormat] = {
    f".{ending}": format_.native
    for ending, format_ in formats.BY_ENDING.items()
    if isinstance(format_.native, ox.RdfFormat)
}

#: Files of these endings may be anything; they are read where somebody names them.
ALSO: dict[str, ox.RdfFormat] = {".json": ox.RdfFormat.JSON_LD, ".xml": ox.RdfFormat.RDF_XML}

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class FileKind(Enum):
    """What a file is for; decides its graph and which shapes look at it."""

    REGISTER = "register"
    DOCUMENT = "document"
    TABLE = "table"
    """The mapping of a table; what the rows state belongs to the document that the table is."""
    PART = "part"
    """A file that is read with the mapping of a table: the table itself, its links."""
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
class PlacedFault:
    """A cell that cannot be taken: its file, its row and column (1 is the first, 0 for none) and what is wrong."""

    path: Path
    line: int
    column: int
    error: CellError


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SourceFile:
    """A file that was read: what it is and what it says, in the order of the file."""

    path: Path
    kind: FileKind
    graph: Graph
    statements: tuple[Statement, ...]
    digest: str
    """SHA-256 of the file's bytes, in hex."""
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The prefixes that the file declares."""
    dropped: tuple[DroppedKey, ...] = ()
    """Keys of JSON-LD that no context knows: what stands below them is not read."""
    beside: Mapping[Path, str] = field(default_factory=dict, hash=False)
    """Other files that it was read with -> SHA-256 of their bytes, in hex."""
    ground: str = ""
    """What else it depends on: it stands for how rows of a table were read."""
    faults: tuple[PlacedFault, ...] = ()
    """What is wrong in cells of a table."""


#: What was read, for as long as anybody holds it: the same bytes in the same place are not parsed again.
_HELD: WeakValueDictionary[tuple[Path, Path, FileKind, str], SourceFile] = WeakValueDictionary()


def graph_of(path: Path, kind: FileKind) -> Graph:
    """Name the graph of a file: registers and the ontology share one each, a document has its own."""
    match kind:
        case FileKind.REGISTER:
            return ox.NamedNode(namespaces.GRAPH_REGISTERS)
        case FileKind.EDITORIAL:
            return ox.NamedNode(namespaces.GRAPH_EDITORIAL)
        case FileKind.ONTOLOGY:
            return ox.NamedNode(namespaces.GRAPH_ONTOLOGY)
        case FileKind.DOCUMENT:
            return ox.NamedNode(namespaces.PREFIXES["graph"] + path.stem)
        case FileKind.TABLE:
            return ox.NamedNode(namespaces.PREFIXES["graph"] + path.parent.name)
    return ox.DefaultGraph()


def is_rdf(path: Path) -> bool:
    """Tell from the ending whether a file may be read as RDF."""
    return format_of(path) is not None


def format_of(path: Path) -> ox.RdfFormat | None:
    """Return the syntax that the ending of a file stands for, whether it is packed by gzip or not; None for another."""
    name = path.name.lower().removesuffix(".gz")
    return (FORMATS | ALSO).get(Path(name).suffix)


def guessed(data: bytes) -> ox.RdfFormat:
    """Tell the syntax of what came without a name from how it begins."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if start.startswith((b"{", b"[")) and re.match(rb'\{\s*["}]|\[\s*[\[{"\]]', start):
        return ox.RdfFormat.JSON_LD
    if re.match(rb"<\?xml|<!--|<!DOCTYPE|<rdf:RDF|<[\w.-]+:?[\w.-]*\s+xmlns", start) or b"\0" in start[:4]:
        return ox.RdfFormat.RDF_XML
    return ox.RdfFormat.TRIG


def read(path: Path, kind: FileKind) -> SourceFile:
    """Read one file, packed by gzip or not, of whatever encoding it declares.

    Whoever reads the same bytes again while what was read is in use gets the same object.

    Raises SourceError, with the line, if the file is missing, its encoding unknown, or not well-formed.
    """
    format_ = format_of(path)
    if format_ is None:
        endings = " ".join((*FORMATS, *ALSO))
        raise SourceError(
            path, 1, f"'{path.suffix}' is no RDF file ending; use one of {endings}",
            f"'{path.suffix}' はRDFのファイルの拡張子ではない。{endings} のどれかにする",
        )  # fmt: skip
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _fault(path, 1, f"cannot be read: {error.strerror}") from error
    digest = hashlib.sha256(data).hexdigest()
    place = path, path.absolute(), kind, digest
    if (held := _HELD.get(place)) is not None:
        return held
    try:
        text = decoding.utf8(decoding.unpacked(data), xml=format_ is ox.RdfFormat.RDF_XML)
    except decoding.DecodingError as error:
        raise SourceError(path, error.line, error.en, error.ja) from error
    graph = graph_of(path, kind)
    reading = _Reading(path, graph)
    statements = tuple(reading.statements(text, format_))
    _HELD[place] = source = SourceFile(
        path, kind, graph, statements, digest, reading.prefixes, tuple(reading.dropped)
    )  # fmt: skip
    return source


class _Reading:
    """One file while it is read: its statements, and what else there is to know of it."""

    def __init__(self, path: Path, graph: Graph) -> None:
        self._path, self._graph = path, graph
        self.prefixes: Mapping[str, str] = {}
        self.dropped: list[DroppedKey] = []
        # Of files read together none may take the blank node of another for its own.
        self._file = hashlib.blake2b(str(path.absolute()).encode(), digest_size=5).hexdigest()
        self._nodes: dict[str, ox.BlankNode] = {}

    def statements(self, data: bytes, format_: ox.RdfFormat) -> Iterable[Statement]:
        match format_:
            case ox.RdfFormat.JSON_LD:
                return self._of_json(data)
            case ox.RdfFormat.RDF_XML:
                return self._parsed(line_tracking.elements(data), format_)
        return self._parsed(line_tracking.lines(data), format_)

    def _of_json(self, data: bytes) -> list[Statement]:
        """Read JSON-LD; only its streaming parser tells where a statement stands, and knows not all of the language."""
        try:
            root = line_tracking.json_tree(data)
        except MalformedError as error:
            # The parser words it better, but would not live through a nesting without end.
            if "nested" not in error.message:
                list(self._parsed(line_tracking.lines(data), ox.RdfFormat.JSON_LD))
            raise _fault(self._path, error.line, error.message) from error
        try:
            read = list(self._parsed(line_tracking.lines(data), ox.RdfFormat.JSON_LD))
        except SourceError as error:
            line, at = jsonld.line_of_fault(root, self._complaint, error.message)
            raise _fault(self._path, line, _with_context(error.message, root), at) from error
        self.dropped = list(jsonld.dropped_keys(root))
        try:
            placed = list(self._parsed(line_tracking.members(root), ox.RdfFormat.STREAMING_JSON_LD))
        except SourceError:
            return read
        return placed if _said(placed) == _said(read) else read

    def _complaint(self, text: bytes) -> str:
        try:
            for _ in ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri=self._path.absolute().as_uri()):
                pass
        except SyntaxError as error:
            return _reason(error)
        return ""

    def _parsed(self, pieces: Iterable[Piece], format_: ox.RdfFormat) -> Iterator[Statement]:
        reader, self._nodes = LineReader(pieces), {}
        try:
            parser = ox.parse(cast(IO[bytes], reader), format=format_, base_iri=self._path.absolute().as_uri())
            for quad in parser:
                home = self._graph if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
                subject, value = quad.subject, quad.object
                if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode | ox.Triple):
                    subject, value = self._named(subject), self._named(value)
                home = self._named(home) if isinstance(home, ox.BlankNode) else home
                yield Statement(subject, quad.predicate, value, home, reader.line, reader.at)
            self.prefixes = dict(getattr(parser, "prefixes", {}))
        except MalformedError as error:
            raise _fault(self._path, error.line, error.message) from error
        except SyntaxError as error:
            raise syntax_error(self._path, error, reader.line, reader.at) from error
        except MemoryError as error:
            # Not memory has run out, but what the parser lets a single token have.
            if "buffer" not in str(error):
                raise
            raise _fault(
                self._path, reader.line, "a text or name is longer than 16 MiB; is a quote left open?"
            ) from error

    def _named(self, term: Any) -> Any:
        """Return blank nodes names that are the same at every reading: by their order in the file."""
        if isinstance(term, ox.BlankNode):
            node = self._nodes.get(term.value)
            if node is None:
                node = self._nodes[term.value] = ox.BlankNode(f"b{len(self._nodes) + 1}x{self._file}")
            return node
        if isinstance(term, ox.Triple):
            return ox.Triple(self._named(term.subject), term.predicate, self._named(term.object))
        return term


def _with_context(message: str, root: JsonNode) -> str:
    """Name the context that is not fetched."""
    named = next(jsonld.remote_contexts(root), "") if message.startswith("the remote context") else ""
    return message.replace("the remote context", f"the remote context {named}") if named else message


def _fault(path: Path, line: int, message: str, at: str = "") -> SourceError:
    return SourceError(path, line, message, syntax_errors.in_japanese(message), at)


def _said(statements: Iterable[Statement]) -> Counter[tuple[str, ...]]:
    """Count the statements, with all blank nodes taken for one."""
    return Counter(
        tuple(
            "_:" if isinstance(term, ox.BlankNode) else str(term)
            for term in (statement.subject, statement.predicate, statement.object, statement.graph)
        )
        for statement in statements
    )


def syntax_error(path: Path, error: SyntaxError, read: int = 0, at: str = "") -> SourceError:
    """Word a parser's complaint about a file of which `read` lines were read."""
    return _fault(path, error.lineno or max(read, 1), _reason(error), at)


def _reason(error: SyntaxError) -> str:
    """Keep the parser's reason and column, drop the place that the finding already shows."""
    if "LoadDocumentCallback" in str(error.msg):
        return "the remote context is not fetched; write the context into the file"
    reason = str(error.msg).split(": ", 1)[-1] if "line" in str(error.msg)[:40] else str(error.msg)
    column = f" (column {error.offset})" if error.offset else ""
    return f"{reason}{column}"
