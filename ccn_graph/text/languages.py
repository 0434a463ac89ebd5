"""The two languages of the project."""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("ja", "en")

#: A text in both languages of the project.
Bilingual = Mapping[str, str]


def readers_language(wanted: str | None = None) -> str:
    """Choose ja or en: what was asked for, else what the environment's locale says, else en."""
    if wanted in LANGUAGES:
        return wanted
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "ja" if os.environ[variable].lower().startswith("ja") else "en"
    return "en"
