"""The one guard of cells that go into spreadsheets: a text must not become a formula when somebody opens the table."""

from __future__ import annotations

import re

# Full-width signs too: Excel in Japanese takes them for the others when a cell is entered.
_FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060\0]*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def inert(text: str) -> str:
    """Return a text so that no spreadsheet computes it: an apostrophe before what would begin a formula.

    >>> inert("=1+1"), inert("＠SUM(A1)"), inert("Kobe"), inert("-5")
    ("'=1+1", "'＠SUM(A1)", 'Kobe', "'-5")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def number(text: str) -> str:
    """Return a number as it is, and anything else as a text.

    >>> number("-5.2"), number("=1+1")
    ('-5.2', "'=1+1")
    """
    return text if _NUMBER.fullmatch(text) else inert(text)
