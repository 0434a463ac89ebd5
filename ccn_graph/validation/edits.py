"""Proves edits before they are offered: made one after the other, they change what they are to change and no more."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ccn_graph.errors import SourceError
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation.finding import Finding, Repair, Replacement

#: More edits of one file, and edits of larger files, are told in words only.
_MOST_EDITS, _MOST_BYTES = 200, 1_000_000

#: Subject, property, value and graph, as text.
_Said = tuple[str, str, str, str]


def proven(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with those edits that are safe; what is left of any other is its words."""
    findings = list(findings)
    edited = {edit.path for finding in findings for repair in finding.repairs if (edit := repair.replacement)}
    files = {path: _File(path) for path in edited}
    return [replace(finding, repairs=tuple(_safe(repair, files) for repair in finding.repairs)) for finding in findings]


def _safe(repair: Repair, files: Mapping[Path, _File]) -> Repair:
    edit = repair.replacement
    return repair if edit is None or files[edit.path].takes(edit) else replace(repair, replacement=None)


class _File:
    """A file as the edits that are offered leave it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._edits: set[Replacement] = set()
        try:
            self._text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            self._text = ""
        self._said = self._read(self._text) if len(self._text) < _MOST_BYTES else None

    def takes(self, edit: Replacement) -> bool:
        """Make an edit if it is safe: each statement that changes is still about the same thing."""
        if edit in self._edits:
            return True
        if self._said is None or len(self._edits) >= _MOST_EDITS:
            return False
        # Line by line with their ends, as the findings count them.
        lines = re.split(r"(\r\n|\r|\n)", self._text)
        at = 2 * (edit.line - 1)
        if at >= len(lines) or lines[at].count(edit.old) != 1:
            return False
        lines[at] = lines[at].replace(edit.old, edit.new)
        text = "".join(lines)
        statements = self._read(text)
        if statements is None or not _same_things(self._said, statements):
            return False
        self._text, self._said = text, statements
        self._edits.add(edit)
        return True

    def _read(self, text: str) -> Counter[_Said] | None:
        return stated(self._path.name, text)


def stated(name: str, text: str) -> Counter[_Said] | None:
    """Return what a file of a name would state if `text` stood in it; None if it would not be well-formed."""
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        path = Path(directory) / name
        path.write_text(text, encoding="utf-8", newline="")
        try:
            read = parsing.read(path, FileKind.OTHER)
        except SourceError:
            return None
        base = path.parent.as_uri()
    return Counter(
        (
            str(statement.subject).replace(base, ""),
            str(statement.predicate),
            str(statement.object),
            str(statement.graph),
        )
        for statement in read.statements
    )


def _same_things(before: Counter[_Said], after: Counter[_Said]) -> bool:
    """Tell whether at most one term of each statement that changed is another, and never what it is about."""
    gone, new = list((before - after).elements()), list((after - before).elements())
    if len(gone) != len(new):
        return False
    for statement in gone:
        other = next(
            (
                made
                for made in new
                if made[0] == statement[0]
                and made[3] == statement[3]
                and (made[1] == statement[1] or made[2] == statement[2])
            ),
            None,
        )
        if other is None:
            return False
        new.remove(other)
    return True
