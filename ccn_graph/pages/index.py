"""Lists of all things of a kind, sorted as the reader looks for them. People have none: they are found by name only."""

from __future__ import annotations

from ccn_graph import terms
from ccn_graph.pages.rendering import Voice, render
from ccn_graph.pages.site import Site
from ccn_graph.request import Page, PageRequest

#: Path segments of the kinds that have a list -> their class.
KINDS = {
    "city": "City",
    "place": "Place",
    "network": "Network",
    "body": "Body",
    "series": "EventSeries",
    "event": "Event",
    "document": "Document",
    "programme": "Programme",
}

#: Everything under a namespace that is a subject, with what it is grouped by.
_LISTED = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT DISTINCT ?thing ?group WHERE {
  ?thing a ?class
  FILTER(STRSTARTS(STR(?thing), "NAMESPACE") && STRSTARTS(STR(?class), STR(ccn:)))
  OPTIONAL { ?thing ccn:within+ ?group . ?group a ccn:Country }
}
LIMIT 20000
"""


def page(site: Site, request: PageRequest, segment: str) -> Page | None:
    """Make the list of a kind; None for a kind without one."""
    if segment not in KINDS:
        return None
    voice = Voice(site, request)
    rows = site.select(_LISTED.replace("NAMESPACE", f"{terms.BASE}{segment}/"))
    site.labels.know(iri for row in rows for iri in row.values())

    def order(iri: str) -> tuple[str, str]:
        return site.labels.order(iri, voice.language) if iri else ("", "")

    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row.get("group", "") if segment == "city" else "", []).append(row["thing"])
    listed = {group: sorted(set(groups[group]), key=order) for group in sorted(groups, key=order)}
    count = sum(map(len, listed.values()))
    kind = terms.CCN + KINDS[segment]
    return render(site, request, "index.html.j2", groups=listed, kind=kind, count=count) if count else None
