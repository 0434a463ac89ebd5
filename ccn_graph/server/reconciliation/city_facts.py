"""What is known of each city that a name may be held against, and that a table may be extended by; read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ccn_graph.pages.site_data import Site, cached
from ccn_graph.text.normalisation import folded

_MEMBERSHIPS = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX graph: <https://w3id.org/ccn/graph/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?city ?membership ?network ?since ?from ?begun ?ending ?until ?field ?document ?locator WHERE {
  GRAPH graph:preferred {
    ?membership a ccn:Membership ; org:member ?city ; org:organization ?network .
    OPTIONAL { ?membership ccn:since ?since }
    OPTIONAL { ?membership ccn:earliestStart ?from }
    OPTIONAL { ?membership ccn:latestStart ?begun }
    OPTIONAL { ?membership ccn:earliestEnd ?ending }
    OPTIONAL { ?membership ccn:latestEnd ?until }
    OPTIONAL { ?membership ccn:field ?field }
    OPTIONAL { ?membership ccn:bestSource ?source }
  }
  OPTIONAL { ?source prov:wasDerivedFrom ?document }
  OPTIONAL { GRAPH ?source { ?membership ccn:locator ?locator } }
}
ORDER BY STR(?membership) STR(?field) STR(?locator)
"""

_PLACES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?city ?place ?name WHERE {
  ?city a ccn:City ; ccn:within+ ?place .
  ?place skos:prefLabel|skos:altLabel|skos:notation ?name
}
"""

_OWN = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX graph: <https://w3id.org/ccn/graph/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?city ?property ?value WHERE {
  VALUES ?property { ccn:municipalCode skos:exactMatch ccn:country wgs:lat wgs:long }
  GRAPH graph:preferred { ?city a ccn:City ; ?property ?value }
}
ORDER BY STR(?city) STR(?property) STR(?value)
"""


@dataclass
class Membership:
    """A membership of a city: its network, its days, its fields, and the document to cite."""

    network: str
    since: str = ""
    begins: tuple[str, str] = ("", "")
    """The earliest and the latest day of its beginning, empty where it has no bound."""
    ends: tuple[str, str] = ("", "")
    fields: list[str] = field(default_factory=list)
    document: str = ""
    locator: str = ""

    def may_hold(self, date: str) -> bool:
        """Tell whether it may have held at some time of a day, month or year (YYYY, YYYY-MM or YYYY-MM-DD)."""
        size = len(date)
        return not (self.begins[0] and self.begins[0][:size] > date) and not (
            self.ends[1] and self.ends[1][:size] < date
        )


@dataclass
class City:
    """What is known of a city."""

    own: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By property, without prefix."""
    around: set[str] = field(default_factory=set)
    """The places that it lies in."""
    names_around: set[str] = field(default_factory=set)
    """What these are called, folded."""
    memberships: list[Membership] = field(default_factory=list)


@cached
def cities(site: Site) -> Mapping[str, City]:
    """Return all cities by their IRIs."""
    by_iri: dict[str, City] = defaultdict(City)
    for row in site.select(_PLACES):
        by_iri[row["city"]].around.add(row["place"])
        by_iri[row["city"]].names_around.add(folded(row["name"]))
    for row in site.select(_OWN):
        by_iri[row["city"]].own[re.split("[/#]", row["property"])[-1]].append(row["value"])
    memberships: dict[str, Membership] = {}
    for row in site.select(_MEMBERSHIPS):
        membership = memberships.get(row["membership"])
        if membership is None:
            membership = memberships[row["membership"]] = Membership(
                row["network"], row.get("since", ""), (row.get("from", ""), row.get("begun", "")),
                (row.get("ending", ""), row.get("until", "")), [], row.get("document", ""), row.get("locator", ""),
            )  # fmt: skip
            by_iri[row["city"]].memberships.append(membership)
        if "field" in row and row["field"] not in membership.fields:
            membership.fields.append(row["field"])
    return dict(by_iri)
