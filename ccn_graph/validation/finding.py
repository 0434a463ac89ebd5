"""What a check finds: a place, how grave it is, and what is wrong in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path as FilePath

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.shacl.property_path import Path


class Severity(IntEnum):
    """How grave a finding is; only violations and warnings make a check fail."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    def label(self, language: str) -> str:
        """Return the word shown to a reader."""
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
        # SHACL 1.2 has two that are less grave than sh:Info.
        if iri in {namespaces.PREFIXES["sh"] + name for name in ("Debug", "Trace")}:
            return Severity.INFO
        return next((severity for severity in Severity if severity.iri == iri), Severity.VIOLATION)


_SEVERITIES: Mapping[Severity, Bilingual] = {
    Severity.VIOLATION: {"ja": "違反", "en": "violation"},
    Severity.WARNING: {"ja": "警告", "en": "warning"},
    Severity.INFO: {"ja": "参考", "en": "info"},
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """An edit that mends: `old`, which stands once on the line, becomes `new`."""

    path: FilePath
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

    `source` is the shape or rule, `component` the IRI of the kind of constraint, `severity` the IRI of the shape's own
    severity. `steps` is a path longer than one property, `constraint` the node of a constraint in SPARQL.
    """

    focus: Term
    path: ox.NamedNode | None
    value: Term | None
    source: Term
    component: str
    severity: str = ""
    steps: Path | None = None
    constraint: Term | None = None
    datatypes: tuple[str, ...] = ()
    """The datatypes that a value may have."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding speaks of, such as the other side of a disagreement, and what stands there."""

    path: FilePath
    line: int
    value: str = ""

    def place(self, base: FilePath | None = None) -> str:
        """Write it as `path:line`."""
        return f"{shown(self.path, base)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where.

    `rule` is stable: the local name of the shape, the name of the rule's file, `syntax` or `style`.
    `value` is what stands there; `suggestion` what was perhaps meant. `column` counts the columns of a sheet (1 is the
    first, 0 none), `at` is the path inside a JSON-LD (JSON Pointer) or RDF/XML (XPath) document.
    """

    path: FilePath
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
    related: tuple[Related, ...] = ()
    results: tuple[int, ...] = field(default=(), compare=False)
    """The numbers of the results of validation that it stands for: one result may be shown in several places, and
    several results that nobody could tell apart are shown once."""
    unevaluated: bool = False
    """Whether something could not be looked at because of it."""

    def place(self, base: FilePath | None = None) -> str:
        """Write where it is: `path:line`, in a sheet `path:line:column`; paths below `base` relative to it."""
        return f"{shown(self.path, base)}:{self.line}" + (f":{self.column}" if self.column else "")

    def render(self, language: str, base: FilePath | None = None) -> str:
        """Write it as `path:line: severity: message [value] (rule)`; paths below `base` are shown relative to it."""
        hint = {"ja": "もしかして", "en": "perhaps"}[language]
        value = f"  [{brief(self.value)}]" if self.value else ""
        suggestion = f" {hint} {self.suggestion}" if self.suggestion else ""
        at = f" #{self.at}" if self.at else ""
        place = f"{self.place(base)}: {self.severity.label(language)}"
        return f"{place}: {self.said(language)}{value}{suggestion} ({self.rule}){at}"

    def said(self, language: str) -> str:
        """Return the message in a language; where it is not worded in it, without a language, in English, in any."""
        near = next((text for tag, text in self.message.items() if tag.lower().startswith(f"{language}-")), "")
        return (
            self.message.get(language) or near or self.message.get("") or self.message.get("en")
            or next(iter(self.message.values()))
        )  # fmt: skip


def brief(text: str, most: int = 200) -> str:
    """Cut what is shown of a value, which may hold a whole book.

    >>> brief("abcdef", 3)
    'abc…'
    """
    return text if len(text) <= most else f"{text[:most]}…"


def shown(path: FilePath, base: FilePath | None = None) -> FilePath:
    """Shorten a path for display: relative to `base` (default: the current directory) if it lies below it."""
    base = base or FilePath.cwd()
    return path.relative_to(base) if path.is_relative_to(base) else path


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file and line, the graver first, and show once what nobody could tell apart."""
    unique: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        message = tuple(finding.message.items())
        key = (
            finding.path,
            finding.line,
            finding.column,
            finding.at,
            finding.rule,
            finding.subject,
            finding.value,
            message,
        )
        earlier = unique.get(key)
        merged = tuple(dict.fromkeys((*earlier.results, *finding.results))) if earlier else finding.results
        unique[key] = replace(earlier or finding, results=merged)
    return sorted(unique.values(), key=_place_in_order)


def _place_in_order(finding: Finding) -> tuple[str, int, int, int, str, str, str]:
    return (
        str(finding.path),
        finding.line,
        finding.column,
        -finding.severity,
        finding.rule,
        finding.subject,
        finding.value,
    )
