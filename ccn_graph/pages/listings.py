"""Lists of all things of a kind, sorted as the reader looks for them. People have none: they are found by name only."""

from __future__ import annotations

import functools
from collections.abc import Callable

from ccn_graph.pages import city_list, event_list, holding_list, holdings, thing_page
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest

#: Everything under a namespace that is a subject.
_LISTED = query_file.own("pages", "things_of_a_namespace")

#: The concepts that members have as their fields.
_FIELDS = query_file.own("pages", "fields")

#: What cities are grouped by. (As an optional part of the query above it takes fifty times as long.)
_COUNTRIES = query_file.own("pages", "countries_of_a_namespace")

#: Kinds whose list is a page of its own make, where the data have what it needs.
_OWN: dict[str, Callable[[Site, PageRequest], Page | None]] = {
    "city": city_list.page,
    "event": event_list.page,
    **{kind: functools.partial(holding_list.page, segment=kind) for kind in holdings.LISTS},
}


def page(site: Site, request: PageRequest, segment: str) -> Page | None:
    """Make the list of a kind; None for a kind without one."""
    class_ = next((kind.classes[0] for kind in thing_page.kinds() if kind.segment == segment), "")
    if not class_ and segment != "field":
        return None
    if segment in _OWN and (made := _OWN[segment](site, request)):
        return made
    context = RenderContext(site, request)
    namespace = f"{namespaces.BASE}{segment}/"
    query = _LISTED.replace("NAMESPACE", namespace) if class_ else _FIELDS
    things = [row["thing"] for row in site.select(query)]
    rows = site.select(_COUNTRIES.replace("NAMESPACE", namespace)) if segment == "city" else []
    countries = {row["thing"]: row["group"] for row in rows}
    site.labels.know([*things, *countries.values()])

    def order(iri: str) -> tuple[str, str]:
        return site.labels.order(iri, context.language) if iri else ("", "")

    groups: dict[str, list[str]] = {}
    for thing in things:
        groups.setdefault(countries.get(thing, ""), []).append(thing)
    listed = {group: sorted(groups[group], key=order) for group in sorted(groups, key=order)}
    count = sum(map(len, listed.values()))
    kind = namespaces.CCN + (class_ or "field")
    return render(site, request, "index.html.j2", groups=listed, kind=kind, count=count) if count else None
