from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.rdf import formats
from tests.conftest import some


def chosen(accept: str, offers: tuple[formats.Format, ...] = formats.SOLUTIONS) -> str | None:
    format_ = formats.negotiate(accept, offers)
    return format_.name if format_ else None


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("text/csv, text/tab-separated-values", "csv"),
        ("text/tab-separated-values, text/csv;q=0.9", "tsv"),
        ("application/sparql-results+xml;q=0.8, application/sparql-results+json;q=0.7", "xml"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("application/*;q=0.2, application/sparql-results+json;q=0, text/*;q=0.1", "xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml"),
        ("TEXT/CSV", "csv"),
        ("text/csv;header=present", "csv"),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("text/csv;q=high", None),
        ("text/html, image/gif, *; q=.2, */*; q=.2", "json"),
        ("*", "json"),
        (" ,, ", "json"),
        ("text/csv;charset=utf-8;q=0.2, application/json;odata=verbose;q=0.1", "csv"),
        ("application/sparql-results+xml;version=1.2", "xml"),
        ("text/turtle", None),
    ],
)
def test_the_accept_header_decides(accept: str, name: str | None) -> None:
    assert chosen(accept) == name


def test_graphs_have_formats_of_their_own() -> None:
    assert chosen("", formats.GRAPHS) == "turtle"
    assert chosen("application/json", formats.GRAPHS) == "jsonld"
    assert chosen("text/csv", formats.GRAPHS) is None


def test_every_graph_format_reads_back_as_what_was_written() -> None:
    triples = [
        ox.Triple(ox.NamedNode("https://w3id.org/ccn/city/kobe"), ox.NamedNode("https://w3id.org/ccn/ns#note"), value)
        for value in (
            ox.Literal("神戸 <&>\"'\n", language="ja"),
            ox.Literal("2019", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYear")),
        )
    ]
    for format_ in some(formats.GRAPHS):
        assert isinstance(format_.native, ox.RdfFormat)
        written = formats.write_triples(triples, format_)
        assert {quad.triple for quad in ox.parse(written, format=format_.native)} == set(triples)


def test_turtle_declares_only_the_prefixes_it_uses() -> None:
    triple = ox.Triple(
        ox.NamedNode("https://w3id.org/ccn/city/kobe"), ox.NamedNode("https://w3id.org/ccn/ns#note"), ox.Literal(1)
    )
    written = formats.write_triples([triple], formats.GRAPHS[0]).decode()
    assert [line.split()[1] for line in written.splitlines() if line.startswith("@prefix")] == ["ccn:", "city:"]


@pytest.mark.parametrize(
    ("names", "accept", "name"),
    [
        ("n3", "application/rdf+xml,text/turtle;q=0.9,*/*;q=0.1", "turtle"),
        ("rdf", "application/rdf+xml,text/turtle;q=0.9,*/*;q=0.1", "rdfxml"),
        ("csv", "application/rdf+xml,text/turtle;q=0.9,*/*;q=0.1", "rdfxml"),
        ("csv", "text/n3", "turtle"),
        ("csv", "*/*", None),
        ("nonsense", "", None),
        ("turtle", "application/rdf+xml", "turtle"),
        ("json-ld,rdf", "*/*", "jsonld"),
    ],
)
def test_a_format_in_the_address_wins_unless_it_does_not_fit(names: str, accept: str, name: str | None) -> None:
    found = formats.chosen(names, accept, formats.GRAPHS)
    assert (found and found.name) == name
