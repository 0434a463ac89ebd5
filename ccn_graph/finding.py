"""What a check finds: a place, how grave it is, and what is wrong in two languages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from ccn_graph.query_file import Bilingual

LANGUAGES = ("ja", "en")


class Severity(IntEnum):
    """How grave a finding is; only violations and warnings make a check fail."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    def label(self, language: str) -> str:
        """Give the word shown to a reader."""
        return _SEVERITIES[self][language]


_SEVERITIES: Mapping[Severity, Bilingual] = {
    Severity.VIOLATION: {"ja": "違反", "en": "violation"},
    Severity.WARNING: {"ja": "警告", "en": "warning"},
    Severity.INFO: {"ja": "参考", "en": "info"},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where.

    `rule` is stable: the local name of the shape, the name of the rule's file, `syntax` or `style`.
    `value` is what stands there; `suggestion` what was perhaps meant.
    """

    path: Path
    line: int
    severity: Severity
    rule: str
    message: Bilingual
    subject: str = ""
    value: str = ""
    suggestion: str = ""

    def render(self, language: str, base: Path | None = None) -> str:
        """Write it as `path:line: severity: message [rule]`; paths below `base` are shown relative to it."""
        hint = {"ja": "もしかして", "en": "perhaps"}[language]
        value = f"  [{self.value}]" if self.value else ""
        suggestion = f" {hint} {self.suggestion}" if self.suggestion else ""
        message = self.message.get(language) or self.message["en"]
        place = f"{shown(self.path, base)}:{self.line}"
        return f"{place}: {self.severity.label(language)}: {message}{value}{suggestion} ({self.rule})"


def shown(path: Path, base: Path | None = None) -> Path:
    """Shorten a path for display: relative to `base` (default: the current directory) if it lies below it."""
    base = base or Path.cwd()
    return path.relative_to(base) if path.is_relative_to(base) else path


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by file and line, the graver first, and drop repetitions."""
    unique = {(found.path, found.line, found.rule, found.subject, found.value): found for found in findings}
    return sorted(unique.values(), key=_place_in_order)


def _place_in_order(found: Finding) -> tuple[str, int, int, str, str, str]:
    return str(found.path), found.line, -found.severity, found.rule, found.subject, found.value


def readers_language(wanted: str | None = None) -> str:
    """Choose ja or en: what was asked for, else what the environment's locale says, else en."""
    if wanted in LANGUAGES:
        return wanted
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "ja" if os.environ[variable].lower().startswith("ja") else "en"
    return "en"
