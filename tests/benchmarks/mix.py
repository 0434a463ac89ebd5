"""The queries: what the users of a graph of city networks ask, each with a parameter that varies.

`Kind.request(n)` gives the n-th request as bytes; no two of one kind are the same text, so that no answer can come
from a cache unless the same `n` is sent again.
"""

from __future__ import annotations

import functools
import random
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from ccn_graph.rdf import namespaces
from tests.benchmarks.dataset import CITIES, COUNTRIES, FIELDS, NETWORKS, REGIONS, SERIES, Membership, city, english

#: Rows of the large answer: about 7 MB of JSON.
SCANNED = 28_000

JSON = "application/sparql-results+json"
CSV = "text/csv"
TRIPLES = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of query; `text` makes the n-th for a dataset with so many documents."""

    name: str
    text: Callable[[int, int], str]
    accept: str = JSON
    weight: int = 2
    """How often it occurs in the mixed load; 0 for never."""

    def query(self, number: int, documents: int) -> str:
        """Give the n-th query; its last line makes the text one of its kind."""
        return f"{_head(self.text)}{self.text(number * 7_919, documents)}\n# {number}"

    def request(self, number: int, documents: int, path: str) -> bytes:
        """Give the n-th query as an HTTP request."""
        query = urllib.parse.urlencode({"query": self.query(number, documents)})
        head = f"GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {self.accept}\r\nUser-Agent: bench\r\n\r\n"
        return head.encode()


@functools.cache
def _head(text: Callable[[int, int], str]) -> str:
    """Declare the prefixes that a kind of query uses."""
    used = dict.fromkeys(re.findall(r"(?<![<\w])([a-z]+):", text(0, 100)))
    return "".join(f"PREFIX {prefix}: <{namespaces.PREFIXES[prefix]}>\n" for prefix in used)


def _city(n: int, documents: int) -> str:
    # A city that is a member somewhere, as those that people ask for are.
    return f"city:{city(_member(n, documents).city)}"


def _member(n: int, documents: int) -> Membership:
    return Membership(n % documents, n % 5)


def _label(n: int, documents: int) -> str:
    return f'SELECT ?label WHERE {{ {_city(n, documents)} skos:prefLabel ?label FILTER(LANG(?label) = "ja") }}'


def _card(n: int, documents: int) -> str:
    return f"SELECT ?property ?value WHERE {{ {_city(n, documents)} ?property ?value }}"


def _labels(n: int, documents: int) -> str:
    cities = " ".join(_city(n + step, documents) for step in range(25))
    return (
        f"SELECT ?city ?ja ?en WHERE {{ VALUES ?city {{ {cities} }} ?city skos:prefLabel ?ja, ?en "
        'FILTER(LANG(?ja) = "ja" && LANG(?en) = "en") }'
    )


def _members_on_date(n: int, _: int) -> str:
    year = 1995 + n // NETWORKS % 30
    return (
        f"SELECT DISTINCT ?city ?label ?start WHERE {{ ?m org:organization net:net-{n % NETWORKS} ; org:member ?city ; "
        "ccn:start ?start . OPTIONAL { ?m ccn:end ?end } ?city skos:prefLabel ?label "
        f'FILTER(LANG(?label) = "en" && STR(?start) <= "{year}" && (!BOUND(?end) || STR(?end) > "{year}")) }} '
        "ORDER BY ?label ?start LIMIT 200"
    )


def _members_by_field(n: int, _: int) -> str:
    return (
        f"SELECT DISTINCT ?city ?start WHERE {{ ?m org:organization net:net-{n % NETWORKS} ; "
        f"ccn:field field:{FIELDS[n // NETWORKS % 8]} ; org:member ?city ; ccn:start ?start }}"
    )


def _networks_of_city(n: int, documents: int) -> str:
    return (
        f"SELECT DISTINCT ?network ?label ?start WHERE {{ ?m org:member {_city(n, documents)} ; "
        "org:organization ?network ; ccn:start ?start . ?network skos:prefLabel ?label "
        'FILTER(LANG(?label) = "en") } ORDER BY ?start ?label'
    )


def _evidence(n: int, documents: int) -> str:
    return (
        f"SELECT ?graph ?locator ?issued WHERE {{ GRAPH ?graph {{ member:{_member(n, documents).name} ccn:start ?start "
        "; ccn:locator ?locator . ?document dcterms:issued ?issued } }"
    )


def _document(n: int, documents: int) -> str:
    return f"SELECT ?s ?p ?o WHERE {{ GRAPH graph:doc-{n % documents} {{ ?s ?p ?o }} }}"


def _shared_members(n: int, _: int) -> str:
    a, b = n % NETWORKS, (n // NETWORKS + n + 1) % NETWORKS
    return (
        f"SELECT DISTINCT ?city WHERE {{ ?a org:organization net:net-{a} ; org:member ?city . "
        f"?b org:organization net:net-{b} ; org:member ?city }}"
    )


def _cities_of_region(n: int, _: int) -> str:
    return (
        f"SELECT ?city ?label ?same ?lat WHERE {{ ?city ccn:within place:region-{n % REGIONS} ; skos:prefLabel ?label "
        '; wgs:lat ?lat . OPTIONAL { ?city skos:exactMatch ?same } FILTER(LANG(?label) = "ja") }'
    )


def _count_by_field(n: int, _: int) -> str:
    return (
        "SELECT ?field (COUNT(DISTINCT ?city) AS ?n) WHERE { "
        f"?m org:organization net:net-{n % NETWORKS} ; ccn:field ?field ; org:member ?city }} "
        "GROUP BY ?field ORDER BY DESC(?n) ?field"
    )


def _growth(n: int, _: int) -> str:
    return (
        f"SELECT ?year (COUNT(DISTINCT ?m) AS ?n) WHERE {{ ?m org:organization net:net-{n % NETWORKS} ; "
        "ccn:start ?start BIND(STR(?start) AS ?year) } GROUP BY ?year ORDER BY ?year"
    )


def _within(n: int, documents: int) -> str:
    return f"SELECT DISTINCT ?place WHERE {{ {_city(n, documents)} ccn:within+ ?place }}"


def _cities_of_country(n: int, _: int) -> str:
    return f"SELECT (COUNT(DISTINCT ?city) AS ?n) WHERE {{ ?city ccn:within/ccn:within place:country-{n % COUNTRIES} }}"


def _search(n: int, documents: int) -> str:
    words = english(n % (documents * CITIES)).split()
    return (
        "SELECT DISTINCT ?city ?label WHERE { ?city a ccn:City ; skos:prefLabel ?label "
        f'FILTER(REGEX(?label, "^{words[0]}.*{words[1][:2]}", "i")) }} ORDER BY ?label LIMIT 20'
    )


def _latest(n: int, documents: int) -> str:
    return (
        f"SELECT ?value ?asOf WHERE {{ ?o ccn:about {_city(n, documents)} ; ccn:measure ?measure ; "
        "ccn:value ?value ; ccn:asOf ?asOf } ORDER BY DESC(?asOf) ?value LIMIT 10"
    )


def _editions(n: int, _: int) -> str:
    return (
        f"SELECT DISTINCT ?ordinal ?host ?label ?start WHERE {{ ?event ccn:editionOf series:series-{n % SERIES} ; "
        "ccn:ordinal ?ordinal ; ccn:host ?host ; ccn:start ?start . ?host skos:prefLabel ?label "
        'FILTER(LANG(?label) = "ja") } ORDER BY ?ordinal LIMIT 100'
    )


def _not_member(n: int, _: int) -> str:
    return (
        f"SELECT ?city WHERE {{ ?city ccn:within place:region-{n % REGIONS} FILTER NOT EXISTS {{ "
        f"?m org:member ?city ; org:organization net:net-{n // REGIONS % NETWORKS} }} }}"
    )


def _describe(n: int, documents: int) -> str:
    return f"DESCRIBE {_city(n, documents)}"


def _construct(n: int, documents: int) -> str:
    me = _city(n, documents)
    return f"CONSTRUCT {{ {me} org:memberOf ?network }} WHERE {{ ?m org:member {me} ; org:organization ?network }}"


def _ask(n: int, documents: int) -> str:
    return f"ASK {{ ?m org:member {_city(n, documents)} ; org:organization net:net-{n % NETWORKS} }}"


def _scan(_n: int, _: int) -> str:
    return f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {SCANNED}"


KINDS = (
    Kind("label of a city", _label, weight=6),
    Kind("all of a city", _card, weight=6),
    Kind("labels of 25 cities", _labels),
    Kind("labels of 25 cities, CSV", _labels, CSV),
    Kind("members on a date", _members_on_date),
    Kind("members on a date, CSV", _members_on_date, CSV),
    Kind("members by field", _members_by_field),
    Kind("networks of a city", _networks_of_city, weight=6),
    Kind("evidence (GRAPH)", _evidence, weight=4),
    Kind("what a document says", _document),
    Kind("shared members (join)", _shared_members),
    Kind("cities of a region (OPTIONAL)", _cities_of_region, weight=4),
    Kind("count by field", _count_by_field),
    Kind("growth by year", _growth),
    Kind("within+ (path)", _within, weight=4),
    Kind("cities of a country (path)", _cities_of_country),
    Kind("search (REGEX)", _search, weight=1),
    Kind("latest figures (ORDER, LIMIT)", _latest, weight=4),
    Kind("editions of a series", _editions),
    Kind("not a member (NOT EXISTS)", _not_member),
    Kind("describe a city", _describe, TRIPLES, weight=4),
    Kind("construct memberships", _construct, TRIPLES),
    Kind("is it a member (ASK)", _ask, weight=4),
    Kind("scan", _scan, weight=0),
    Kind("scan, CSV", _scan, CSV, weight=0),
)

#: The mixed load: each kind as often as its weight, in an order that is always the same.
MIXED = tuple(random.Random(4).sample(many := [kind for kind in KINDS for _ in range(kind.weight)], len(many)))
