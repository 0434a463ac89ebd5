"""Pages of data that are not what they should be: none fails, and no address leads where a browser should not go.

`CCN_FUZZ=20` tries that many damaged graphs instead of one; the seeds are the same every time.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.server import open_project

NUMBER = max(1, int(os.environ.get("CCN_FUZZ", "1")) // 1000 or 1)
HOMEPAGE = ox.NamedNode("http://xmlns.com/foaf/0.1/homepage")
PLACES = ("/", "/city/", "/network/", "/event/", "/document/", "/person/", "/questions", "/ns", "/data/", "/search")


def typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(namespaces.PREFIXES["xsd"] + datatype))


ODDITIES: list[ox.NamedNode | ox.Literal | ox.BlankNode] = [
    ox.NamedNode("javascript:alert(1)"), ox.NamedNode("http://foaf.example/x"), ox.NamedNode("urn:x"), ox.BlankNode(),
    ox.NamedNode(namespaces.BASE + "/evil.example/x"), ox.NamedNode(namespaces.BASE + "city/nowhere"),
    typed("2020-13", "gYearMonth"), typed("0000-00-00", "date"), typed("99999-01-01", "date"), typed("", "date"),
    typed("-0005", "gYear"), typed("2020-01-01T25:00:00", "dateTime"), typed("NaN", "double"), typed("INF", "double"),
    typed("1e400", "double"), typed("x", "integer"), typed("99999999999999999999", "integer"), typed("true", "boolean"),
    typed("javascript:alert(2)", "anyURI"), ox.Literal(""), ox.Literal("x", language="ja"), ox.Literal("x" * 3_000),
    ox.Literal("a\u202eb\x1b[31m"), ox.Literal("</script><script>alert(1)</script>\"'>"),
]  # fmt: skip


def damaged(graph: Graph, seed: int) -> tuple[Site, list[str]]:
    """Put oddities in place of what is said of some things of every class; give the site and the paths of these."""
    chosen = random.Random(seed)
    kinds: dict[str, list[ox.NamedNode]] = {}
    quads = list(graph.store)
    for quad in quads:
        if quad.predicate.value == namespaces.RDF_TYPE and isinstance(quad.subject, ox.NamedNode):
            kinds.setdefault(str(quad.object), []).append(quad.subject)
    victims = {one for found in kinds.values() for one in chosen.sample(sorted(found, key=str), min(4, len(found)))}

    def said() -> Iterator[ox.Quad]:
        for quad in quads:
            if quad.subject not in victims or quad.predicate.value == namespaces.RDF_TYPE or chosen.random() > 0.6:
                yield quad
            else:
                yield ox.Quad(quad.subject, quad.predicate, chosen.choice(ODDITIES), quad.graph_name)
        for one in sorted(victims, key=str):
            yield ox.Quad(one, HOMEPAGE, chosen.choice(ODDITIES))

    store = ox.Store()
    store.bulk_extend(said())
    engine = OxigraphEngine(store)
    assert graph.project
    site = open_project.of_project(graph.project, engine, Statistics.of(engine, "v", union=True))
    iris = sorted(one.value for one in victims)
    return site, [f"{iri.removeprefix(namespaces.BASE.rstrip('/'))}.html" for iri in iris if "#" not in iri]


@pytest.mark.parametrize("seed", range(NUMBER))
def test_no_page_of_damaged_data_fails_or_leads_astray(graph: Graph, seed: int) -> None:
    site, paths = damaged(graph, seed)
    assert len(paths) > 50
    for path in (*paths, *PLACES):
        for language in ("ja", "en"):
            page = routes.make(site, PageRequest(path, language=language, base="http://example.org"))
            assert page.status < 500, path
            body = page.body.decode()
            assert not re.search(r'(?:href|src|action)="(?:javascript|data|vbscript):', body), path
            assert not re.search(r'(?:href|src|action)="//', body), path
            assert "<script>alert(1)" not in body, path


def test_names_turn_nothing_but_themselves(project: Project) -> None:
    store = ox.Store()
    city = ox.NamedNode(namespaces.BASE + "city/x")
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (namespaces.RDF_TYPE, ox.NamedNode(namespaces.CCN + "City")),
        (namespaces.PREF_LABEL, ox.Literal("a\u202egnp.exe", language="en")),
        (namespaces.PREFIXES["skos"] + "altLabel", ox.Literal("\u05d0\u05d1", language="en")),
    ]
    for graph in (ox.DefaultGraph(), ox.NamedNode(namespaces.BASE + "graph/x")):
        store.extend(ox.Quad(city, ox.NamedNode(name), value, graph) for name, value in said)
    engine = OxigraphEngine(store)
    site = open_project.of_project(project, engine, Statistics.of(engine, "v", union=True))
    body = routes.make(site, PageRequest("/city/x.html", base="http://example.org")).body.decode()
    assert "<bdi>a\u202egnp.exe</bdi>" in body
    assert "<bdi>\u05d0\u05d1</bdi>" in body
    assert "\u202e" not in re.sub(r"<bdi>[^<]*</bdi>|<script.*?</script>", "", body, flags=re.DOTALL)
