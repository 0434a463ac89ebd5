"""An account in headings and lines as one HTML file in both languages, which needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ccn_graph.files import templating
from ccn_graph.reports import html_report
from ccn_graph.text.outline import Outline


def page(outlines: Mapping[str, Outline], language: str) -> str:
    """Write the page, which opens in `language` and has the accounts of all languages."""
    return html_report.template("outline.html.j2").render(
        outlines=outlines,
        language=language,
        style=Markup(templating.resource("reports", "report.css")),  # noqa: S704 - our own file
        digest=html_report.digest(),
    )
