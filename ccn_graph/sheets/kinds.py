"""What each kind of sheet holds: its columns, in the order in which a record is written."""

from __future__ import annotations

from ccn_graph.sheets.columns import (
    Column,
    Home,
    SheetKind,
    Value,
    class_column,
    expanded,
    hint,
    matches,
    plain,
    predicate,
    text,
    thing,
)
from ccn_graph.text.languages import Bilingual

_R = Home.REGISTER
_CODES = hint("country", "prefecture", "municipalCode", "geonames")
_EVIDENCE = (*text("note", many=True), *plain("locator", Value.PLAIN))
_PRINTED = text("datePrinted")
_DOCUMENT = hint("document")
_NEW = hint("differentFrom")
_NAMES = (
    *_NEW, *text("skos:prefLabel", _R), *text("skos:altLabel", _R, many=True),
    Column("altLabel", predicate("skos:altLabel"), Value.LOCAL_TEXT, _R, (), True),
    Column("reading", predicate("reading"), Value.TEXT, _R, (), False, "ja-Hira"),
)  # fmt: skip
_TITLE = Column("title", predicate("dcterms:title"), Value.LOCAL_TEXT, Home.DOCUMENT)
_SOURCE = (*thing("dcterms:source", "document", _R, many=True),)
_PAGE = plain("foaf:homepage", Value.PAGE, _R)
_LOCATION = (
    *thing("within", "site", _R), *plain("wgs:lat", Value.DECIMAL, _R), *plain("wgs:long", Value.DECIMAL, _R),
    matches("geonames", Value.GEONAMES), matches("wikidata", Value.WIKIDATA), *_PAGE, *_SOURCE,
)  # fmt: skip
_TERM = (
    *plain("start", Value.DATE), *plain("end", Value.DATE), *plain("asOf", Value.UNTIMED), *plain("knownBy", Value.DAY),
)  # fmt: skip

ACTS = (
    "ccn:Founding", "ccn:Aspiration", "ccn:Application", "ccn:Recommendation", "ccn:Designation", "ccn:Rejection",
    "ccn:Deferral", "ccn:Withdrawal", "ccn:Suspension", "ccn:Resumption", "ccn:Dissolution", "ccn:Renaming",
    "ccn:Merger", "ccn:FieldChange", "ccn:Review", "ccn:Adoption", "ccn:Award", "ccn:Cooperation", "ccn:Postponement",
    "ccn:Relocation", "ccn:Cancellation",
)  # fmt: skip


def _kind(
    name: str, classes: str, prefix: str, register: str, needed: str, *columns: Column, placed: str = "", who: str = ""
) -> SheetKind:  # fmt: skip
    iris = tuple(expanded(curie) for curie in classes.split())
    return SheetKind(
        name, iris, prefix, register, (*hint("id"), *columns), tuple(needed.split()), tuple(placed.split()), who
    )


