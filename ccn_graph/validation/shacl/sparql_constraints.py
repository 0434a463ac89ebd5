"""Queries written into a shapes graph, made part of ours (SHACL sections 5.3 and 6.3).

SHACL evaluates such a query for each focus node with $this bound to it from the start ("pre-bound"). Ours are about all
focus nodes at once: the pattern that finds them is put at the beginning of each group that mentions $this, so that
every group knows it, as it would if it were bound from the start. Within EXISTS the engine knows it anyway. What does
not survive this (counting over focus nodes, limits, values and services, which SHACL forbids) is left to pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_guard, query_tokens
from ccn_graph.validation.shacl.result import NotCompilableError
from ccn_graph.validation.shacl.shape_model import Prepared

_REFUSED = {"MINUS", "VALUES", "SERVICE", "GRAPH", "FROM", "LIMIT", "OFFSET", "CONSTRUCT", "DESCRIBE"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP", "HAVING"}
# What may stand in a triple pattern by itself.
_TERMS = {"variable", "iri", "name", "string"}
_PRE_BOUND = {"this", "PATH", "shapesGraph", "currentShape"}

#: Kind and text, as `guard.tokens` tells them apart, and what stands between it and the token before.
_Token = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A query made part of ours: what it declares, projects and groups by, and its pattern."""

    prologue: str
    columns: tuple[str, ...]
    projection: str
    pattern: str
    tail: str
    #: Whether all that it says holds for several graphs at once.
    of_graphs: bool


class _Query:
    """The parts of a query, as tokens."""

    def __init__(self, query: Prepared, form: str) -> None:
        try:
            query_guard.check_query(query.text)
        except QueryError as error:
            raise NotCompilableError(str(error)) from error
        tokens = list(_spaced(query.text))
        self.words = {text.upper() for kind, text, _ in tokens if kind == "word"}
        variables = {text[1:] for kind, text, _ in tokens if kind == "variable"}
        if self.words & _REFUSED or variables & {"shapesGraph", "currentShape"} or "\\u" in query.text.lower():
            raise NotCompilableError("a query with what SHACL forbids or what is not read here")
        start = next((at for at, (kind, text, _) in enumerate(tokens) if kind == "word" and text.upper() == form), None)
        opened = next((at for at, (_, text, _) in enumerate(tokens) if text == "{"), None)
        if start is None or opened is None or start > opened:
            raise NotCompilableError(f"this is no {form} query")
        closed = _closing(tokens, opened)
        declared = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in query.prefixes)
        self.prologue = declared + _written(tokens[:start])
        self.head = [token for token in tokens[start + 1 : opened] if token[1].upper() != "WHERE"]
        self.group = tokens[opened + 1 : closed]
        self.tail = tokens[closed + 1 :]
        self.selects = sum(kind == "word" and text.upper() == "SELECT" for kind, text, _ in tokens)
        self.has_aggregates = bool(self.words & _AGGREGATES)


def embedded_ask(query: Prepared, value: str, focus: str, unique: str, bound: Mapping[str, str]) -> str:
    """Write the pattern of an ASK query about a value node, its own variables named anew.

    Raises BeyondQueriesError for a query that cannot be asked about a variable.
    """
    return _correlated(_Query(query, "ASK"), {"this": focus, "value": value, **bound}, unique, query)


def embedded_select(
    query: Prepared, focus: str, path: str | None, unique: str, bound: Mapping[str, str] | None = None
) -> str:
    """Write the pattern of a SELECT query about a focus node, its own variables named anew.

    Raises BeyondQueriesError for a query that cannot be asked about a variable.
    """
    return _correlated(_Query(query, "SELECT"), {"this": focus, **_path(path), **(bound or {})}, unique, query)


