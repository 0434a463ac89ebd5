"""The page of finds, and the same for the list that opens while one types."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ccn_graph.graph.search import LONGEST, Hit
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest

#: So many finds are on the page, and in the list under the field.
MOST, LISTED = 100, 8


def page(site: Site, request: PageRequest) -> Page:
    """Search for the parameter `q`: as a page, or as JSON with `format=json`."""
    request = request.cut(LONGEST)
    context = RenderContext(site, request)
    text = request.one("q").strip()
    if request.one("format") == "json" or request.format == "json":
        hits = site.search.find(text, context.language, LISTED)
        site.labels.know(_things(hits))
        results = {"results": [_told(site, context, hit) for hit in hits]}
        return Page("application/json", json.dumps(results, ensure_ascii=False).encode())
    hits = site.search.find(text, context.language, MOST + 1)
    near = [] if hits else site.search.near(text, context.language, limit=5)
    site.labels.know(_things([*hits, *near]))
    shown = [_told(site, context, hit) for hit in hits[:MOST]]
    # The best find of all decides which kind comes first.
    groups: dict[str, list[Mapping[str, str]]] = {}
    for result in shown:
        groups.setdefault(result["kind"], []).append(result)
    return render(
        site, request, "search.html.j2", sought=text, groups=groups, count=len(shown), most=MOST,
        more=len(hits) > MOST, near=[_told(site, context, hit) for hit in near],
    )  # fmt: skip


def _told(site: Site, context: RenderContext, hit: Hit) -> Mapping[str, str]:
    """Say what was found and why, as scripts and templates read it."""
    if hit.kind == "question":
        iri, url = "", context.url(f"/questions/{hit.thing}")
        # A question is shown by its title, whatever it was found by.
        label = site.questions[hit.thing].title[context.language]
    else:
        iri, url, label = hit.thing, context.address(hit.thing), context.label(hit.thing)
    kind = context.text("search.kind-" + hit.kind)
    matched = "" if hit.matched == label else hit.matched
    why = context.text("search.by-" + hit.relation, name=matched) if matched and hit.relation != "slug" else ""
    return {
        "iri": iri, "url": url, "label": label, "kind": hit.kind, "kind_label": kind, "matched": hit.matched,
        "lang": hit.language, "relation": hit.relation, "why": why, "note": " · ".join(filter(None, [kind, why])),
    }  # fmt: skip


def _things(hits: list[Hit]) -> list[str]:
    return [hit.thing for hit in hits if hit.kind != "question"]
