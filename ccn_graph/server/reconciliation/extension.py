"""Gives properties of things that were found, for the columns of a table (data extension)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.server.reconciliation import city_facts
from ccn_graph.server.reconciliation.city_facts import City, Membership

#: Most things of a request, and values of a cell.
MOST_THINGS, MOST_VALUES = 500, 200

Values = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Extension:
    """A property by which a table may be extended."""

    name: Mapping[str, str]
    values: Callable[[Site, City, Sequence[Membership], str], Values]
    """Of a city: from the memberships that are wanted, in the language that is wanted."""
    kind: str = ""
    """The type of the things that are its values."""


def thing(site: Site, iri: str, language: str) -> dict[str, str]:
    """Return a thing as a value."""
    return {"id": iri.removeprefix(namespaces.BASE), "name": site.labels.of(iri, language)}


def _things(site: Site, iris: Iterable[str], language: str) -> Values:
    return [thing(site, iri, language) for iri in dict.fromkeys(iris)]


def _texts(values: Iterable[str]) -> Values:
    return [{"str": value} for value in dict.fromkeys(values) if value]


def _own(name: str, start: str = "") -> Callable[[Site, City, Sequence[Membership], str], Values]:
    def values(_site: Site, city: City, _wanted: Sequence[Membership], _language: str) -> Values:
        return _texts(value.rstrip("/").removeprefix(start) for value in city.own.get(name, ()) if start in value)

    return values


def _number(name: str) -> Callable[[Site, City, Sequence[Membership], str], Values]:
    def values(_site: Site, city: City, _wanted: Sequence[Membership], _language: str) -> Values:
        return [{"float": float(value)} for value in city.own.get(name, ())[:1]]

    return values


#: Property -> what it gives. Of memberships, the setting `network` leaves those of one network.
EXTENSIONS: dict[str, Extension] = {
    "network": Extension(
        {"en": "Networks", "ja": "ネットワーク"},
        lambda site, _city, wanted, language: _things(site, (own.network for own in wanted), language), "network",
    ),
    "field": Extension(
        {"en": "Fields", "ja": "分野"},
        lambda site, _city, wanted, language: _things(site, (iri for own in wanted for iri in own.fields), language),
        "field",
    ),
    "year": Extension(
        {"en": "Years of joining", "ja": "加盟の年"},
        lambda _site, _city, wanted, _language: [
            {"int": int(year)} for year in sorted({own.since[:4] for own in wanted if own.since})
        ],
    ),
    "since": Extension(
        {"en": "Joined, as precisely as stated", "ja": "加盟(文書の精度)"},
        lambda _site, _city, wanted, _language: _texts(own.since for own in wanted),
    ),
    "document": Extension(
        {"en": "Documents", "ja": "典拠の文書"},
        lambda site, _city, wanted, language: _things(site, (own.document for own in wanted if own.document), language),
        "document",
    ),
    "locator": Extension(
        {"en": "Places in the documents", "ja": "文書の箇所"},
        lambda _site, _city, wanted, _language: _texts(own.locator for own in wanted),
    ),
    "country": Extension(
        {"en": "Country", "ja": "国"},
        lambda site, city, _wanted, language: _things(site, city.own.get("country", ()), language), "place",
    ),
    "municipal_code": Extension({"en": "Municipal code (Japan)", "ja": "市町村コード"}, _own("municipalCode")),
    "geonames": Extension({"en": "GeoNames id", "ja": "GeoNamesのID"}, _own("exactMatch", "https://sws.geonames.org/")),
    "wikidata": Extension(
        {"en": "Wikidata item", "ja": "Wikidataの項目"}, _own("exactMatch", "http://www.wikidata.org/entity/")
    ),
    "latitude": Extension({"en": "Latitude", "ja": "緯度"}, _number("lat")),
    "longitude": Extension({"en": "Longitude", "ja": "経度"}, _number("long")),
    "label_ja": Extension({"en": "Name in Japanese", "ja": "日本語の名前"}, lambda *_: []),
    "label_en": Extension({"en": "Name in English", "ja": "英語の名前"}, lambda *_: []),
}  # fmt: skip


def values(site: Site, iri: str, property_: str, network: str, language: str) -> Values:
    """Return the values of a property of a thing; none where it has none, or is not known."""
    if property_.startswith("label_"):
        label = site.labels.spoken(iri, property_.removeprefix("label_"))
        return _texts([label.value] if label else [])
    city = city_facts.cities(site).get(iri)
    extension = EXTENSIONS.get(property_)
    if city is None or extension is None:
        return []
    wanted = [membership for membership in city.memberships if not network or membership.network == network]
    return extension.values(site, city, wanted, language)[:MOST_VALUES]