def select(
    query: Prepared, focus: str, path: str | None, targets: str, bound: Mapping[str, str] | None = None
) -> Embedded:
    """Write a SELECT query about all focus nodes that a pattern finds.

    Raises BeyondQueriesError for a query that cannot be asked about many nodes at once.
    """
    parts = _Query(query, "SELECT")
    names = {"this": focus, **_path(path), **(bound or {})}
    columns = tuple(_columns(parts.head))
    if any(name in names for name in columns if name != "this"):
        raise NotCompilableError("a query that binds anew what is bound")
    if parts.has_aggregates and not _groups_by_this(parts):
        raise NotCompilableError("a query that counts over focus nodes")
    head = [token for token in parts.head if token[1].upper() not in ("DISTINCT", "REDUCED")]
    if parts.has_aggregates:
        # What finds a focus node in several ways must not make it count several times.
        targets = f"{{ SELECT DISTINCT {focus} WHERE {{ {targets} }} }}"
    return Embedded(
        parts.prologue, columns, _written(_renamed(head, names, "")),
        f"{targets} {_written(_with_targets(parts.group, names, targets))}",
        _written(_renamed(parts.tail, names, "")), parts.selects == 1 and not parts.has_aggregates,
    )  # fmt: skip


def inner_select(query: Prepared) -> str:
    """Write a SELECT query so that it can stand within another, its names written out.

    Raises BeyondQueriesError for a query that declares prefixes of its own, or is no SELECT of ?this.
    """
    parts = _Query(query, "SELECT")
    if _declares(parts.prologue, query) or "this" not in set(_columns(parts.head)):
        raise NotCompilableError("a query that declares prefixes of its own, or does not select ?this")
    opened, closed = ("open", "{", " "), ("close", "}", " ")
    tokens = [("word", "SELECT", " "), *parts.head, opened, *parts.group, closed, *parts.tail]
    return _expanded(tokens, dict(query.prefixes))


def may_see(query: Prepared, predicates: Set[ox.NamedNode]) -> bool:
    """Tell whether a query may look at values of some properties: it names one, or a variable stands for any."""
    if not predicates:
        return False
    tokens, declared = list(_spaced(query.text)), dict(query.prefixes)
    group = tokens[next((at for at, (_, text, _) in enumerate(tokens) if text == "{"), 0) :]
    for before, (kind, _, _), after in zip(group, group[1:], group[2:], strict=False):
        ends_subject = before[0] in _TERMS or before[1] in (";", "]")
        begins_object = after[0] in _TERMS or after[1] in ("(", "[", "+", "-") or after[1].isdecimal()
        if kind == "variable" and ends_subject and begins_object:
            return True
    prefixes = declared | {
        name[1].removesuffix(":"): iri[1][1:-1]
        for (_, word, _), name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.upper() == "PREFIX" and iri[0] == "iri"
    }
    named = {text[1:-1] for kind, text, _ in tokens if kind == "iri"}
    for kind, text, _ in tokens:
        prefix, _, local = text.partition(":")
        if kind == "name" and prefix in prefixes:
            named.add(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))
    return "BASE" in {text.upper() for _, text, _ in tokens} or bool(
        named & {predicate.value for predicate in predicates}
    )


def _path(path: str | None) -> dict[str, str]:
    return {} if path is None else {"PATH": path}


def _spaced(text: str) -> Iterator[_Token]:
    return ((kind, token, gap) for kind, token, _, gap in query_tokens.tokens(text))


def _written(tokens: Sequence[_Token]) -> str:
    return "".join(gap + text for _, text, gap in tokens)


def _closing(tokens: Sequence[_Token], opened: int) -> int:
    depth = 0
    for at in range(opened, len(tokens)):
        depth += (tokens[at][1] == "{") - (tokens[at][1] == "}")
        if depth == 0:
            return at
    raise NotCompilableError("a query whose brackets do not match")


def _columns(head: Sequence[_Token]) -> Iterator[str]:
    """Name the columns of a projection: variables, and those after AS."""
    depth = 0
    for at, (kind, text, _) in enumerate(head):
        depth += (kind == "open") - (kind == "close")
        after_as = at > 0 and head[at - 1][1].upper() == "AS"
        if kind == "variable" and (depth == 0 or (depth == 1 and after_as)):
            if after_as and text[1:] in _PRE_BOUND:
                raise NotCompilableError("a query that binds anew what is bound")
            yield text[1:]
        if text == "*" and depth == 0:
            raise NotCompilableError("a query that selects everything")


