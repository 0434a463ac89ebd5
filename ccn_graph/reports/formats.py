"""The formats of a report, found by themselves: each is the module of this package that declares it as `FORMAT`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.files import modules
from ccn_graph.reports.model import ReportFormat

_FOUND: list[ReportFormat] = sorted(
    modules.declared(__package__, "FORMAT").values(), key=lambda format_: (format_.rank, format_.name)
)

#: By name. Where formats share an ending or a media type, the first is meant.
FORMATS: Mapping[str, ReportFormat] = {format_.name: format_ for format_ in _FOUND}


def guessed(path: Path) -> str:
    """Return the name of the format that a file's ending stands for, the longest ending first. Raises CcnError."""
    endings = {
        ending: name for name, report_format in reversed(list(FORMATS.items())) for ending in report_format.endings
    }
    for ending in sorted(endings, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return endings[ending]
    known_ = " ".join(sorted(endings))
    raise CcnError(f"{path}: no format has this ending ({known_}); name one with --format")
