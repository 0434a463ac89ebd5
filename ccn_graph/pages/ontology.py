"""`/ns`: the vocabulary to be read, one language at a time, with examples from the data and what the shapes demand."""

from __future__ import annotations

import difflib
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.pages import rdf_view, shape_text
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.rendering import RenderContext, links, render
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.validation.shape_catalogue import NamedShape

PATH = "/ns"
ONTOLOGY = namespaces.CCN.rstrip("#")

_GRAPH = ox.NamedNode(namespaces.GRAPH_ONTOLOGY)
_SCHEME = namespaces.PREFIXES["skos"] + "ConceptScheme"
_OWL, _SKOS = namespaces.PREFIXES["owl"], namespaces.PREFIXES["skos"]

_SAID = query_file.own("pages", "statements_of_terms")

#: Of each class the things of which the most documents speak, for they are the best known.
_BEST_KNOWN = query_file.own("pages", "best_known_things")
_OF_THINGS = query_file.own("pages", "statements_as_examples")
_OF_PROPERTIES = query_file.own("pages", "things_with_a_property")

_MOST_EXAMPLES = 3

#: What the vocabulary is offered in: it has no documents to keep apart, though whoever asks for a dataset gets one.
FORMATS = {ending: media_type for ending, media_type in DATA.items() if ending not in rdf_view.DATASETS}


@dataclass(slots=True)
class Term:
    """A class, a property, a concept or a scheme, as the ontology has it."""

    iri: str
    values: dict[str, list[ox.NamedNode | ox.Literal]] = field(default_factory=lambda: defaultdict(list))

    def text(self, name: str, language: str) -> str:
        """Return a text in a language, else in whatever there is."""
        texts = [value for value in self.values.get(_iri(name), ()) if isinstance(value, ox.Literal)]
        return next((value.value for value in texts if value.language == language), texts[0].value if texts else "")

    def turtle(self) -> list[str]:
        """Return the examples that are written in Turtle: those without a language."""
        examples = self.values.get(_SKOS + "example", ())
        return [value.value for value in examples if isinstance(value, ox.Literal) and not value.language]

    def all(self, name: str) -> list[str]:
        """Return the IRIs that a property leads to."""
        return [value.value for value in self.values.get(_iri(name), ()) if isinstance(value, ox.NamedNode)]

    @property
    def is_class(self) -> bool:
        """Whether it is one."""
        return _OWL + "Class" in self.all("rdf:type")

    @property
    def is_deprecated(self) -> bool:
        """Whether it is not to be used any more."""
        return bool(self.values.get(namespaces.DEPRECATED))

    @property
    def anchor(self) -> str:
        """Where the page has it: the fragment of its IRI if it is ours."""
        return self.iri.removeprefix(namespaces.CCN) if self.iri.startswith(namespaces.CCN) else _anchor(self.iri)


def page(site: Site, request: PageRequest) -> Page | None:
    """Answer /ns and what lies below it, but for the shapes; None if there is nothing."""
    terms = _terms(site)
    if ONTOLOGY not in terms:
        return None
    name, ending = _split(request.path.removeprefix(PATH))
    if name == "":
        wanted = ending or request.format
        if not ending and wanted in DATA:
            # The address of the vocabulary itself: its page and its data lie beside it.
            return Page.redirect(303, f"{PATH}.{wanted}")
        return _html(site, request) if wanted in ("", "html") else _data(site, terms, wanted)
    if ONTOLOGY + name in (*terms[ONTOLOGY].all("owl:versionIRI"), *terms[ONTOLOGY].all("owl:priorVersion")):
        return _elsewhere(request, PATH, ending)
    if name == "/mappings":
        return _mappings(site, request, ending or request.format)
    if f"{namespaces.CCN}{name[1:]}" in terms and not ending:
        return _elsewhere(request, f"{PATH}#{name[1:]}", "")
    return None


def near(site: Site, path: str) -> list[str]:
    """Return up to five terms of ours that resemble the last part of a path, the nearest first."""
    ours = {iri.removeprefix(namespaces.CCN).lower(): iri for iri in _terms(site) if iri.startswith(namespaces.CCN)}
    return [
        ours[name] for name in difflib.get_close_matches(namespaces.slug(path).lower()[:100], ours, n=5, cutoff=0.6)
    ]


def _split(path: str) -> tuple[str, str]:
    match = re.fullmatch(rf"(.*?)(?:\.({'|'.join(['html', *DATA])}))?", path)
    assert match
    return match[1], match[2] or ""


def _elsewhere(request: PageRequest, path: str, ending: str) -> Page:
    address, _, fragment = path.partition("#")
    query = f"?lang={request.language}" if request.chosen else ""
    place = f"{address}{'.' + ending if ending else ''}{query}{'#' + fragment if fragment else ''}"
    return Page.redirect(303, place)


def _data(site: Site, terms: Mapping[str, Term], ending: str) -> Page:
    own = (iri for iri in terms if iri == ONTOLOGY or iri.startswith(namespaces.CCN))
    triples = [
        ox.Triple(ox.NamedNode(iri), ox.NamedNode(name), value)
        for iri in own for name, values in terms[iri].values.items() for value in values
    ]  # fmt: skip
    return rdf_view.written(site, triples, _GRAPH, ending, links(PATH, ending, ONTOLOGY))