def _groups_by_this(parts: _Query) -> bool:
    """Tell whether each SELECT that counts does so for each focus node by itself."""
    if parts.selects > 1:
        return False
    words = [text.upper() if kind == "word" else text for kind, text, _ in parts.tail]
    if "GROUP" not in words:
        return False
    listed = words[words.index("GROUP") + 2 :]
    ends = [at for at, word in enumerate(listed) if word in ("HAVING", "ORDER")]
    return bool({"?this", "$this"} & set(listed[: min(ends, default=len(listed))]))


def _renamed(tokens: Sequence[_Token], names: Mapping[str, str], unique: str) -> list[_Token]:
    return [(kind, _name(text, names, unique) if kind == "variable" else text, gap) for kind, text, gap in tokens]


def _name(variable: str, names: Mapping[str, str], unique: str) -> str:
    return names.get(variable[1:]) or (f"{unique}_{variable[1:]}" if unique else f"?{variable[1:]}")


def _with_targets(group: Sequence[_Token], names: Mapping[str, str], targets: str) -> list[_Token]:
    """Put the pattern of the focus nodes into each inner group that mentions $this, but for those of EXISTS."""
    written: list[_Token] = []
    skipped_until = -1
    for at, (_, text, _) in enumerate(group):
        written += _renamed([group[at]], names, "")
        if text != "{" or at < skipped_until:
            continue
        end = _closing(group, at)
        before = group[at - 1][1].upper() if at else ""
        inner = group[at + 1 : end]
        if before == "EXISTS":
            skipped_until = end
        elif inner and inner[0][1].upper() == "SELECT":
            _check_selected(inner, names)
        elif any(kind == "variable" and name[1:] == "this" for kind, name, _ in inner):
            written.append(("pattern", targets, " "))
    return written


def _check_selected(inner: Sequence[_Token], names: Mapping[str, str]) -> None:
    """SHACL section 5.2.1: an inner SELECT projects what is bound from the start."""
    head = inner[1 : next(at for at, (_, text, _) in enumerate(inner) if text == "{")]
    if not {"this", *(name for name in names if name != "PATH")} <= set(_columns(head)):
        raise NotCompilableError("an inner query that does not select what is bound")


def _correlated(parts: _Query, names: Mapping[str, str], unique: str, query: Prepared) -> str:
    if parts.selects > 1 or parts.has_aggregates or _declares(parts.prologue, query):
        raise NotCompilableError("a query that cannot be asked within another")
    if parts.words & {"AS"} or _has_inner_groups(parts.group):
        raise NotCompilableError("a query that binds anew or has groups, asked within another")
    return _expanded(_renamed(parts.group, names, unique), dict(query.prefixes))


def _declares(prologue: str, query: Prepared) -> bool:
    return prologue.count("PREFIX ") != len(query.prefixes) or "BASE" in prologue.upper().split()


def _has_inner_groups(group: Sequence[_Token]) -> bool:
    return any(
        text == "{" and (at == 0 or group[at - 1][1].upper() != "EXISTS") for at, (_, text, _) in enumerate(group)
    )


def _expanded(tokens: Sequence[_Token], prefixes: Mapping[str, str]) -> str:
    """Write names out, because several queries with prefixes of their own may stand in one."""
    return "".join(gap + (_iri(text, prefixes) if kind == "name" else text) for kind, text, gap in tokens)


def _iri(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    if prefix == "_":
        raise NotCompilableError("a blank node in a query asked within another")
    if prefix not in prefixes:
        raise NotCompilableError(f"the prefix {prefix}: is not declared")
    unescaped = re.sub(r"\\(.)", r"\1", local)
    return f"<{prefixes[prefix]}{unescaped}>"
