"""Reads a document of anyone's as lines: plain text, HTML, PDF or DOCX; in a process of its own, under limits."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from ccn_graph.drafting.source_text import SourceLine, lines_of
from ccn_graph.errors import CcnError, CellError
from ccn_graph.files import encodings, sandbox, zip_size
from ccn_graph.files.sandbox import Bounds

#: What reading a document may use: no press release needs as much.
BOUNDS = Bounds(megabytes=20, seconds=60.0, memory=1_024)
MAX_LINES, MAX_PAGES, MAX_CHARACTERS = 50_000, 500, 5_000_000
#: What a .docx may unfold to.
_MAX_PARTS, _MAX_UNFOLDED = 2_000, 100_000_000
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OverflowError, EOFError, OSError, NotImplementedError, RuntimeError, AssertionError, SyntaxError,
)  # fmt: skip
_BLOCK_NAMES = (
    "address article aside blockquote br caption dd div dl dt figcaption footer form h1 h2 h3 h4 h5 h6 header hr li"
    " main nav ol option p pre section table td th title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split(" "))
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head"})


def read(path: Path, bounds: Bounds = BOUNDS) -> list[SourceLine]:
    """Read a document, told by its ending. Raises CcnError for one that is broken, protected, too large or unknown."""
    ending = path.suffix.lower()
    if ending not in READERS:
        raise CcnError(f"{path}: a draft is made of {', '.join(READERS)}; save it as one of these")
    sandbox.refuse_large(path, bounds)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CcnError(f"{path} cannot be read: {error.strerror}") from error
    return sandbox.run(lambda _step: of_bytes(data, ending, str(path)), bounds)


def of_bytes(data: bytes, ending: str, name: str) -> list[SourceLine]:
    """Read the content of a document. Raises CcnError; runs where a crash does no harm, not in a server."""
    try:
        lines = READERS[ending](data)
    except CellError as error:
        raise CcnError(f"{name}: {error.message['en']}") from error
    except _BROKEN as error:
        raise CcnError(f"{name} cannot be read as {ending}: {error or type(error).__name__}") from error
    if len(lines) > MAX_LINES or sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise CcnError(f"{name} has more than {MAX_LINES} lines or {MAX_CHARACTERS} characters; draft it in parts")
    return lines


def _text(data: bytes) -> list[SourceLine]:
    return lines_of(encodings.decoded(data))


def _html(data: bytes) -> list[SourceLine]:
    reader = _Page()
    reader.feed(encodings.decoded(data))
    reader.close()
    return list(reader.lines())


class _Page(HTMLParser):
    """Gathers the text of a page block by block, each with the line of the source where it begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[int, str, int]] = []
        self._parts: list[str] = []
        self._line, self._heading, self._silent = 0, 0, 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the name is that of the library
        if tag in _SILENT:
            self._silent += 1
        if tag in _BLOCKS:
            self._end_block()
            self._heading = int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCKS:
            self._end_block()
            self._heading = 0

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            self._parts += [" "] if self._parts else []
            return
        if not self._parts:
            self._line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
        self._parts.append(data)

    def _end_block(self) -> None:
        if text := " ".join("".join(self._parts).split()):
            self._found.append((self._line, text, self._heading))
        self._parts = []

    def lines(self) -> Iterator[SourceLine]:
        """Return what was gathered, with an empty line between blocks, so that each stands by itself."""
        self._end_block()
        for number, text, heading in self._found:
            yield SourceLine(number, text, heading=heading)
            yield SourceLine(number, "")


def _pdf(data: bytes) -> list[SourceLine]:
    pypdf = _library("pypdf")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            document = pypdf.PdfReader(io.BytesIO(data))
            if document.is_encrypted:
                raise CcnError("the PDF is protected by a password; save it without one")
            if len(document.pages) > MAX_PAGES:
                raise CcnError(f"the PDF has more than {MAX_PAGES} pages; draft it in parts")
            pages = [page.extract_text() for page in document.pages]
        except pypdf.errors.PyPdfError as error:
            raise ValueError(str(error)) from error
    lines = []
    for number, page in enumerate(pages, start=1):
        lines += [SourceLine(at, text, page=number) for at, text in enumerate(page.splitlines(), start=1)]
        lines.append(SourceLine(len(page.splitlines()) + 1, "", page=number))
    if not any(line.text.strip() for line in lines):
        raise ValueError("it holds no text but pictures; have its text recognised first")
    return lines


def _docx(data: bytes) -> list[SourceLine]:
    parts, unfolded = zip_size.of(data)
    if parts > _MAX_PARTS or unfolded > _MAX_UNFOLDED:
        raise ValueError(f"it unfolds to more than {_MAX_UNFOLDED // 1_000_000} MB")
    docx = _library("docx")
    lines: list[SourceLine] = []
    for item in docx.Document(io.BytesIO(data)).iter_inner_content():
        if hasattr(item, "rows"):
            rows = ["\t".join(dict.fromkeys(cell.text.replace("\n", " ") for cell in row.cells)) for row in item.rows]
            lines += [SourceLine(len(lines) + at, text) for at, text in enumerate(rows, start=1)]
            continue
        level = re.fullmatch(r"(?:Heading|見出し) ?([1-6])|Title", getattr(item.style, "name", None) or "")
        heading = int(level[1] or 1) if level else 0
        for text in item.text.split("\n"):
            lines.append(SourceLine(len(lines) + 1, text, heading=heading if text.strip() else 0))
    return lines


def _library(name: str) -> Any:
    """Load a library that only drafts need. Raises CcnError that names the extra it comes with."""
    try:
        return __import__(name, fromlist=["errors"])
    except ImportError as error:
        raise CcnError(
            f"the library {name}, which reads such files, is not installed; pip install 'ccn-graph[draft]'"
        ) from error


READERS: Mapping[str, Callable[[bytes], list[SourceLine]]] = {
    ".txt": _text, ".md": _text, ".html": _html, ".htm": _html, ".pdf": _pdf, ".docx": _docx,
}  # fmt: skip
