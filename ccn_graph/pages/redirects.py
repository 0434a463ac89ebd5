"""IRIs that were renamed or withdrawn: they are for life, so each leads to what replaces it, or says why it is gone."""

from __future__ import annotations

import urllib.parse

import pyoxigraph as ox

from ccn_graph.pages.rendering import Voice, problem, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest

_FATE = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?new ?withdrawn WHERE {
  VALUES ?thing { ccn:City }
  { ?thing dcterms:isReplacedBy ?new FILTER(isIRI(?new)) } UNION { ?thing owl:deprecated ?withdrawn }
}
ORDER BY STR(?new)
"""

_NOTES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?note (LANG(?note) AS ?language) WHERE {
  VALUES ?thing { ccn:City }
  ?thing ccn:note ?note
}
ORDER BY STR(?note)
"""

#: Longest chain of renamings that is followed; the data have none, for a rule forbids them.
_MOST_STEPS = 10


def page(site: Site, request: PageRequest, iri: str, ending: str) -> Page | None:
    """Lead from a renamed thing to what replaces it, say that a withdrawn one is gone; None for all others."""
    new, withdrawn = _fate(site, iri)
    if not new:
        return _gone(site, request, iri) if withdrawn else None
    for _ in range(_MOST_STEPS):
        further, _ = _fate(site, new)
        if not further or further == iri:
            break
        new = further
    chosen = (("lang", request.language),) if request.chosen else ()
    query = urllib.parse.urlencode((*request.parameters, *chosen))
    path = new.removeprefix(namespaces.BASE.rstrip("/")) if new.startswith(namespaces.BASE) else new
    place = f"{path}{ending if path != new else ''}{'?' + query if query else ''}"
    return Page("text/plain", b"", 301, (("location", place),))


def _fate(site: Site, iri: str) -> tuple[str, bool]:
    rows = site.select(_FATE, thing=[ox.NamedNode(iri)])
    new = next((row["new"] for row in rows if "new" in row), "")
    return new, any(row.get("withdrawn") in ("true", "1") for row in rows)


def _gone(site: Site, request: PageRequest, iri: str) -> Page:
    found = {row.get("language", ""): row["note"] for row in site.select(_NOTES, thing=[ox.NamedNode(iri)])}
    note = found.get(request.language) or next(iter(found.values()), "")
    if request.format == "html":
        return render(site, request, "gone.html.j2", 410, iri=iri, note=note)
    detail = f"{Voice(site, request).text('gone.text')} {note}".strip()
    return problem(410, "gone", "This was withdrawn", detail)
