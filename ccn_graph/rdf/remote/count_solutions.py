"""Counts the solutions behind a CONSTRUCT, for an engine that cuts them off without a word."""

from __future__ import annotations

from ccn_graph.rdf import query_tokens
from ccn_graph.rdf.query_tokens import Token


def counting(construct: str) -> str:
    """Return the query that counts the solutions of a CONSTRUCT that was found to be one.

    >>> " ".join(counting("CONSTRUCT { ?s ?p 1 } FROM <x:g> WHERE { ?s ?p ?o } LIMIT 3").split())
    'SELECT (COUNT(*) AS ?solutions) WHERE { SELECT * WHERE { ?s ?p ?o } LIMIT 3 }'
    """
    tokens = query_tokens.tokens(construct)
    start = next(number for number, token in enumerate(tokens) if _is_word(token, "CONSTRUCT"))
    pattern = _after_clauses(tokens, _after_template(tokens, start + 1))
    before, after = construct[: tokens[start][2]], construct[tokens[pattern][2] :]
    return f"{before}SELECT (COUNT(*) AS ?solutions) WHERE {{ SELECT * \n{after}\n}}"


def _after_template(tokens: list[Token], number: int) -> int:
    """Return the number of the first token after a template, which may be missing (SPARQL 1.1 section 16.2.4)."""
    if tokens[number][1] != "{":
        return number
    depth = 0
    for place in range(number, len(tokens)):
        depth += (tokens[place][1] == "{") - (tokens[place][1] == "}")
        if depth == 0:
            return place + 1
    raise AssertionError


def _after_clauses(tokens: list[Token], number: int) -> int:
    """Return the number of the first token after the dataset clauses, which no query within another one has."""
    while _is_word(tokens[number], "FROM"):
        number += 3 if _is_word(tokens[number + 1], "NAMED") else 2
    return number


def _is_word(token: Token, word: str) -> bool:
    return token[0] == "word" and token[1].upper() == word
