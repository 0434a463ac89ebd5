"""Hands a file to the parser piece by piece, so that each statement knows where it stands.

The parsers of pyoxigraph are lazy: when a statement comes out, they have taken exactly the pieces up to its end.
The pieces of Turtle, TriG, N-Triples and N-Quads are lines; those of RDF/XML are tags, those of JSON-LD tokens, and
these know their path inside the document as well. `tests/test_line_tracking.py` pins this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

#: Deeper nesting has no meaning in RDF, and parsers that call themselves run out of stack.
MAX_DEPTH = 250

#: What the entities of an XML document may grow to, in bytes.
MAX_EXPANSION = 20_000_000


class MalformedError(Exception):
    """A file that no parser should be given; `line` (1 is the first) and what is wrong there."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the place and the reason."""
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes, the line on which they end, and the path of what they belong to: JSON Pointer or XPath."""

    data: bytes
    line: int
    at: str = ""


class LineReader:
    """A binary file object that hands out one piece per read and remembers the last."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Take the pieces in their order."""
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self.line, self.at = 1, ""

    def read(self, size: int = -1) -> bytes:
        """Return the next piece or what is left of it, at most `size` bytes; nothing at the end.

        More than it asked for would crash the parser.
        """
        if not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece.data)
            self.line, self.at = piece.line, piece.at
        taken = self._rest[:size] if size >= 0 else self._rest
        self._rest = self._rest[len(taken) :]
        return bytes(taken)


def lines(data: bytes) -> Iterator[Piece]:
    """Cut a file of a line-based syntax into lines."""
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        yield Piece(line, number)


# No value of an attribute holds a '<', so that a quote left open is noticed at the next tag.
_MARKUP = re.compile(rb"<(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*>|[^<]+|<", re.DOTALL)
_DECLARED = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>")
_PAIRS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s*)?(\S+)\s+(?:(SYSTEM|PUBLIC)|\"([^\"]*)\"|'([^']*)')")

_REFERENCE = re.compile(rb"&([^\s;&#]+);")


def elements(data: bytes) -> Iterator[Piece]:
    """Cut XML into tags and texts, each with the path of its element, like /rdf:RDF/ccn:City[2]/skos:prefLabel[1].

    Raises MalformedError for elements nested too deep and for entities that would read a file or grow.
    """
    line, stack, counted = 1, [""], [Counter[str]()]
    lengths: dict[bytes, int] = {}
    grown = 0
    for markup in _markup(data):
        if markup.startswith(b"<!DOCTYPE"):
            lengths = _entities(markup, line)
        if lengths:
            grown += sum(lengths.get(name, 0) for name in _REFERENCE.findall(markup))
            if grown > MAX_EXPANSION:
                raise MalformedError(line, f"the entities stand for more than {MAX_EXPANSION // 1_000_000} MB of text")
        opens = markup[:1] == b"<" and markup[1:2] not in (b"!", b"?", b"/", b"")
        if opens:
            name = re.split(rb"[\s/>]", markup[1:], maxsplit=1)[0].decode("utf-8", "replace")
            counted[-1][name] += 1
            number = f"[{counted[-1][name]}]" if len(stack) > 1 else ""
            stack.append(f"{stack[-1]}/{name}{number}")
            counted.append(Counter())
            if len(stack) > MAX_DEPTH:
                raise MalformedError(line, f"the elements are nested more than {MAX_DEPTH} levels deep")
        line += markup.count(b"\n")
        yield Piece(markup, line, stack[-1])
        if len(stack) > 1 and ((opens and markup.endswith(b"/>")) or markup.startswith(b"</")):
            stack.pop()
            counted.pop()


def _markup(data: bytes) -> Iterator[bytes]:
    """Cut XML at its marks; each byte is looked at a few times at most, whatever is left open."""
    at = 0
    while at < len(data):
        closing = next((closing for opening, closing in _PAIRS if data.startswith(opening, at)), None)
        if closing:
            end = data.find(closing, at)
            # What is never closed is for the parser to complain of.
            taken = data[at:] if end < 0 else data[at : end + len(closing)]
        elif data.startswith(b"<!DOCTYPE", at):
            declared = _DECLARED.match(data, at)
            taken = declared[0] if declared else data[at:]
        else:
            match = _MARKUP.match(data, at)
            assert match
            taken = match[0]
        yield taken
        at += len(taken)


