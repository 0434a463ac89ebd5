"""A query as the native engine reads it rightly; see query_rewriting and zero_length_paths for what is written anew."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import pyoxigraph as ox

from ccn_graph.rdf import query_tokens
from ccn_graph.rdf.query_rewriting import (
    joining_texts,
    readable,
    select_star,
    spelling_out,
    with_columns,
    without_solutions,
)
from ccn_graph.rdf.query_tokens import Token, Written
from ccn_graph.rdf.zero_length_paths import with_zero_lengths

#: What a text holds if there may be anything to write anew: most hold none of it, and are not even split into tokens.
_CONCERNED = re.compile(r"\*|\?(?![^\W]|[^\x00-\x7f])|GROUP_CONCAT", re.IGNORECASE)

#: Longer texts are not kept.
_SHORT = 4_096

#: Shows form, columns and errors of queries.
_NOTHING = ox.Store()


def prepared(text: str, base: str | None) -> Written:
    """Return a query so that the engine answers it as SPARQL has it."""
    if not _CONCERNED.search(text):
        return Written(text, ())
    return _prepared(text, base) if len(text) <= _SHORT else _prepared.__wrapped__(text, base)


@functools.lru_cache(maxsize=512)
def _prepared(text: str, base: str | None) -> Written:
    return query_tokens.written(rewritten(list(readable(query_tokens.tokens(text))), base))


def mended(text: str, base: str | None) -> Written:
    """Return a query that the engine did not read so that it does, if that can be."""
    return query_tokens.written(rewritten(spelling_out(list(readable(query_tokens.tokens(text)))), base))


def rewritten(tokens: Sequence[Token], base: str | None) -> list[Token]:
    """Write anew what the engine reads and answers otherwise than SPARQL has it."""
    rewritten = with_zero_lengths(joining_texts(tokens))
    return with_columns(rewritten, _columns(tokens, base)) if select_star(rewritten) is not None else rewritten


def _columns(tokens: Sequence[Token], base: str | None) -> list[str]:
    try:
        answer = shape(tokens, base)
    except SyntaxError:
        return []
    return [column.value for column in answer.variables] if isinstance(answer, ox.QuerySolutions) else []


def shape(tokens: Sequence[Token], base: str | None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Return what shows the form and the columns of a query, without evaluating it. Raises SyntaxError."""
    return _NOTHING.query(judged(tokens).text, base_iri=base)


def judged(tokens: Sequence[Token]) -> Written:
    """Return the text by which `shape` judges a query."""
    return query_tokens.written(without_solutions(tokens))
