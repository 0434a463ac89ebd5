"""The pages of the vocabulary, and the vocabulary as data."""

from __future__ import annotations

import re
import urllib.parse

import markupsafe
import pyoxigraph as ox
import pytest
import rdflib

from ccn_graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.namespaces import CCN
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation import shape_catalogue
from tests.conftest import ROOT, some
from tests.serving import Server

HTML = {"Accept": "text/html"}
ONTOLOGY = CCN.rstrip("#")


def page(server: Server, path: str, language: str = "en") -> str:
    response = server.http.get(path, params={"lang": language}, headers=HTML)
    assert response.status_code == 200, path
    return response.text


def triples(server: Server, path: str, format_: ox.RdfFormat = ox.RdfFormat.TURTLE) -> set[ox.Triple]:
    response = server.http.get(path)
    assert response.status_code == 200, path
    return {quad.triple for quad in ox.parse(response.content, format=format_)}


def own(graph: Graph) -> set[ox.Triple]:
    (ontology,) = (read for read in graph.sources if read.kind is FileKind.ONTOLOGY and read.path.name == "ccn.ttl")
    return {ox.Triple(said.subject, said.predicate, said.object) for said in ontology.statements}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_term_has_its_place_with_definition_and_example(site_server: Server, graph: Graph, language: str) -> None:
    text = page(site_server, "/ns", language)
    for said in some(own(graph)):
        if isinstance(said.subject, ox.NamedNode) and said.subject.value.startswith(CCN):
            assert f'id="{said.subject.value.removeprefix(CCN)}"' in text
            if said.predicate.value.endswith(("#definition", "#example")) and isinstance(said.object, ox.Literal):
                # An example in Turtle may hold texts in both languages.
                place = '<p class="definition">' if said.predicate.value.endswith("#definition") else "<dd>"
                shown = place + str(markupsafe.escape(said.object.value))
                assert (shown in text) == (said.object.language == language), said


def test_a_class_shows_records_of_its_own_its_shapes_and_its_like(site_server: Server) -> None:
    text = page(site_server, "/ns")
    event = text[text.index('id="Event"') : text.index('id="EventSeries"')]
    assert "/event/" in event
    assert "https://schema.org/Event" in event
    assert "/shape/event.html" in event
    assert "no properties but" in event
    founding = text[text.index('id="Founding"') : text.index('id="Judgement"')]
    assert "/shape/act.html" in founding, "what is demanded of every act is demanded of a founding"


def test_a_property_shows_values_and_what_is_demanded_of_them(site_server: Server) -> None:
    text = page(site_server, "/ns")
    code = text[text.index('id="municipalCode"') :].split("</section>")[0]
    assert "/city/" in code
    assert re.search(r"<code>\d{6}</code>", code)
    assert "<code>^[0-9]{6}$</code>" in code
    assert "at most one" in code


