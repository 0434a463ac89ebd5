"""`/about/conformance`: what outside judges say of this program, failures included.

The rows are written by `python -m tests.conformance`, where the program is developed.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from ccn_graph.pages.rendering import render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest

ROWS = Path(__file__).with_suffix(".json")


def page(site: Site, request: PageRequest) -> Page:
    """Make the page."""
    return render(site, request, "conformance.html.j2", rows=rows())


@functools.cache
def rows() -> tuple[dict[str, Any], ...]:
    """Return a row for each judge; none before any has been asked."""
    return tuple(json.loads(ROWS.read_text(encoding="utf-8"))) if ROWS.is_file() else ()
