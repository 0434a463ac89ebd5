"""What a check finds: a place, how grave it is, and what is wrong in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import Bilingual


class Severity(IntEnum):
    """How grave a finding is; only violations and warnings make a check fail."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    def label(self, language: str) -> str:
        """Give the word shown to a reader."""
        return _SEVERITIES[self][language]

    @property
    def iri(self) -> str:
        """The severity of SHACL (section 2.1.4) that says the same."""
        return namespaces.PREFIXES["sh"] + self.name.capitalize()

    @staticmethod
    def of_iri(iri: str) -> Severity:
        """Return what a severity of SHACL says.

        A shape may have a severity of its own making; then only its author knows that it is less grave.
        """
        return next((severity for severity in Severity if severity.iri == iri), Severity.VIOLATION)


_SEVERITIES: Mapping[Severity, Bilingual] = {
    Severity.VIOLATION: {"ja": "違反", "en": "violation"},
    Severity.WARNING: {"ja": "警告", "en": "warning"},
    Severity.INFO: {"ja": "参考", "en": "info"},
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """An edit that mends: `old`, which stands once on the line, becomes `new`."""

    path: Path
    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Repair:
    """How a finding can be mended, in words, and as an edit where one can be worked out."""

    text: Bilingual
    replacement: Replacement | None = None


@dataclass(frozen=True, slots=True)
class Nodes:
    """What a finding speaks of in terms of RDF, as a sh:ValidationResult does (SHACL, section 3.6.2).

    `source` is the shape or rule, `component` the IRI of the kind of constraint.
    """

    focus: Term
    path: ox.NamedNode | None
    value: Term | None
    source: Term
    component: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where.

    `rule` is stable: the local name of the shape, the name of the rule's file, `syntax` or `style`.
    `value` is what stands there; `suggestion` what was perhaps meant. `column` counts the columns of a sheet (1 is the
    first, 0 none), `at` is the path inside a JSON-LD (JSON Pointer) or RDF/XML (XPath) document.
    """

    path: Path
    line: int
    severity: Severity
    rule: str
    message: Bilingual
    subject: str = ""
    value: str = ""
    suggestion: str = ""
    column: int = 0
    at: str = ""
    repairs: tuple[Repair, ...] = ()
    nodes: Nodes | None = None

    def place(self, base: Path | None = None) -> str:
        """Write where it is: `path:line`, in a sheet `path:line:column`; paths below `base` relative to it."""
        return f"{shown(self.path, base)}:{self.line}" + (f":{self.column}" if self.column else "")

    def render(self, language: str, base: Path | None = None) -> str:
        """Write it as `path:line: severity: message [value] (rule)`; paths below `base` are shown relative to it."""
        hint = {"ja": "もしかして", "en": "perhaps"}[language]
        value = f"  [{brief(self.value)}]" if self.value else ""
        suggestion = f" {hint} {self.suggestion}" if self.suggestion else ""
        at = f" #{self.at}" if self.at else ""
        place = f"{self.place(base)}: {self.severity.label(language)}"
        return f"{place}: {self.said(language)}{value}{suggestion} ({self.rule}){at}"

    def said(self, language: str) -> str:
        """Give the message in a language, in the other one where it is not worded in this."""
        return self.message.get(language) or next(iter(self.message.values()))


def brief(text: str, most: int = 200) -> str:
    """Cut what is shown of a value, which may hold a whole book.

    >>> brief("abcdef", 3)
    'abc…'
    """
    return text if len(text) <= most else f"{text[:most]}…"


def shown(path: Path, base: Path | None = None) -> Path:
    """Shorten a path for display: relative to `base` (default: the current directory) if it lies below it."""
    base = base or Path.cwd()
    return path.relative_to(base) if path.is_relative_to(base) else path


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file and line, the graver first, and drop repetitions."""
    unique = {
        (found.path, found.line, found.column, found.at, found.rule, found.subject, found.value): found
        for found in findings
    }
    return sorted(unique.values(), key=_place_in_order)


def _place_in_order(found: Finding) -> tuple[str, int, int, int, str, str, str]:
    return str(found.path), found.line, found.column, -found.severity, found.rule, found.subject, found.value
