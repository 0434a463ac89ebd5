"""What is asked of a worker, as plain values that can be handed to another process: a query, or a page."""

from __future__ import annotations

import binascii
import hashlib
import json
import math
import re
import urllib.parse
from dataclasses import dataclass, replace

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats, namespaces, query_guard
from ccn_graph.rdf.formats import Format

#: Names and values of HTTP headers.
Headers = tuple[tuple[str, str], ...]

MAX_PARAMETERS = 1_000
"""Most parameters of a request."""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query and how it wants to be answered; plain values, so that it can be handed to another process."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = ""
    format: str = ""
    """Name or media type of a format, from the parameter `format`; wins over `accept` if it fits the query."""
    seconds: float = 0.0
    """Time the client grants, from the parameter `timeout`; 0 is all that the server allows."""

    def choose(self, offers: tuple[Format, ...]) -> Format:
        """Choose among `offers`. Raises QueryError `not-acceptable` if none fits."""
        format_ = formats.chosen(self.format, self.accept, offers)
        if format_ is None:
            offered = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
            message = f"'{self.format or self.accept}' is not on offer for this query; there are {offered}"
            raise QueryError("not-acceptable", message)
        return format_

    def key(self) -> str:
        """Name all that an answer depends on; an empty text if it may change though the data stay the same."""
        if query_guard.is_volatile(self.query):
            return ""
        return digest(self.query, *self.default_graphs, "", *self.named_graphs, "", self.accept, self.format)


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
        """Return the last value of a parameter, or an empty text."""
        return next((value for key, value in reversed(self.parameters) if key == name), "")

    def cut(self, longest: int) -> PageRequest:
        """Return it with parameters of at most `longest` characters, and none that no text has (HTML, 13.2.3.5)."""
        pairs = ((_shown(name[:longest]), _shown(value[:longest])) for name, value in self.parameters)
        return replace(self, path=_shown(self.path), parameters=tuple(pairs))


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A file that somebody wants checked, or a text to be drafted; its name tells its syntax by its ending."""

    name: str
    body: bytes
    language: str = "en"
    format: str = "html"
    """Name of a format of reports."""
    kind: str = ""
    """What the rows of a sheet are; empty if the headings are to tell."""
    shapes: str = ""
    """The name of a file of shapes to check by alone; empty for those of the project."""
    shapes_bytes: int = 0
    """So many bytes at the end of the body are these shapes."""
    document: str = ""
    """Short name of the document whose text is to be drafted instead; empty for a check."""
    issued: str = ""
    """The day of that document, at its precision; empty if it is not told."""
    seconds: float = 0.0
    """See QueryRequest."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a program asks for that is neither a query nor a page: a method of a service, with parameters in JSON."""

    service: str
    method: str
    parameters: str = "{}"
    seconds: float = 0.0
    """See QueryRequest."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a PageRequest, CheckRequest or CallRequest; `headers` besides those that all answers have."""

    content_type: str
    body: bytes
    status: int = 200
    headers: Headers = ()

    @classmethod
    def redirect(cls, status: int, location: str, headers: Headers = ()) -> Page:
        """Return an answer that leads to `location` (301, 303 or 308; RFC 9110, section 15.4)."""
        return cls("text/plain", b"", status, (("location", location), *headers))

    @classmethod
    def problem(cls, status: int, code: str, title: str, detail: str, **more: object) -> Page:
        """Return an answer for programs that says what is wrong (RFC 9457), with `more` members of its own."""
        members = {"type": f"{namespaces.BASE}problem/{code}", "title": title, "status": status, "detail": detail}
        body = json.dumps({**members, "code": code, **more}, ensure_ascii=False, separators=(",", ":"))
        return cls("application/problem+json", body.encode(), status)

    def with_headers(self, headers: Headers) -> Page:
        """Return the same answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))


def _shown(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", "\ufffd", text)


def digest(*parts: str) -> str:
    """Make a short name of texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def query_hash(parameters: bytes) -> str:
    """Name the query of a GET request for the log, which does not tell what people ask; empty if there is none."""
    try:
        request = from_address(parameters, "")
    except QueryError:
        return ""
    return digest(request.query) if request else ""


def parse(parameters: bytes) -> list[tuple[str, str]]:
    """Read the parameters of an address or a form (URL Standard, section 5.1). Raises QueryError."""
    if parameters.count(b"&") >= MAX_PARAMETERS:
        raise QueryError("too-long", f"there are more than {MAX_PARAMETERS} parameters")
    pairs = (pair.partition(b"=") for pair in parameters.replace(b"+", b" ").split(b"&") if pair)
    return [(_text(name), _text(value)) for name, _, value in pairs]


def _text(parameter: bytes) -> str:
    try:
        return unquote(parameter).decode()
    except UnicodeDecodeError as error:
        raise QueryError("bad-request", "a parameter is not percent-encoded UTF-8") from error


def unquote(text: bytes) -> bytes:
    r"""Resolve percent-encoding as urllib.parse.unquote_to_bytes does, some times as fast.

    >>> unquote(b"%E6%97%AD=100%")
    b'\xe6\x97\xad=100%'
    """
    if b"\n" not in text and b"\r" not in text:
        # Quoted-printable is the same with another mark, and written in C. Unlike here, a line may end in a mark.
        unquoted = binascii.a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
        if len(unquoted) == len(text) - 2 * text.count(b"%"):
            return unquoted
    # Some mark has no number behind it.
    return urllib.parse.unquote_to_bytes(text)


def from_address(parameters: bytes, accept: str) -> QueryRequest | None:
    """Read a GET request; see `from_parameters`."""
    if parameters.startswith(b"query=") and b"&" not in parameters:
        # By far the most common; to read it as any other would take a tenth of a small query's time.
        return QueryRequest(_text(parameters[6:].replace(b"+", b" ")), accept=accept)
    return from_parameters(parse(parameters), accept)


def from_parameters(parameters: list[tuple[str, str]], accept: str) -> QueryRequest | None:
    """Read a request; None if it holds no query. Raises QueryError for one that is not as the protocol has it."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values or "using-graph-uri" in values:
        raise QueryError("update-refused", "the data is read-only; ask with the parameter 'query'")
    queries = values.get("query", [])
    if not queries:
        return None
    if len(queries) != 1:
        raise QueryError("bad-request", f"send exactly one 'query'; there are {len(queries)}")
    return QueryRequest(
        queries[0],
        tuple(map(_graph_iri, values.get("default-graph-uri", ()))),
        tuple(map(_graph_iri, values.get("named-graph-uri", ()))),
        accept,
        ",".join(values.get("format", ())),
        _seconds(values.get("timeout", ["0"])[-1]),
    )


def _graph_iri(value: str) -> str:
    if ":" not in value or any(character in '<>"{}|^`\\' or character <= " " for character in value):
        raise QueryError("bad-request", f"'{value}' is no absolute IRI of a graph")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise QueryError("bad-request", f"timeout is a number of seconds, not '{value}'")
    return seconds
