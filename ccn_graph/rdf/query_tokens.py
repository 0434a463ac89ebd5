"""The one reading of a query's text: SPARQL 1.1 and 1.2 split into tokens, and tokens written again as a text.

What is written has no comments, plain blanks only, and a blank between any two tokens that could be read as one, so
that another reader of it cannot split it otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ccn_graph.text.languages import Bilingual


class Token(NamedTuple):
    """A token: its kind, its text, where it stands in the query, and what stood before it, without comments."""

    kind: str
    """string, iri, name, variable, language, blank, number, word, open, close, operator, mark; `other` is no token."""
    text: str
    position: int
    gap: str = " "

    @property
    def upper(self) -> str:
        """The text in capitals if it is a word, else nothing."""
        return self.text.upper() if self.kind == "word" else ""


# SPARQL 1.1 section 19.8, productions PN_CHARS_BASE to PLX, character by character: \w would be more.
_LETTER = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INSIDE = "0-9\u00b7\u0300-\u036f\u203f\u2040"
_PART = rf"[{_LETTER}_{_INSIDE}-]"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]"
_LOCAL = (
    rf"(?:[{_LETTER}_:0-9]|{_ESCAPED})(?:[{_LETTER}_{_INSIDE}:-]|{_ESCAPED}|\.+(?=[{_LETTER}_{_INSIDE}:-]|{_ESCAPED}))*"
)
_CODE_POINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_CHARACTER = rf"\\[tbnrf\"'\\]|{_CODE_POINT}"

_GAP = re.compile(r"(?:[ \t\r\n]+|\#[^\r\n]*)+")
_COMMENT = re.compile(r"#[^\r\n]*")
_COMPARISON = re.compile(r"<=|<")
_TOKEN = re.compile(
    rf"""
      (?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^\"\\]|{_CHARACTER}))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|{_CHARACTER}))*'''
        | (?!\"\"\"|''')(?:\"(?:[^\"\\\n\r]|{_CHARACTER})*\" | '(?:[^'\\\n\r]|{_CHARACTER})*'))
    | (?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODE_POINT})*>)
    | (?P<variable>[?$][{_LETTER}_0-9][{_LETTER}_{_INSIDE}]*)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
    | (?P<blank>_:[{_LETTER}_0-9](?:{_PART}|\.+(?={_PART}))*)
    | (?P<name>(?:[{_LETTER}](?:{_PART}|\.+(?={_PART}))*)?:(?:{_LOCAL})?)
    | (?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+ | [0-9]*\.[0-9]+ | [0-9]+)
    | (?P<word>[{_LETTER}_][{_LETTER}_{_INSIDE}]*)
    | (?P<open><<\(?|\{{\||[({{\[])
    | (?P<close>\)>>|>>|\|\}}|[)}}\]])
    | (?P<operator>\|\||&&|!(?!=)|\^(?!\^)|[+*/|;-])
    | (?P<mark>!=|>=|<=|\^\^|[!^=<>?,.~])
    """,
    re.VERBOSE | re.DOTALL,
)

#: What ends an operand, so that `<` after it compares.
_OPERANDS = frozenset(("string", "iri", "variable", "language", "blank", "name", "number", "close"))

#: Two of these side by side could be read as one.
_TOUCHING = frozenset(("iri", "variable", "blank", "name", "number", "word"))


def tokens(query: str) -> list[Token]:
    """Split a query into tokens without blanks and comments; a character that fits nowhere is `other`.

    >>> [(token.kind, token.text) for token in tokens("FILTER(?a<?b&&?c>1) # text")][2:5]
    [('variable', '?a'), ('mark', '<'), ('variable', '?b')]
    """
    all_tokens: list[Token] = []
    brackets = _Brackets()
    position, end = 0, len(query)
    while position < end:
        gap = ""
        if between := _GAP.match(query, position):
            position = between.end()
            gap = _plain(between.group())
            if position == end:
                break
        compares = query[position] == "<" and brackets.compare(all_tokens)
        match = (_COMPARISON if compares else _TOKEN).match(query, position)
        if match is None:
            all_tokens.append(Token("other", query[position], position, gap))
            position += 1
            continue
        token = Token(match.lastgroup or "mark", match.group(), position, gap)
        if token.kind in ("open", "close"):
            brackets.take(token, all_tokens)
        elif token.upper == "SELECT":
            brackets.select()
        all_tokens.append(token)
        position = match.end()
    return all_tokens


def _plain(gap: str) -> str:
    lines = _COMMENT.sub("", gap) if "#" in gap else gap
    return "\n" * (lines.count("\n") or lines.count("\r")) or " "


class _Brackets:
    """Follows the brackets, for `<` begins an IRI unless it stands behind an operand in an expression."""

    def __init__(self) -> None:
        self._open = ["query"]

    def select(self) -> None:
        """Learn that the innermost group is a sub-select: what is in parentheses there are expressions."""
        if self._open[-1] == "group":
            self._open[-1] = "query"

    def compare(self, before: Sequence[Token]) -> bool:
        """Tell whether `<` compares if it comes next."""
        last = before[-1] if before else None
        return bool(
            self._open[-1] == "expression" and last and (last.kind in _OPERANDS or last.upper in ("TRUE", "FALSE"))
        )

    def take(self, token: Token, before: Sequence[Token]) -> None:
        """Take a bracket, which stands behind `before`."""
        if token.kind == "close":
            if len(self._open) > 1:
                self._open.pop()
        elif token.text == "(":
            self._open.append(self._parenthesis(before))
        else:
            self._open.append("group" if token.text in ("{", "[", "{|") else "terms")

    def _parenthesis(self, before: Sequence[Token]) -> str:
        around = self._open[-1]
        last = before[-1] if before else Token("other", "", 0)
        if last.upper == "VALUES" or around == "terms":
            return "terms"
        if around in ("expression", "query"):
            return "expression"
        filters = last.kind in ("iri", "name") and len(before) > 1 and before[-2].upper == "FILTER"
        return "expression" if filters or (last.kind == "word" and last.text != "a") else "terms"


class Written(NamedTuple):
    """A text made of tokens, and where each of them stood in the query."""

    text: str
    places: tuple[tuple[int, int], ...]
    """(position in the text, position in the query) of each token."""

    def position(self, line: int, column: int) -> int:
        """Return the position in the query of what stands in the text at a line and column, counted from 1."""
        lines = self.text.split("\n")
        here = sum(len(earlier) + 1 for earlier in lines[: line - 1]) + column - 1
        if not self.places:
            return here
        return next((source + here - written for written, source in reversed(self.places) if written <= here), 0)


def written(tokens: Iterable[Token]) -> Written:
    """Write tokens as a text."""
    parts: list[str] = []
    places = []
    length = 0
    last = "open"
    for kind, text, position, gap in tokens:
        if not gap and kind in _TOUCHING and last in _TOUCHING:
            gap = " "
        places.append((length + len(gap), position))
        parts += (gap, text)
        length += len(gap) + len(text)
        last = kind
    return Written("".join(parts), tuple(places))


def place(query: str, position: int) -> tuple[int, int]:
    """Return line and column, counted from 1."""
    before = query[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def unescaped(text: str) -> str:
    r"""Resolve the code points of an IRI or a string: \u0041 is A."""
    if "\\" not in text:
        return text
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
        lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)),
        text,
    )


def strange(tokens: Iterable[Token]) -> tuple[Token, str, Bilingual] | None:
    """Find the first character that looks like one of SPARQL's and is none; tell what to write instead.

    >>> found = strange(tokens("SELECT\u3000?x {}"))
    >>> found and found[1]
    'U+3000 IDEOGRAPHIC SPACE'
    """
    for token in tokens:
        if token.kind not in ("other", "word", "variable", "name"):
            continue
        for offset, character in enumerate(token.text):
            if (token.kind == "other" and not character.isascii()) or _is_lookalike(character):
                moved = token._replace(position=token.position + offset, text=character)
                return moved, name(character), _advice(character)
    return None


def _is_lookalike(character: str) -> bool:
    return (
        "\uff01" <= character <= "\uff5e" and not character.isalnum()
    ) or character in "\u3001\u3002\u300c\u300d\uffe3"


def name(character: str) -> str:
    """Name a character by its code point and its Unicode name."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def _advice(character: str) -> Bilingual:
    plain = unicodedata.normalize("NFKC", character)
    if plain.isspace() or not character.isprintable():
        return {"ja": "半角の空白に置き換えてください", "en": "write a plain blank instead"}
    if character in "\u201c\u201d\u201e\u300c\u300d\uff02":
        return {"ja": '半角の " に置き換えてください', "en": 'write " instead'}
    if character in "\u2018\u2019\u201a\uff07":
        return {"ja": "半角の ' に置き換えてください", "en": "write ' instead"}
    if plain != character and plain.isascii():
        return {"ja": f"半角の {plain} に置き換えてください", "en": f"write {plain} instead"}
    return {"ja": "取り除いてください", "en": "remove it"}
