"""The count of what is behind a CONSTRUCT, for engines that cut it off."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.rdf.remote.remote_engine import counting

STORE = ox.Store()
STORE.extend(
    ox.Quad(ox.NamedNode(f"x:{number}"), ox.NamedNode("x:p"), ox.Literal(number % 3), ox.NamedNode("x:g"))
    for number in range(30)
)


@pytest.mark.parametrize(
    ("query", "solutions"),
    [
        ("CONSTRUCT WHERE { GRAPH <x:g> { ?s ?p ?o } }", 30),
        ("CONSTRUCT { <x:one> ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", 30),
        ("PREFIX e: <x:> construct { e:a e:b [ e:c ?o ] . ?s e:p ?o } { GRAPH e:g { ?s e:p ?o } } LIMIT 7 # }", 7),
        ("BASE <x:> CONSTRUCT { } FROM <x:g> FROM NAMED <x:g> WHERE { GRAPH <x:g> { ?s ?p 1 } } OFFSET 2", 8),
        ("CONSTRUCT { ?s ?p '{' } WHERE { GRAPH ?g { ?s ?p ?o FILTER(STR(?o) != '}') } } VALUES ?o { 0 1 }", 20),
        ("CONSTRUCT { ?o <x:n> ?n } WHERE { SELECT ?o (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?o }", 3),
    ],
)
def test_solutions_are_counted_not_triples(query: str, solutions: int) -> None:
    counted = STORE.query(counting(query))
    assert isinstance(counted, ox.QuerySolutions)
    (number,) = (row["solutions"] for row in counted)
    assert isinstance(number, ox.Literal)
    assert int(number.value) == solutions
