"""Refuses queries before an engine sees them: too large, too deep, or reaching outside.

A query that passes may still be malformed (the engine says so), but nothing that passes can open a connection, write,
or nest deep enough to overflow a parser's stack. Only a text with the letters of SERVICE in it can call one, however
it is split into tokens: any other is handed on as it is. A text with them is read once, refused if any of it is no
token or no word of SPARQL, and handed on written anew, so that no engine can read in it what was not read here.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator, Sequence

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_tokens, service_addresses
from ccn_graph.rdf.query_tokens import Token, Written

MAX_LENGTH = 100_000
"""Longest query, in characters."""

MAX_DEPTH = 100
"""Deepest nesting of brackets."""

MAX_OPERATORS = 500
"""Most operators, path steps and `;`: the engine's parser recurses along such chains and overflows its stack
from about a thousand (measured with pyoxigraph 0.5)."""

MAX_KEYWORDS = 2_000
"""Most keywords and function names: chains of UNION, OPTIONAL, MINUS … recurse likewise, from about 2,500."""

_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))

#: Readers of SPARQL 1.1 resolve code points before they look for words, those of 1.2 in strings and IRIs alone.
_CODE_POINTS = ("\\U",)
_SUSPECT = ("SERVICE", *_UPDATES, *_CODE_POINTS)

#: All words of queries in SPARQL 1.1 and 1.2 (section 19.8).
_WORDS = _FORMS | frozenset(
    (  # noqa: SIM905 - a list of them would fill a page
        "A ABS ADJUST AS ASC AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY DESC "
        "DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING "
        "HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT "
        "MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED "
        "REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER "
        "STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TRIPLE TRUE "
        "TZ UCASE UNDEF UNION URI UUID VALUES VERSION WHERE YEAR"
    ).split()
)

_CODE_POINT = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
_ESCAPES = {"\n": r"\n", "\r": r"\r", '"': r"\"", "'": r"\'", "\\": r"\\"}

#: What an empty solution is asked by, with whatever variables it would have had.
_NOTHING = "OPTIONAL { FILTER ( false )"


def check_query(query: str, services: Sequence[str] = (), *, strict: bool = False) -> Written:
    """Return the text that may be handed to an engine. Raises QueryError if there is none.

    `services` are the beginnings of the IRIs that SERVICE may call. A call that may fail silently, and is not allowed,
    fails: it gives one solution without values (SPARQL 1.1 Federated Query, section 2.4). `strict` writes every query
    anew, for an engine whose own extensions are not known.

    >>> check_query("SELECT * WHERE { ?service ?p 'SERVICE' } # SERVICE").text
    "SELECT * WHERE { ?service ?p 'SERVICE' }"
    >>> check_query("SELECT * WHERE { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    ccn_graph.errors.QueryError: SERVICE is not allowed here: ...
    """
    if len(query) > MAX_LENGTH:
        raise QueryError("too-long", f"the query has {len(query)} characters; at most {MAX_LENGTH} are taken")
    if "\x00" in query:
        raise QueryError("syntax", "the query holds a NUL character; remove it")
    # Some editors begin a file with a byte order mark.
    query = query.removeprefix("\ufeff")
    if not strict and _is_harmless(query):
        return Written(query, ())
    tokens = query_tokens.tokens(query)
    _refuse_excess(query, tokens)
    _refuse_update([token.upper for token in tokens])
    if not strict and not _holds(query, ("SERVICE", *_CODE_POINTS)):
        return Written(query, ())
    _refuse_ambiguous(query, tokens)
    resolved = [_resolved(query, token) for token in tokens]
    return query_tokens.written(_unmistakable(_allowed(query, resolved, services), strict=strict))


def _is_harmless(query: str) -> bool:
    """Tell at a glance that nothing below would refuse a query: most are short and hold none of these words at all.

    It counts what could be brackets, operators and words, wherever they stand; two words have something between them.
    """
    length = len(query)
    if length >= 2 * MAX_KEYWORDS:
        return False
    if length > MAX_DEPTH and query.count("(") + query.count("[") + query.count("{") + query.count("<<") > MAX_DEPTH:
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


def _refuse_excess(query: str, tokens: Sequence[Token]) -> None:
    depth = operators = words = 0
    for kind, _, position, _ in tokens:
        depth += (kind == "open") - (kind == "close")
        operators += kind == "operator"
        words += kind == "word"
        if depth > MAX_DEPTH or operators > MAX_OPERATORS or words > MAX_KEYWORDS:
            message = (
                f"the query is too deep or too long a chain (at most {MAX_DEPTH} levels of brackets, "
                f"{MAX_OPERATORS} operators, {MAX_KEYWORDS} keywords); split it or use VALUES"
            )
            raise _refusal("too-deep", message, query, position)


def _refuse_update(words: Sequence[str]) -> None:
    for word in words:
        if word in _FORMS:
            return
        if word in _UPDATES:
            raise QueryError("update-refused", f"{word} would change the data, which is read-only; ask with SELECT")


def _refuse_ambiguous(query: str, tokens: Sequence[Token]) -> None:
    """Refuse what another reader could take for SERVICE and more: the engine does not split words as SPARQL says."""
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        glued = token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper()
        if (token.kind == "word" and token.upper != "SERVICE" and "SERVICE" in token.upper) or (
            glued and after and after.text == "{" and (before is None or before.upper not in ("GRAPH", "NAMED", "FROM"))
        ):
            message = f"'{token.text}' could be read as a call; write SERVICE, a blank, then what follows"
            raise _refusal("service-refused", message, query, token.position)
    for token in tokens:
        if token.kind == "other" or (token.kind == "word" and token.upper not in _WORDS):
            message = f"the query is not valid SPARQL: '{token.text}' is no word or mark of it"
            if token.text == "\\":
                message = "write code points such as \\u0041 in strings and in IRIs only, as SPARQL 1.2 has them"
            raise _refusal("syntax", message, query, token.position)


def _resolved(query: str, token: Token) -> Token:
    """Return a token without code points, so that it reads the same whenever a reader resolves them."""
    if token.kind not in ("iri", "string") or not _holds(token.text, _CODE_POINTS):
        return token

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if not digits:
            return match[0]
        number = int(digits, 16)
        letter = chr(number) if number <= sys.maxunicode else ""
        if (
            not letter
            or 0xD800 <= number <= 0xDFFF
            or (token.kind == "iri" and re.match(r"[\x00-\x20<>\"{}|^`\\]", letter))
        ):
            message = f"the query is not valid SPARQL: {match[0]} is no character that can stand here"
            raise _refusal("syntax", message, query, token.position)
        return _ESCAPES.get(letter, letter) if token.kind == "string" else letter

    return token._replace(text=_CODE_POINT.sub(character, token.text))


def _allowed(query: str, tokens: Sequence[Token], services: Sequence[str]) -> list[Token]:
    """Return the tokens with each call of a service as it may be. Raises QueryError for one that may not be."""
    kept: list[Token] = []
    number = 0
    while number < len(tokens):
        token = tokens[number]
        if token.upper != "SERVICE":
            kept.append(token)
            number += 1
            continue
        silent = tokens[number + 1 : number + 2] and tokens[number + 1].upper == "SILENT"
        called = tokens[number + 1 + bool(silent) : number + 3 + bool(silent)]
        address = service_addresses.normalised(called[0].text) if called and called[0].kind == "iri" else ""
        if address and len(called) == 2 and any(service_addresses.begins(address, service) for service in services):
            kept += [token, *tokens[number + 1 : number + 1 + bool(silent)]]
            kept.append(called[0]._replace(text=f"<{address}>"))
        elif silent and len(called) == 2 and called[0].kind in ("iri", "name", "variable") and called[1].text == "{":
            return kept + _silenced(query, token, tokens[number + 2 + bool(silent) - 1 :], services)
        else:
            raise _refused_call(query, token, services)
        number += 2 + bool(silent)
    return kept


def _silenced(query: str, call: Token, rest: Sequence[Token], services: Sequence[str]) -> list[Token]:
    """Return the tokens of a call that fails silently, and all behind it; `rest` begins with what it calls."""
    depth = 0
    for number, token in enumerate(rest):
        depth += (token.text == "{") - (token.text == "}")
        if number and depth == 0:
            group, behind = rest[1 : number + 1], rest[number + 1 :]
            nothing = [Token(*part, call.position) for part in _kinds(_NOTHING)]
            closing = Token("close", "}", token.position)
            return [*nothing, *_allowed(query, group, services), closing, *_allowed(query, behind, services)]
    raise _refused_call(query, call, services)


def _kinds(text: str) -> Iterator[tuple[str, str]]:
    return ((token.kind, token.text) for token in query_tokens.tokens(text))


def _refused_call(query: str, call: Token, services: Sequence[str]) -> QueryError:
    message = "SERVICE is not allowed here: this endpoint asks no other servers; query them yourself and join"
    if services:
        message = f"SERVICE may only call <IRI>s that begin with one of: {', '.join(services)}"
    return _refusal("service-refused", message, query, call.position)


def _unmistakable(tokens: Sequence[Token], *, strict: bool) -> Iterator[Token]:
    """Write prefixes and IRIs so that no part of them can be read as anything else, without changing what they mean."""
    taken = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    free = (name for name in map("p{}".format, itertools.count()) if name not in taken)
    renamed: dict[str, str] = {}
    for token in tokens:
        prefix, colon, local = token.text.partition(":")
        if token.kind == "name" and prefix and (strict or "SERVICE" in prefix.upper()):
            if prefix not in renamed:
                renamed[prefix] = next(free)
            yield token._replace(text=renamed[prefix] + colon + local)
        elif token.kind == "iri" and not strict:
            # A reader that takes `<` for an operator finds neither a comment nor a string behind it.
            yield token._replace(text=token.text.replace("#", r"\u0023").replace("'", r"\u0027"))
        else:
            yield token


def form(query: str) -> str:
    r"""Return the form of a query in capitals: SELECT, ASK, CONSTRUCT or DESCRIBE; nothing if it has none.

    >>> form("PREFIX select: <http://example.org/> # ASK\ndescribe select:a")
    'DESCRIBE'
    """
    return next((token.upper for token in query_tokens.tokens(query) if token.upper in _FORMS), "")


#: Functions whose value changes from one evaluation to the next (SPARQL 1.1 section 17.4), and what others answer.
_VOLATILE = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")


def is_volatile(query: str) -> bool:
    r"""Tell whether a query may be answered otherwise the next time, though the data are the same.

    >>> is_volatile("SELECT (NOW#\n() AS ?x) {}"), is_volatile("SELECT ?now { ?now ?p 'NOW()' }")
    (True, False)
    """
    if not _holds(query, (*_VOLATILE, *_CODE_POINTS)):
        return False
    return any(
        token.kind == "other" or (token.kind == "word" and _holds(token.text, _VOLATILE))
        for token in query_tokens.tokens(query)
    )


def _refusal(code: str, message: str, query: str, position: int) -> QueryError:
    line, column = query_tokens.place(query, position)
    return QueryError(code, message, line=line, column=column)