def _mappings(site: Site, request: PageRequest, ending: str) -> Page | None:
    if not site.vocabulary.mappings:
        return None
    if ending not in DATA:
        return _elsewhere(request, f"{PATH}#mappings", "")
    subject = f"{ONTOLOGY}/mappings"
    return rdf_view.written(
        site, list(site.vocabulary.mappings), ox.NamedNode(subject), ending,
        links(f"{PATH}/mappings", ending, subject),
    )  # fmt: skip


@cached
def _terms(site: Site) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    for term, name, value in site.engine.query(house.at_home(_SAID)).rows():
        if isinstance(term, ox.NamedNode) and isinstance(name, ox.NamedNode) and _is_shown(value):
            terms.setdefault(term.value, Term(term.value)).values[name.value].append(value)
    return terms


def _is_shown(value: object) -> TypeGuard[ox.NamedNode | ox.Literal]:
    return isinstance(value, ox.NamedNode | ox.Literal)


def _html(site: Site, request: PageRequest) -> Page:
    terms = _terms(site)
    context = RenderContext(site, request)
    ours = [term for iri, term in terms.items() if iri.startswith(namespaces.CCN)]
    borrowed = [term for iri, term in terms.items() if not iri.startswith(namespaces.BASE)]
    schemes = [(term, _concepts(terms, term.iri)) for term in terms.values() if _SCHEME in term.all("rdf:type")]
    site.labels.know(terms)
    parts = {
        "classes": [term for term in ours if term.is_class],
        "properties": [term for term in ours if not term.is_class],
        "borrowed": borrowed,
    }
    for part in parts.values():
        part.sort(key=lambda term: site.labels.order(term.iri, context.language))
    return render(
        site, request, "ns.html.j2", parts=parts, schemes=schemes, header=terms[ONTOLOGY], formats=FORMATS,
        examples=_examples(site, context.language), vocabulary=site.vocabulary, demands=shape_text.of,
        below=_below(terms),
        anchors={term.iri: term.anchor for term in borrowed}, shapes_of=lambda term: _shapes_of(site, terms, term),
        uses=site.statistics.classes | site.statistics.properties,
    ).with_headers(links(PATH, "html", ONTOLOGY))  # fmt: skip


def _concepts(terms: Mapping[str, Term], scheme: str) -> list[Term]:
    return [term for term in terms.values() if scheme in term.all("skos:inScheme")]


def _below(terms: Mapping[str, Term]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for iri, term in terms.items():
        for parent in (*term.all("rdfs:subClassOf"), *term.all("rdfs:subPropertyOf")):
            below[parent].append(iri)
    return below


def _shapes_of(site: Site, terms: Mapping[str, Term], term: Term) -> list[NamedShape]:
    """Return the shapes of a property, or of a class and of all above it, for they look at its things as well."""
    shapes, ahead = dict[str, NamedShape](), [term.iri]
    for iri in ahead:
        shapes |= {shape.iri: shape for shape in site.vocabulary.by_term.get(iri, ())}
        if term.is_class and iri in terms:
            ahead += terms[iri].all("rdfs:subClassOf")
    return list(shapes.values())


@functools.lru_cache(maxsize=4)
def _examples(site: Site, language: str) -> dict[str, list[tuple[str, ox.NamedNode | ox.Literal | None]]]:
    """Return statements of the data that use a term: things of a class, things and values of a property.

    Texts are in the language, where there is one in it.
    """
    by_term: dict[str, list[tuple[str, ox.NamedNode | ox.Literal | None]]] = defaultdict(list)
    for row in site.select(_BEST_KNOWN):
        if len(by_term[row["class"]]) < _MOST_EXAMPLES and row["thing"].startswith(namespaces.BASE):
            by_term[row["class"]].append((row["thing"], None))
    things = {thing for examples in by_term.values() for thing, _ in examples}
    for name, thing, value in _statements(site, things, language):
        if len(by_term[name]) < _MOST_EXAMPLES and thing not in {example for example, _ in by_term[name]}:
            by_term[name].append((thing, value))
    idle = [ox.NamedNode(iri) for iri, term in _terms(site).items() if iri not in by_term and not term.is_class]
    missing = {row["property"]: row["thing"] for row in site.select(_OF_PROPERTIES, property=idle) if "property" in row}
    for name, thing, value in _statements(site, set(missing.values()), language):
        if missing.get(name) == thing and not by_term[name]:
            by_term[name].append((thing, value))
    site.labels.know({*things, *missing.values()})
    return by_term


def _statements(site: Site, things: set[str], language: str) -> Iterator[tuple[str, str, ox.NamedNode | ox.Literal]]:
    if things:
        query = query_file.bind(_OF_THINGS, {"thing": map(ox.NamedNode, sorted(things))})
        for name, thing, value in site.engine.query(house.at_home(query)).rows():
            if isinstance(name, ox.NamedNode) and isinstance(thing, ox.NamedNode) and _is_shown(value):
                if isinstance(value, ox.Literal) and value.language in set(LANGUAGES) - {language}:
                    continue
                yield name.value, thing.value, value


def _anchor(iri: str) -> str:
    return namespaces.curie(iri).replace(":", "-")


def _iri(name: str) -> str:
    return namespaces.expand(name) or name
