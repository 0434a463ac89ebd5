"""What each kind of sheet holds: its columns, in the order in which a record is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ccn_graph.rdf import namespaces

_P = namespaces.PREFIXES


class Value(Enum):
    """How a cell is read."""

    THING = auto()
    CLASS = auto()
    TEXT = auto()
    PLAIN = auto()
    DATE = auto()
    UNTIMED = auto()
    DAY = auto()
    WHOLE = auto()
    DECIMAL = auto()
    FLAG = auto()
    ADDRESS = auto()
    CODE = auto()
    COUNTRY_CODE = auto()
    GEONAMES = auto()
    WIKIDATA = auto()


class Home(Enum):
    """Where what a column says is written: with the thing in its register, or with the claims of a document."""

    REGISTER = auto()
    DOCUMENT = auto()
    #: Not written: says which record the row makes, or which of several cities is meant.
    HINT = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` is the local name of its property, with @ja or @en for a text in that language."""

    name: str
    predicate: str
    value: Value
    home: Home
    classes: tuple[str, ...] = ()
    many: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sheet: the class its rows are of, where they live, and their columns."""

    name: str
    #: Classes a row can be of; the first is taken where the sheet has no column `class`.
    classes: tuple[str, ...]
    #: Prefix of the IRIs it makes.
    prefix: str
    #: Name of the register's file, none for claims.
    register: str
    columns: tuple[Column, ...]
    #: Columns without which a row makes no record.
    needed: tuple[str, ...] = ()
    #: Columns whose city is looked for in the country and prefecture of the row.
    placed: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """Give the column of a name."""
        return next((column for column in self.columns if column.name == name), None)


def _iri(curie: str) -> str:
    iri = namespaces.expand(curie)
    assert iri is not None, curie
    return iri


def _predicate(name: str) -> str:
    return _iri(name if ":" in name else f"ccn:{name}")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


#: Classes by a short name; a concept's scheme stands for its class.
THINGS = {
    "member": ("ccn:City", "ccn:Body"),
    "joined": ("ccn:Network", "ccn:NetworkBody"),
    "organization": ("ccn:City", "ccn:Body", "ccn:Network", "ccn:NetworkBody"),
    "whole": ("ccn:Event", "ccn:Programme"),
    "process": ("ccn:Body", "ccn:Programme", "ccn:Event", "ccn:Network"),
    "initiative": ("ccn:Programme", "ccn:Network"),
    "site": ("ccn:Place", "ccn:City"),
    "city": ("ccn:City",), "place": ("ccn:Place",), "event": ("ccn:Event",), "series": ("ccn:EventSeries",),
    "person": ("ccn:Person",), "network": ("ccn:Network",), "programme": ("ccn:Programme",), "act": ("ccn:Act",),
    "document": ("ccn:Document",), "anything": (),
    **{scheme: (f"{scheme}:",) for scheme in ("field", "role", "measure", "mode", "kind")},
}  # fmt: skip


def _thing(name: str, sort: str, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    classes = tuple(_P[curie[:-1]] if curie.endswith(":") else _iri(curie) for curie in THINGS[sort])
    return (Column(_local(name), _predicate(name), Value.THING, home, classes, many),)


def _text(name: str, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    return tuple(
        Column(f"{_local(name)}@{language}", _predicate(name), Value.TEXT, home, (), many, language)
        for language in ("ja", "en")
    )


def _plain(name: str, value: Value, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    return (Column(_local(name), _predicate(name), value, home, (), many),)


def _hint(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "", Value.PLAIN, Home.HINT) for name in names)


def _class(*classes: str) -> Column:
    return Column("class", namespaces.RDF_TYPE, Value.CLASS, Home.HINT, tuple(_iri(name) for name in classes))


def _matches(name: str, value: Value) -> Column:
    return Column(name, _iri("skos:exactMatch"), value, Home.REGISTER, (), True)


_D, _R = Home.DOCUMENT, Home.REGISTER
_WHERE = _hint("country", "prefecture", "municipalCode", "geonames")
_EVIDENCE = (*_text("note", many=True), *_plain("locator", Value.PLAIN))
_DOCUMENT = _hint("document")
_NAMES = (
    *_text("skos:prefLabel", _R), *_text("skos:altLabel", _R, many=True),
    Column("reading", _predicate("reading"), Value.TEXT, _R, (), False, "ja-Hira"),
)  # fmt: skip
_SOURCE = (*_thing("dcterms:source", "document", _R, many=True),)
_LOCATION = (
    *_thing("within", "place", _R), *_plain("wgs:lat", Value.DECIMAL, _R), *_plain("wgs:long", Value.DECIMAL, _R),
    _matches("geonames", Value.GEONAMES), _matches("wikidata", Value.WIKIDATA), *_SOURCE,
)  # fmt: skip

ACTS = (
    "ccn:Founding", "ccn:Aspiration", "ccn:Application", "ccn:Recommendation", "ccn:Designation", "ccn:Withdrawal",
    "ccn:Suspension", "ccn:Resumption", "ccn:Dissolution", "ccn:Renaming", "ccn:FieldChange", "ccn:Review",
    "ccn:Adoption", "ccn:Cooperation", "ccn:Cancellation",
)  # fmt: skip


def _kind(
    name: str, classes: str, prefix: str, register: str, needed: str, *columns: Column, placed: str = ""
) -> Kind:  # fmt: skip
    iris = tuple(_iri(curie) for curie in classes.split())
    return Kind(name, iris, prefix, register, (*_hint("id"), *columns), tuple(needed.split()), tuple(placed.split()))


KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    _kind(
        "memberships", "ccn:Membership", "member", "", "member organization", *_DOCUMENT,
        *_thing("org:member", "member"), *_WHERE, *_thing("org:organization", "joined"),
        *_thing("org:role", "role", many=True), *_thing("field", "field", many=True),
        *_plain("start", Value.DATE), *_plain("end", Value.DATE), *_plain("asOf", Value.UNTIMED), *_EVIDENCE,
        placed="member",
    ),
    _kind(
        "events", "ccn:Event", "event", "", "", *_DOCUMENT, *_text("skos:prefLabel"),
        *_text("skos:altLabel", many=True), *_thing("editionOf", "series"), *_plain("ordinal", Value.WHOLE),
        *_thing("partOf", "whole", many=True), *_thing("heldWith", "event", many=True), *_thing("kind", "kind"),
        *_thing("host", "city", many=True), *_thing("venue", "site", many=True), *_hint("country", "prefecture"),
        *_thing("mode", "mode"), *_thing("organizer", "organization", many=True),
        *_thing("coOrganizer", "organization", many=True), *_thing("supporter", "organization", many=True),
        *_thing("participant", "organization", many=True), *_thing("engagesWith", "process", many=True),
        *_plain("plannedStart", Value.DATE), *_plain("plannedEnd", Value.DATE), *_plain("start", Value.DATE),
        *_plain("end", Value.DATE), *_plain("held", Value.FLAG), *_plain("optional", Value.FLAG), *_text("theme"),
        *_text("topic", many=True), *_text("advice", many=True), *_text("purpose", many=True), *_EVIDENCE,
        placed="host venue",
    ),
    _kind(
        "participants", "ccn:Event", "event", "", "event participant", *_DOCUMENT, *_thing("event", "event", Home.HINT),
        *_thing("participant", "organization", many=True), *_WHERE, *_EVIDENCE,
        placed="participant",
    ),
    _kind(
        "appearances", "ccn:Appearance", "event", "", "event role", *_DOCUMENT, *_thing("event", "event"),
        *_thing("person", "person"), *_thing("role", "role", many=True),
        *_thing("affiliation", "organization", many=True), *_hint("country", "prefecture"), *_text("capacity"),
        *_EVIDENCE,
        placed="affiliation",
    ),
    _kind(
        "acts", "ccn:Act", "act", "", "class concerns", *_DOCUMENT, _class(*ACTS),
        *_thing("concerns", "anything", many=True), *_thing("by", "organization", many=True),
        *_hint("country", "prefecture"), *_plain("date", Value.DATE), *_thing("follows", "act", many=True),
        *_thing("at", "event", many=True), *_thing("supporter", "organization", many=True),
        *_thing("field", "field", many=True), *_text("dcterms:title"), *_EVIDENCE,
        placed="by",
    ),
    _kind(
        "observations", "ccn:Observation", "obs", "", "about measure value", *_DOCUMENT, *_thing("about", "anything"),
        *_thing("measure", "measure"), *_thing("area", "place"), *_plain("value", Value.WHOLE),
        *_plain("asOf", Value.UNTIMED), *_plain("approximate", Value.FLAG), *_plain("lowerBound", Value.FLAG),
        *_plain("planned", Value.FLAG), *_EVIDENCE,
    ),
    _kind(
        "cities", "ccn:City", "city", "city", "", *_NAMES, *_thing("kind", "kind", _R),
        *_plain("municipalCode", Value.CODE, _R), *_hint("country", "prefecture"), *_LOCATION,
    ),
    _kind(
        "places", "ccn:Place ccn:Prefecture ccn:Country", "place", "place", "",
        _class("ccn:Place", "ccn:Prefecture", "ccn:Country"), *_NAMES, *_plain("skos:notation", Value.COUNTRY_CODE, _R),
        *_plain("municipalCode", Value.CODE, _R), *_hint("country", "prefecture"), *_LOCATION,
    ),
    _kind(
        "networks", "ccn:Network", "net", "network", "", *_DOCUMENT, *_NAMES, *_SOURCE,
        *_thing("engagesWith", "process", many=True), *_thing("covers", "field", many=True),
        *_text("purpose", many=True), *_text("remit", many=True), *_EVIDENCE,
    ),
    _kind(
        "bodies", "ccn:Body ccn:NetworkBody", "body", "body", "", *_DOCUMENT, _class("ccn:Body", "ccn:NetworkBody"),
        *_NAMES, *_thing("kind", "kind", _R), *_thing("org:subOrganizationOf", "organization", _R, many=True), *_SOURCE,
        *_thing("engagesWith", "process", many=True), *_text("purpose", many=True), *_text("remit", many=True),
        *_EVIDENCE,
    ),
    _kind(
        "series", "ccn:EventSeries", "series", "series", "", *_DOCUMENT, *_NAMES,
        *_thing("network", "network", _R, many=True), *_thing("organizer", "organization", _R, many=True), *_SOURCE,
        *_text("purpose", many=True), *_EVIDENCE,
    ),
    _kind(
        "programmes", "ccn:Programme", "prog", "programme", "", *_DOCUMENT, *_NAMES,
        *_thing("network", "network", _R, many=True), *_SOURCE, *_thing("operator", "organization", many=True),
        *_thing("continues", "initiative", many=True), *_thing("partOf", "whole", many=True),
        *_thing("engagesWith", "process", many=True), *_plain("start", Value.DATE), *_plain("end", Value.DATE),
        *_text("purpose", many=True), *_EVIDENCE,
    ),
    _kind(
        "persons", "ccn:Person", "person", "person", "", *_NAMES, *_text("note", _R, many=True), *_SOURCE,
    ),
    _kind(
        "documents", "ccn:Document", "doc", "", "id", *_text("dcterms:title"),
        *_thing("dcterms:publisher", "organization", many=True), *_thing("dcterms:creator", "organization", many=True),
        *_thing("operator", "organization", many=True), *_plain("dcterms:issued", Value.UNTIMED),
        *_plain("dcterms:language", Value.PLAIN, many=True), *_plain("dcterms:identifier", Value.PLAIN, many=True),
        *_plain("schema:url", Value.ADDRESS, many=True), *_plain("retrieved", Value.DAY),
        *_thing("dcterms:replaces", "document", many=True), *_text("note", many=True),
    ),
)}  # fmt: skip
