"""The first page: what this is, how much of it there is, where the cities lie, how to cite it."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph import terms
from ccn_graph.pages import city
from ccn_graph.pages.rendering import Voice, render
from ccn_graph.pages.site import Site, cached
from ccn_graph.request import Page, PageRequest

#: Networks with what is held of them: memberships, and the largest number of member cities that a document states.
_NETWORKS = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX measure: <https://w3id.org/ccn/measure/>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?network (COUNT(DISTINCT ?member) AS ?members) (SAMPLE(?stated) AS ?size) WHERE {
  ?network a ccn:Network .
  OPTIONAL { ?membership org:organization ?network ; org:member ?member }
  OPTIONAL {
    SELECT ?network (MAX(?value) AS ?stated) WHERE {
      ?observation ccn:about ?network ; ccn:measure measure:member-cities ; ccn:value ?value
      FILTER NOT EXISTS { ?observation ccn:area ?area }
    }
    GROUP BY ?network
  }
}
GROUP BY ?network
ORDER BY DESC(?members) STR(?network)
"""

_PLACES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT DISTINCT ?city ?network ?field ?lat ?long WHERE {
  ?membership org:organization ?network ; org:member ?city .
  OPTIONAL { ?membership ccn:field ?field }
  ?city wgs:lat ?lat ; wgs:long ?long
}
ORDER BY STR(?city) STR(?network) STR(?field)
"""

_UPDATED = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT (MAX(STR(?day)) AS ?latest) WHERE { ?document a ccn:Document ; ccn:retrieved ?day }
"""

#: What is counted on the first page, in this order.
_COUNTED = ("City", "Network", "Membership", "Event", "Document")


def page(site: Site, request: PageRequest) -> Page:
    """Make it."""
    voice = Voice(site, request)
    networks, updated = _known(site)
    counts = [(terms.CCN + name, site.statistics.classes.get(terms.CCN + name, 0)) for name in _COUNTED]
    return render(
        site, request, "home.html.j2", networks=networks, updated=updated, points=_points(site, voice),
        counts=[pair for pair in counts if pair[1]],
    )  # fmt: skip


@cached
def _known(site: Site) -> tuple[Sequence[dict[str, str]], str]:
    updated = site.select(_UPDATED)
    return site.select(_NETWORKS), updated[0].get("latest", "") if updated else ""


@cached
def _places(site: Site) -> list[dict[str, str]]:
    return site.select(_PLACES)


def _points(site: Site, voice: Voice) -> list[dict[str, object]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in _places(site):
        found.setdefault(row["city"], []).append(row)
    site.labels.know(
        {
            *found,
            *(row[name] for rows in found.values() for row in rows for name in ("network", "field") if name in row),
        }
    )
    return [
        city.point(
            voice, iri, rows[0]["lat"], rows[0]["long"],
            groups=tuple(dict.fromkeys(voice.label(row.get("field") or row["network"]) for row in rows)),
        )
        for iri, rows in found.items()
    ]  # fmt: skip
