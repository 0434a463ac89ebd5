"""Says what is wrong with a query: where, and if it can be told, what to write instead."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from ccn_graph.errors import QueryError
from ccn_graph.rdf import namespaces, query_tokens
from ccn_graph.rdf.query_tokens import Token, Written

_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?|, \(line:(\d+), col:(\d+)\)")


def syntax_error(reason: str, query: str, texts: Sequence[Written] = ()) -> QueryError:
    """Turn a parser's complaint about `query` into an error that says where and, if it can be told, what to write.

    `texts` are what the query was written as, the one that the parser read first.
    """
    found = query_tokens.tokens(query)
    known = _not_supported(query, found) or _undeclared(query, found) or _strange(query, found)
    if known:
        return known
    place = _PLACE.search(reason)
    if not place:
        return QueryError("syntax", f"the query is not valid SPARQL: {reason}")
    line, column = _source(query, texts, int(place[1] or place[3]), int(place[2] or place[4]))
    message = f"the query is not valid SPARQL at line {line}, column {column} or shortly before"
    return QueryError("syntax", message + _expected(reason[place.end() :]), line=line, column=column)


def undeclared_prefix(query: str) -> tuple[str, int, int] | None:
    """Return the first prefix that a query uses but does not declare, with its line and column.

    >>> undeclared_prefix("SELECT * { ?s ex:p ?o }")
    ('ex', 1, 15)
    """
    token = _first_undeclared(query_tokens.tokens(query))
    return (token.text.partition(":")[0], *query_tokens.place(query, token.position)) if token else None


def _first_undeclared(found: Sequence[Token]) -> Token | None:
    declared = {
        name.text.partition(":")[0]
        for word, name in itertools.pairwise(found)
        if word.upper == "PREFIX" and name.kind == "name"
    }
    names = (token for token in found if token.kind == "name")
    return next((token for token in names if token.text.partition(":")[0] not in declared), None)


def _undeclared(query: str, found: Sequence[Token]) -> QueryError | None:
    token = _first_undeclared(found)
    if token is None:
        return None
    prefix = token.text.partition(":")[0]
    known = namespaces.PREFIXES.get(prefix, "…")
    message = f"the prefix '{prefix}:' is not declared; begin the query with PREFIX {prefix}: <{known}>"
    return _at(query, token, "syntax", message)


def _strange(query: str, found: Sequence[Token]) -> QueryError | None:
    seen = query_tokens.strange(found)
    if seen is None:
        return None
    token, name, advice = seen
    line, column = query_tokens.place(query, token.position)
    message = (
        f"{name} at line {line}, column {column} is no character of SPARQL; {advice['en']} / "
        f"{line}行目{column}文字目の {name} はSPARQLの文字ではありません。{advice['ja']}"
    )
    return _at(query, token, "syntax", message)


def _not_supported(query: str, found: Sequence[Token]) -> QueryError | None:
    """Name what is valid and the engine does not read, so that it is not called invalid."""
    for name, opened, word in zip(found, found[1:], found[2:], strict=False):
        if name.kind in ("iri", "name") and opened.text == "(" and word.upper == "DISTINCT":
            message = f"this engine knows no aggregate {name.text}; only those of SPARQL 1.1 take DISTINCT here"
            return _at(query, name, "not-supported", message)
    return None


def _at(query: str, token: Token, code: str, message: str) -> QueryError:
    line, column = query_tokens.place(query, token.position)
    return QueryError(code, message, line=line, column=column)


def _source(query: str, texts: Sequence[Written], line: int, column: int) -> tuple[int, int]:
    for text in texts:
        position = text.position(line, column)
        before = query if text is texts[-1] else texts[texts.index(text) + 1].text
        line, column = query_tokens.place(before, position)
    return line, column


def _expected(listed: str) -> str:
    # The native parser lists all it could have taken: character classes, parts of keywords and, at times, a sentence.
    sentences = re.findall(r"(?:^|, )([A-Z][A-Za-z ]+ [a-z]+)", listed)
    marks = re.findall(r'"[^"\\]+"', listed)
    if sentences:
        return f": {sentences[0]}"
    return f"; it could go on with {' '.join(mark.strip(chr(34)) for mark in marks)}" if marks else ""
