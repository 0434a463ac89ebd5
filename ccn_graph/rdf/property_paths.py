"""Writes out what the native engine leaves out of property paths: repeated solutions, and those of length zero.

Alternatives are a union that keeps repetitions (SPARQL 1.1, section 18.4, Path with alt); the engine drops them. A path
of length zero begins with its term (ALP, ZeroOrOnePath); the engine begins with what the data hold. Within EXISTS
repetitions change nothing, and alternatives stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.rdf.path_patterns import Path, Sentence, UnknownPatternError
from ccn_graph.rdf.query_rewriting import closing, made
from ccn_graph.rdf.query_tokens import Token

#: What ends a triples block. FILTER does not.
_ENDING = frozenset(("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "BIND", "VALUES", "SELECT", "LATERAL"))


class _Frame:
    """An open bracket: whether triples stand in it, and what is to be said at the end of them."""

    def __init__(self, kind: str, graph: Sequence[Token] = (), *, in_exists: bool = False) -> None:
        self.kind = kind
        self.graph = graph
        self.in_exists = in_exists
        self.groups: list[Token] = []


def written_out(tokens: Sequence[Token]) -> list[Token]:
    """Write out alternatives, and solutions of length zero. Raises QueryError if they are too many.

    >>> from ccn_graph.rdf.query_tokens import tokens
    >>> " ".join(token.text for token in written_out(tokens("SELECT ?o { ?s <x:p>|<x:q> ?o ; <x:r> 1 }")))
    'SELECT ?o { ?s <x:r> 1 . { ?s <x:p> ?o } UNION { ?s <x:q> ?o } }'
    >>> " ".join(token.text for token in written_out(tokens("ASK { <x:a> <x:p>* ?o . ?o ?p 1 }")))[:63]
    'ASK { ?o ?p 1 . { <x:a> <x:p> * ?o } UNION { VALUES ?o { <x:a> '
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
            if frame.kind == "group" and self._begins_with_empty_brackets():
                self._sentence()
            elif token.kind == "open":
                if token.text == "{" and self._kept[-1:] and self._kept[-1].upper != "EXISTS":
                    self._flush()
                kind = self._kind_of(token)
                in_exists = frame.in_exists or (self._kept[-1:] != [] and self._kept[-1].upper == "EXISTS")
                self._frames.append(_Frame(kind, self._graph() or frame.graph, in_exists=in_exists))
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

    def _begins_with_empty_brackets(self) -> bool:
        """Tell whether a subject stands here that is any node, or the empty list."""
        pair = [token.text for token in self._found[self._number : self._number + 2]]
        return pair == ["[", "]"] or (pair == ["(", ")"] and self._kept[-1].text in (".", "{", "}"))

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
            frame.kind, frame.in_exists = "query", False
            self._copy(1)
        elif frame.kind == "group" and token.upper in ("FILTER", "GRAPH", "SERVICE", "SILENT"):
            follows = self._found[self._number + 1 : self._number + 2]
            self._copy(2 if follows and follows[0].kind in ("iri", "name", "variable") else 1)
        else:
            self._copy(1)

    def _kind_of(self, token: Token) -> str:
        """Tell what stands in a bracket: nothing that is asked of a service is touched."""
        if token.text != "{" or self._frames[-1].kind == "elsewhere":
            return "elsewhere" if self._frames[-1].kind == "elsewhere" else "terms"
        before = [earlier.upper for earlier in self._kept[-3:]]
        if before[-1:] == ["CONSTRUCT"]:
            return "terms"
        called = "SERVICE" in before[-2:] or before[-3:-1] == ["SERVICE", "SILENT"]
        return "elsewhere" if called else "group"

    def _graph(self) -> list[Token]:
        """Return the name or variable of the graph that the bracket which opens here is asked of, if it names one."""
        before = self._kept[-2:]
        named = len(before) > 1 and before[0].upper == "GRAPH" and before[1].kind in ("iri", "name", "variable")
        return before[1:] if named else []

    def _sentence(self) -> None:
        """Take the triples of one subject."""
        begin = self._number
        try:
            sentence = Sentence(self._found, begin)
        except UnknownPatternError:
            self._skip()
            return
        at = self._found[begin].position
        frame = self._frames[-1]
        kept = []
        for pair in sentence.pairs:
            paths = [Path(pair.whole, any(path.is_zero for path in pair.paths))] if frame.in_exists else pair.paths
            groups = [group for path in paths for group in _groups(sentence.subject, path, pair.target, frame, at)]
            if len(groups) == 1:
                kept.append(pair)
            for number, group in enumerate(groups if len(groups) > 1 else ()):
                frame.groups += [*(made("UNION", at) if number else []), *group]
        if len(kept) == len(sentence.pairs):
            self._copy(sentence.end - begin)
            return
        self._number = sentence.end
        parts = [[*pair.whole, *pair.target] for pair in kept]
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


def _groups(subject: list[Token], path: Path, target: list[Token], frame: _Frame, at: int) -> list[list[Token]]:
    """Return what gives the solutions of a path: itself, and a value where the data do not hold its constant."""
    here = [*made("{", at), *subject, *path.tokens, *target, *made("}", at)]
    ends = [subject, target]
    constants = [end for end in ends if end[0].kind != "variable" and end[0].text != "["]
    if not path.is_zero or not constants or (len(constants) > 1 and _texts(subject) != _texts(target)):
        return [here]
    constant = constants[0]
    value: list[Token] = []
    for end in ends:
        if end[0].kind == "variable":
            # Not BIND: within EXISTS it may have a value already.
            value = [*made("VALUES", at), *end, *made("{", at), *_in_values(constant, at), *made("}", at)]
    itself = [*constant, *path.tokens, *constant]
    # A graph that is none has no solution, not even one of length zero; and only this gives a variable its graph.
    graph = [*made("GRAPH", at), *frame.graph, *made("{ }", at)] if frame.graph else []
    without = [*made("FILTER NOT EXISTS {", at), *itself, *made("}", at)]
    return [here, [*made("{", at), *graph, *value, *without, *made("}", at)]]


def _texts(term: Sequence[Token]) -> list[str]:
    return [token.text for token in term]


def _in_values(term: list[Token], at: int) -> list[Token]:
    # The empty list is no term of VALUES.
    return made("<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>", at) if term[0].text == "(" else term
