"""Keeps the graphs of `GRAPH ?g { … }` apart where the native engine would mix them (SPARQL 1.1, section 18.6).

The group is evaluated once for each graph. The engine evaluates it over all of them, and knows the graph of what has
triples alone: a sub-select loses it, VALUES never have it, and MINUS compares it as if it stood in the group.
"""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.errors import QueryError
from ccn_graph.rdf.query_rewriting import AGGREGATES, closing, made
from ccn_graph.rdf.query_tokens import Token

_TERMS = frozenset(("iri", "name", "variable", "string", "number", "blank", "open"))


def kept_apart(tokens: Sequence[Token]) -> list[Token]:
    """Return a query that gives each solution within `GRAPH ?g` its graph. Raises QueryError where none does.

    >>> from ccn_graph.rdf.query_tokens import tokens
    >>> " ".join(token.text for token in kept_apart(tokens("ASK { GRAPH ?g { { SELECT ?s { ?s ?p ?o } } } }")))
    'ASK { GRAPH ?g { { SELECT ?g ?s { ?s ?p ?o } } } }'
    """
    kept: list[Token] = []
    graphs: list[Token | None] = [None]
    number = 0
    while number < len(tokens):
        token, graph = tokens[number], graphs[-1]
        if token.upper == "MINUS" and graph and _takes_nothing_away(tokens, number):
            number = closing(tokens, number + 1) + 1
            continue
        kept.append(token)
        number += 1
        if token.text == "{":
            graphs.append(_graph(kept, graph))
            selects_all = "*" in (kept[-2].text, kept[-3].text if kept[-2].upper == "WHERE" else "") if graph else False
            if (inner := graphs[-1]) and (selects_all or _has_values_alone(tokens, number - 1)):
                kept += [*made("GRAPH", token.position), inner, *made("{ }", token.position)]
        elif token.text == "}" and len(graphs) > 1:
            graphs.pop()
        elif token.upper == "SELECT" and graph:
            end = _end_of_select(tokens, number)
            kept += _projecting(tokens[number:end], tokens, end, graph)
            number = end
    return kept


def _graph(kept: Sequence[Token], around: Token | None) -> Token | None:
    """Return the variable of the graphs that the bracket at the end of `kept` is asked of."""
    words = [token.upper for token in kept[-4:-1]]
    if "SERVICE" in words[-2:] or words[:2] == ["SERVICE", "SILENT"]:
        return None
    if words[-2:-1] == ["GRAPH"]:
        return kept[-2] if kept[-2].kind == "variable" else None
    return around


def _end_of_select(tokens: Sequence[Token], begin: int) -> int:
    return next((number for number in range(begin, len(tokens)) if tokens[number].text == "{"), len(tokens))


def _projecting(head: Sequence[Token], tokens: Sequence[Token], opened: int, graph: Token) -> list[Token]:
    """Return what stands between SELECT and the group at `opened`, with the variable of the graph in it."""
    end = closing(tokens, opened)
    # What follows the group, to the end of the one around it.
    after = tokens[end + 1 : _end_of_group(tokens, end + 1)]
    names = {token.text[1:] for token in head if token.kind == "variable"}
    if graph.text[1:] in names:
        return list(head)
    words = {token.upper for token in (*head, *after)}
    inside = {token.text[1:] for token in (*tokens[opened:end], *after) if token.kind == "variable"}
    if graph.text[1:] in inside or {"LIMIT", "OFFSET", "GROUP", "HAVING"} & words or AGGREGATES & words:
        message = (
            f"this engine cannot evaluate a sub-select that counts, groups or has a LIMIT for each graph of "
            f"GRAPH {graph.text}; put GRAPH {graph.text} into it: "
            f"{{ SELECT {graph.text} … {{ GRAPH {graph.text} {{ … }} }} GROUP BY {graph.text} }}"
        )
        raise QueryError("not-supported", message)
    if head[-1:] and head[-1].text == "*":
        return list(head)
    first = next((number for number, token in enumerate(head) if token.upper not in ("DISTINCT", "REDUCED")), 0)
    return [*head[:first], graph._replace(gap=" "), *head[first:]]


def _end_of_group(tokens: Sequence[Token], begin: int) -> int:
    depth = 0
    for number in range(begin, len(tokens)):
        depth += (tokens[number].kind == "open") - (tokens[number].kind == "close")
        if depth < 0:
            return number
    return len(tokens)


def _outside_brackets(tokens: Sequence[Token], begin: int, end: int) -> list[Token]:
    kept = []
    number = begin
    while number < end:
        kept.append(tokens[number])
        number = closing(tokens, number) + 1 if tokens[number].kind == "open" else number + 1
    return kept


def _has_values_alone(tokens: Sequence[Token], opened: int) -> bool:
    """Tell whether a group has VALUES, and no triples that would say of which graph they are."""
    flat = _outside_brackets(tokens, opened + 1, closing(tokens, opened))
    has_values, before = False, ""
    for token in flat:
        has_values |= token.upper == "VALUES"
        bracket = token.text in ("{", "(") and (before != "" or token.text == "{")
        if token.kind in _TERMS and not bracket and before not in ("VALUES", "GRAPH", "FILTER", "SERVICE", "SILENT"):
            return False
        before = token.upper
    return has_values


def _takes_nothing_away(tokens: Sequence[Token], minus: int) -> bool:
    """Tell whether the group behind MINUS has no variable of what stands before it (section 8.3.3)."""
    depth, begin = 0, minus
    while begin > 0 and depth >= 0:
        begin -= 1
        depth += (tokens[begin].kind == "close") - (tokens[begin].kind == "open")
    before = {token.text[1:] for token in tokens[begin:minus] if token.kind == "variable"}
    group = tokens[minus + 1 : closing(tokens, minus + 1)]
    return not before & {token.text[1:] for token in group if token.kind == "variable"}
