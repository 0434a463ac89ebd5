"""Writes a query anew where the native engine would refuse it, or answer otherwise than SPARQL has it.

Every rewriting here keeps what the query means; where none does, the query stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ccn_graph.rdf.query_tokens import Token, tokens

#: Functions that the engine takes only if the parenthesis follows at once.
_CLOSE = frozenset(("CONCAT", "COALESCE", "BNODE"))

_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
_VOLATILE = frozenset(("RAND", "NOW", "UUID", "STRUUID", "BNODE"))

_DOT = re.compile(r"(?<!\\)\.")


def made(text: str, position: int) -> list[Token]:
    """Return the tokens of a text of ours, which stands for what is at `position` in the query."""
    return [token._replace(position=position, gap=" ") for token in tokens(text)]


def closing(query: Sequence[Token], opened: int) -> int:
    """Return the number of the token that closes the bracket at `opened`; the number of all if none does."""
    depth = 0
    for number in range(opened, len(query)):
        depth += (query[number].kind == "open") - (query[number].kind == "close")
        if depth == 0:
            return number
    return len(query)


def readable(query: Iterable[Token]) -> Iterator[Token]:
    r"""Write names with several dots, and calls with a blank before the parenthesis, as the engine reads them.

    >>> "".join(token.text for token in readable(tokens("ec:1.1.1.353")))
    'ec:1\\.1\\.1\\.353'
    """
    before = ""
    for token in query:
        prefix, colon, local = token.text.partition(":")
        if token.kind == "name" and local.count(".") > 1:
            yield token._replace(text=prefix + colon + _DOT.sub(r"\\.", local))
        elif token.text == "(" and before in _CLOSE:
            yield token._replace(gap="")
        else:
            yield token
        before = token.upper


def joining_texts(query: Sequence[Token]) -> list[Token]:
    """Have GROUP_CONCAT join the texts of IRIs, numbers and dates, which the engine leaves out without a word.

    >>> "".join(token.text for token in joining_texts(tokens("GROUP_CONCAT(DISTINCT ?x; separator='|')")))
    "GROUP_CONCAT(DISTINCTCOALESCE(CONCAT(?x),STR(?x));separator='|')"
    """
    kept: list[Token] = []
    number = 0
    while number < len(query):
        kept.append(query[number])
        number += 1
        if kept[-1].upper != "GROUP_CONCAT" or number >= len(query) or query[number].text != "(":
            continue
        end = closing(query, number)
        begin = number + 1 + (number + 1 < len(query) and query[number + 1].upper == "DISTINCT")
        marks = (
            place for place in range(begin, end) if query[place].text == ";" and closing_depth(query, begin, place)
        )
        stop = next(marks, end)
        inner = joining_texts(query[begin:stop])
        at = query[number].position
        text = [*made("STR(", at), *inner, *made(")", at)]
        if not _VOLATILE & {token.upper for token in inner}:
            text = [*made("COALESCE(CONCAT(", at), *inner, *made("),", at), *text, *made(")", at)]
        kept += [*query[number:begin], *readable(text)]
        number = stop
    return kept


def closing_depth(query: Sequence[Token], begin: int, end: int) -> bool:
    """Tell whether all brackets that are opened from `begin` on are closed before `end`."""
    between = [token.kind for token in query[begin:end]]
    return between.count("open") == between.count("close")


def with_columns(query: Sequence[Token], names: Iterable[str]) -> list[Token]:
    """Name the columns of the outermost `SELECT *`, which are `names`, in the order of their appearance.

    >>> " ".join(token.text for token in with_columns(tokens("SELECT * { ?s ?p ?o }"), ["o", "p", "s"]))
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    star = select_star(query)
    wanted = set(names)
    seen = dict.fromkeys(token.text[1:] for token in query if token.kind == "variable" and token.text[1:] in wanted)
    if star is None or not wanted or len(seen) != len(wanted):
        return list(query)
    columns = [Token("variable", f"?{name}", query[star].position) for name in seen]
    return [*query[:star], *columns, *query[star + 1 :]]