def _entities(declared: bytes, line: int) -> dict[bytes, int]:
    """Return the length of what each entity of a document type stands for. Raises MalformedError for a bomb."""
    lengths = {}
    for entity in _ENTITY.finditer(declared):
        where = line + declared.count(b"\n", 0, entity.start())
        if entity[1] or entity[3]:
            raise MalformedError(where, "an entity from outside the file is not read; write what it stands for")
        text = entity[4] or entity[5] or b""
        if b"&" in text:
            raise MalformedError(where, "an entity made of other entities is not expanded; write what it stands for")
        lengths[entity[2]] = len(text)
    return lengths


@dataclass(frozen=True, slots=True)
class JsonToken:
    """A token of JSON and its line."""

    data: bytes
    line: int


@dataclass(slots=True)
class JsonNode:
    """A value of JSON: its first token, its members or items, and its last token."""

    first: JsonToken
    members: list[tuple[JsonToken | None, JsonNode]]
    last: JsonToken | None = None


_JSON = re.compile(rb'\s*("[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s"\[\]{},:]+)', re.DOTALL)
_KEYWORDS: dict[bytes, int] = {b'"@context"': 0, b'"@type"': 1, b'"@id"': 2, b'"@graph"': 4}
_OF_NODE, _OTHERS = (1, 2), 3


def members(root: JsonNode) -> Iterator[Piece]:
    """Cut JSON-LD into tokens, each with its JSON Pointer (RFC 6901), in the order that streaming asks for.

    The members of an object have no order in JSON; a streaming parser wants `@context` first, then the type and the
    id, and `@graph` last (Streaming JSON-LD, section 4).
    """
    yield from _emit(root, "", {alias: _KEYWORDS[word] for alias, word in _aliases(root)} | _KEYWORDS)


def json_tree(data: bytes) -> JsonNode:
    """Read JSON as tokens. Raises MalformedError for nesting too deep and for what is no JSON."""
    line, end = 1, 0
    holder = JsonNode(JsonToken(b"", 1), [])
    open_ = [holder]
    key: JsonToken | None = None
    for match in _tokens(data):
        line += data.count(b"\n", end, match.start(1))
        end = match.end()
        token = JsonToken(match[1], line)
        match token.data:
            case b"{" | b"[":
                node = JsonNode(token, [])
                open_[-1].members.append((key, node))
                open_.append(node)
                key = None
                if len(open_) > MAX_DEPTH:
                    raise MalformedError(line, f"the objects are nested more than {MAX_DEPTH} levels deep")
            case b"}" | b"]":
                if len(open_) == 1:
                    raise MalformedError(line, "a bracket closes nothing")
                open_.pop().last = token
            case b":":
                if not open_[-1].members or open_[-1].first.data != b"{":
                    raise MalformedError(line, "there is a colon outside an object")
                key = open_[-1].members.pop()[1].first
            case b",":
                key = None
            case _:
                open_[-1].members.append((key, JsonNode(token, [])))
                key = None
    if len(open_) > 1 or len(holder.members) != 1:
        raise MalformedError(line, "this is no JSON document")
    return holder.members[0][1]


def _tokens(data: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while match := _JSON.match(data, at):
        yield match
        at = match.end()
    if data[at:].strip():
        raise MalformedError(data.count(b"\n", 0, at) + 1, "this is no JSON")


def _aliases(node: JsonNode) -> Iterator[tuple[bytes, bytes]]:
    """Yield the words that a context anywhere in the document makes stand for a keyword."""
    for key, value in node.members:
        if key is not None and key.data == b'"@context"':
            for context in [value, *(item for _, item in value.members)]:
                for term, meaning in context.members:
                    meant = next((child for name, child in meaning.members if name and name.data == b'"@id"'), meaning)
                    if term is not None and meant.first.data in _KEYWORDS:
                        yield term.data, meant.first.data
        yield from _aliases(value)


def _emit(node: JsonNode, at: str, order: Mapping[bytes, int]) -> Iterator[Piece]:
    yield Piece(node.first.data, node.first.line, at)
    # What is neither keyword nor alias stands before @graph and after the rest.
    rank = {id(value): order.get(key.data, _OTHERS) if key else _OTHERS for key, value in node.members}
    before = node.first.line
    for number, (key, value) in enumerate(sorted(node.members, key=lambda member: rank[id(member[1])])):
        name = key.data[1:-1].decode("utf-8", "replace") if key else str(number)
        below = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        separator = (b"," if number else b"") + (key.data + b":" if key else b"")
        if separator:
            # The statement that the type or the link to an object makes comes out with the key after its id.
            yield Piece(separator, before, at)
        for piece in _emit(value, at if rank[id(value)] in _OF_NODE else below, order):
            before = piece.line
            yield piece
    if node.last:
        yield Piece(node.last.data, node.last.line, at)
