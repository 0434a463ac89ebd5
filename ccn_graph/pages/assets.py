"""The files that the build of the front end has left (`ccn_graph/pages/frontend/`), by their logical names."""

from __future__ import annotations

import json
from pathlib import Path

from ccn_graph.errors import CcnError

DIRECTORY = Path(__file__).parent / "static"

PREFIX = "/static/"
"""Where the files are served."""


def read(directory: Path = DIRECTORY) -> dict[str, str]:
    """Return the address of each file by its logical name: `site.css` -> `/static/site-1f3a….css`.

    Raises CcnError if the front end has not been built.
    """
    return {name: PREFIX + file for name, file in files(directory).items()}


def files(directory: Path = DIRECTORY) -> dict[str, str]:
    """Return the name of each file by its logical name. Raises CcnError if the front end has not been built."""
    manifest = directory / "manifest.json"
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CcnError(f"{manifest} is missing: the front end is built by installing; run `pip install .`") from error
    return {str(name): str(file) for name, file in listed.items()}