def select_star(query: Sequence[Token]) -> int | None:
    """Return the number of the `*` of the outermost `SELECT *`, None if the query is none."""
    for number, token in enumerate(query):
        if token.kind == "open":
            return None
        if token.upper == "SELECT":
            star = number + 1 + (query[number + 1 : number + 2] != [] and query[number + 1].upper in _ALL)
            return star if star < len(query) and query[star].text == "*" else None
    return None


_ALL = frozenset(("DISTINCT", "REDUCED"))


def spelling_out(query: Sequence[Token]) -> list[Token]:
    """Put the expression of a column in place of its name where a later column of the same SELECT uses it.

    The engine takes such a name for one without a value if there are aggregates (SPARQL 1.1, section 18.2.4.4).

    >>> " ".join(token.text for token in spelling_out(tokens("SELECT (SUM(?x) AS ?a) (?a/2 AS ?b) {}")))
    'SELECT ( SUM ( ?x ) AS ?a ) ( ( SUM ( ?x ) ) / 2 AS ?b ) { }'
    """
    kept: list[Token] = []
    number = 0
    while number < len(query):
        kept.append(query[number])
        number += 1
        if kept[-1].upper != "SELECT":
            continue
        expressions: dict[str, list[Token]] = {}
        while number < len(query) and query[number].text != "{" and query[number].upper not in ("WHERE", "FROM"):
            if query[number].text != "(":
                kept.append(query[number])
                number += 1
                continue
            end = closing(query, number)
            expression = _substituted(query[number + 1 : end - 2], expressions)
            kept += [query[number], *expression, *query[end - 2 : end + 1]]
            if end < len(query) and query[end - 1].kind == "variable" and not _VOLATILE & {t.upper for t in expression}:
                expressions[query[end - 1].text[1:]] = expression
            number = end + 1
    return kept


def _substituted(expression: Sequence[Token], expressions: Mapping[str, list[Token]]) -> list[Token]:
    kept: list[Token] = []
    number = 0
    while number < len(expression):
        token = expression[number]
        if token.upper in _AGGREGATES or token.upper in ("EXISTS", "BOUND"):
            # A name in these is another one.
            end = closing(expression, number + 1) + 1
            kept += expression[number:end]
            number = end
            continue
        spelt = expressions.get(token.text[1:]) if token.kind == "variable" else None
        at = token.position
        kept += [Token("open", "(", at), *spelt, Token("close", ")", at)] if spelt else [token]
        number += 1
    return kept


def without_solutions(query: Sequence[Token]) -> list[Token]:
    """Return a query that has the same form, columns and errors, calls nobody, and has no solutions to be computed.

    >>> " ".join(token.text for token in without_solutions(tokens("ASK { SERVICE <x:y> { ?s ?p ?o } }")))
    'ASK { FILTER ( false ) { GRAPH <x:y> { ?s ?p ?o } } }'
    """
    local = _local(query)
    forms = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    begin = next((number for number, token in enumerate(local) if token.upper in forms), len(local))
    if begin + 1 < len(local) and local[begin].upper == "CONSTRUCT":
        if local[begin + 1].text != "{":
            # What stands in WHERE is the template as well: triples alone.
            return local
        begin = closing(local, begin + 1) + 1
    begin = next((number for number in range(begin, len(local)) if local[number].text == "{"), len(local))
    opened = {begin} | {number + 1 for number, token in enumerate(local) if token.upper == "EXISTS"}
    closed = {closing(local, number) for number in opened}
    kept: list[Token] = []
    for number, token in enumerate(local):
        if number in opened and token.text == "{":
            kept += made("{ FILTER ( false )", token.position)
        kept.append(token)
        if number in closed and token.text == "}":
            kept.append(token._replace(gap=" ", position=token.position + 1))
    return kept


def _local(query: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in query:
        if token.upper == "SILENT" and kept and kept[-1].upper == "GRAPH":
            continue
        kept.append(token._replace(text="GRAPH") if token.upper == "SERVICE" else token)
    return kept
