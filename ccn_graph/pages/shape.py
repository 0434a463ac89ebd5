"""`/ns/shapes` and `/shape/{name}`: what the data have to conform to. Rules share the names of shapes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from ccn_graph.pages import rdf_view, shape_text
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.ontology import FORMATS
from ccn_graph.pages.rendering import RenderContext, links, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.validation.rules import Rule
from ccn_graph.validation.shape_catalogue import NamedShape, ShapeCatalogue

PATH = "/ns/shapes"

_PREFIX = namespaces.PREFIXES["shape"]
_SH, _RDFS = namespaces.PREFIXES["sh"], namespaces.PREFIXES["rdfs"]
_GRAPH = ox.NamedNode(_PREFIX)


def overview(site: Site, request: PageRequest, ending: str) -> Page | None:
    """Make the page of all shapes and rules, or their data; None if there are none."""
    known = site.vocabulary
    if not known.shapes:
        return None
    wanted = ending or request.format
    if wanted in DATA and not ending:
        return Page.redirect(303, f"{PATH}.{wanted}")
    if wanted in DATA:
        return _written(site, (*known.shapes.values(), *known.rules.values()), wanted, PATH, _PREFIX)
    used = {iri for shape in known.shapes.values() for iri in shape.all("property")}
    aimed = [shape for shape in known.shapes.values() if shape.targets]
    parts = {
        "records": [shape for shape in aimed if not shape.all("path")],
        "properties": [shape for shape in known.shapes.values() if shape.all("path")],
        "values": [shape for shape in known.shapes.values() if not shape.targets and shape.iri not in used],
    }
    for part in parts.values():
        part.sort(key=lambda shape: shape.name[request.language].casefold())
    parts["values"] = [shape for shape in parts["values"] if not shape.all("path")]
    return render(
        site, request, "shapes_page.html.j2", parts=parts, vocabulary=known,
        demands=shape_text.of, formats=FORMATS,
        rules=sorted(known.rules.values(), key=lambda one: one.file.bilingual("title")[request.language]),
    ).with_headers(links(PATH, "html", _PREFIX))  # fmt: skip


def page(site: Site, request: PageRequest, name: str, ending: str) -> Page | None:
    """Make the page of a shape or rule, or its data; None if there is none of that name."""
    iri = _PREFIX + name
    path = f"/shape/{name}"
    found = site.vocabulary.shapes.get(iri) or site.vocabulary.rules.get(iri)
    if found is None:
        return None
    if not ending:
        query = f"?lang={request.language}" if request.chosen else ""
        place = f"{path}.{request.format or 'html'}{query}"
        return Page.redirect(303, place, links(path, "", iri))
    if ending != "html":
        return _written(site, [found], ending, path, iri)
    return render(
        site, request, "shape.html.j2", iri=iri, path=path, formats=FORMATS,
        shape=found if isinstance(found, NamedShape) else None, rule=found if isinstance(found, Rule) else None,
        users=_users(site.vocabulary, iri), vocabulary=site.vocabulary, demands=shape_text.of,
        name=_name(found)[RenderContext(site, request).language],
        definition=found.file.text if isinstance(found, Rule) else found.text_in_file or rdf_view.turtle(found.triples),
    ).with_headers(links(path, "html", iri))  # fmt: skip


def near(site: Site, path: str) -> list[str]:
    """Return up to five shapes and rules whose names resemble the last part of a path, the nearest first."""
    known = {namespaces.slug(iri): iri for iri in (*site.vocabulary.shapes, *site.vocabulary.rules)}
    return [
        known[found] for found in difflib.get_close_matches(namespaces.slug(path).lower()[:100], known, n=5, cutoff=0.6)
    ]


def _name(found: NamedShape | Rule) -> dict[str, str]:
    return dict(found.file.bilingual("title") if isinstance(found, Rule) else found.name)


def _users(known: ShapeCatalogue, iri: str) -> list[NamedShape]:
    named = ("property", "node", "or", "and", "xone", "not", "qualifiedValueShape")
    return [shape for shape in known.shapes.values() if any(iri in shape.all(name) for name in named)]


def _written(site: Site, found: Iterable[NamedShape | Rule], ending: str, path: str, iri: str) -> Page:
    triples = [said for one in found for said in (one.triples if isinstance(one, NamedShape) else _of_rule(one))]
    return rdf_view.written(site, list(dict.fromkeys(triples)), _GRAPH, ending, links(path, ending, iri))


def _of_rule(rule: Rule) -> Iterator[ox.Triple]:
    """Describe a rule as SHACL's class of SELECT queries that are run (SHACL section 5, sh:SPARQLSelectExecutable)."""
    this = ox.NamedNode(_PREFIX + rule.name)
    yield ox.Triple(this, ox.NamedNode(namespaces.RDF_TYPE), ox.NamedNode(_SH + "SPARQLSelectExecutable"))
    yield ox.Triple(this, ox.NamedNode(_SH + "severity"), ox.NamedNode(_SH + rule.severity.name.title()))
    for language in ("ja", "en"):
        for name, key in ((_RDFS + "label", "title"), (_SH + "message", "message")):
            text = ox.Literal(rule.file.bilingual(key)[language], language=language)
            yield ox.Triple(this, ox.NamedNode(name), text)
    yield ox.Triple(this, ox.NamedNode(_SH + "select"), ox.Literal(rule.file.text))
