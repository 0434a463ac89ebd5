"""Writes a data directory of any size that reads like the real one and passes its checks: for measuring, not for use.

Every document describes a network at one moment: its members, its meetings, who appeared there, what was counted.
The same arguments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_PREFIXES = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix act: <https://w3id.org/ccn/act/> .
@prefix body: <https://w3id.org/ccn/body/> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix event: <https://w3id.org/ccn/event/> .
@prefix field: <https://w3id.org/ccn/field/> .
@prefix graph: <https://w3id.org/ccn/graph/> .
@prefix kind: <https://w3id.org/ccn/kind/> .
@prefix measure: <https://w3id.org/ccn/measure/> .
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix mode: <https://w3id.org/ccn/mode/> .
@prefix net: <https://w3id.org/ccn/network/> .
@prefix obs: <https://w3id.org/ccn/observation/> .
@prefix person: <https://w3id.org/ccn/person/> .
@prefix place: <https://w3id.org/ccn/place/> .
@prefix role: <https://w3id.org/ccn/role/> .
@prefix series: <https://w3id.org/ccn/series/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

_FIELDS = ("architecture", "crafts", "design", "film", "gastronomy", "literature", "media-arts", "music")
_MODES = ("on-site", "online", "hybrid")
_COUNTRIES = 60
_NETWORKS = 20
_MEMBERS = 25
_MEETINGS = 4
_GUESTS = 3


def write(directory: Path, documents: int) -> None:
    """Write registers, an editorial file and so many documents, of about 300 statements each, below `directory`."""
    cities = max(_MEMBERS, documents * 3)
    _put(directory / "registers" / "place.ttl", _countries())
    _put(directory / "registers" / "city.ttl", _cities(cities))
    _put(directory / "registers" / "network.ttl", _networks())
    _put(directory / "registers" / "series.ttl", _series())
    _put(directory / "registers" / "body.ttl", _bodies())
    _put(directory / "registers" / "person.ttl", _persons(documents))
    _put(directory / "registers" / "document.ttl", [_reference()])
    _put(directory / "editorial.ttl", [])
    for number in range(documents):
        _put(directory / "documents" / f"report-{number:05}.ttl", _document(number, cities))


def _put(path: Path, records: Iterator[str] | list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((_PREFIXES, *records)), encoding="utf-8")


def _record(subject: str, class_: str, *said: str) -> str:
    return f"{subject} a {class_}" + "".join(f" ;\n    {one}" for one in said) + " .\n"


def _both(predicate: str, japanese: str, english: str) -> str:
    return f'{predicate} "{japanese}"@ja, "{english}"@en'


def _countries() -> Iterator[str]:
    for number in range(_COUNTRIES):
        code = chr(65 + number // 26) + chr(65 + number % 26)
        yield _record(
            f"place:country-{number:02}", "ccn:Country", _both("skos:prefLabel", f"第{number}国", f"Country {number}"),
            f'skos:notation "{code}"', "dcterms:source doc:atlas",
        )  # fmt: skip


def _cities(count: int) -> Iterator[str]:
    for number in range(count):
        yield _record(
            f"city:city-{number:05}", "ccn:City", _both("skos:prefLabel", f"第{number}市", f"City {number}"),
            "ccn:kind kind:municipality", f"ccn:within place:country-{number % _COUNTRIES:02}",
            f"wgs:lat {number % 178 - 89}.25", f"wgs:long {number % 358 - 179}.75",
            f"skos:exactMatch <https://sws.geonames.org/{1000000 + number}/>", "dcterms:source doc:atlas",
        )  # fmt: skip


def _networks() -> Iterator[str]:
    for number in range(_NETWORKS):
        yield _record(
            f"net:network-{number:02}", "ccn:Network",
            _both("skos:prefLabel", f"第{number}都市ネットワーク", f"Network {number}"),
            "ccn:fieldScheme field:", "dcterms:source doc:atlas",
        )  # fmt: skip


def _series() -> Iterator[str]:
    for number in range(_NETWORKS):
        yield _record(
            f"series:meeting-{number:02}", "ccn:EventSeries",
            _both("skos:prefLabel", f"第{number}都市ネットワーク会議", f"Meeting of network {number}"),
            f"ccn:network net:network-{number:02}", f"ccn:organizer net:network-{number:02}",
        )  # fmt: skip


def _bodies() -> Iterator[str]:
    for number in range(_NETWORKS):
        yield _record(
            f"body:office-{number:02}", "ccn:Body", _both("skos:prefLabel", f"第{number}事務局", f"Office {number}"),
            "ccn:kind kind:office", "dcterms:source doc:atlas",
        )  # fmt: skip


def _persons(documents: int) -> Iterator[str]:
    for number in range(documents * _GUESTS):
        yield _record(
            f"person:person-{number:06}", "ccn:Person", _both("skos:prefLabel", f"第{number}氏", f"Person {number}"),
        )  # fmt: skip


def _reference() -> str:
    return _record(
        "doc:atlas", "ccn:Document", _both("dcterms:title", "地図帳", "Atlas"), "dcterms:publisher body:office-00",
        'ccn:retrieved "2026-11-01"^^xsd:date',
    )  # fmt: skip


def _document(number: int, cities: int) -> Iterator[str]:
    network = f"network-{number % _NETWORKS:02}"
    year = 1990 + number // _NETWORKS % 36
    yield _record(
        f"doc:report-{number:05}", "ccn:Document", _both("dcterms:title", f"第{number}報告", f"Report {number}"),
        f"dcterms:publisher city:city-{number % cities:05}", f'dcterms:issued "{year}"^^xsd:gYear',
        'dcterms:language "ja"', 'ccn:retrieved "2026-11-01"^^xsd:date',
    )  # fmt: skip
    yield _record(
        f"net:{network}", "ccn:Network", _both("ccn:purpose", "文化で都市を結ぶ。", "To link cities by culture."),
        'ccn:locator "目的, l. 9"',
    )  # fmt: skip
    yield from _members(number, cities, network, year)
    for meeting in range(_MEETINGS):
        yield from _meeting(number, meeting, cities, year)


def _members(number: int, cities: int, network: str, year: int) -> Iterator[str]:
    for place in range(_MEMBERS):
        city = (number * 7 + place * 11) % cities
        yield _record(
            f"member:{network}-city-{city:05}", "ccn:Membership", f"org:member city:city-{city:05}",
            f"org:organization net:{network}", f"ccn:field field:{_FIELDS[city % len(_FIELDS)]}",
            f'ccn:asOf "{year}"^^xsd:gYear', f'ccn:locator "加盟都市, l. {20 + place}"',
        )  # fmt: skip


def _meeting(number: int, meeting: int, cities: int, year: int) -> Iterator[str]:
    slug = f"meeting-{number:05}-{meeting}"
    month = 2 + 3 * meeting
    participants = ", ".join(f"city:city-{(number * 5 + place) % cities:05}" for place in range(6))
    host = f"city:city-{(number + meeting) % cities:05}"
    yield _record(
        f"event:{slug}", "ccn:Event", f"ccn:editionOf series:meeting-{number % _NETWORKS:02}",
        f"ccn:ordinal {number // _NETWORKS * _MEETINGS + meeting + 1}", "ccn:kind kind:meeting",
        f"ccn:mode mode:{_MODES[number % 3]}", f"ccn:host {host}", f"ccn:venue {host}",
        f"ccn:organizer net:network-{number % _NETWORKS:02}", f"ccn:participant {participants}",
        f'ccn:plannedStart "{year}-{month:02}"^^xsd:gYearMonth', f'ccn:start "{year}-{month:02}-10"^^xsd:date',
        f'ccn:end "{year}-{month:02}-12"^^xsd:date',
        _both("ccn:topic", f"第{number}報告の話題", f"Topic of report {number}"),
        f'ccn:locator "会議, l. {60 + meeting}"',
    )  # fmt: skip
    for guest in range(_GUESTS):
        yield _record(
            f"event:{slug}-guest-{guest}", "ccn:Appearance", f"ccn:event event:{slug}",
            f"ccn:person person:person-{number * _GUESTS + guest:06}", "ccn:role role:guest",
            f"ccn:affiliation body:office-{number % _NETWORKS:02}", 'ccn:capacity "事務局長"@ja',
            f'ccn:locator "来賓, l. {70 + guest}"',
        )  # fmt: skip
    yield _record(
        f"obs:{slug}-cities", "ccn:Observation", f"ccn:about event:{slug}", "ccn:measure measure:participating-cities",
        f"ccn:value {40 + number % 50}", 'ccn:locator "参加者, l. 80"',
    )  # fmt: skip
    yield _record(
        f"act:{slug}-adoption", "ccn:Adoption", f"ccn:concerns event:{slug}", f"ccn:at event:{slug}",
        f"ccn:by net:network-{number % _NETWORKS:02}", f'ccn:date "{year}-{month:02}-12"^^xsd:date',
        _both("dcterms:title", f"第{number}宣言", f"Declaration {number}"), 'ccn:locator "採択, l. 90"',
    )  # fmt: skip
