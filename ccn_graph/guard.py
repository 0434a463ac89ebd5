"""Refuses queries before an engine sees them: too large, too deep, or reaching outside.

This looks at tokens, not at a grammar: a query that passes may still be malformed (the engine says so),
but nothing that passes can open a connection, write, or nest deep enough to overflow a parser's stack.
"""

from __future__ import annotations

import itertools
import re

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


def admit(query: str) -> None:
    """Raise QueryError unless the query may be handed to an engine.

    >>> admit("SELECT * WHERE { ?service ?p 'SERVICE' } # SERVICE")
    >>> admit("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    ccn_graph.errors.QueryError: SERVICE is not allowed here: ...
    """
    if len(query) > MAX_LENGTH:
        raise QueryError("too-long", f"the query has {len(query)} characters; at most {MAX_LENGTH} are taken")
    if "\x00" in query:
        raise QueryError("syntax", "the query holds a NUL character; remove it")
    # The engine may or may not resolve \\u escapes before it looks for keywords: admit neither reading.
    for reading in {query, _unescape(query)}:
        _admit(reading)


def _admit(query: str) -> None:
    depth = operators = 0
    words: list[str] = []
    for kind, text, position in _tokens(query):
        depth += (kind == "open") - (kind == "close")
        operators += kind == "operator"
        if kind == "word":
            words.append(text.upper())
        if depth > MAX_DEPTH or operators > MAX_OPERATORS or len(words) > MAX_KEYWORDS:
            raise _refusal(
                "too-deep",
                f"the query is too deep or too long a chain (at most {MAX_DEPTH} levels of brackets, "
                f"{MAX_OPERATORS} operators, {MAX_KEYWORDS} keywords); split it or use VALUES",
                query,
                position,
            )
        if _calls_service(kind, text):
            raise _refusal(
                "service-refused",
                "SERVICE is not allowed here: this endpoint asks no other servers; query them yourself and join",
                query,
                position,
            )
    _refuse_update(words)


def _calls_service(kind: str, text: str) -> bool:
    # The engine's parser does not split words as the grammar says: it takes SERVICESILENT<x>, trueSERVICE<x>
    # and SERVICE:x for the keyword. No other keyword of SPARQL contains it, so any word that does is refused.
    if kind == "name":
        return text.partition(":")[0].upper().endswith("SERVICE")
    return kind == "word" and "SERVICE" in text.upper()


def _refusal(code: str, message: str, query: str, position: int) -> QueryError:
    line, column = _place(query, position)
    return QueryError(code, message, line=line, column=column)


def undeclared_prefix(query: str) -> tuple[str, int, int] | None:
    """Give the first prefix that a query uses but does not declare, with its line and column.

    >>> undeclared_prefix("SELECT * { ?s ex:p ?o }")
    ('ex', 1, 15)
    """
    tokens = [token for token in _tokens(query) if token[0] not in ("space", "comment")]
    declared = {
        name.partition(":")[0]
        for (_, word, _), (kind, name, _) in itertools.pairwise(tokens)
        if word.upper() == "PREFIX" and kind == "name"
    }
    for kind, name, position in tokens:
        prefix = name.partition(":")[0]
        if kind == "name" and prefix not in ("_", *declared):
            return (prefix, *_place(query, position))
    return None


def _refuse_update(words: list[str]) -> None:
    for word in words:
        if word in _FORMS:
            return
        if word in _UPDATES:
            raise QueryError("update-refused", f"{word} would change the data, which is read-only; ask with SELECT")


def _tokens(query: str) -> list[tuple[str, str, int]]:
    tokens = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            tokens.append(("other", query[position], position))
            position += 1
        else:
            tokens.append((match.lastgroup or "other", match.group(), position))
            position = match.end()
    return tokens


def _unescape(query: str) -> str:
    r"""Resolve \u escapes first, as SPARQL 1.1 section 19.2 demands: \u0053ERVICE is SERVICE."""
    if "\\u" not in query and "\\U" not in query:
        return query
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
        lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)),
        query,
    )


def _place(query: str, position: int) -> tuple[int, int]:
    before = query[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