KINDS: dict[str, SheetKind] = {kind.name: kind for kind in (
    _kind(
        "memberships", "ccn:Membership", "member", "", "member organization", *_DOCUMENT,
        *thing("org:member", "member"), *_CODES, *thing("org:organization", "joined"),
        *thing("org:role", "role", many=True), *thing("field", "field", many=True), *_TERM, *_PRINTED, *_EVIDENCE,
        placed="member", who="member",
    ),
    _kind(
        "non-memberships", "ccn:NonMembership", "member", "", "nonMember about", *_DOCUMENT,
        *thing("nonMember", "organization"), *_CODES, *thing("about", "joined"), *plain("asOf", Value.UNTIMED),
        *_PRINTED, *_EVIDENCE,
        placed="nonMember", who="nonMember",
    ),
    _kind(
        "offices", "ccn:Office", "office", "", "holder officeIn role", *_DOCUMENT, *thing("holder", "holder"), *_CODES,
        *thing("officeIn", "joined"), *thing("role", "role"), *text("capacity"), *_TERM, *_PRINTED, *_EVIDENCE,
        placed="holder", who="holder",
    ),
    _kind(
        "events", "ccn:Event", "event", "", "", *_DOCUMENT, *_NEW, *text("skos:prefLabel"),
        *text("skos:altLabel", many=True), *thing("editionOf", "series"), *plain("ordinal", Value.WHOLE),
        *thing("partOf", "whole", many=True), *thing("heldWith", "event", many=True), *thing("kind", "kind"),
        *thing("host", "city", many=True), *thing("venue", "site", many=True), *hint("country", "prefecture"),
        *thing("mode", "mode"), *thing("organizer", "organization", many=True),
        *thing("coOrganizer", "organization", many=True), *thing("supporter", "organization", many=True),
        *thing("participant", "organization", many=True), *thing("engagesWith", "process", many=True),
        *plain("plannedStart", Value.DATE), *plain("plannedEnd", Value.DATE), *plain("start", Value.DATE),
        *plain("end", Value.DATE), *_PRINTED, *plain("held", Value.FLAG), *plain("optional", Value.FLAG),
        *text("theme"), *text("topic", many=True), *text("advice", many=True), *text("purpose", many=True), *_EVIDENCE,
        placed="host venue",
    ),
    _kind(
        "participants", "ccn:Event", "event", "", "event participant", *_DOCUMENT, *thing("event", "event", Home.HINT),
        *thing("participant", "organization", many=True), *_CODES, *_EVIDENCE,
        placed="participant", who="participant",
    ),
    _kind(
        "participations", "ccn:Participation", "event", "", "event party", *_DOCUMENT, *thing("event", "event"),
        *thing("party", "organization"), *_CODES, *thing("mode", "mode", many=True),
        *thing("role", "role", many=True), *_EVIDENCE,
        placed="party", who="party",
    ),
    _kind(
        "appearances", "ccn:Appearance", "event", "", "event role", *_DOCUMENT, *thing("event", "event"),
        *thing("person", "person"), *thing("role", "role", many=True),
        *thing("affiliation", "organization", many=True), *hint("country", "prefecture"), *text("capacity"),
        *_EVIDENCE,
        placed="affiliation",
    ),
    _kind(
        "acts", "ccn:Act", "act", "", "class concerns", *_DOCUMENT, class_column(*ACTS), *text("skos:prefLabel"),
        *thing("concerns", "anything", many=True), *thing("by", "organization", many=True),
        *hint("country", "prefecture"), *plain("date", Value.DATE), *_PRINTED, *thing("follows", "act", many=True),
        *thing("at", "event", many=True), *thing("under", "framework", many=True),
        *thing("supporter", "organization", many=True), *thing("field", "field", many=True),
        *thing("org:originalOrganization", "city", many=True), *thing("org:resultingOrganization", "city"),
        *text("dcterms:title"), *_EVIDENCE,
        placed="by",
    ),
    _kind(
        "observations", "ccn:Observation", "obs", "", "about measure value", *_DOCUMENT, *thing("about", "anything"),
        *thing("measure", "measure"), *thing("area", "site"), *thing("field", "field"), *plain("value", Value.NUMBER),
        *plain("valueTo", Value.NUMBER), *plain("asOf", Value.UNTIMED), *plain("knownBy", Value.DAY), *_PRINTED,
        *plain("approximate", Value.FLAG), *plain("lowerBound", Value.FLAG), *plain("upperBound", Value.FLAG),
        *plain("planned", Value.FLAG), *_EVIDENCE,
    ),
    _kind(
        "cities", "ccn:City", "city", "city", "", *_NAMES, *thing("kind", "kind", _R),
        *plain("municipalCode", Value.CODE, _R), *hint("country", "prefecture"), *_LOCATION,
    ),
    _kind(
        "places", "ccn:Place ccn:Prefecture ccn:Country", "place", "place", "",
        class_column("ccn:Place", "ccn:Prefecture", "ccn:Country"), *_NAMES,
        *plain("skos:notation", Value.COUNTRY_CODE, _R), *plain("municipalCode", Value.CODE, _R),
        *hint("country", "prefecture"), *_LOCATION,
    ),
    _kind(
        "networks", "ccn:Network", "net", "network", "", *_DOCUMENT, *_NAMES, *_PAGE, *_SOURCE,
        *thing("engagesWith", "process", many=True), *thing("covers", "field", many=True),
        *text("purpose", many=True), *text("remit", many=True), *_EVIDENCE,
    ),
    _kind(
        "bodies", "ccn:Body ccn:NetworkBody", "body", "body", "", *_DOCUMENT,
        class_column("ccn:Body", "ccn:NetworkBody"), *_NAMES, *thing("kind", "kind", _R),
        *thing("org:subOrganizationOf", "organization", _R, many=True), *_PAGE, *_SOURCE,
        *thing("engagesWith", "process", many=True), *text("purpose", many=True), *text("remit", many=True),
        *_EVIDENCE,
    ),
    _kind(
        "series", "ccn:EventSeries", "series", "series", "", *_DOCUMENT, *_NAMES,
        *thing("network", "network", _R, many=True), *thing("organizer", "organization", _R, many=True), *_SOURCE,
        *text("purpose", many=True), *_EVIDENCE,
    ),
    _kind(
        "programmes", "ccn:Programme", "prog", "programme", "", *_DOCUMENT, *_NAMES,
        *thing("network", "network", _R, many=True), *_SOURCE, *thing("operator", "organization", many=True),
        *thing("continues", "initiative", many=True), *thing("partOf", "whole", many=True),
        *thing("engagesWith", "process", many=True), *plain("start", Value.DATE), *plain("end", Value.DATE), *_PRINTED,
        *text("purpose", many=True), *_EVIDENCE,
    ),
    _kind(
        "persons", "ccn:Person", "person", "person", "", *_NAMES, *text("note", _R, many=True), *_SOURCE,
    ),
    _kind(
        "documents", "ccn:Document", "doc", "", "id", *_NEW, *text("dcterms:title"), _TITLE, *text("titleTranslated"),
        *thing("dcterms:publisher", "holder", many=True), *thing("dcterms:creator", "holder", many=True),
        *thing("operator", "organization", many=True), *plain("dcterms:issued", Value.UNTIMED), *_PRINTED,
        *plain("dcterms:language", Value.PLAIN, many=True), *plain("dcterms:identifier", Value.PLAIN, many=True),
        *plain("schema:url", Value.ADDRESS, many=True), *plain("retrieved", Value.DAY), *thing("howRead", "howread"),
        *thing("readThrough", "document"), *thing("dcterms:replaces", "document", many=True), *text("note", many=True),
    ),
)}  # fmt: skip

