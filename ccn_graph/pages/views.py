"""Which page answers which path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ccn_graph import terms
from ccn_graph.pages import check, data, editor, home, index, questions, search, thing
from ccn_graph.pages.description import describe
from ccn_graph.pages.rendering import DATA, Voice, render
from ccn_graph.pages.site import Site
from ccn_graph.request import Page, PageRequest

_SEGMENTS = "|".join(sorted(set(terms.SEGMENTS.values())))
_ENDINGS = "|".join(["html", *DATA])
_THING = re.compile(rf"/({_SEGMENTS})/([A-Za-z0-9._-]*?)([.](?:{_ENDINGS}))?")

View = Callable[[Site, PageRequest], Page]

_EXACT: dict[str, View] = {
    "/": home.page,
    "/check": check.form,
    "/questions": questions.page,
    "/search": search.page,
    "/sparql": editor.page,
    "/context.jsonld": lambda site, _request: data.context_page(site),
}


def make(site: Site, request: PageRequest) -> Page:
    """Make the page at a path; one that says there is none, with near names, if there is none."""
    if view := _EXACT.get(request.path):
        return view(site, request)
    if request.path.startswith("/questions/"):
        return questions.page(site, request)
    if match := _THING.fullmatch(request.path):
        return _thing(site, request, match[1], match[2], match[3] or "") or _nothing(site, request, match[1], match[2])
    return _nothing(site, request, "thing", terms.slug(request.path))


def _thing(site: Site, request: PageRequest, segment: str, slug: str, ending: str) -> Page | None:
    iri = f"{terms.BASE}{segment}/{slug}"
    if not ending and slug:
        # The thing is no document: say where the documents about it are (Cool URIs for the Semantic Web, section 4.2).
        if not site.labels.exists(iri):
            return None
        query = f"?lang={request.language}" if request.chosen else ""
        return Page("text/plain", b"", 303, (("location", f"{request.path}.{request.format or 'html'}{query}"),))
    if ending in ("", ".html"):
        listed = None if slug else index.page(site, request, segment)
        return listed or thing.page(site, request, iri)
    found = describe(site.engine, iri)
    return data.page(site, found, ending[1:]) if found else None


def _nothing(site: Site, request: PageRequest, kind: str, name: str) -> Page:
    near = site.labels.resembling(kind, name)
    if request.format == "html":
        return render(site, request, "not_found.html.j2", 404, near=near)
    voice = Voice(site, request)
    told = {
        "type": f"{terms.BASE}problem/not-found", "title": "There is nothing here", "status": 404,
        "detail": f"{voice.text('not-found.text')} {request.path}", "code": "not-found", "near": near,
    }  # fmt: skip
    return Page("application/problem+json", json.dumps(told, ensure_ascii=False).encode(), 404)
