"""What is asked of a worker, as plain values that can be handed to another process: a query, or a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ccn_graph import media
from ccn_graph.errors import QueryError
from ccn_graph.media import Format


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query and how it wants to be answered; plain values, so that it can be handed to another process."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = ""
    format: str = ""
    """Name or media type of a format, from the parameter `format`; wins over `accept`."""
    seconds: float = 0.0
    """Time the client grants, from the parameter `timeout`; 0 is all that the server allows."""

    def choose(self, formats: tuple[Format, ...]) -> Format:
        """Choose among `formats`. Raises QueryError `not-acceptable` if none fits."""
        format_ = media.named(self.format, formats) if self.format else media.negotiate(self.accept, formats)
        if format_ is None:
            offered = ", ".join(f"{known.name} ({known.media_type})" for known in formats)
            message = f"'{self.format or self.accept}' is not on offer for this query; there are {offered}"
            raise QueryError("not-acceptable", message)
        return format_


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page or a document of linked data, by the path of its address."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    """Those of the address, in its order, without `lang`."""
    language: str = "en"
    """The reader's: `ja` or `en`."""
    chosen: bool = False
    """Whether the address itself names the language, so that links have to carry it on."""
    format: str = "html"
    """Ending of the format that is wanted; empty if any will do."""
    base: str = ""
    """Where this server is reached, such as http://127.0.0.1:8000."""
    seconds: float = 0.0
    """See QueryRequest."""

    def one(self, name: str) -> str:
        """Give the last value of a parameter, or an empty text."""
        return next((value for known, value in reversed(self.parameters) if known == name), "")

    def cut(self, longest: int) -> PageRequest:
        """Give the same with parameters of at most `longest` characters, and none that no text has (HTML, 13.2.3.5)."""
        pairs = ((_shown(name[:longest]), _shown(value[:longest])) for name, value in self.parameters)
        return replace(self, path=_shown(self.path), parameters=tuple(pairs))


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A file that somebody wants checked; its name tells its syntax by its ending."""

    name: str
    body: bytes
    language: str = "en"
    format: str = "html"
    """Name of a format of reports."""
    kind: str = ""
    """What the rows of a sheet are; empty if the headings are to tell."""
    seconds: float = 0.0
    """See QueryRequest."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a PageRequest or CheckRequest; `headers` besides those that all answers have."""

    content_type: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def _shown(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", "\ufffd", text)
