"""The first page: what this is, how much of it there is, where the cities lie, how to cite it."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph import terms
from ccn_graph.pages import city_map
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
        site, request, "home.html.j2", networks=networks, updated=updated, map=city_map.of_members(site, voice),
        counts=[pair for pair in counts if pair[1]],
    )  # fmt: skip


@cached
def _known(site: Site) -> tuple[Sequence[dict[str, str]], str]:
    updated = site.select(_UPDATED)
    return site.select(_NETWORKS), updated[0].get("latest", "") if updated else ""
