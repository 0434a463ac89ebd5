from __future__ import annotations

import pyoxigraph as ox

from ccn_graph import Graph
from ccn_graph.rdf.namespaces import CCN, GRAPH_PREFERRED, PREF_LABEL
from ccn_graph.rdf.namespaces import PREFIXES as NAMESPACES
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import PREFIXES, Write

KOBE = ox.NamedNode(NAMESPACES["city"] + "kobe")
ONE = ox.NamedNode(NAMESPACES["graph"] + "one")
TWO = ox.NamedNode(NAMESPACES["graph"] + "two")


def count(graph: Graph, pattern: str) -> int:
    (row,) = graph.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}").rows()
    assert isinstance(row[0], ox.Literal)
    return int(row[0].value)


def test_the_default_graph_counts_a_triple_once_and_each_document_keeps_it(small: Graph) -> None:
    label = f'<{KOBE.value}> <{PREF_LABEL}> "Kobe"@en'
    assert count(small, label) == 1
    assert count(small, f"GRAPH ?g {{ {label} }} FILTER(?g != <{GRAPH_PREFERRED}>)") == 2


def test_the_default_graph_is_the_union_of_the_named_graphs_but_for_what_is_derived(graph: Graph) -> None:
    stated = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{GRAPH_PREFERRED}>)"
    union = count(graph, f"{{ SELECT DISTINCT ?s ?p ?o WHERE {{ {stated} }} }}")
    assert count(graph, "?s ?p ?o") == union > 0


def test_the_catalogue_ties_each_graph_to_its_document(small: Graph) -> None:
    query = f"SELECT ?d WHERE {{ <{ONE.value}> <{NAMESPACES['prov']}wasDerivedFrom> ?d }}"
    assert list(small.query(query).rows()) == [(ox.NamedNode(NAMESPACES["doc"] + "one"),)]


def test_a_document_that_was_read_through_another_is_no_primary_source(write: Write) -> None:
    head = "doc:{0} a ccn:Document ; ccn:howRead howread:{1} {2} .\n"
    prefixes = "".join(f"@prefix {name}: <{NAMESPACES[name]}> .\n" for name in ("ccn", "doc", "howread"))
    told = {"one": ("excerpt", ""), "two": ("second-hand", "; ccn:readThrough doc:one")}
    files = [write(f"{name}.ttl", prefixes + head.format(name, *how)) for name, how in told.items()]
    graph = Graph.of_files((path, FileKind.DOCUMENT) for path in files)
    source = f"GRAPH <{NAMESPACES['graph']}catalogue> {{{{ ?g <{NAMESPACES['prov']}{{}}> ?d }}}}"
    assert count(graph, source.format("wasDerivedFrom")) == 2
    assert count(graph, source.format("hadPrimarySource")) == 1
    assert count(graph, f"<{ONE.value}> <{NAMESPACES['prov']}hadPrimarySource> ?d") == 1


def test_a_wrong_value_is_located_on_its_line_and_a_missing_one_on_the_record(small: Graph) -> None:
    label = ox.NamedNode(PREF_LABEL)
    head = PREFIXES.count("\n") + 2
    wrong = small.locate(KOBE, label, ox.Literal("Kobe", language="en"), TWO)
    assert [(place.path.name, place.line) for place in wrong] == [("two.ttl", head + 1)]
    missing = small.locate(KOBE, ox.NamedNode(CCN + "locator"), None, ONE)
    assert [(place.path.name, place.line) for place in missing] == [("one.ttl", head)]
    both = small.locate(KOBE, label, ox.Literal("Kobe", language="en"))
    assert [place.path.name for place in both] == ["one.ttl", "two.ttl"]


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_loaded(write: Write) -> None:
    files = [
        (write("good.ttl", PREFIXES + "city:kobe a ccn:City .\n"), FileKind.OTHER),
        (write("bad.ttl", "nonsense"), FileKind.OTHER),
    ]
    loaded = Graph.of_files(files)
    assert [error.path.name for error in loaded.errors] == ["bad.ttl"]
    assert len(loaded.store) == 1


def test_named_graphs_of_a_foreign_file_are_kept_and_joined(write: Write) -> None:
    quad = "<http://a> <http://b> <http://c> <http://g> .\n<http://a> <http://b> <http://c> .\n"
    loaded = Graph.of_files([(write("x.nq", quad), FileKind.OTHER)])
    assert count(loaded, "?s ?p ?o") == 1
    assert count(loaded, "GRAPH <http://g> { ?s ?p ?o }") == 1
