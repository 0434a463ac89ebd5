"""What a project says of its house in `ccn-graph.toml`: its base IRI, and its own words for the pages.

    base = "https://example.org/learning/"
    [texts]
    "site.title" = { ja = "学びの都市のグラフ", en = "Graph of learning cities" }

It is found around the directory that `--root` names, else around the current one, once for a process and those that it
starts; the environment variable CCN_GRAPH_HOUSE names the file instead, or none if it is empty.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: The name of the file.
NAME = "ccn-graph.toml"

#: The base of the graph of city networks itself.
OWN_BASE = "https://w3id.org/ccn/"

_VARIABLE = "CCN_GRAPH_HOUSE"
# What SPARQL and Turtle take between < and >, ending so that names can follow.
_BASE = re.compile(r"https?://[^\s<>\"{}|\\^`?#]+/")


@dataclass(frozen=True, slots=True)
class House:
    """The settings of a project; `base` is what the IRIs of its things begin with."""

    base: str = OWN_BASE
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@functools.cache
def settings() -> House:
    """Return the settings of the project that this process works for. Raises ValueError for a file that is wrong."""
    named = os.environ.get(_VARIABLE)
    path = (Path(named) if named else None) if named is not None else _found(sys.argv)
    os.environ[_VARIABLE] = str(path) if path else ""
    return read(path) if path else House()


def read(path: Path) -> House:
    """Read a file of settings. Raises ValueError where it is wrong."""
    try:
        house_settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    base, texts = house_settings.get("base", OWN_BASE), house_settings.get("texts", {})
    if not isinstance(base, str) or not is_base(base):
        raise ValueError(f"{path}: base must be an http or https IRI that ends with /, not {base!r}")
    for key, text in texts.items():
        if not isinstance(text, dict) or not all(isinstance(text.get(language), str) for language in ("ja", "en")):
            raise ValueError(f'{path}: write {key} = {{ ja = "…", en = "…" }}')
    return House(base, texts)


def is_base(iri: str) -> bool:
    """Tell whether the IRIs of a project can begin so."""
    return _BASE.fullmatch(iri) is not None


def at_home(text: str, base: str | None = None) -> str:
    """Put the base of this project in place of our own in a query or a file; the vocabulary stays what it is."""
    wanted = settings().base if base is None else base
    if wanted == OWN_BASE:
        return text
    # In patterns of shapes the dots are escaped.
    text = text.replace(r"https://w3id\\.org/ccn/", wanted.replace(".", r"\\."))
    return re.sub(r"https://w3id\.org/ccn/(?!ns\b)", lambda _: wanted, text)


def _found(arguments: Sequence[str]) -> Path | None:
    roots = [
        following if argument == "--root" else argument.removeprefix("--root=")
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=True)
        if argument == "--root" or argument.startswith("--root=")
    ]
    try:
        start = Path(roots[0]).resolve() if roots and roots[0] else Path.cwd()
    except OSError:
        return None
    return next((place / NAME for place in (start, *start.parents) if (place / NAME).is_file()), None)
