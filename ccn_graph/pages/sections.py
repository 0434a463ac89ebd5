"""Parts that pages of several classes share: each is a template with its values, and says which records it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ccn_graph.pages import foreign_values
from ccn_graph.pages.city_map import CityMap, Point
from ccn_graph.pages.description import Description, read_own
from ccn_graph.pages.record import Record
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.sheet import DownloadTable, TableColumn
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces

#: The question that anything can be asked about.
_EVIDENCE = "evidence-of-thing"


#: How a city or body takes part in an event.
PARTS = ("host", "organizer", "coOrganizer", "participant", "supporter")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: `template` in templates/section/, what it is about, and the IRIs of the records it tells."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    tells: frozenset[str] = frozenset()
    sheet: DownloadTable | None = None
    """The same as a table that can be taken away."""
    aside: bool = False
    """Whether it stands beside the others where there is room."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure: a number with its unit, what it counts, where it leads, and what else is to be said of it."""

    figure: str
    counts: str
    anchor: str = ""
    note: str = ""


@dataclass(frozen=True)
class Subject:
    """The thing a page is about, for those who write its sections."""

    site: Site
    context: RenderContext
    description: Description

    @property
    def iri(self) -> str:
        """The IRI of the thing."""
        return self.description.iri

    @property
    def itself(self) -> Record:
        """What is said of the thing itself."""
        return self.description.itself

    def label(self, iri: str) -> str:
        """Return a label in the reader's language."""
        return self.context.label(iri)

    def sheet(
        self,
        name: str,
        title: str,
        columns: Sequence[tuple[str, str]],
        rows: Sequence[Sequence[str]],
        question: str = "",
        **conditions: str,
    ) -> DownloadTable:
        """Make a table to take away; `title` is the key of its heading, `columns` are names and kinds.

        `question` is what asks for more, else what all that is said of the thing rests on; it is left out where these
        data have no such question.
        """
        text = self.context.text
        headed = tuple(TableColumn(column, text("column." + column), kind) for column, kind in columns)
        about = f"{namespaces.slug(self.iri)}-{name}"
        if not question:
            question, conditions = _EVIDENCE, {"thing": namespaces.curie(self.iri)}
        asked = question if question in self.site.questions else ""
        return DownloadTable(about, f"{self.label(self.iri)}: {text(title)}", headed, rows, asked, conditions)

    def sorted(self, iris: Iterable[str]) -> list[str]:
        """Sort things as the reader looks for them."""
        iris = list(dict.fromkeys(iris))
        self.site.labels.know(iris)
        return sorted(iris, key=lambda iri: self.site.labels.order(iri, self.context.language))

    def read(self, iris: Iterable[str]) -> list[Record]:
        """Read the own statements of other things."""
        return read_own(self.site.engine, iris)


@dataclass(frozen=True, slots=True)
class ClassPage:
    """What is told of the things of some classes, and how.

    A module of `pages.classes` declares those of its classes as `PAGES`. The classes and the `links` that the sections
    tell are prefixed names, or names of our own vocabulary. `schema` is schema.org's class; `segment` is that of the
    path of their list, empty for classes that are not listed. Of several classes of a thing, that of the lowest `rank`
    counts.
    """

    classes: tuple[str, ...]
    sections: Callable[[Subject], Iterator[Section | None]]
    links: tuple[str, ...] = ()
    schema: str = "Thing"
    segment: str = ""
    rank: int = 100


def of_any(subject: Subject) -> Iterator[Section | None]:
    """Yield the sections that things of all classes may have."""
    yield offices(subject)
    yield appearances(subject)
    yield acts(subject)
    yield observations(subject)
    yield editorial(subject)
    yield where(subject)


def aside(part: Section | None) -> Section | None:
    """Put a part beside the others."""
    return replace(part, aside=True) if part else None


def where(subject: Subject) -> Section | None:
    """Show a thing with coordinates on the map."""
    lat, long = subject.itself.one("wgs:lat"), subject.itself.one("wgs:long")
    place = foreign_values.position(lat.text, long.text) if lat and long else None
    if place is None:
        return None
    only = Point(subject.iri, *place)
    return Section("map", {"map": CityMap(subject.context, "where", [only])})


def events(subject: Subject, *properties: str) -> Section | None:
    """List the events that name the thing, by the part it has in them, the latest first."""
    links = subject.description.linking(*properties)
    parts: dict[str, list[str]] = {}
    for link in links:
        parts.setdefault(link.subject, []).append(link.property)
    records = [record for record in subject.read(parts) if record.is_a("Event")]
    if not records:
        return None
    records = sorted(records, key=when, reverse=True)
    rows = [
        (event.iri, event.text("start"), event.text("plannedStart"), ", ".join(map(subject.label, parts[event.iri])))
        for event in records
    ]
    names = (("event", "iri"), ("start", "date"), ("planned", "date"), ("part", "text"))
    values = {"events": records, "parts": parts}
    return Section("events", values, sheet=subject.sheet("events", "thing.events", names, rows))


def when(event: Record) -> str:
    """Return the date of an event to sort by: when it was held, else for when it was announced."""
    return event.text("start") or event.text("plannedStart") or event.text("date")


