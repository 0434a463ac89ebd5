"""Reads the triples of one subject, and takes each path apart into its alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ccn_graph.errors import QueryError
from ccn_graph.rdf.query_rewriting import closing, made
from ccn_graph.rdf.query_tokens import Token

#: Most alternatives of one path that are written out.
_MOST = 500


class UnknownPatternError(Exception):
    """A pattern of a kind that is left as it is."""


class Path(NamedTuple):
    """A path without alternatives, but for those below `*`, `?` and `+`, which are sets."""

    tokens: list[Token]
    is_zero: bool
    """Whether its length may be zero."""


class Pair(NamedTuple):
    """The alternatives of a path, the path as it was written, and what it leads to."""

    paths: list[Path]
    whole: list[Token]
    target: list[Token]


class Sentence:
    """The triples of one subject, all of whose parts are plain terms.

    Raises UnknownPatternError for any other, QueryError for a path with too many alternatives.
    """

    def __init__(self, tokens: Sequence[Token], begin: int) -> None:
        self._found = tokens
        self.end = begin
        self.subject = self._term()
        self.pairs: list[Pair] = []
        while True:
            paths, whole = self._verb()
            self.pairs.append(Pair(paths, whole, self._term()))
            while self._takes(","):
                self.pairs.append(Pair(paths, whole, self._term()))
            if not self._takes(";"):
                break
            while self._takes(";"):
                pass
            if self._ends():
                break
        if self._next().text and not self._ends():
            raise UnknownPatternError

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
            if not (self._takes("(") and self._takes(")")) and not (self._takes("[") and self._takes("]")):
                raise UnknownPatternError
            return list(self._found[begin : self.end])
        self.end += 1
        if (token.kind == "string" and self._next().kind == "language") or (
            token.kind == "string" and self._takes("^^")
        ):
            self.end += 1
        return list(self._found[begin : self.end])

    def _verb(self) -> tuple[list[Path], list[Token]]:
        begin = self.end
        if self._next().kind == "variable":
            self.end += 1
            return [Path([self._found[begin]], is_zero=False)], [self._found[begin]]
        paths = self._alternative()
        return paths, list(self._found[begin : self.end])

    def _alternative(self) -> list[Path]:
        paths = self._sequence()
        while self._takes("|"):
            paths = [*paths, *self._sequence()]
        return paths

    def _sequence(self) -> list[Path]:
        paths = self._element()
        while self._next().text == "/":
            step = self._found[self.end]
            self.end += 1
            following = self._element()
            if len(paths) * len(following) > _MOST:
                raise QueryError("too-deep", f"a path has more than {_MOST} alternatives; split it by UNION")
            paths = [
                Path([*before.tokens, step, *after.tokens], before.is_zero and after.is_zero)
                for before in paths
                for after in following
            ]
        return paths

    def _element(self) -> list[Path]:
        begin = self.end
        turned = self._takes("^")
        inner = self.end
        paths = self._negated() if self._takes("!") else self._primary()
        modifier = self._next().text if self._next().text in ("*", "?", "+") else ""
        if modifier:
            self.end += 1
            is_zero = modifier != "+" or any(path.is_zero for path in paths)
            return [Path(list(self._found[begin : self.end]), is_zero)]
        if not turned:
            return paths
        mark, at = self._found[begin], self._found[inner].position
        return [Path([mark, *made("(", at), *path.tokens, *made(")", at)], path.is_zero) for path in paths]

    def _negated(self) -> list[Path]:
        begin = self.end - 1
        self._takes("^")
        if self._next().text == "(":
            self.end = closing(self._found, self.end) + 1
        else:
            self._primary()
        return [Path(list(self._found[begin : self.end]), is_zero=False)]

    def _primary(self) -> list[Path]:
        if self._takes("("):
            paths = self._alternative()
            if not self._takes(")"):
                raise UnknownPatternError
            return paths
        if self._next().kind not in ("iri", "name") and self._next().text != "a":
            raise UnknownPatternError
        self.end += 1
        return [Path([self._found[self.end - 1]], is_zero=False)]
