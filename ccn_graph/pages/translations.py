"""The words of the interface, in both languages, from `translations/*.toml`: `key = { ja = "…", en = "…" }`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ccn_graph.files import house
from ccn_graph.text.languages import Bilingual

DIRECTORY = Path(__file__).parent / "translations"


@functools.cache
def texts() -> Mapping[str, Bilingual]:
    """Read all of them, once."""
    entries: dict[str, Bilingual] = {}
    for path in sorted(DIRECTORY.glob("*.toml")):
        entries.update(tomllib.loads(path.read_text(encoding="utf-8")))
    # A project may call itself and its pages otherwise.
    return entries | {key: text for key, text in house.settings().texts.items() if key in entries}


def text(key: str, language: str, **values: object) -> str:
    """Return a text with `values` in the places it names.

    >>> text("site.title", "en")
    'Knowledge graph of city networks'
    """
    wording = texts()[key][language]
    return wording.format(**values) if values else wording


def starting(prefix: str, language: str) -> dict[str, str]:
    """Return the texts whose keys start with `prefix`, by the rest of their keys: those that a script shows."""
    return {key.removeprefix(prefix): wordings[language] for key, wordings in texts().items() if key.startswith(prefix)}
