"""`/draft`: the page on which anybody can have a text drafted. Nothing of a text is kept."""

from __future__ import annotations

from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest

#: Largest text, in bytes.
MAX_BYTES = 500_000

#: Name of the form of an answer -> its media type.
FORMATS = {"turtle": "text/turtle", "html": "text/html"}


def form(site: Site, request: PageRequest) -> Page:
    """Make the page with the form."""
    return render(site, request, "draft.html.j2", kilobytes=MAX_BYTES // 1_000, base=RenderContext(site, request))