@pytest.mark.parametrize("path", ["/ns", "/ns/shapes", "/shape/membership.html", "/shape/circular.html"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_links_within_the_pages_lead_somewhere(site_server: Server, path: str, language: str) -> None:
    text = page(site_server, path, language)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    known = set(re.findall(r' id="([^"]+)"', page(site_server, "/ns", language)))
    for link in some(set(re.findall(r'href="([^"]+)"', text))):
        address = urllib.parse.urlsplit(link.replace("&amp;", "&"))
        if not address.netloc and address.fragment and address.path in ("", "/ns"):
            assert address.fragment in (set(ids) if not address.path else known), link


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_shape_and_rule_has_a_page_that_says_what_a_finding_says(
    site_server: Server, graph: Graph, language: str
) -> None:
    listed = page(site_server, "/ns/shapes", language)
    names = re.findall(r'href="(/shape/[^"?]+)', listed)
    assert graph.project
    known = shape_catalogue.read(graph.project)
    assert set(names) == {f"/shape/{namespaces.slug(iri)}.html" for iri in (*known.shapes, *known.rules)}
    for rule in some(known.rules.values()):
        assert str(markupsafe.escape(rule.file.bilingual("message")[language])) in listed


@pytest.mark.parametrize(
    ("ending", "format_"),
    [
        ("ttl", ox.RdfFormat.TURTLE),
        ("jsonld", ox.RdfFormat.JSON_LD),
        ("nt", ox.RdfFormat.N_TRIPLES),
        ("rdf", ox.RdfFormat.RDF_XML),
    ],
)
def test_the_vocabulary_is_the_same_in_every_format(
    site_server: Server, graph: Graph, ending: str, format_: ox.RdfFormat
) -> None:
    assert triples(site_server, f"/ns.{ending}", format_) == own(graph)


def test_an_iri_of_a_term_leads_to_what_is_wanted(site_server: Server) -> None:
    for accept, place in (("text/turtle", "/ns.ttl"), ("application/ld+json", "/ns.jsonld")):
        response = site_server.http.get("/ns", headers={"Accept": accept}, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (303, place)
        assert "Accept" in response.headers["vary"]
    assert site_server.http.get("/ns").headers["content-type"].startswith("text/html")
    places = {"Membership": "/ns#Membership", "1.1.0": "/ns", "1.0.0": "/ns", "mappings": "/ns#mappings"}
    for path, place in ((f"/ns/{name}", place) for name, place in places.items()):
        response = site_server.http.get(path, headers=HTML, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (303, place)


def test_mappings_and_shapes_are_data_as_well(site_server: Server) -> None:
    files = {
        "/ns/mappings.ttl": [ROOT / "ontology" / "mappings.ttl"],
        "/ns/shapes.ttl": sorted((ROOT / "shapes").rglob("*.ttl")),
    }
    for path, sources in files.items():
        wanted = rdflib.Graph()
        for source in sources:
            wanted.parse(source)
        found = rdflib.Graph().parse(data=site_server.http.get(path).content, format="turtle")
        named = {triple for triple in wanted if not any(isinstance(term, rdflib.BNode) for term in triple)}
        assert named <= set(found), path
        assert sum(1 for _ in found.triples((None, rdflib.RDF.first, None))) == sum(
            1 for _ in wanted.triples((None, rdflib.RDF.first, None))
        )


def test_a_shape_leads_to_its_page_and_its_triples(site_server: Server) -> None:
    response = site_server.http.get("/shape/membership", headers={"Accept": "text/turtle"}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/shape/membership.ttl")
    graph = rdflib.Graph().parse(data=site_server.http.get("/shape/membership.ttl").content, format="turtle")
    shape = rdflib.URIRef(namespaces.PREFIXES["shape"] + "membership")
    assert (shape, rdflib.SH.targetClass, rdflib.URIRef(CCN + "Membership")) in graph
    assert set(graph.subjects(rdflib.RDF.type)) == {shape}
    text = page(site_server, "/shape/membership.html")
    assert "a membership has no such property" in text
    assert "sh:ignoredProperties ( rdf:type" in text, "as its file has it"


def test_a_rule_has_a_name_and_its_query_like_a_shape(site_server: Server) -> None:
    graph = rdflib.Graph().parse(data=site_server.http.get("/shape/circular.ttl").content, format="turtle")
    rule = rdflib.URIRef(namespaces.PREFIXES["shape"] + "circular")
    query = (ROOT / "queries" / "rules" / "circular.rq").read_text(encoding="utf-8")
    assert str(graph.value(rule, rdflib.SH.select)) == query
    assert graph.value(rule, rdflib.SH.severity) == rdflib.SH.Violation
    assert "堂々巡り" in page(site_server, "/shape/circular.html", "ja")


@pytest.mark.parametrize(
    ("path", "near"),
    [("/ns/Membrship", "/ns#Membership"), ("/shape/circullar", "/shape/circular.html"),
     ("/shape/membershp.html", "/shape/membership.html")],
)  # fmt: skip
def test_what_is_not_there_names_what_is_near(site_server: Server, path: str, near: str) -> None:
    response = site_server.http.get(path, headers=HTML)
    assert response.status_code == 404
    assert f'href="{near}"' in response.text
    told = site_server.http.get(path.removesuffix(".html"), headers={"Accept": "text/turtle"})
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["near"]
