"""The page of an error, for those who read it in a browser: what is wrong and what to do, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccn_graph.graph.labels import Labels
from ccn_graph.pages import assets, translations
from ccn_graph.pages.rendering import render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics

#: What to do next, by the status of the answer; for all others the request is to be mended.
_NEXT = {
    404: "look", 410: "look", 408: "again", 413: "smaller", 422: "smaller", 429: "again", 431: "smaller",
    500: "report", 502: "again", 503: "again", 504: "smaller",
}  # fmt: skip


def make(statistics: Statistics, request: PageRequest, status: int, problem: Mapping[str, Any]) -> bytes:
    """Write the page of a `problem`, which is told as RFC 9457 has it. No worker is needed, for none may be there."""
    site = Site(Site.nothing, Labels(Site.nothing, whole=False), statistics, assets=assets.read())
    code = str(problem.get("code", ""))
    heading = "error." + code
    heading = heading if heading in translations.texts() else "error.other"
    values = {
        "code": code, "heading": heading, "next": _NEXT.get(status, "mend"),
        "detail": str(problem.get("detail", "")), "line": problem.get("line"), "column": problem.get("column"),
    }  # fmt: skip
    return render(site, request, "error.html.j2", status, **values).body
