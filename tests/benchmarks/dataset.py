"""Data like ours in any size: the same bytes for the same size, written as they are made.

Documents are named graphs of some 80 statements; every other document repeats a membership of an earlier one, as
documents do, so that the union of the graphs is smaller than their sum.
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.rdf import namespaces

NETWORKS = 40
SERIES = 60
COUNTRIES = 60
REGIONS = 600
FIELDS = ("architecture", "crafts", "design", "film", "gastronomy", "literature", "media-arts", "music")
MEASURES = ("population", "members", "visitors", "budget", "venues")

#: Per document.
CITIES = 2
MEMBERSHIPS = 5
OBSERVATIONS = 3

_KANJI = "旭山神戸金沢鶴岡浜松札幌臼杵篠京都丹波名古屋横川上田村島原高松長野岐阜"
_SOUNDS = "asa yama kobe kana zawa tsuru oka hama matsu saka usu kyo nago shima".split()  # noqa: SIM905


def _pick(most: int, *key: object) -> int:
    """Choose a number below `most`: always the same for the same key."""
    return zlib.crc32(repr(key).encode()) % most


def _iri(prefix: str, name: object) -> str:
    return f"<{namespaces.PREFIXES[prefix]}{name}>"


def _typed(value: object, datatype: str) -> str:
    return f'"{value}"^^<{namespaces.PREFIXES["xsd"]}{datatype}>'


def city(number: int) -> str:
    """Give the slug of a city."""
    return f"{_SOUNDS[number % 14]}{_SOUNDS[number // 14 % 14]}-{number}"


def english(number: int) -> str:
    """Give the English label of a city."""
    return f"{_SOUNDS[number % 14]}{_SOUNDS[number // 14 % 14]} {number}".capitalize()


def _japanese(number: int) -> str:
    return f"{_KANJI[number % 34]}{_KANJI[number // 34 % 34]}{number}市"


@dataclass(frozen=True, slots=True)
class Membership:
    """A city in a network; `document` and `number` make it up."""

    document: int
    number: int

    @property
    def city(self) -> int:
        """Number of the city: one of those known by the time of the document."""
        return _pick((self.document + 1) * CITIES, "city", self.document, self.number)

    @property
    def network(self) -> int:
        """Number of the network; some are large, most are small."""
        return min(_pick(NETWORKS, "net", self.document, self.number), _pick(NETWORKS, self.number, self.document))

    @property
    def start(self) -> int:
        """Year in which it began."""
        return 1990 + _pick(36, "start", self.document, self.number)

    @property
    def name(self) -> str:
        """Its slug."""
        return f"net-{self.network}-{city(self.city)}-{self.document}-{self.number}"

    def statements(self) -> Iterator[tuple[str, str, str]]:
        """Say what any document says that knows of it."""
        me = _iri("member", self.name)
        yield me, _A, _iri("ccn", "Membership")
        yield me, _iri("org", "member"), _iri("city", city(self.city))
        yield me, _iri("org", "organization"), _iri("net", f"net-{self.network}")
        yield me, _iri("ccn", "field"), _iri("field", FIELDS[_pick(8, "field", self.document, self.number)])
        yield me, _iri("ccn", "start"), _typed(self.start, "gYear")
        if _pick(4, "end", self.document, self.number) == 0:
            yield me, _iri("ccn", "end"), _typed(self.start + 5, "gYear")


_A = _iri("rdf", "type")
_LABEL = _iri("skos", "prefLabel")
_LOCATOR = _iri("ccn", "locator")


def write(path: Path, quads: int) -> int:
    """Write at least that many quads as N-Quads, up to the end of a document; give the number of documents."""
    registers = _iri("graph", "registers")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        left = quads
        for subject, predicate, value in _registers():
            file.write(f"{subject} {predicate} {value} {registers} .\n")
            left -= 1
        for document in itertools.count():
            if left <= 0:
                return document
            lines = [f"{' '.join(said)} {registers} .\n" for said in _cities(document)]
            graph = _iri("graph", f"doc-{document}")
            lines += [f"{' '.join(said)} {graph} .\n" for said in _document(document)]
            file.writelines(lines)
            left -= len(lines)
    raise AssertionError


def kept(directory: Path, quads: int) -> tuple[Path, int]:
    """Give a file in `directory` with that many quads, and its documents; it is written unless it is there."""
    # Other data after a change of this file have another name.
    known = f"quads-{quads}-{zlib.crc32(Path(__file__).read_bytes()):08x}"
    for path in directory.glob(f"{known}-*.nq"):
        return path, int(path.stem.rpartition("-")[2])
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f"{known}.{os.getpid()}"
    documents = write(unfinished, quads)
    return unfinished.rename(directory / f"{known}-{documents}.nq"), documents


def _registers() -> Iterator[tuple[str, str, str]]:
    kinds = (
        ("net", "Network", [f"net-{n}" for n in range(NETWORKS)]),
        ("series", "EventSeries", [f"series-{n}" for n in range(SERIES)]),
        ("place", "Country", [f"country-{n}" for n in range(COUNTRIES)]),
        ("place", "Prefecture", [f"region-{n}" for n in range(REGIONS)]),
        ("field", "Field", list(FIELDS)),
        ("measure", "Measure", list(MEASURES)),
    )
    for prefix, class_, names in kinds:
        for number, name in enumerate(names):
            yield _iri(prefix, name), _A, _iri("ccn", class_)
            yield _iri(prefix, name), _LABEL, f'"{name.replace("-", " ").capitalize()}"@en'
            yield _iri(prefix, name), _LABEL, f'"{class_}の{number}番"@ja'
    for number in range(REGIONS):
        yield _iri("place", f"region-{number}"), _iri("ccn", "within"), _iri("place", f"country-{number % COUNTRIES}")


def _cities(document: int) -> Iterator[tuple[str, str, str]]:
    for number in range(document * CITIES, (document + 1) * CITIES):
        me = _iri("city", city(number))
        yield me, _A, _iri("ccn", "City")
        yield me, _LABEL, f'"{_japanese(number)}"@ja'
        yield me, _LABEL, f'"{english(number)}"@en'
        yield me, _iri("ccn", "within"), _iri("place", f"region-{region(number)}")
        yield me, _iri("wgs", "lat"), _typed(f"{_pick(18_000, 'lat', number) / 100 - 90:.2f}", "decimal")
        yield me, _iri("wgs", "long"), _typed(f"{_pick(36_000, 'long', number) / 100 - 180:.2f}", "decimal")
        if number % 3:
            yield me, _iri("skos", "exactMatch"), f"<http://www.wikidata.org/entity/Q{number + 1_000_000}>"


def region(city_number: int) -> int:
    """Give the number of the region that a city lies in."""
    return _pick(REGIONS, "region", city_number)


def _document(number: int) -> Iterator[tuple[str, str, str]]:
    me = _iri("doc", f"doc-{number}")
    publisher = _iri("city", city(_pick((number + 1) * CITIES, "publisher", number)))
    yield me, _A, _iri("ccn", "Document")
    yield me, _iri("dcterms", "title"), f'"第{number}号 創造都市ネットワーク会議 報道発表"@ja'
    yield me, _iri("dcterms", "publisher"), publisher
    yield me, _iri("dcterms", "issued"), _typed(_day(number), "date")
    yield me, _iri("dcterms", "language"), '"ja"'
    yield me, _iri("ccn", "retrieved"), _typed("2026-11-01", "date")
    told = [Membership(number, n) for n in range(MEMBERSHIPS)]
    if number % 2:
        told.append(Membership(_pick(number, "repeated", number), 0))
    for place, membership in enumerate(told):
        yield from membership.statements()
        yield _iri("member", membership.name), _LOCATOR, f'"p. {number % 40 + 1}, row {place + 1}"'
    yield from _event(number)
    yield from _observations(number)


def _event(document: int) -> Iterator[tuple[str, str, str]]:
    me = _iri("event", f"event-{document}")
    cities = [_iri("city", city(_pick((document + 1) * CITIES, role, document))) for role in ("host", "a", "b", "c")]
    yield me, _A, _iri("ccn", "Event")
    yield me, _LABEL, f'"第{document // SERIES + 1}回会議"@ja'
    yield me, _LABEL, f'"Meeting {document // SERIES + 1}"@en'
    yield me, _iri("ccn", "editionOf"), _iri("series", f"series-{document % SERIES}")
    yield me, _iri("ccn", "ordinal"), _typed(document // SERIES + 1, "integer")
    yield me, _iri("ccn", "host"), cities[0]
    for participant in dict.fromkeys(cities[1:]):
        yield me, _iri("ccn", "participant"), participant
    yield me, _iri("ccn", "start"), _typed(f"{_day(document)}T13:30:00+09:00", "dateTime")
    yield me, _iri("ccn", "end"), _typed(f"{_day(document)}T17:00:00+09:00", "dateTime")
    yield me, _LOCATOR, '"1. 開催概要"'


def _observations(document: int) -> Iterator[tuple[str, str, str]]:
    for number in range(OBSERVATIONS):
        me = _iri("obs", f"obs-{document}-{number}")
        yield me, _A, _iri("ccn", "Observation")
        yield me, _iri("ccn", "about"), _iri("city", city(_pick((document + 1) * CITIES, "about", document, number)))
        yield me, _iri("ccn", "measure"), _iri("measure", MEASURES[number])
        yield me, _iri("ccn", "value"), _typed(_pick(2_000_000, "value", document, number), "integer")
        yield me, _iri("ccn", "asOf"), _typed(_day(document + number), "date")
        yield me, _LOCATOR, f'"表 {number + 1}"'


def _day(number: int) -> str:
    return f"{2000 + number % 26}-{number % 12 + 1:02}-{number % 28 + 1:02}"
