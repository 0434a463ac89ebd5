"""Gives a path of length zero from or to a constant its solution, also if the data do not hold the constant.

SPARQL 1.1, section 18.4 (ALP, ZeroOrOnePath), begins with the term; the native engine begins with what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccn_graph.rdf.query_rewriting import closing, made
from ccn_graph.rdf.query_tokens import Token

#: Most solutions of one path of length zero that are written out.
_MOST = 8

#: What ends a triples block. FILTER does not.
_ENDING = frozenset(("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "BIND", "VALUES", "SELECT", "LATERAL"))


class _Unknown(Exception):  # noqa: N818 - nothing is wrong
    """A pattern of a kind that is left as it is."""


class _Pair(NamedTuple):
    """A path and what it leads to."""

    path: list[Token]
    solutions: int
    """How many solutions it has of length zero."""
    target: list[Token]


class _Frame:
    """An open bracket: whether triples stand in it, and what is to be said at the end of them."""

    def __init__(self, kind: str, *, in_graph: bool = False) -> None:
        self.kind = kind
        self.in_graph = in_graph
        self.groups: list[Token] = []


def with_zero_lengths(tokens: Sequence[Token]) -> list[Token]:
    """Write out the solutions of length zero.

    >>> from ccn_graph.rdf.query_tokens import tokens
    >>> " ".join(token.text for token in with_zero_lengths(tokens("ASK { <x:a> <x:p>* ?o . ?o ?p 1 }")))[:56]
    'ASK { ?o ?p 1 . { <x:a> <x:p> * ?o } UNION { BIND ( <x:a'
    """
    return _Rewriting(tokens).done()


class _Rewriting:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._found = tokens
        self._number = 0
        self._kept: list[Token] = []
        self._frames = [_Frame("query")]

    def done(self) -> list[Token]:
        while self._number < len(self._found):
            token = self._found[self._number]
            frame = self._frames[-1]
            if token.kind == "open":
                if token.text == "{" and self._kept[-1:] and self._kept[-1].upper != "EXISTS":
                    self._flush()
                kind = self._kind_of(token)
                in_graph = frame.in_graph or (kind == "group" and self._names_graph())
                self._frames.append(_Frame(kind, in_graph=in_graph))
                self._copy(1)
            elif token.kind == "close":
                self._flush()
                if len(self._frames) > 1:
                    self._frames.pop()
                self._copy(1)
            elif frame.kind == "group" and token.kind != "word" and token.text != ".":
                self._sentence()
            else:
                self._word(token)
        return self._kept

    def _copy(self, count: int) -> None:
        self._kept += self._found[self._number : self._number + count]
        self._number += count

    def _flush(self) -> None:
        frame = self._frames[-1]
        if frame.groups:
            if self._kept[-1].text not in (".", "{", "}"):
                self._kept += made(".", self._kept[-1].position)
            self._kept += frame.groups
            frame.groups = []

    def _word(self, token: Token) -> None:
        frame = self._frames[-1]
        if token.upper in _ENDING and frame.kind == "group":
            self._flush()
        if token.upper in ("TRUE", "FALSE") and frame.kind == "group":
            self._sentence()
        elif token.upper == "VALUES":
            at = next((n for n in range(self._number, len(self._found)) if self._found[n].text == "{"), 0)
            self._copy(max(1, closing(self._found, at) + 1 - self._number) if at else 1)
        elif token.upper == "SELECT" and frame.kind == "group":
            frame.kind = "query"
            self._copy(1)
        elif frame.kind == "group" and token.upper in ("FILTER", "GRAPH", "SERVICE", "SILENT"):
            follows = self._found[self._number + 1 : self._number + 2]
            self._copy(2 if follows and follows[0].kind in ("iri", "name", "variable") else 1)
        else:
            self._copy(1)

    def _kind_of(self, token: Token) -> str:
        """Tell what stands in a bracket: nothing within GRAPH and a variable is touched."""
        if token.text != "{" or self._frames[-1].kind == "elsewhere":
            return "elsewhere" if self._frames[-1].kind == "elsewhere" else "terms"
        before = [earlier.upper for earlier in self._kept[-3:]]
        if before[-1:] == ["CONSTRUCT"]:
            return "terms"
        if self._names_graph():
            return "group"
        return (
            "elsewhere"
            if {"GRAPH", "SERVICE"} & {*before[-2:], *(["SERVICE"] if "SILENT" in before else [])}
            else "group"
        )

    def _names_graph(self) -> bool:
        """Tell whether the bracket that opens here holds what is asked of a graph with a name."""
        before = self._kept[-2:]
        return len(before) > 1 and before[0].upper == "GRAPH" and before[1].kind in ("iri", "name")

    def _sentence(self) -> None:
        """Take the triples of one subject."""
        begin = self._number
        try:
            sentence = _Sentence(self._found, begin)
        except _Unknown:
            self._skip()
            return
        at = self._found[begin].position
        kept = [pair for pair in sentence.pairs if not _is_zero(sentence.subject, pair)]
        if len(kept) == len(sentence.pairs):
            self._copy(sentence.end - begin)
            return
        for pair in sentence.pairs:
            if _is_zero(sentence.subject, pair):
                self._frames[-1].groups += _written(sentence.subject, pair, at, in_graph=self._frames[-1].in_graph)
        self._number = sentence.end
        parts = [[*pair.path, *pair.target] for pair in kept]
        if parts:
            self._kept += sentence.subject
            for number, part in enumerate(parts):
                self._kept += [*(made(";", at) if number else []), *part]
        elif self._number < len(self._found) and self._found[self._number].text == ".":
            self._number += 1

    def _skip(self) -> None:
        depth = 0
        while self._number < len(self._found):
            token = self._found[self._number]
            depth += (token.kind == "open") - (token.kind == "close")
            stops = token.text in (".", "{") or (token.kind == "word" and token.upper not in ("A", "TRUE", "FALSE"))
            if depth < 0 or (depth == 0 and stops) or (depth == 1 and token.text == "{"):
                return
            self._copy(1)


def _is_zero(subject: Sequence[Token], pair: _Pair) -> bool:
    constants = [subject[0].kind != "variable", pair.target[0].kind != "variable"]
    same = [token.text for token in subject] == [token.text for token in pair.target]
    return 0 < pair.solutions <= _MOST and (same if all(constants) else any(constants))


def _written(subject: Sequence[Token], pair: _Pair, at: int, *, in_graph: bool) -> list[Token]:
    constant, other = (subject, pair.target) if subject[0].kind != "variable" else (pair.target, subject)
    itself = [*constant, *pair.path, *constant]
    here = [*made("{", at), *subject, *pair.path, *pair.target, *made("}", at)]
    if other[0].kind != "variable":
        value: list[Token] = []
    else:
        value = [*made("BIND (", at), *constant, *made("AS", at), *other, *made(")", at)]
    # A graph that is none has no solution, not even one of length zero.
    there = made("FILTER EXISTS { ?anything_ ?is_ ?there_ }", at) if in_graph else []
    missing = [*made("UNION {", at), *value, *made("FILTER NOT EXISTS {", at), *itself, *made("}", at), *there]
    missing += made("}", at)
    return here + missing * pair.solutions


class _Sentence:
    """The triples of one subject, all of whose parts are plain terms. Raises _Unknown for any other."""

    def __init__(self, tokens: Sequence[Token], begin: int) -> None:
        self._found = tokens
        self.end = begin
        self.subject = self._term()
        self.pairs: list[_Pair] = []
        while True:
            path, solutions = self._verb()
            self.pairs.append(_Pair(path, solutions, self._term()))
            while self._takes(","):
                self.pairs.append(_Pair(path, solutions, self._term()))
            if not self._takes(";"):
                break
            while self._takes(";"):
                pass
            if self._ends():
                break
        if self._next().text and not self._ends():
            raise _Unknown

    def _ends(self) -> bool:
        token = self._next()
        return token.text in (".", "}", "{") or (token.kind == "word" and token.text != "a")

    def _next(self) -> Token:
        return self._found[self.end] if self.end < len(self._found) else Token("other", "", 0)

    def _takes(self, text: str) -> bool:
        if self._next().text != text:
            return False
        self.end += 1
        return True

    def _term(self) -> list[Token]:
        begin = self.end
        if self._next().text in ("+", "-"):
            self.end += 1
        token = self._next()
        if token.kind not in ("iri", "name", "variable", "string", "number") and token.upper not in ("TRUE", "FALSE"):
            if not (self._takes("(") and self._takes(")")):
                raise _Unknown
            return list(self._found[begin : self.end])
        self.end += 1
        if (token.kind == "string" and self._next().kind == "language") or (
            token.kind == "string" and self._takes("^^")
        ):
            self.end += 1
        return list(self._found[begin : self.end])

    def _verb(self) -> tuple[list[Token], int]:
        begin = self.end
        if self._next().kind == "variable":
            self.end += 1
            return [self._found[begin]], 0
        solutions = self._alternative()
        return list(self._found[begin : self.end]), solutions

    def _alternative(self) -> int:
        solutions = self._sequence()
        while self._takes("|"):
            solutions += self._sequence()
        return solutions

    def _sequence(self) -> int:
        solutions = self._element()
        while self._takes("/"):
            solutions *= self._element()
        return solutions

    def _element(self) -> int:
        self._takes("^")
        if self._takes("!"):
            self._takes("^")
            if self._next().text == "(":
                self.end = closing(self._found, self.end) + 1
            else:
                self._primary()
            solutions = 0
        else:
            solutions = self._primary()
        if self._next().text in ("*", "?"):
            self.end += 1
            return 1
        if self._takes("+"):
            return min(solutions, 1)
        return solutions

    def _primary(self) -> int:
        if self._takes("("):
            solutions = self._alternative()
            if not self._takes(")"):
                raise _Unknown
            return solutions
        if self._next().kind not in ("iri", "name") and self._next().text != "a":
            raise _Unknown
        self.end += 1
        return 0
