"""The page of a thing, of whatever class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from ccn_graph.pages import city, events, membership, network
from ccn_graph.pages import sections as section
from ccn_graph.pages.description import Description, describe
from ccn_graph.pages.rendering import DATA, Voice, links, render
from ccn_graph.pages.sections import Section, Subject
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest

Sections = Callable[[Subject], Iterator[Section | None]]


def page(site: Site, request: PageRequest, iri: str) -> Page | None:
    """Make the page of a thing; None if the graph says nothing of it."""
    found = describe(site.engine, iri)
    if found is None:
        return None
    subject = Subject(site, Voice(site, request), found)
    sections = [part for part in _sections(subject) if part is not None]
    told = frozenset[str]().union(*(part.tells for part in sections))
    rest = section.further(subject, told)
    return render(
        site, request, "thing.html.j2", 400 if subject.voice.refused else 200, iri=iri, thing=found.itself,
        sections=[*sections, *([rest] if rest else [])], formats=DATA, kinds=_kinds(found), schema=_schema(subject),
    ).with_headers(links(request.path.removesuffix(".html"), "html", iri))  # fmt: skip


def _sections(subject: Subject) -> Iterator[Section | None]:
    itself = subject.itself
    yield section.facts(subject)
    for names, sections, told in _BY_CLASS:
        if itself.is_a(*names):
            yield from sections(subject)
            yield section.linked(subject, *told)
            return
    yield from _any(subject)
    yield section.linked(subject)


def _any(subject: Subject) -> Iterator[Section | None]:
    yield section.offices(subject)
    yield section.appearances(subject)
    yield section.acts(subject)
    yield section.observations(subject)
    yield section.editorial(subject)
    yield city.where(subject)


def _body(subject: Subject) -> Iterator[Section | None]:
    yield section.events(subject, *city.EVENTS)
    yield section.participations(subject)
    yield from _any(subject)


def _document(subject: Subject) -> Iterator[Section | None]:
    # What rests on a document is told record by record, in the order in which it stands there.
    found = subject.description.records
    yield Section("records", {"records": found}, frozenset(record.iri for record in found))


def _concept(subject: Subject) -> Iterator[Section | None]:
    found = [one for one in membership.of(subject.description.records) if one.record.all("field")]
    if found:
        order = subject.site.labels.order
        found.sort(key=lambda one: order(one.member, subject.voice.language))
        yield Section("field_members", {"memberships": found}, frozenset(one.iri for one in found))
    yield from _any(subject)


#: Classes -> their sections, and the properties of links that those sections tell.
_BY_CLASS: tuple[tuple[tuple[str, ...], Sections, tuple[str, ...]], ...] = (
    (("City",), city.sections, city.EVENTS),
    (("Network",), network.sections, ("network", "org:subOrganizationOf", "organizer", "partOf")),
    (("EventSeries",), events.series_sections, ("editionOf",)),
    (("Event",), events.event_sections, ("partOf", "heldWith")),
    (("Document",), _document, ()),
    (("Body", "NetworkBody"), _body, city.EVENTS),
    (("skos:Concept",), _concept, ()),
    (("Membership",), lambda subject: iter([section.acts(subject), section.editorial(subject)]), ()),
)


def _kinds(description: Description) -> list[str]:
    """Give the classes to be named in the heading: ours, or SKOS's for a concept."""
    classes = description.itself.classes
    return [iri for iri in classes if iri.startswith(namespaces.CCN)] or list(classes)


#: Our classes -> schema.org's.
_SCHEMA: dict[tuple[str, ...], str] = {
    ("City", "Place", "Prefecture", "Country"): "AdministrativeArea",
    ("Network", "NetworkBody", "Body"): "Organization",
    ("Event",): "Event",
    ("EventSeries",): "EventSeries",
    ("Document",): "CreativeWork",
    ("Person",): "Person",
}


def _schema(subject: Subject) -> dict[str, object]:
    """Describe the thing to search engines in schema.org's words: what it is, what it is called, where it lies."""
    itself = subject.itself
    kind = next((name for names, name in _SCHEMA.items() if itself.is_a(*names)), "Thing")
    told: dict[str, object] = {
        "@context": "https://schema.org", "@type": kind, "@id": subject.iri, "name": subject.label(subject.iri),
        "url": subject.voice.request.base + subject.voice.request.path, "inLanguage": subject.voice.language,
    }  # fmt: skip
    others = _texts([*itself.all("skos:prefLabel"), *itself.all("skos:altLabel")], told["name"])
    if others:
        told["alternateName"] = others
    same = [value.text for value in itself.all("skos:exactMatch")]
    if same:
        told["sameAs"] = same
    lat, long = itself.one("wgs:lat"), itself.one("wgs:long")
    if lat and long:
        told["geo"] = {"@type": "GeoCoordinates", "latitude": lat.text, "longitude": long.text}
    if kind == "Event":
        told |= {"startDate": section.when(itself)} if section.when(itself) else {}
    return told


def _texts(values: Iterable[object], but: object) -> list[str]:
    texts = (value.term.value for value in values if isinstance(getattr(value, "term", None), ox.Literal))  # type: ignore[attr-defined]
    return [text for text in dict.fromkeys(texts) if text != but]
