"""What harvesters of open data read: judged by the shapes of DCAT-AP 3.0.1, which lie beside the project."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from ccn_graph import Graph
from ccn_graph.rdf import formats
from ccn_graph.releases import catalogue, dcat
from ccn_graph.releases.read_release import DATASET, Distribution
from tests.conftest import ROOT

SHAPES = ROOT.parent / "shared" / "dcat-ap"

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


def read(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=formats.write_triples([*triples], formats.BY_ENDING["nt"]), format="nt")


def judged(data: rdflib.Graph) -> str:
    """What the shapes of the profile find: those of its form, and those of the classes of what is pointed to."""
    # In CI they have to be there.
    if not SHAPES.is_dir() and not os.environ.get("CI"):
        pytest.skip(f"no shapes of DCAT-AP at {SHAPES}")
    shapes = rdflib.Graph()
    for name in ("shapes", "range"):
        shapes.parse(SHAPES / f"{name}.ttl")
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes)
    return "" if conforms else text


def test_the_catalogue_of_a_release_is_as_dcat_ap_has_it(frozen: Graph) -> None:
    files = [
        Distribution("ccn-graph.ttl", "text/turtle", 10, "ab" * 32),
        Distribution("ccn-graph.ttl.gz", "text/turtle", 10, "cd" * 32, compressed=True),
    ]
    described = read(dcat.describe(frozen, files))
    assert len(set(described.subjects(rdflib.RDF.type, DCAT.Distribution))) == 2
    assert judged(described) == ""
    # The judge judges: a distribution without access is not as the profile has it.
    described.remove((None, DCAT.accessURL, None))
    assert "accessURL" in judged(described)


def test_the_catalogue_of_a_server_names_its_endpoint_and_is_as_dcat_ap_has_it() -> None:
    place = "http://127.0.0.1:8000"
    described = read([*catalogue.of_server(place), *catalogue.of_dataset(DATASET, f"{place}/data/")])
    endpoint = rdflib.URIRef(f"{place}/sparql")
    assert (endpoint, DCAT.endpointURL, endpoint) in described
    assert (rdflib.URIRef(f"{place}/data/"), DCAT.service, endpoint) in described
    assert (endpoint, DCAT.servesDataset, rdflib.URIRef(DATASET)) in described
    assert judged(described) == ""