def acts(subject: Subject) -> Section | None:
    """List what was done, in the order of time."""
    records = [
        record
        for record in subject.description.records
        if record.all("concerns") and not record.is_a("Membership", "Observation", "Gap", "Judgement")
    ]
    if not records:
        return None
    records.sort(key=when)
    names = (("act", "iri"), ("kind", "iri"), ("when", "date"), ("by", "iri"))
    rows = [
        (entry.iri, entry.classes[0] if entry.classes else "", entry.text("date"), entry.text("by"))
        for entry in records
    ]
    return Section("acts", {"acts": records}, _told(records), subject.sheet("acts", "thing.acts", names, rows))


def observations(subject: Subject) -> Section | None:
    """List the figures that documents state."""
    records = [record for record in subject.description.of_class("Observation") if subject.iri == record.text("about")]
    records.sort(key=lambda record: (record.text("measure"), record.text("asOf")))
    if not records:
        return None
    units = units_of(subject, {record.text("measure") for record in records})
    names = ("measure", "iri"), ("value", "number"), ("unit", "text"), ("as-of", "date"), ("record", "iri")
    rows = [
        (
            entry.text("measure"),
            entry.text("value"),
            units.get(entry.text("measure"), ""),
            entry.text("asOf"),
            entry.iri,
        )
        for entry in records
    ]
    asked = {"network": namespaces.slug(subject.iri)} if subject.itself.is_a("Network") else {}
    sheet = subject.sheet("figures", "thing.observations", names, rows, "stated-size" if asked else "", **asked)
    return Section("observations", {"observations": records, "units": units}, _told(records), sheet)


def units_of(subject: Subject, measures: Iterable[str]) -> dict[str, str]:
    """Return the units of measures in the reader's language, empty for what is counted without one."""
    language = subject.context.language
    return {
        measure.iri: next((unit.text for unit in measure.in_language("unit", language)), "")
        for measure in subject.read(measures)
    }


def appearances(subject: Subject) -> Section | None:
    """List who appeared, where and as what."""
    records = subject.description.of_class("Appearance")
    if not records:
        return None
    names = ("person", "iri"), ("event", "iri"), ("role", "iri"), ("record", "iri")
    rows = [(entry.text("person"), entry.text("event"), entry.text("role"), entry.iri) for entry in records]
    sheet = subject.sheet("people", "thing.appearances", names, rows, "guests-and-speakers")
    return Section("appearances", {"appearances": records}, _told(records), sheet)


def offices(subject: Subject) -> Section | None:
    """List who held which office where, in the order of time."""
    records = subject.description.of_class("Office")
    dates = ("start", "asOf", "knownBy")
    records.sort(key=lambda record: next((record.text(name) for name in dates if record.text(name)), ""))
    if not records:
        return None
    names = (
        ("holder", "iri"),
        ("office", "iri"),
        ("body", "iri"),
        ("start", "date"),
        ("until", "date"),
        ("record", "iri"),
    )
    parts = ("holder", "role", "officeIn", "start", "end")
    rows = [(*(entry.text(name) for name in parts), entry.iri) for entry in records]
    asked = {"network": namespaces.slug(subject.iri)} if subject.itself.is_a("Network") else {}
    sheet = subject.sheet("offices", "thing.offices", names, rows, "offices-of-network" if asked else "", **asked)
    return Section("offices", {"offices": records}, _told(records), sheet)


def participations(subject: Subject) -> Section | None:
    """List in which way each took part, where a document says so."""
    records = subject.description.of_class("Participation")
    if not records:
        return None
    names = ("party", "iri"), ("event", "iri"), ("mode", "iri"), ("role", "iri"), ("record", "iri")
    rows = [(*(entry.text(name) for name in ("party", "event", "mode", "role")), entry.iri) for entry in records]
    asked = {"event": namespaces.slug(subject.iri)} if subject.itself.is_a("Event") else {}
    question = "ways-of-taking-part" if asked else ""
    sheet = subject.sheet("participation", "thing.participations", names, rows, question, **asked)
    return Section("participations", {"participations": records}, _told(records), sheet)


def editorial(subject: Subject) -> Section | None:
    """List what the editors say: gaps they know of, statements that fit more than one thing, judgements."""
    gaps = subject.description.of_class("Gap")
    unclear = subject.description.of_class("Ambiguity")
    judgements = subject.description.of_class("Judgement")
    records = [*gaps, *unclear, *judgements]
    if not records:
        return None
    return Section("editorial", {"gaps": gaps, "unclear": unclear, "judgements": judgements}, _told(records))


def linked(subject: Subject, *elsewhere: str) -> Section | None:
    """List what else links to the thing, by property; `elsewhere` names properties that other sections show."""
    shown = {link.subject for link in subject.description.linking(*elsewhere)} if elsewhere else set()
    groups: dict[str, list[str]] = {}
    for link in subject.description.links:
        if link.subject not in shown:
            groups.setdefault(link.property, []).append(link.subject)
    if not groups:
        return None
    values = {name: subject.sorted(iris) for name, iris in groups.items()}
    return Section("linked", {"links": values, "truncated": subject.description.truncated})


def further(subject: Subject, listed: frozenset[str]) -> Section | None:
    """List the records that no other section tells, so that nothing is left out."""
    records = [record for record in subject.description.records if record.iri not in listed]
    return Section("records", {"records": records}) if records else None


def _told(records: Iterable[Record]) -> frozenset[str]:
    return frozenset(record.iri for record in records)
