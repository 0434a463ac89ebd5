"""Lists that are narrowed down by a form: the address says what is chosen, sorted and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.text import normalisation

Item = TypeVar("Item")

#: So many rows are shown at once, unless all are asked for.
ROWS = 50

#: The same on pages that tell of other things as well.
FEW = 15


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """What may be chosen, and how many items there would be."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A field of the form."""

    name: str
    choices: Sequence[FacetChoice]
    chosen: str


@dataclass(frozen=True, slots=True)
class Shown(Generic[Item]):
    """The items of one page of a list."""

    items: Sequence[Item]
    count: int
    page: int
    pages: int


Has = Callable[[Item], Iterable[str]]


def narrow(
    site: Site, context: RenderContext, items: Sequence[Item], has: Mapping[str, Has[Item]], key: Callable[[Item], str]
) -> tuple[list[Item], list[Facet]]:
    """Keep the items that have all that is chosen; `has` gives what an item has of each facet, IRIs or texts.

    A facet counts what would be there if only it were chosen anew: things by their `key`, each once.
    """
    chosen = {name: context.request.one(name).strip() for name in has}
    sets = [
        {name: {namespaces.slug(held_value): held_value for held_value in give(item)} for name, give in has.items()}
        for item in items
    ]
    # What an item lacks of all that is chosen.
    lacks = [{name for name, wanted in chosen.items() if wanted and wanted not in held[name]} for held in sets]
    facets = []
    for name in has:
        values: dict[str, str] = {}
        counted: dict[str, set[str]] = {}
        for item, held, lacking in zip(items, sets, lacks, strict=True):
            values.update(held[name])
            if lacking <= {name}:
                for value in held[name]:
                    counted.setdefault(value, set()).add(key(item))
        counts = {value: len(things) for value, things in counted.items()}
        facets.append(Facet(name, _choices(site, context, values, counts), chosen[name]))
    return [item for item, lacking in zip(items, lacks, strict=True) if not lacking], facets


def _choices(
    site: Site, context: RenderContext, values: Mapping[str, str], counted: Mapping[str, int]
) -> list[FacetChoice]:
    things = [iri for iri in values.values() if iri.startswith(namespaces.BASE)]
    site.labels.know(things)
    made = [
        (context.order(iri) if iri.startswith(namespaces.BASE) else (iri, ""),
         FacetChoice(value, context.label(iri) if iri.startswith(namespaces.BASE) else iri, counted.get(value, 0)))
        for value, iri in values.items()
    ]  # fmt: skip
    return [choice for _, choice in sorted(made, key=lambda pair: pair[0])]


def named(site: Site, context: RenderContext, items: Sequence[Item], iri: Callable[[Item], str]) -> Sequence[Item]:
    """Keep the things that have what is written in the form among their names, if anything is written there."""
    written = normalisation.folded(context.request.one("q"))
    if not written:
        return items
    site.labels.know(map(iri, items))
    hits = {hit.thing for hit in site.search.find(context.request.one("q"), context.language, 1_000)}
    return [item for item in items if iri(item) in hits or written in normalisation.folded(context.label(iri(item)))]


def sort(context: RenderContext, sorts: Sequence[str]) -> str:
    """Return by what a list is to be sorted: the first of what it may be, unless another is asked for."""
    wanted = context.request.one("sort")
    return wanted if wanted in sorts else sorts[0]


def cut(context: RenderContext, items: Sequence[Item], rows: int = ROWS) -> Shown[Item]:
    """Return the page that is asked for; the nearest one there is, if it is none; all if `show=all`."""
    if context.request.one("show") == "all":
        return Shown(items, len(items), 1, 1)
    pages = max(1, -(-len(items) // rows))
    wanted = context.request.one("page")
    number = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
    return Shown(items[(number - 1) * rows : number * rows], len(items), number, pages)
