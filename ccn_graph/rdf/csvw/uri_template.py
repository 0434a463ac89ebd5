"""Templates of IRIs, such as https://example.org/{id}: levels 1 and 2 of RFC 6570, as CSV on the Web asks for."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_VARIABLE = re.compile(r"(?P<operator>[+#]?)(?P<names>[A-Za-z0-9_%.-]+(?:,[A-Za-z0-9_%.-]+)*)")

#: What stays as it is in {+name} and {#name} beside letters, digits and -._~ (RFC 3986, reserved characters).
_RESERVED = ":/?#[]@!$&'()*+,;="
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]*")
_TRIPLET = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Template:
    """A template, taken apart: texts and, between them, operators with names of variables."""

    text: str
    parts: tuple[str | tuple[str, tuple[str, ...]], ...]
    variables: frozenset[str]
    """The names of all variables."""

    @staticmethod
    def of(text: str) -> Template:
        """Take a template apart. Raises ValueError for an operator of a higher level, and for braces left open."""
        parts: list[str | tuple[str, tuple[str, ...]]] = []
        end = 0
        for match in _EXPRESSION.finditer(text):
            parts.append(_literal(text[end : match.start()]))
            end = match.end()
            variable = _VARIABLE.fullmatch(match[1])
            if not variable:
                raise ValueError(f"{match[0]} is none of {{name}}, {{+name}}, {{#name}}")
            parts.append((variable["operator"], tuple(variable["names"].split(","))))
        parts.append(_literal(text[end:]))
        names = frozenset(name for part in parts if not isinstance(part, str) for name in part[1])
        return Template(text, tuple(part for part in parts if part), names)

    def expand(self, values: Mapping[str, str]) -> str:
        """Put values in; a variable without one leaves nothing (RFC 6570, section 3.2.1).

        >>> Template.of("https://example.org/{id}{#part}").expand({"id": "a b/c", "part": "x/y"})
        'https://example.org/a%20b%2Fc#x/y'
        """
        return "".join(part if isinstance(part, str) else _expanded(*part, values) for part in self.parts)


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError("a brace is left open")
    return text


def _expanded(operator: str, names: tuple[str, ...], values: Mapping[str, str]) -> str:
    filled = [values[name] for name in names if name in values]
    if not filled:
        return ""
    if not operator:
        return ",".join(urllib.parse.quote(value, safe="") for value in filled)
    return ("#" if operator == "#" else "") + ",".join(map(_with_reserved, filled))


def _with_reserved(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # What is percent-encoded already stays so.
    end, parts = 0, []
    for match in _TRIPLET.finditer(value):
        parts += [urllib.parse.quote(value[end : match.start()], safe=_RESERVED), match[0]]
        end = match.end()
    return "".join([*parts, urllib.parse.quote(value[end:], safe=_RESERVED)])
