"""Refuses queries before an engine sees them: too large, too deep, or reaching outside.

This looks at tokens, not at a grammar: a query that passes may still be malformed (the engine says so),
but nothing that passes can open a connection, write, or nest deep enough to overflow a parser's stack.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ccn_graph.errors import QueryError

MAX_LENGTH = 100_000
"""Longest query, in characters."""

MAX_DEPTH = 100
"""Deepest nesting of brackets."""

MAX_OPERATORS = 500
"""Most operators, path steps and `;`: the engine's parser recurses along such chains and overflows its stack
from about a thousand (measured with pyoxigraph 0.5)."""

MAX_KEYWORDS = 2_000
"""Most keywords and function names: chains of UNION, OPTIONAL, MINUS … recurse likewise, from about 2,500."""

# SPARQL 1.1 section 19.8: what can hide a keyword (strings, IRIs, comments) comes first, then words.
_TOKEN = re.compile(
    r"""
      (?P<string>\"{3}(?:(?:\"|\"\")?(?:[^\"\\]|\\.))*\"{3} | '{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
        | \"(?:[^\"\\\n\r]|\\.)*\" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)
    | (?P<comment>\#[^\n\r]*)
    | (?P<variable>[?$][^\W]\w*)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>[\w.-]*:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<operator>\|\||&&|[!^+*/|;-])
    | (?P<space>\s+)
    """,
    re.VERBOSE | re.DOTALL,
)

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_SUSPECT = ("SERVICE", *_UPDATES)


def admit(query: str, services: Sequence[str] = ()) -> None:
    """Raise QueryError unless the query may be handed to an engine.

    `services` are the beginnings of the IRIs that SERVICE may call.

    >>> admit("SELECT * WHERE { ?service ?p 'SERVICE' } # SERVICE")
    >>> admit("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }", ["http://example.org/"])
    >>> admit("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    ccn_graph.errors.QueryError: SERVICE is not allowed here: ...
    """
    if len(query) > MAX_LENGTH:
        raise QueryError("too-long", f"the query has {len(query)} characters; at most {MAX_LENGTH} are taken")
    if "\x00" in query:
        raise QueryError("syntax", "the query holds a NUL character; remove it")
    if _is_harmless(query):
        return
    # The engine may or may not resolve \u escapes before it looks for keywords: admit neither reading.
    for reading in {query, unescaped(query)}:
        _admit(reading, services)


def _is_harmless(query: str) -> bool:
    """Tell at a glance that nothing below would refuse a query: most are short and hold none of these words at all.

    It counts what could be brackets, operators and words, wherever they stand; two words have something between them.
    """
    length = len(query)
    if length >= 2 * MAX_KEYWORDS or ("\\" in query and ("\\u" in query or "\\U" in query)):
        return False
    if length > MAX_DEPTH and query.count("(") + query.count("[") + query.count("{") > MAX_DEPTH:
        return False
    if length > MAX_OPERATORS and sum(map(query.count, "|&!^+*/;-")) > MAX_OPERATORS:
        return False
    return not _holds(query, _SUSPECT)


def _holds(query: str, words: Sequence[str]) -> bool:
    """Tell whether any of `words` occurs, in whatever case; every query passes here, so no generator, no regex."""
    upper = query.upper()
    for word in words:  # noqa: SIM110 - any() takes three times as long
        if word in upper:
            return True
    return False


def _admit(query: str, services: Sequence[str]) -> None:
    found = [token for token in tokens(query) if token[0] not in ("space", "comment")]
    _refuse_excess(query, found)
    for number, (kind, text, position) in enumerate(found):
        if _calls_service(kind, text) and not _is_allowed(found[number : number + 3], services):
            message = "SERVICE is not allowed here: this endpoint asks no other servers; query them yourself and join"
            if services:
                message = f"SERVICE may only call <IRI>s that begin with one of: {', '.join(services)}"
            raise _refusal("service-refused", message, query, position)
    _refuse_update([text.upper() for kind, text, _ in found if kind == "word"])


def _refuse_excess(query: str, tokens: Sequence[tuple[str, str, int]]) -> None:
    depth = operators = words = 0
    for kind, _, position in tokens:
        depth += (kind == "open") - (kind == "close")
        operators += kind == "operator"
        words += kind == "word"
        if depth > MAX_DEPTH or operators > MAX_OPERATORS or words > MAX_KEYWORDS:
            message = (
                f"the query is too deep or too long a chain (at most {MAX_DEPTH} levels of brackets, "
                f"{MAX_OPERATORS} operators, {MAX_KEYWORDS} keywords); split it or use VALUES"
            )
            raise _refusal("too-deep", message, query, position)


def _calls_service(kind: str, text: str) -> bool:
    # The engine's parser does not split words as the grammar says: it takes SERVICESILENT<x>, trueSERVICE<x>
    # and SERVICE:x for the keyword. No other keyword of SPARQL contains it, so any word that does is refused.
    if kind == "name":
        return text.partition(":")[0].upper().endswith("SERVICE")
    return kind == "word" and "SERVICE" in text.upper()


def _is_allowed(tokens: Sequence[tuple[str, str, int]], services: Sequence[str]) -> bool:
    """Look at a call: the keyword alone, perhaps SILENT, then an IRI written out."""
    texts = [text for _, text, _ in tokens]
    if texts[0].upper() != "SERVICE":
        return False
    called = texts[2:3] if len(texts) > 1 and texts[1].upper() == "SILENT" else texts[1:2]
    return bool(called) and any(_begins(called[0].strip("<>"), service) for service in services)


def _begins(iri: str, allowed: str) -> bool:
    """Compare scheme, host and port as wholes: http://example.org does not allow http://example.org.evil.net.

    A colon without a port, as in http://127.0.0.1:, allows every port.
    """
    try:
        called, wanted = urlsplit(iri), urlsplit(allowed)
    except ValueError:
        return False
    host, _, port = called.netloc.partition(":")
    if wanted.netloc == f"{host}:" and port.isdecimal():
        wanted = wanted._replace(netloc=called.netloc)
    return (called.scheme, called.netloc) == (wanted.scheme, wanted.netloc) and called.path.startswith(wanted.path)


def form(query: str) -> str:
    r"""Give the form of a query in capitals: SELECT, ASK, CONSTRUCT or DESCRIBE; nothing if it has none.

    >>> form("PREFIX select: <http://example.org/> # ASK\ndescribe select:a")
    'DESCRIBE'
    """
    words = (text.upper() for kind, text, _ in tokens(query) if kind == "word")
    return next((word for word in words if word in _FORMS), "")


#: Functions whose value changes from one evaluation to the next (SPARQL 1.1 section 17.4).
_VOLATILE = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|BNODE)\s*\(|SERVICE", re.IGNORECASE)
_VOLATILE_NAMES = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")


def is_volatile(query: str) -> bool:
    """Tell whether a query may be answered otherwise the next time, though the data are the same.

    It may say so of a query that only mentions such a function in a text: that costs a little time, no truth.
    """
    query = unescaped(query)
    return _holds(query, _VOLATILE_NAMES) and _VOLATILE.search(query) is not None


def undeclared_prefix(query: str) -> tuple[str, int, int] | None:
    """Give the first prefix that a query uses but does not declare, with its line and column.

    >>> undeclared_prefix("SELECT * { ?s ex:p ?o }")
    ('ex', 1, 15)
    """
    found = [token for token in tokens(query) if token[0] not in ("space", "comment")]
    declared = {
        name.partition(":")[0]
        for (_, word, _), (kind, name, _) in itertools.pairwise(found)
        if word.upper() == "PREFIX" and kind == "name"
    }
    for kind, name, position in found:
        prefix = name.partition(":")[0]
        if kind == "name" and prefix not in ("_", *declared):
            return (prefix, *_place(query, position))
    return None


def _refusal(code: str, message: str, query: str, position: int) -> QueryError:
    line, column = _place(query, position)
    return QueryError(code, message, line=line, column=column)


def _refuse_update(words: list[str]) -> None:
    for word in words:
        if word in _FORMS:
            return
        if word in _UPDATES:
            raise QueryError("update-refused", f"{word} would change the data, which is read-only; ask with SELECT")


def tokens(query: str) -> list[tuple[str, str, int]]:
    """Split a query into tokens: the kind of each, its text and its position; what fits nowhere is `other`."""
    found = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            found.append(("other", query[position], position))
            position += 1
        else:
            found.append((match.lastgroup or "other", match.group(), position))
            position = match.end()
    return found


def unescaped(query: str) -> str:
    r"""Resolve \u escapes first, as SPARQL 1.1 section 19.2 demands: \u0053ERVICE is SERVICE."""
    if "\\" not in query:
        return query
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
        lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)),
        query,
    )


def _place(query: str, position: int) -> tuple[int, int]:
    before = query[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
