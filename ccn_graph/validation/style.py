"""The house format of hand-kept Turtle, checked and never rewritten, so that diffs stay small."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ccn_graph.rdf.parsing import FileKind, SourceFile
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.finding import Finding, Severity

# Literals and IRIs may hold anything: blank them out before looking at the punctuation around them.
_OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>"{}|^`\\\s]*>|(?<![^\s])#[^\n]*', re.DOTALL
)

_MESSAGES: dict[str, Bilingual] = {
    "tab": {"ja": "タブを使わず、空白4つで字下げする", "en": "indent with four spaces, not with a tab"},
    "trailing": {"ja": "行末の空白を消す", "en": "remove the blanks at the end of the line"},
    "indent": {
        "ja": "主語は行頭から、述語は空白4つで字下げして書く",
        "en": "write a subject at the start of the line, a predicate after four spaces, further values after eight",
    },
    "predicate": {"ja": "述語は1行に一つ書く", "en": "write one predicate a line: break after ';'"},
    "record": {"ja": "記録と記録の間を1行あける", "en": "leave one blank line between records"},
    "blank": {
        "ja": "空白ノードを使わず、IRIで名前を付ける",
        "en": "name the thing with an IRI instead of a blank node",
    },
    "order": {"ja": "登録簿は主語の順に並べる", "en": "keep a register sorted by subject"},
}


def check(read: SourceFile) -> Iterator[Finding]:
    """Look at one Turtle file; every finding is a warning of the rule `style`."""
    if read.path.suffix != ".ttl":
        return
    lines = skeleton(read.path.read_text(encoding="utf-8")).split("\n")
    for number, line in enumerate(lines, start=1):
        fault = _fault(line, lines[number - 2] if number > 1 else "")
        if fault:
            yield _finding(read, number, fault)
    if read.kind is FileKind.REGISTER:
        yield from _unsorted(read)


def skeleton(text: str) -> str:
    """Return the punctuation of a Turtle text, line by line, with texts, IRIs and comments blanked out."""
    return _OPAQUE.sub(_blanked, text)


def _fault(line: str, before: str) -> str | None:
    if "\t" in line:
        return "tab"
    if line.rstrip() != line:
        return "trailing"
    if not line or line.startswith(("@prefix", "#")):
        return None
    if re.search(r"\[|\]|(?<!\w)_:", line):
        return "blank"
    indent = len(line) - len(line.lstrip())
    if indent not in (0, 4, 8) or (indent == 0 and line != "." and not re.search(r"[;.,]$|^\S+$", line)):
        return "indent"
    if re.search(r";\s*\S", line):
        return "predicate"
    return "record" if indent == 0 and before and not before.startswith(("@prefix", "#")) else None


def _unsorted(read: SourceFile) -> Iterator[Finding]:
    last = ""
    for statement in read.statements:
        if isinstance(statement.subject, ox.NamedNode):
            if statement.subject.value < last:
                yield _finding(read, statement.line, "order")
            last = statement.subject.value


def _finding(read: SourceFile, line: int, fault: str) -> Finding:
    return Finding(read.path, line, Severity.WARNING, "style", _MESSAGES[fault])


def _blanked(match: re.Match[str]) -> str:
    # A comment keeps its mark; everything keeps its line breaks.
    if match[0].startswith("#"):
        return "#"
    return '"' + "\n        " * match[0].count("\n") + '"'
