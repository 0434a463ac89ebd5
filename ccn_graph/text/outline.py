"""An account for people in headings and marked lines, as plain text and as Markdown (CommonMark).

What it tells may come from anyone: neither a terminal nor a page acts upon it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccn_graph.errors import visible
from ccn_graph.text.languages import Bilingual

#: Longest account in Markdown, in characters: GitHub takes comments of 65536.
MOST = 60_000

_CUT: Bilingual = {
    "ja": "長いため、ここまでを示しました。全体はJSONにあります。",
    "en": "This is cut off here, for it is long; JSON has all of it.",
}


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One line: its mark (`+`, `−`, `±` or none), and a text in no markup."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A heading, what stands below it, and sections further down if it is of a higher `level` (2 is the highest)."""

    heading: str
    lines: Sequence[OutlineLine] = ()
    level: int = 2


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole account in one language, with its title and what it says first."""

    title: str
    lead: str
    sections: Sequence[OutlineSection]


def as_text(outline: Outline) -> str:
    """Write it for a terminal."""
    lines = [outline.title, outline.lead]
    for section in outline.sections:
        indent = "  " * (section.level - 2)
        lines += ["", f"{indent}{section.heading}"] if section.level == 2 else [f"{indent}{section.heading}"]
        lines += [f"{indent}  {line.mark or ' '} {line.text}" for line in section.lines]
    return "".join(f"{visible(line)}\n" for line in lines)


def as_markdown(outline: Outline, language: str) -> str:
    """Write it for a pull request; what is longer than `MOST` is cut off at a line, and says so."""
    lines = [f"# {escaped(outline.title)}", "", escaped(outline.lead)]
    for section in outline.sections:
        lines += ["", f"{'#' * section.level} {escaped(section.heading)}", ""]
        lines += [f"- {line.mark and f'`{line.mark}` '}{escaped(line.text)}" for line in section.lines]
    return _cut(lines, _CUT[language])


def _cut(lines: Iterable[str], notice: str) -> str:
    kept: list[str] = []
    left = MOST
    for line in lines:
        left -= len(line) + 1
        if left < len(notice) + 2:
            return "\n".join([*kept, "", notice, ""])
        kept.append(line)
    return "\n".join([*kept, ""])


def escaped(text: str) -> str:
    r"""Write a text so that Markdown shows it as it is, on one line, and no `@` in it calls anybody.

    >>> print(escaped("*a* <b>"))
    \*a\* \<b\>
    """
    flat = re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", " ".join(visible(text).split()))
    return flat.replace("@", "@\u200b")


def code_span(text: str) -> str:
    """Write a code span, whose fence is longer than any run of backticks inside (CommonMark, section 6.1)."""
    fence = "`" * (max((len(ticks) for ticks in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
