"""The page of a thing, of whatever class."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from ccn_graph.files import modules
from ccn_graph.pages import roll, sections, sheet
from ccn_graph.pages.description import Description, describe
from ccn_graph.pages.facts import facts
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.record import Record
from ccn_graph.pages.rendering import RenderContext, links, render
from ccn_graph.pages.sections import ClassPage, Section, Subject
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today


def page(site: Site, request: PageRequest, iri: str) -> Page | None:
    """Make the page of a thing; None if the graph says nothing of it."""
    description = describe(site.engine, iri, whole=False)
    if description is None:
        return None
    subject = Subject(site, RenderContext(site, request), description)
    parts = [part for part in _sections(subject) if part is not None]
    if taken := _taken_away(subject, parts):
        return taken
    listed = frozenset[str]().union(*(part.tells for part in parts))
    rest = sections.further(subject, listed)
    return render(
        site, request, "thing.html.j2", 400 if subject.context.refused else 200, iri=iri, thing=description.itself,
        sections=[*parts, *([rest] if rest else [])], formats=DATA, kinds=_kinds(description), schema=_schema(subject),
        day=date_of_today().isoformat(), calendar=_has_calendar(subject),
        states={event.iri: event.state for event in roll.meetings(site, date_of_today())},
    ).with_headers(links(request.path.removesuffix(".html"), "html", iri))  # fmt: skip


def _has_calendar(subject: Subject) -> bool:
    """Tell whether some events of the thing have days."""
    if not subject.itself.is_a("Event", "EventSeries", "Network"):
        return False
    every = roll.meetings(subject.site, date_of_today())
    return any(event.day and subject.iri in (event.iri, event.series, *event.networks) for event in every)


def _taken_away(subject: Subject, parts: Iterable[Section]) -> Page | None:
    """Return a table of the page as the file that is asked for."""
    wanted, form = subject.context.request.one("table"), subject.context.request.one("as")
    sheets = {part.sheet.name: part.sheet for part in parts if part.sheet}
    if wanted not in sheets or form not in sheet.FORMS:
        return None
    table = sheets[wanted]
    kinds = [number for number, column in enumerate(table.columns) if column.kind == "iri"]
    subject.site.labels.know(row[number] for row in table.rows for number in kinds if row[number])
    return sheet.page(subject.context, table, form)


@functools.cache
def kinds() -> tuple[ClassPage, ...]:
    """Find the pages of all classes."""
    page_lists = modules.declared("ccn_graph.pages.classes", "PAGES").values()
    return tuple(sorted((kind for pages in page_lists for kind in pages), key=lambda kind: kind.rank))


def _kind(itself: Record) -> ClassPage:
    return next((kind for kind in kinds() if itself.is_a(*kind.classes)), ClassPage((), sections.of_any))


def _sections(subject: Subject) -> Iterator[Section | None]:
    kind = _kind(subject.itself)
    yield facts(subject, beside=kind.segment == "city")
    yield from kind.sections(subject)
    yield sections.linked(subject, *kind.links)


def _kinds(description: Description) -> list[str]:
    """Return the classes to be named in the heading: ours, or SKOS's for a concept."""
    classes = description.itself.classes
    return [iri for iri in classes if iri.startswith(namespaces.CCN)] or list(classes)


def _schema(subject: Subject) -> dict[str, object]:
    """Describe the thing to search engines in schema.org's words: what it is, what it is called, where it lies."""
    itself = subject.itself
    kind = _kind(itself).schema
    properties: dict[str, object] = {
        "@context": "https://schema.org", "@type": kind, "@id": subject.iri, "name": subject.label(subject.iri),
        "url": subject.context.request.base + subject.context.request.path, "inLanguage": subject.context.language,
    }  # fmt: skip
    others = _texts([*itself.all("skos:prefLabel"), *itself.all("skos:altLabel")], properties["name"])
    if others:
        properties["alternateName"] = others
    same = [value.text for value in itself.all("skos:exactMatch")]
    if same:
        properties["sameAs"] = same
    lat, long = itself.one("wgs:lat"), itself.one("wgs:long")
    if lat and long:
        properties["geo"] = {"@type": "GeoCoordinates", "latitude": lat.text, "longitude": long.text}
    if kind == "Event":
        properties |= {"startDate": sections.when(itself)} if sections.when(itself) else {}
    return properties


def _texts(values: Iterable[object], but: object) -> list[str]:
    texts = (value.term.value for value in values if isinstance(getattr(value, "term", None), ox.Literal))  # type: ignore[attr-defined]
    return [text for text in dict.fromkeys(texts) if text != but]
