"""Addresses that lead on: IRIs that were renamed or withdrawn, which are for life, and words that people try."""

from __future__ import annotations

import re
import urllib.parse

import pyoxigraph as ox

from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest

_FATE = query_file.own("pages", "fate_of_a_thing")
_NOTES = query_file.own("pages", "notes_of_a_thing")

#: What people write as the first part of an address -> the part that is meant, of a list or of a page.
MEANT = {
    **dict.fromkeys(("city", "cities", "town", "towns", "municipalities", "members"), "city/"),
    **dict.fromkeys(("network", "networks", "net", "nets"), "network/"),
    **dict.fromkeys(("field", "fields", "category", "categories"), "field/"),
    **dict.fromkeys(("event", "events", "meeting", "meetings", "calendar", "conference", "conferences"), "event/"),
    "series": "series/",
    **dict.fromkeys(("document", "documents", "doc", "source", "sources"), "document/"),
    **dict.fromkeys(("body", "bodies", "organisation", "organisations", "organization", "organizations"), "body/"),
    **dict.fromkeys(("place", "places", "country", "countries", "prefecture", "prefectures"), "place/"),
    **dict.fromkeys(("programme", "programmes", "program", "programs", "prog"), "programme/"),
    **dict.fromkeys(("question", "questions", "ask", "explore", "faq"), "questions"),
    **dict.fromkeys(("sparql", "query", "queries", "editor", "endpoint"), "sparql"),
    **dict.fromkeys(("ns", "vocabulary", "ontology", "vocab", "schema"), "ns"),
    **dict.fromkeys(("data", "download", "downloads", "dataset", "datasets", "dump", "dumps"), "data/"),
    **dict.fromkeys(("check", "validate", "validation"), "check"),
    **dict.fromkeys(("search", "find"), "search"),
    **dict.fromkeys(("home", "index", "index.html", "top", "en", "ja"), ""),
    "都市": "city/", "ネットワーク": "network/", "分野": "field/", "会議": "event/", "行事": "event/",
    "文書": "document/", "団体": "body/", "質問": "questions", "データ": "data/", "検証": "check", "検索": "search",
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z0-9._-]+")

#: Longest chain of renamings that is followed; the data have none, for a rule forbids them.
_MOST_STEPS = 10


def page(site: Site, request: PageRequest, iri: str, ending: str) -> Page | None:
    """Lead from a renamed thing to what replaces it, say that a withdrawn one is gone; None for all others."""
    new, withdrawn = _fate(site, iri)
    if not new:
        return _gone(site, request, iri) if withdrawn else None
    for _ in range(_MOST_STEPS):
        further, _ = _fate(site, new)
        if not further or further == iri:
            break
        new = further
    chosen = (("lang", request.language),) if request.chosen else ()
    query = urllib.parse.urlencode((*request.parameters, *chosen))
    path = new.removeprefix(namespaces.BASE.rstrip("/")) if new.startswith(namespaces.BASE) else new
    place = f"{path}{ending if path != new else ''}{'?' + query if query else ''}"
    return Page.redirect(301, place)


def meant(site: Site, request: PageRequest) -> Page | None:
    """Lead from an address at which there is nothing to what it means: a plural, a final slash too many or too few."""
    first, _, rest = request.path.strip("/").partition("/")
    place = MEANT.get(first.lower())
    if place is None:
        return None
    if rest and not _NAME.fullmatch(rest):
        return None
    # Capitals may be all that is wrong.
    names = (f"/{place}{name}" for name in dict.fromkeys((rest, rest.lower())))
    path = next((path for path in names if not rest or _is_there(site, path)), request.path)
    if path == request.path:
        return None
    chosen = (("lang", request.language),) if request.chosen else ()
    query = urllib.parse.urlencode((*request.parameters, *chosen))
    return Page.redirect(308, path + (f"?{query}" if query else ""))


def _is_there(site: Site, path: str) -> bool:
    return site.labels.exists(namespaces.BASE + path.removeprefix("/").removesuffix(".html"))


def _fate(site: Site, iri: str) -> tuple[str, bool]:
    rows = site.select(_FATE, thing=[ox.NamedNode(iri)])
    new = next((row["new"] for row in rows if "new" in row), "")
    return new, any(row.get("withdrawn") in ("true", "1") for row in rows)


def _gone(site: Site, request: PageRequest, iri: str) -> Page:
    notes = {row.get("language", ""): row["note"] for row in site.select(_NOTES, thing=[ox.NamedNode(iri)])}
    note = notes.get(request.language) or next(iter(notes.values()), "")
    if request.format == "html":
        return render(site, request, "gone.html.j2", 410, iri=iri, note=note)
    detail = f"{RenderContext(site, request).text('gone.text')} {note}".strip()
    return Page.problem(410, "gone", "This was withdrawn", detail)
