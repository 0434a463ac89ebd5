"""Writes records in the house format, and into a file without touching what stands there."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object, Statement
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.validation import style

_XSD = namespaces.PREFIXES["xsd"]
_WIDTH = 120
_LOCATOR = namespaces.CCN + "locator"
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PREFIX_LINE = re.compile(r"@prefix\s+(?P<prefix>[\w-]*):\s+<(?P<iri>[^>]*)>")

#: The order of prefix lines in the files of the house: our own words, our things, the words of others.
_PREFIX_ORDER = (
    "ccn", "city", "place", "net", "body", "series", "prog", "event", "member", "office", "act", "obs", "person",
    "name", "field", "role", "measure", "mode", "kind", "howread", "doc", "graph",
    "edtf", "foaf", "org", "prov", "schema", "skos", "skosxl", "wgs", "dcterms", "xsd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TurtleLine:
    """A line of a file, and the values on it that come from a sheet."""

    text: str
    origins: tuple[Stated, ...] = ()


@dataclass
class _Block:
    """A predicate with its objects: lines without the mark that ends them."""

    predicate: str
    lines: list[TurtleLine]


@dataclass
class Writer:
    """Spells terms with the prefixes that a file has, and remembers which it needs besides."""

    prefixes: dict[str, str] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)

    def iri(self, iri: str) -> str:
        """Spell an IRI with its prefix, in angle brackets where the file gives that prefix another meaning."""
        curie = namespaces.curie(iri)
        prefix = curie.partition(":")[0]
        if (
            curie.startswith("<")
            or self.prefixes.get(prefix, namespaces.PREFIXES[prefix]) != namespaces.PREFIXES[prefix]
        ):
            return f"<{iri}>"
        if prefix not in self.prefixes:
            self.added.add(prefix)
        return curie

    def object(self, value: Object) -> str:
        """Spell an object: numbers and truth values bare, texts with their language, dates with their type."""
        if isinstance(value, ox.NamedNode):
            return self.iri(value.value)
        assert isinstance(value, ox.Literal), "a sheet makes no blank nodes"
        text = '"' + "".join(_escaped(char) for char in value.value) + '"'
        if value.language:
            return f"{text}@{value.language}"
        datatype = value.datatype.value
        if datatype == _XSD + "string":
            return text
        if (bare := _BARE.get(datatype)) and bare.fullmatch(value.value):
            return value.value
        return f"{text}^^{self.iri(datatype)}"

    def block(self, predicate: str, stated: Sequence[Stated]) -> _Block:
        """Write a predicate with its objects on one line, or on one each if that line is long."""
        objects = [self.object(value.value) for value in stated]
        line = f"    {self.iri(predicate)} {', '.join(objects)}"
        if len(line) + 2 <= _WIDTH or len(objects) == 1:
            return _Block(predicate, [TurtleLine(line, tuple(stated))])
        lines = [TurtleLine(f"    {self.iri(predicate)}")]
        for place, (spelled, value) in enumerate(zip(objects, stated, strict=True), start=1):
            lines.append(TurtleLine(f"        {spelled}{',' if place < len(objects) else ''}", (value,)))
        return _Block(predicate, lines)


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    # Line separators and control characters would break the line-wise reading of a file.
    return f"\\u{ord(char):04X}" if char in "\x85\u2028\u2029" or ord(char) < 0x20 or ord(char) == 0x7F else char


def merged(
    text: str, statements: Sequence[Statement], additions: Iterable[tuple[SheetRecord, Mapping[str, Sequence[Stated]]]],
    *, in_order: bool,
) -> list[TurtleLine]:  # fmt: skip
    """Put records into the text of a file: known ones get more lines, new ones stand at the end or in their order."""
    page = _Page(text, statements)
    for record, values in additions:
        if chunk := page.find(record.iri):
            page.extend(chunk, record, values)
        else:
            page.insert(record, values, in_order=in_order)
    return page.lines()


@dataclass
class _Chunk:
    """A record of a file: its subject, what stands above it, its own lines and their punctuation."""

    subject: str
    above: list[TurtleLine]
    body: list[TurtleLine]
    bare: list[str]


class _Page:
    """A file as a header and records."""

    def __init__(self, text: str, statements: Sequence[Statement]) -> None:
        lines, bare = text.split("\n"), style.skeleton(text).split("\n")
        while lines and not lines[-1].strip():
            lines.pop()
        first = [
            place for place, line in enumerate(bare[: len(lines)])
            if line[:1].strip() and not line.startswith(("@", "#", "."))
        ]  # fmt: skip
        self.writer = Writer({match["prefix"]: match["iri"] for line in lines if (match := _PREFIX_LINE.match(line))})
        subjects = _subjects(first, statements)
        self.chunks: list[_Chunk] = []
        loose: list[TurtleLine] = []
        for place, line in enumerate(lines):
            if place in subjects:
                self.chunks.append(_Chunk(subjects[place], loose, [TurtleLine(line)], [bare[place]]))
                loose = []
            elif self.chunks and not loose and bare[place].strip() and not bare[place].startswith("#"):
                self.chunks[-1].body.append(TurtleLine(line))
                self.chunks[-1].bare.append(bare[place])
            else:
                loose.append(TurtleLine(line))
        self._known: dict[str, _Chunk] = {}
        for chunk in reversed(self.chunks):
            self._known[chunk.subject] = chunk
        self.tail = loose if self.chunks else []
        self.header = [] if self.chunks else loose
        if self.chunks:
            # What stands above a blank line speaks of the file, not of its first record.
            above = self.chunks[0].above
            cut = max((place for place, line in enumerate(above) if not line.text), default=len(above))
            self.header, self.chunks[0].above = above[:cut], above[cut:]

    def find(self, iri: str) -> _Chunk | None:
        """Return the record of a thing."""
        return self._known.get(iri)

    def insert(self, record: SheetRecord, values: Mapping[str, Sequence[Stated]], *, in_order: bool) -> None:
        """Add a record: a head on top, others in the order of their IRIs or at the end."""
        blocks = [self.writer.block(predicate, stated) for predicate, stated in values.items()]
        head = f"{self.writer.iri(record.iri)} a {self.writer.iri(record.class_)}"
        body = [TurtleLine(f"{head} ;", (_type(record),))]
        for block in blocks:
            body += _ended(block)
        body[-1] = TurtleLine(re.sub(r";$", ".", body[-1].text), body[-1].origins)
        place = len(self.chunks)
        if record.head:
            place = 0
        elif in_order:
            place = next((at for at, chunk in enumerate(self.chunks) if chunk.subject > record.iri), place)
        self._known[record.iri] = _Chunk(
            record.iri, [TurtleLine("")], body, [style.skeleton(line.text) for line in body]
        )
        self.chunks.insert(place, self._known[record.iri])

    def extend(self, chunk: _Chunk, record: SheetRecord, values: Mapping[str, Sequence[Stated]]) -> None:
        """Add lines to a record, each where its predicate belongs."""
        for predicate, stated in values.items():
            starts = [place for place, line in enumerate(chunk.bare) if re.match(r" {4}\S", line)]
            ranks = [(place, self._rank(chunk.body[place].text, record.order)) for place in starts]
            own = record.order.index(predicate)
            if predicate == _LOCATOR and (there := [place for place, rank in ranks if rank == own]):
                self._reword(chunk, there[0], stated[0])
                continue
            earlier = [place for place, rank in ranks if 0 <= rank <= own]
            following = [place for place in starts if place > earlier[-1]] if earlier else \
                [place for place, rank in ranks if rank > own]  # fmt: skip
            position = following[0] if following else len(chunk.body)
            self._place(chunk, position, _ended(self.writer.block(predicate, stated)))

    def _rank(self, line: str, order: Sequence[str]) -> int:
        """Tell where the predicate of a line belongs; one that the sheet does not know, before all."""
        name = line.split()[0]
        prefix, _, local = name.partition(":")
        iri = name[1:-1] if name.startswith("<") else self.writer.prefixes.get(prefix, "") + local
        return order.index(iri) if iri in order else -1

    def _reword(self, chunk: _Chunk, place: int, stated: Stated) -> None:
        line = chunk.body[place]
        text = re.sub(r'"(?:[^"\\]|\\.)*"', lambda _: self.writer.object(stated.value), line.text, count=1)
        chunk.body[place] = TurtleLine(text, (*line.origins, stated))

    def _place(self, chunk: _Chunk, position: int, lines: list[TurtleLine]) -> None:
        if position == len(chunk.body):
            if chunk.bare[-1] == ".":
                position -= 1
            else:
                last = chunk.body[-1]
                chunk.body[-1] = TurtleLine(re.sub(r"\s*\.$", " ;", last.text), last.origins)
                chunk.bare[-1] = re.sub(r"\s*\.$", " ;", chunk.bare[-1])
                lines[-1] = TurtleLine(re.sub(r";$", ".", lines[-1].text), lines[-1].origins)
        chunk.body[position:position] = lines
        chunk.bare[position:position] = [style.skeleton(line.text) for line in lines]

    def lines(self) -> list[TurtleLine]:
        """Return the whole file, with the prefix lines it needs."""
        lines = list(self.header)
        for prefix in sorted(self.writer.added, key=_prefix_rank):
            matched = ((place, _PREFIX_LINE.match(line.text)) for place, line in enumerate(lines))
            there = {place: match["prefix"] for place, match in matched if match}
            before = [place for place, other in there.items() if _prefix_rank(other) < _prefix_rank(prefix)]
            place = before[-1] + 1 if before else min(there, default=0)
            lines.insert(place, TurtleLine(f"@prefix {prefix}: <{namespaces.PREFIXES[prefix]}> ."))
        for chunk in self.chunks:
            lines += [*chunk.above, *chunk.body]
        return [*lines, *self.tail]


def _subjects(first: Sequence[int], statements: Sequence[Statement]) -> dict[int, str]:
    """Tell which thing each record is about: the subject of the first statement that ends in it."""
    subjects = dict.fromkeys(first, "")
    for statement in statements:
        place = first[bisect.bisect_right(first, statement.line - 1) - 1]
        subjects[place] = subjects[place] or str(getattr(statement.subject, "value", ""))
    return subjects


def _ended(block: _Block) -> list[TurtleLine]:
    last = block.lines[-1]
    return [*block.lines[:-1], TurtleLine(f"{last.text} ;", last.origins)]


def _type(record: SheetRecord) -> Stated:
    return Stated(ox.NamedNode(record.class_), record.row)


def _prefix_rank(prefix: str) -> tuple[int, str]:
    return (_PREFIX_ORDER.index(prefix) if prefix in _PREFIX_ORDER else len(_PREFIX_ORDER), prefix)
