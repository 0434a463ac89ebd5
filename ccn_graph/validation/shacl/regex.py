"""Regular expressions as XPath has them (F&O 3.1, section 5.6.1; XSD 1.1, appendix G): what sh:pattern means by SPARQL.

They are written so that the native engine takes them as XPath means them. It matches in linear time whatever the
pattern is, so that nobody's shapes can stop a check; in return it knows no back-references.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff:"
)
_NAME = f"{_START}.0-9\u00b7\u0300-\u036f\u203f\u2040\\-"
#: What is in a class and what is not in it, of the classes that engines differ about.
_CLASSES = {
    "s": " \\t\\n\\r",
    "w": "\\p{L}\\p{M}\\p{N}\\p{S}",
    "d": "\\p{Nd}",
    "i": _START,
    "c": _NAME,
}
_SINGLE = set("nrt\\|.?*+(){}-[]^$/")
_CATEGORY = re.compile(
    r"\{(L[ulmto]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?|Is(?P<block>[A-Za-z0-9-]+))\}"
)
_QUANTIFIER = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")

#: Blocks of Unicode by the names that XPath has for them.
_BLOCKS = {
    "BasicLatin": "\\x00-\\x7f",
    "Latin-1Supplement": "\\x80-\u00ff",
    "LatinExtended-A": "\u0100-\u017f",
    "LatinExtended-B": "\u0180-\u024f",
    "LatinExtendedAdditional": "\u1e00-\u1eff",
    "CombiningDiacriticalMarks": "\u0300-\u036f",
    "Greek": "\u0370-\u03ff",
    "GreekandCoptic": "\u0370-\u03ff",
    "GreekExtended": "\u1f00-\u1fff",
    "Cyrillic": "\u0400-\u04ff",
    "Armenian": "\u0530-\u058f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff",
    "Devanagari": "\u0900-\u097f",
    "Thai": "\u0e00-\u0e7f",
    "Georgian": "\u10a0-\u10ff",
    "HangulJamo": "\u1100-\u11ff",
    "GeneralPunctuation": "\u2000-\u206f",
    "CurrencySymbols": "\u20a0-\u20cf",
    "CJKSymbolsandPunctuation": "\u3000-\u303f",
    "Hiragana": "\u3040-\u309f",
    "Katakana": "\u30a0-\u30ff",
    "CJKUnifiedIdeographsExtensionA": "\u3400-\u4dbf",
    "CJKUnifiedIdeographs": "\u4e00-\u9fff",
    "HangulSyllables": "\uac00-\ud7af",
    "CJKCompatibilityIdeographs": "\uf900-\ufaff",
    "HalfwidthandFullwidthForms": "\uff00-\uffef",
}


class PatternError(ValueError):
    """A pattern, or its flags, that XPath does not have or that is not evaluated."""


@lru_cache(1000)
def translated(pattern: str, flags: str = "") -> tuple[str, str]:
    r"""Write a pattern and its flags for the native engine. Raises PatternError.

    >>> translated(r"^\s*$")
    ('^[ \\t\\n\\r]*$', '')
    """
    unknown = set(flags) - set("imsxq")
    if unknown:
        raise PatternError(f"there is no flag {' '.join(sorted(unknown))}; there are i m s x q")
    kept = "".join(flag for flag in "ims" if flag in flags)
    if "q" in flags:
        # All other characters stand for themselves.
        return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", pattern), kept
    return _Translation(pattern, free="x" in flags).text, kept


@lru_cache(1000)
def fault(pattern: str, flags: str = "") -> str:
    """Say what is wrong with a pattern or its flags; empty if nothing is."""
    try:
        text, kept = translated(pattern, flags)
    except PatternError as error:
        return str(error)
    asked = f"ASK {{ FILTER(COALESCE(IF(REGEX('', {ox.Literal(text)}, '{kept}'), true, true), false)) }}"
    return "" if bool(ox.Store().query(asked)) else "the engine cannot read it, or it is too large"


class _Translation:
    """Goes through a pattern once."""

    def __init__(self, pattern: str, *, free: bool) -> None:
        # XPath lets blanks go uncounted everywhere but in brackets.
        self._pattern, self._free, self._at = pattern, free, 0
        depth, written = 0, list[str]()
        while self._at < len(pattern):
            char = pattern[self._at]
            if free and char in " \t\n\r":
                self._at += 1
                continue
            if char == ")":
                depth -= 1
            if depth < 0:
                raise PatternError("a bracket ) closes nothing")
            written.append(self._piece(char))
            depth += char == "("
        if depth:
            raise PatternError("a bracket ( is not closed")
        self.text = "".join(written)

    def _piece(self, char: str) -> str:
        """Take one character, escape, class or bracket, and the repetition after it."""
        if char == "(":
            self._at += 1
            if self._pattern.startswith("?", self._at):
                if not self._pattern.startswith("?:", self._at):
                    raise PatternError("XPath has no group that begins with (? other than (?:")
                self._at += 2
                return "(?:"
            return "("
        if char in "*+?{":
            raise PatternError(f"{char} repeats nothing")
        if char in "}]":
            raise PatternError(f"{char} closes nothing; write \\{char}")
        if char in "^$|":
            self._at += 1
            return char
        if char == "\\":
            atom = self._escape(inside=False)
        elif char == "[":
            atom = self._class()
        else:
            self._at += 1
            # XPath's dot takes no carriage return either.
            atom = char if char in ")." else re.escape(char) if char in "#&~ " else char
        return atom + self._repetition()

    def _repetition(self) -> str:
        match = _QUANTIFIER.match(self._pattern, self._at)
        if not match:
            return ""
        self._at = match.end()
        times = [int(number) for number in re.findall(r"\d+", match[0])]
        if len(times) == 2 and times[0] > times[1]:
            raise PatternError(f"{match[0]} asks for more at least than at most")
        if self._pattern[self._at : self._at + 1] in ("*", "+", "?", "{") and self._at < len(self._pattern):
            raise PatternError(f"two repetitions follow each other: {match[0]}{self._pattern[self._at]}")
        return match[0]

    def _escape(self, *, inside: bool) -> str:
        kind = self._pattern[self._at + 1 : self._at + 2]
        self._at += 2
        if kind in ("p", "P"):
            match = _CATEGORY.match(self._pattern, self._at)
            if not match:
                raise PatternError(f"\\{kind} needs a category of Unicode such as \\{kind}{{L}}")
            self._at = match.end()
            if not match["block"]:
                return f"\\{kind}{match[0]}"
            if match["block"] not in _BLOCKS:
                raise PatternError(f"the block {match[1]} is not known here")
            return f"[{'^' if kind == 'P' else ''}{_BLOCKS[match['block']]}]"
        if kind.lower() in _CLASSES:
            return f"[{'^' if kind.isupper() else ''}{_CLASSES[kind.lower()]}]"
        if kind.isdecimal() and kind != "0" and not inside:
            raise PatternError(f"the back-reference \\{kind} is not supported")
        if not kind or kind not in _SINGLE:
            raise PatternError(f"XPath has no escape \\{kind}")
        return f"\\{kind}"

    def _class(self) -> str:
        """Take a class in brackets; [a-z-[aeiou]] is one without another."""
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        written, start = list[str](), self._at
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            if char == "]" and self._at > start:
                self._at += 1
                return f"[{'^' * negated}{''.join(written)}]"
            if self._pattern.startswith("-[", self._at) and written:
                self._at += 1
                without = self._class()
                if not self._pattern.startswith("]", self._at):
                    raise PatternError("what is taken away from a class stands at its end")
                self._at += 1
                return f"[[{'^' * negated}{''.join(written)}]--{without}]"
            written.append(self._member(char, first=self._at == start))
        raise PatternError("a bracket [ is not closed")

    def _member(self, char: str, *, first: bool) -> str:
        if char == "\\":
            return self._escape(inside=True)
        self._at += 1
        if char in "[]":
            raise PatternError(f"write \\{char} in a class")
        if char == "-":
            last = self._pattern.startswith("]", self._at)
            return "\\-" if first or last else "-"
        if self._pattern.startswith("-", self._at) and self._pattern[self._at + 1 : self._at + 2] not in ("", "]", "["):
            end = self._pattern[self._at + 1]
            if end != "\\" and end < char:
                raise PatternError(f"{char}-{end} is no range")
        return f"\\{char}" if char in "&~^#" else char
