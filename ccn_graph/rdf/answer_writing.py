"""What is between an engine's serialisers and an answer: what a format cannot hold is refused, not written wrongly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import pyoxigraph as ox

from ccn_graph.errors import QueryError
from ccn_graph.rdf.terms import Row, Term
from ccn_graph.text import spreadsheet_guard

#: Formats of which something can show late that it cannot be written; whoever sends them waits for the end.
FALLIBLE = frozenset(("xml", "rdfxml", "jsonld"))

# XML 1.0, section 2.2: no control characters but these three, and neither U+FFFE nor U+FFFF.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

# The end of an IRI that can be a name in XML (Namespaces in XML 1.0, NCName).
_NAME = re.compile(
    r"[A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]"
    r"[-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]*\Z"
)

#: Written once for all rows that an answer for a spreadsheet hands on at a time.
_ROWS = 500


class Output(Protocol):
    """What an answer is written to: as much of a binary file as the serialisers use."""

    def write(self, data: bytes, /) -> int:
        """Take a block."""

    def flush(self) -> None:
        """Do what is left to do."""


class XmlOutput:
    """Hands XML on, with carriage returns so that they come back (XML 1.0, section 2.11)."""

    def __init__(self, output: Output) -> None:
        """Hand on to `output`."""
        self._output = output
        self._rest = b""

    def write(self, data: bytes) -> int:
        """Take a block. Raises QueryError if it holds a character that XML has no way to write."""
        size = len(data)
        data = self._rest + data
        if _NOT_IN_XML.search(data):
            raise inexpressible("a character that XML cannot hold", "JSON, CSV or TSV, for a graph Turtle")
        # A character that is refused may come in two blocks.
        kept = next((length for length in (2, 1) if data[-length:] == b"\xef\xbf"[:length]), 0)
        data, self._rest = (data[:-kept], data[-kept:]) if kept else (data, b"")
        self._output.write(data.replace(b"\r", b"&#13;") if b"\r" in data else data)
        return size

    def flush(self) -> None:
        """See Output."""
        if self._rest:
            self._output.write(self._rest)
            self._rest = b""
        self._output.flush()


def nameable(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Hand triples on. Raises QueryError for a property that has no name in XML, as RDF/XML needs one.

    Source: RDF 1.2 XML Syntax, section 7.4; what cannot be split into namespace and name cannot be serialised.
    """
    named: set[str] = set()
    for triple in triples:
        for property_ in _properties(triple):
            if property_ not in named:
                if not _NAME.search(property_):
                    raise inexpressible(f"the property <{property_}>, which RDF/XML cannot write as a name", "Turtle")
                named.add(property_)
        yield triple


def _properties(triple: ox.Triple) -> Iterator[str]:
    yield triple.predicate.value
    if isinstance(triple.object, ox.Triple):
        yield from _properties(triple.object)


def inexpressible(what: str, instead: str) -> QueryError:
    """Make the error for an answer that its format cannot hold."""
    return QueryError("not-expressible", f"the answer holds {what}; ask for another format: {instead}")


def write_table(output: Output, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Write CSV for a spreadsheet: no text becomes a formula, and the numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([spreadsheet_guard.inert(name) for name in names])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(term) for term in row])
        if number % _ROWS == 0:
            output.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    output.write(text.getvalue().encode())
    output.flush()


def _cell(term: Term | None) -> str:
    if isinstance(term, ox.Literal):
        return spreadsheet_guard.number(term.value)
    if isinstance(term, ox.NamedNode):
        return spreadsheet_guard.inert(term.value)
    return "" if term is None else str(term)
