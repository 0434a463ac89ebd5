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
    vocabulary = site.vocabulary
    if not vocabulary.shapes:
        return None
    wanted = ending or request.format
    if wanted in DATA and not ending:
        return Page.redirect(303, f"{PATH}.{wanted}")
    if wanted in DATA:
        return _written(site, (*vocabulary.shapes.values(), *vocabulary.rules.values()), wanted, PATH, _PREFIX)
    used = {iri for shape in vocabulary.shapes.values() for iri in shape.all("property")}
    aimed = [shape for shape in vocabulary.shapes.values() if shape.targets]
    parts = {
        "records": [shape for shape in aimed if not shape.all("path")],
        "properties": [shape for shape in vocabulary.shapes.values() if shape.all("path")],
        "values": [shape for shape in vocabulary.shapes.values() if not shape.targets and shape.iri not in used],
    }
    for part in parts.values():
        part.sort(key=lambda shape: shape.name[request.language].casefold())
    parts["values"] = [shape for shape in parts["values"] if not shape.all("path")]
    return render(
        site, request, "shapes_page.html.j2", parts=parts, vocabulary=vocabulary,
        demands=shape_text.of, formats=FORMATS,
        rules=sorted(vocabulary.rules.values(), key=lambda rule: rule.file.bilingual("title")[request.language]),
    ).with_headers(links(PATH, "html", _PREFIX))  # fmt: skip


def page(site: Site, request: PageRequest, name: str, ending: str) -> Page | None:
    """Make the page of a shape or rule, or its data; None if there is none of that name."""
    iri = _PREFIX + name
    path = f"/shape/{name}"
    entry = site.vocabulary.shapes.get(iri) or site.vocabulary.rules.get(iri)
    if entry is None:
        return None
    if not ending:
        query = f"?lang={request.language}" if request.chosen else ""
        place = f"{path}.{request.format or 'html'}{query}"
        return Page.redirect(303, place, links(path, "", iri))
    if ending != "html":
        return _written(site, [entry], ending, path, iri)
    return render(
        site, request, "shape.html.j2", iri=iri, path=path, formats=FORMATS,
        shape=entry if isinstance(entry, NamedShape) else None, rule=entry if isinstance(entry, Rule) else None,
        users=_users(site.vocabulary, iri), vocabulary=site.vocabulary, demands=shape_text.of,
        name=_name(entry)[RenderContext(site, request).language],
        definition=entry.file.text if isinstance(entry, Rule) else entry.text_in_file or rdf_view.turtle(entry.triples),
    ).with_headers(links(path, "html", iri))  # fmt: skip


def near(site: Site, path: str) -> list[str]:
    """Return up to five shapes and rules whose names resemble the last part of a path, the nearest first."""
    iris = {namespaces.slug(iri): iri for iri in (*site.vocabulary.shapes, *site.vocabulary.rules)}
    return [
        iris[name] for name in difflib.get_close_matches(namespaces.slug(path).lower()[:100], iris, n=5, cutoff=0.6)
    ]


def _name(entry: NamedShape | Rule) -> dict[str, str]:
    return dict(entry.file.bilingual("title") if isinstance(entry, Rule) else entry.name)


def _users(vocabulary: ShapeCatalogue, iri: str) -> list[NamedShape]:
    named = ("property", "node", "or", "and", "xone", "not", "qualifiedValueShape")
    return [shape for shape in vocabulary.shapes.values() if any(iri in shape.all(name) for name in named)]


def _written(site: Site, entries: Iterable[NamedShape | Rule], ending: str, path: str, iri: str) -> Page:
    triples = [
        triple for entry in entries for triple in (entry.triples if isinstance(entry, NamedShape) else _of_rule(entry))
    ]
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