#: What a sheet of each kind is called in a workbook.
TITLES: dict[str, Bilingual] = {
    "memberships": {"ja": "加盟", "en": "Memberships"},
    "non-memberships": {"ja": "非会員", "en": "Non-memberships"},
    "offices": {"ja": "役職", "en": "Offices"},
    "events": {"ja": "行事", "en": "Events"},
    "participants": {"ja": "参加者", "en": "Participants"},
    "participations": {"ja": "参加のしかた", "en": "Participations"},
    "appearances": {"ja": "登壇", "en": "Appearances"},
    "acts": {"ja": "行為", "en": "Acts"},
    "observations": {"ja": "数値", "en": "Observations"},
    "cities": {"ja": "都市", "en": "Cities"},
    "places": {"ja": "場所", "en": "Places"},
    "networks": {"ja": "ネットワーク", "en": "Networks"},
    "bodies": {"ja": "機関", "en": "Bodies"},
    "series": {"ja": "シリーズ", "en": "Series"},
    "programmes": {"ja": "事業", "en": "Programmes"},
    "persons": {"ja": "人", "en": "Persons"},
    "documents": {"ja": "文書", "en": "Documents"},
}
#: Sheets that say what there is come before those that say something of it.
ORDER = (
    "documents", "places", "cities", "networks", "bodies", "persons", "programmes", "series",
    *(name for name, kind in KINDS.items() if not kind.register and name != "documents"),
)  # fmt: skip
