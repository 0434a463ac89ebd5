"""Which page answers which path."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from ccn_graph.pages import (
    analysis,
    calendar,
    check_page,
    compare,
    conformance,
    correct,
    coverage,
    dataset,
    discovery,
    draft_page,
    editor,
    feeds,
    home,
    listings,
    network_files,
    offers,
    ontology,
    questions,
    rdf_view,
    redirects,
    search,
    service,
    shape,
    thing_page,
    what_changed,
)
from ccn_graph.pages.description import describe
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.rendering import RenderContext, address, links, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.formats import Format
from ccn_graph.rdf.requests import Page, PageRequest

_ENDINGS = "|".join(["html", *DATA])
_ENDING = re.compile(rf"[.](?:{_ENDINGS})$")

#: Makes a page from what its pattern captures; None if there is nothing at the path.
View = Callable[..., Page | None]
#: Things whose names are near a path without its ending, for a page that says that there is nothing.
Near = Callable[[Site, str], list[str]]


def _near(site: Site, path: str) -> list[str]:
    kind, _, slug = path.strip("/").rpartition("/")
    return site.labels.resembling(kind, slug) or site.labels.resembling("thing", slug)


@dataclass(frozen=True, slots=True)
class PageRoute:
    """Pages at the paths that match a pattern as a whole; `view` gets what its named groups capture."""

    pattern: str
    view: View
    near: Near = _near
    formats: tuple[Format, ...] = offers.PAGE
    """What Accept and `?format=` choose among; empty where the address alone says what it is."""
    paths: tuple[str, ...] = ()
    """As OpenAPI writes them, where the pattern has more than named groups."""

    @property
    def public(self) -> tuple[str, ...]:
        """The paths as OpenAPI writes them, such as `/ns.{ending}`."""
        return self.paths or (
            re.sub(r"\(\?P<(\w+)>[^()]*\)", r"{\1}", self.pattern).replace("[.]", ".").replace("\\", ""),
        )


def make(site: Site, request: PageRequest) -> Page:
    """Make the page at a path; one that says there is none, with near names, if there is none.

    Where a slash too many leads nowhere, the address without it is given.
    """
    page = _made(site, request)
    if page.status != 404 or not request.path.rstrip("/") or not request.path.endswith("/"):
        return page
    meant = replace(request, path=request.path.rstrip("/"))
    if _made(site, meant).status >= 400:
        return page
    parameters = dict(request.parameters) | ({"lang": request.language} if request.chosen else {})
    return Page.redirect(301, address(meant.path, parameters))


def _made(site: Site, request: PageRequest) -> Page:
    for pattern, route in _compiled():
        if match := pattern.fullmatch(request.path):
            page = route.view(site, request, **{name: text or "" for name, text in match.groupdict().items()})
            return page or _nothing(site, request, route.near)
    return _nothing(site, request, _near)


def formats_at(path: str) -> tuple[Format, ...]:
    """Return what Accept and `?format=` choose among at a path; nothing where nothing is, or a file."""
    return next((route.formats for pattern, route in _compiled() if pattern.fullmatch(path)), offers.FILE)


def prepare() -> None:
    """Find all pages, so that processes that are forked from this one need not."""
    _compiled()
    thing_page.kinds()


@functools.cache
def _compiled() -> list[tuple[re.Pattern[str], PageRoute]]:
    return [(re.compile(route.pattern), route) for route in ROUTES]


def _list(site: Site, request: PageRequest, segment: str) -> Page | None:
    """Make the list of a kind, or the page of the scheme of concepts whose IRI ends so."""
    return listings.page(site, request, segment) or thing_page.page(site, request, f"{namespaces.BASE}{segment}/")


def _thing(site: Site, request: PageRequest, segment: str, slug: str, ending: str) -> Page | None:
    """Make the page or the data of a thing; send on from the thing itself (303)."""
    iri = f"{namespaces.BASE}{segment}/{slug}"
    path = f"/{segment}/{slug}"
    if moved := redirects.page(site, request, iri, ending):
        return moved
    if not ending:
        # The thing is no document: say where the documents about it are (Cool URIs for the Semantic Web, section 4.2).
        if not site.labels.exists(iri):
            return None
        query = f"?lang={request.language}" if request.chosen else ""
        place = f"{path}.{request.format or 'html'}{query}"
        return Page.redirect(303, place, links(path, "", iri))
    if ending == ".html":
        return thing_page.page(site, request, iri)
    description = describe(site.engine, iri)
    return rdf_view.page(site, description, ending[1:], links(path, ending[1:], iri)) if description else None


def _nothing(site: Site, request: PageRequest, named: Near) -> Page:
    if meant := redirects.meant(site, request):
        return meant
    near = named(site, _ENDING.sub("", request.path))
    if request.format == "html":
        return render(site, request, "not_found.html.j2", 404, near=near)
    detail = f"{RenderContext(site, request).text('not-found.text')} {request.path}"
    return Page.problem(404, "not-found", "There is nothing here", detail, near=near)


#: Every page, in the order in which paths are held against them.
ROUTES = (
    PageRoute(r"/", home.page),
    PageRoute(r"/analysis", analysis.page),
    PageRoute(
        r"/analysis/(?P<name>members|co-membership|co-attendance|cities)[.](?P<ending>graphml|gexf|csv|geojson)",
        network_files.page,
        formats=offers.FILE,
        paths=("/analysis/{name}.{ending}", "/analysis/cities.geojson"),
    ),
    PageRoute(r"/changes", what_changed.page),
    PageRoute(
        r"/changes[.](?P<ending>atom|feed[.]json)",
        feeds.page,
        formats=offers.FILE,
        paths=("/changes.atom", "/changes.feed.json"),
    ),
    PageRoute(r"/check", check_page.form),
    PageRoute(r"/compare", compare.page),
    PageRoute(correct.PATH, correct.page),
    PageRoute(coverage.PATH, coverage.page),
    PageRoute(r"/draft", draft_page.form),
    PageRoute(r"/search", search.page, formats=offers.FINDS),
    PageRoute(r"/sparql", editor.page),
    PageRoute(r"/\.well-known/void", service.void),
    PageRoute(r"/\.well-known/sparql-examples", service.examples),
    PageRoute(r"/about/conformance", conformance.page),
    PageRoute(r"/llms\.txt", discovery.llms, formats=offers.FILE),
    PageRoute(r"/robots\.txt", discovery.robots, formats=offers.FILE),
    PageRoute(r"/sitemap\.xml", discovery.sitemap, formats=offers.FILE),
    PageRoute(r"/context\.jsonld", rdf_view.context_page, formats=offers.FILE),
    PageRoute(r"/questions/?", questions.every, paths=("/questions",)),
    PageRoute(
        r"/questions/.*",
        questions.page,
        formats=offers.ANSWER,
        paths=("/questions/{name}", "/questions/{name}.{ending}"),
    ),
    PageRoute(r"/data(?:/.*)?", dataset.page, formats=offers.THING, paths=("/data/",)),
    PageRoute(
        rf"/shape/(?P<name>[A-Za-z0-9._-]+?)(?:[.](?P<ending>{_ENDINGS}))?",
        shape.page,
        shape.near,
        offers.THING,
        ("/shape/{name}", "/shape/{name}.{ending}"),
    ),
    PageRoute(rf"{shape.PATH}(?:[.](?P<ending>{_ENDINGS}))?", shape.overview, shape.near, offers.THING, (shape.PATH,)),
    PageRoute(r"/ns(?:[/.].*)?", ontology.page, ontology.near, offers.THING, ("/ns", "/ns.{ending}")),
    PageRoute(
        r"/(?P<segment>event|series|network)/(?P<slug>[A-Za-z0-9._-]+)[.]ics", calendar.of_thing, formats=offers.FILE
    ),
    PageRoute(
        r"/(?P<segment>network|city)/(?P<slug>[A-Za-z0-9._-]+?)[.](?P<ending>atom|feed[.]json)",
        feeds.page,
        formats=offers.FILE,
        paths=("/{segment}/{slug}.atom", "/{segment}/{slug}.feed.json"),
    ),
    PageRoute(r"/(?P<segment>[a-z][a-z-]*)/", _list),
    PageRoute(
        rf"/(?P<segment>[a-z][a-z-]*)/(?P<slug>[A-Za-z0-9._-]*?)(?P<ending>[.](?:{_ENDINGS}))?",
        _thing,
        formats=offers.THING,
        paths=("/{segment}/{slug}", "/{segment}/{slug}.{ending}"),
    ),
)
