"""The formats of answers: one table of names, media types and endings, and the choice among them by Accept headers.

The headers (RFC 9110, section 12.5) are read by werkzeug, for all who negotiate.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from ccn_graph.rdf import namespaces

# Java's own client sends `*; q=.2, */*; q=.2`: neither is as RFC 9110 has it, and both are meant.
_NO_ZERO = re.compile(r"(;\s*q\s*=\s*)\.", re.IGNORECASE)

#: Characters of a header, and weights, beyond which the rest is not looked at.
_LONGEST, _MOST = 4_096, 200


def weights(header: str) -> dict[str, float]:
    """Read what is named, in small letters and without parameters, and its weight from 0 to 1; the heaviest first.

    >>> weights("gzip;q=0.5, br"), weights("text/csv;charset=utf-8, *; q=.2")
    ({'br': 1.0, 'gzip': 0.5}, {'text/csv': 1.0, '*': 0.2})
    """
    # Only now: commands that negotiate nothing would wait for it.
    from werkzeug.datastructures import Accept
    from werkzeug.http import parse_accept_header

    weighted: dict[str, float] = {}
    read = parse_accept_header(_NO_ZERO.sub(r"\g<1>0.", header[:_LONGEST]), Accept)
    for name, weight in sorted(read, key=lambda pair: -pair[1])[:_MOST]:
        weighted.setdefault(name.partition(";")[0].strip().lower(), float(weight))
    weighted.pop("", None)
    return weighted


def media_ranges(header: str) -> dict[str, float]:
    """Read an Accept header; anything is taken if it is empty."""
    if not header.strip(", \t"):
        return {"*/*": 1.0}
    ranges = weights(header)
    if "*" in ranges:
        ranges.setdefault("*/*", ranges.pop("*"))
    return ranges


def quality(media_type: str, ranges: Mapping[str, float]) -> float:
    """Return how much a media type is wanted: the most specific range decides."""
    main = media_type.partition("/")[0]
    return next((ranges[wanted] for wanted in (media_type, f"{main}/*", "*/*") if wanted in ranges), 0.0)


def language(header: str, offered: Collection[str], otherwise: str) -> str:
    """Choose a language; of equal weight the one that is named first.

    >>> language("fr, ja-JP;q=0.8, en;q=0.5", ["ja", "en"], "en"), language("*", ["ja", "en"], "en")
    ('ja', 'en')
    """
    for tag, weight in weights(header).items():
        spoken = tag.partition("-")[0]
        if weight > 0 and (spoken in offered or tag == "*"):
            return spoken if spoken in offered else otherwise
    return otherwise


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A serialisation of an answer. `name` is what `--format` and `?format=` take; ties go to the first listed."""

    name: str
    media_type: str
    also: tuple[str, ...] = ()
    native: ox.QueryResultsFormat | ox.RdfFormat | None = None
    """What the engine calls it; None for a format that it does not write."""
    prologue: bytes = b""
    """What comes before what the engine writes."""
    endings: tuple[str, ...] = ()
    """Those of files in it, without the point, its own first."""
    keeps_graphs: bool = False
    """Whether it keeps apart what stands in different graphs."""

    @property
    def is_for_spreadsheets(self) -> bool:
        """Whether somebody will open the answer in a spreadsheet, which would compute what looks like a formula."""
        return self.name == "excel"

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats say their character set."""
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        return self.media_type + charset


#: SPARQL 1.1 Query Results: JSON, XML, CSV and TSV; the first is the default.
SOLUTIONS: tuple[Format, ...] = (
    Format("json", "application/sparql-results+json", ("application/json",), ox.QueryResultsFormat.JSON),
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), ox.QueryResultsFormat.XML),
    Format("csv", "text/csv", (), ox.QueryResultsFormat.CSV),
    Format("tsv", "text/tab-separated-values", (), ox.QueryResultsFormat.TSV),
    # Excel takes a CSV file for the local encoding unless it begins with a byte order mark.
    Format("excel", "text/csv", (), ox.QueryResultsFormat.CSV, "\ufeff".encode()),
)

#: Formats of graphs, for CONSTRUCT and DESCRIBE; the first is the default.
GRAPHS: tuple[Format, ...] = (
    # Turtle is a part of N3, and had other names before it was standardised.
    Format(
        "turtle",
        "text/turtle",
        ("application/x-turtle", "text/n3", "text/rdf+n3"),
        ox.RdfFormat.TURTLE,
        endings=("ttl",),
    ),
    Format("jsonld", "application/ld+json", ("application/json",), ox.RdfFormat.JSON_LD, endings=("jsonld",)),
    Format("ntriples", "application/n-triples", ("text/plain",), ox.RdfFormat.N_TRIPLES, endings=("nt",)),
    Format("nquads", "application/n-quads", (), ox.RdfFormat.N_QUADS, endings=("nq",), keeps_graphs=True),
    Format("trig", "application/trig", (), ox.RdfFormat.TRIG, endings=("trig",), keeps_graphs=True),
    Format(
        "rdfxml", "application/rdf+xml", ("application/xml", "text/xml"), ox.RdfFormat.RDF_XML, endings=("rdf", "owl")
    ),
)


#: Endings of files that hold RDF -> their format.
BY_ENDING: Mapping[str, Format] = {ending: format_ for format_ in GRAPHS for ending in format_.endings}


def prefixes(format_: Format, declared: Mapping[str, str]) -> dict[str, str] | None:
    """Return the prefixes to write a graph with, None for a format that has none."""
    return dict(declared) if format_.name in ("turtle", "trig", "rdfxml") else None


def write_triples(triples: Iterable[ox.Triple] | Iterable[ox.Quad], format_: Format) -> bytes:
    """Serialise a graph (or, as quads, a dataset) in a format of GRAPHS; prefixes that it does not use are left out."""
    assert isinstance(format_.native, ox.RdfFormat)
    written = ox.serialize(triples, format=format_.native, prefixes=prefixes(format_, namespaces.PREFIXES))
    assert written is not None
    if format_.name not in ("turtle", "trig"):
        return written
    head, body = [], written
    while body.startswith(b"@prefix "):
        line, _, body = body.partition(b"\n")
        head.append(line)
    used = sorted(line for line in head if line.split()[1] in body)
    return b"\n".join([*used, b"", body]) if used else body


#: Other names that clients use for our formats.
_ALIASES = {
    "json-ld": "jsonld", "rdf+xml": "rdfxml", "rdf": "rdfxml", "rdf/xml": "rdfxml", "rdf-xml": "rdfxml",
    "ttl": "turtle", "n3": "turtle", "nt": "ntriples", "n-triples": "ntriples", "ntriple": "ntriples", "nq": "nquads",
    "n-quads": "nquads", "srj": "json", "sparql-json": "json", "srx": "xml", "sparql-xml": "xml",
}  # fmt: skip
_ALIASES_OF_GRAPHS = {"xml": "rdfxml", "json": "jsonld"}


def named(names: str, formats: Sequence[Format]) -> Format | None:
    """Find a format by its name or media type; of several, separated by commas, the first that is known.

    >>> named("csv", SOLUTIONS).media_type
    'text/csv'
    >>> named("json-ld,xml", GRAPHS).name
    'jsonld'
    """
    for name in names.lower().split(","):
        wanted = _ALIASES.get(name.strip(), name.strip())
        if formats is GRAPHS:
            wanted = _ALIASES_OF_GRAPHS.get(wanted, wanted)
        for format_ in formats:
            if wanted in (format_.name, format_.media_type, *format_.also):
                return format_
    return None


def negotiate(accept: str, formats: tuple[Format, ...]) -> Format | None:
    """Choose by an Accept header (RFC 9110 section 12.5.1): q-values, wildcards, the most specific range decides.

    No header means anything; None means that nothing on offer is acceptable.

    >>> negotiate("text/csv;q=0.5, application/json", SOLUTIONS).content_type
    'application/json'
    >>> negotiate("image/png", SOLUTIONS) is None
    True
    """
    # Clients are of few kinds; but whoever sends long headers shall not fill our memory.
    return _negotiate(accept, formats) if len(accept) < 400 else _negotiate.__wrapped__(accept, formats)


@functools.lru_cache(maxsize=500)
def _negotiate(accept: str, formats: tuple[Format, ...]) -> Format | None:
    ranges = media_ranges(accept)
    # An answer must carry the very type that was accepted; the standard types win ties over their stand-ins.
    offers = [*formats, *(replace(format_, media_type=also) for format_ in formats for also in format_.also)]
    best = max(offers, key=lambda offer: quality(offer.media_type, ranges))
    return best if quality(best.media_type, ranges) > 0 else None


def chosen(names: str, accept: str, formats: tuple[Format, ...]) -> Format | None:
    """Choose by a parameter `format`, and by an Accept header if there is none, or none that fits the query.

    A client that takes anything at all has not said what it wants instead of a format that there is not.

    >>> [chosen("csv", accept, GRAPHS) for accept in ("*/*", "image/png")]
    [None, None]
    >>> chosen("csv", "application/rdf+xml, */*;q=0.1", GRAPHS).name
    'rdfxml'
    """
    if not names:
        return negotiate(accept, formats)
    format_ = named(names, formats)
    if format_ is None and accept:
        format_ = negotiate(accept, formats)
        if format_ and media_ranges(accept).get(format_.media_type, 0) == 0:
            return None
    return format_
