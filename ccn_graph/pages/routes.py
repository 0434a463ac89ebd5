"""Which page answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable

from ccn_graph.pages import (  # fmt: skip
    check_page,
    dataset,
    editor,
    home,
    listings,
    ontology,
    questions,
    rdf_view,
    redirects,
    search,
    shape,
    thing_page,
)
from ccn_graph.pages.description import describe
from ccn_graph.pages.rendering import DATA, Voice, links, problem, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest

_ENDINGS = "|".join(["html", *DATA])
_THING = re.compile(rf"/([a-z][a-z-]*)/([A-Za-z0-9._-]*?)([.](?:{_ENDINGS}))?")

_SHAPE = re.compile(rf"/shape/([A-Za-z0-9._-]+?)(?:[.]({_ENDINGS}))?")
_SHAPES = re.compile(rf"{shape.PATH}(?:[.]({_ENDINGS}))?")

View = Callable[[Site, PageRequest], Page]

_EXACT: dict[str, View] = {
    "/": home.page,
    "/check": check_page.form,
    "/questions": questions.page,
    "/search": search.page,
    "/sparql": editor.page,
    "/context.jsonld": lambda site, _request: rdf_view.context_page(site),
}


def make(site: Site, request: PageRequest) -> Page:
    """Make the page at a path; one that says there is none, with near names, if there is none."""
    path = request.path
    if view := _EXACT.get(path):
        return view(site, request)
    if path.startswith("/questions/"):
        return questions.page(site, request)
    if path == "/data" or path.startswith("/data/"):
        return dataset.page(site, request)
    if match := _SHAPE.fullmatch(path):
        found = shape.page(site, request, match[1], match[2] or "")
        return found or _nothing(site, request, shape.near(site, match[1]))
    if match := _SHAPES.fullmatch(path):
        return shape.overview(site, request, match[1] or "") or _nothing(site, request, [])
    if path.startswith("/ns") and path[3:4] in ("", "/", "."):
        return ontology.page(site, request) or _nothing(site, request, ontology.near(site, namespaces.slug(path)))
    if match := _THING.fullmatch(path):
        found = _thing(site, request, match[1], match[2], match[3] or "")
        near = site.labels.resembling(match[1], match[2]) or site.labels.resembling("thing", match[2])
        return found or _nothing(site, request, near)
    return _nothing(site, request, site.labels.resembling("thing", namespaces.slug(path)))


def _thing(site: Site, request: PageRequest, segment: str, slug: str, ending: str) -> Page | None:
    iri = f"{namespaces.BASE}{segment}/{slug}"
    path = f"/{segment}/{slug}"
    if moved := redirects.page(site, request, iri, ending):
        return moved
    if not ending and slug:
        # The thing is no document: say where the documents about it are (Cool URIs for the Semantic Web, section 4.2).
        if not site.labels.exists(iri):
            return None
        query = f"?lang={request.language}" if request.chosen else ""
        place = f"{path}.{request.format or 'html'}{query}"
        return Page("text/plain", b"", 303, (("location", place), *links(path, "", iri)))
    if ending in ("", ".html"):
        listed = None if slug else listings.page(site, request, segment)
        return listed or thing_page.page(site, request, iri)
    found = describe(site.engine, iri)
    return rdf_view.page(site, found, ending[1:], links(path, ending[1:], iri)) if found else None


def _nothing(site: Site, request: PageRequest, near: list[str]) -> Page:
    if request.format == "html":
        return render(site, request, "not_found.html.j2", 404, near=near)
    detail = f"{Voice(site, request).text('not-found.text')} {request.path}"
    return problem(404, "not-found", "There is nothing here", detail, near=near)
