"""The lists of networks, fields and documents with what they hold: narrowed, sorted, page by page, taken away."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from ccn_graph.pages import facets, holdings, sheet
from ccn_graph.pages.holdings import Holding, HoldingList
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.sheet import DownloadTable, TableColumn
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today


def page(site: Site, request: PageRequest, segment: str) -> Page | None:
    """Make the list or the file of it; None where the data hold nothing of the kind."""
    context, listed, day = RenderContext(site, request), holdings.LISTS[segment], date_of_today()
    every = holdings.held(site, segment, day)
    if not every:
        return None
    things = {name for name, kind in listed.columns.items() if kind == "iri"}
    site.labels.know(
        {holding.iri for holding in every} | {iri for holding in every for name in things for iri in _of(holding, name)}
    )
    kept, narrowed = facets.narrow(
        site, context, every, {name: _values(context, name) for name in listed.facets}, lambda holding: holding.iri
    )
    ordered = _sorted(context, listed, facets.named(site, context, kept, lambda holding: holding.iri))
    if (form := request.one("as")) in sheet.FORMS:
        return sheet.page(context, _sheet(context, segment, listed, ordered), form)
    return render(
        site, request, "holdings.html.j2", facets=narrowed, shown=facets.cut(context, ordered), segment=segment,
        columns=_columns(context, listed.columns), sorts=listed.sorts, sort=facets.sort(context, listed.sorts),
        count=len(every), day=day.isoformat(),
        filtered=any(facet.chosen for facet in narrowed) or request.one("q"),
    )  # fmt: skip


def _of(holding: Holding, name: str) -> Sequence[str]:
    return holding.values.get(name, ())


def _values(context: RenderContext, name: str) -> facets.Has[Holding]:
    if name == "inactive":
        return lambda holding: [context.text("list.inactive-" + (holding.first(name) or "no"))]
    return lambda holding: _of(holding, name)


def _sorted(context: RenderContext, listed: HoldingList, kept: Sequence[Holding]) -> list[Holding]:
    """Sort by name, or by a column: numbers and days from the largest down, things as the reader looks for them."""
    named = sorted(kept, key=lambda holding: context.order(holding.iri))
    by = facets.sort(context, listed.sorts)
    match listed.columns.get(by):
        case "number":
            return sorted(named, key=lambda holding: -int(holding.first(by) or 0))
        case "date":
            return sorted(named, key=lambda holding: holding.first(by), reverse=True)
        case "iri":
            return sorted(
                named, key=lambda holding: context.order(holding.first(by)) if holding.first(by) else ("~", "")
            )
    return named


def _columns(context: RenderContext, columns: Mapping[str, str]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(name, context.text("column." + name), kind) for name, kind in columns.items())


def _sheet(context: RenderContext, segment: str, listed: HoldingList, kept: Sequence[Holding]) -> DownloadTable:
    first, *others = listed.columns
    # A field of several networks has a row for each.
    rows = [
        (holding.iri, *cells)
        for holding in kept
        for cells in itertools.product(*(_of(holding, name) or ("",) for name in others))
    ]
    title = context.label(namespaces.CCN + first.capitalize())
    return DownloadTable(f"{segment}s", title, _columns(context, listed.columns), rows)
