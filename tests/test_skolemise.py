from __future__ import annotations

import pyoxigraph as ox

from ccn_graph.releases import skolemise

G = "http://e/g"


def named(text: str) -> set[ox.Quad]:
    quads = ox.parse(text, format=ox.RdfFormat.TRIG, rename_blank_nodes=True)
    return set(skolemise.skolemised(quads))


def nodes(quads: set[ox.Quad]) -> set[str]:
    terms = {term for quad in quads for term in (quad.subject, quad.object, quad.graph_name)}
    assert not [term for term in terms if isinstance(term, ox.BlankNode)]
    return {term.value for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(skolemise.GENID)}


def test_only_statements_with_blank_nodes_are_kept() -> None:
    assert not named("<x:s> <x:p> <x:o> .")
    assert len(named("<x:s> <x:p> <x:o>, [] .")) == 1


def test_names_are_the_same_in_every_run() -> None:
    text = "_:a <x:p> _:b . _:b <x:p> 1 . [] <x:q> [] ."
    assert named(text) == named(text)
    assert len(nodes(named(text))) == 4


def test_names_do_not_depend_on_order_or_on_what_does_not_hang_together_with_them() -> None:
    one = nodes(named("_:a <x:p> 1 ; <x:q> 2 ."))
    assert one < nodes(named("_:z <x:r> 3 . _:a <x:q> 2 ; <x:p> 1 ."))


def test_things_that_are_alike_stay_as_many() -> None:
    assert len(nodes(named("[] <x:p> 1 . [] <x:p> 1 . [] <x:p> 1 ."))) == 3


def test_a_node_has_one_name_in_all_graphs() -> None:
    found = named(f"_:a <x:p> 1 . <{G}> {{ _:a <x:p> 2 }}")
    assert len(nodes(found)) == 1
    assert len(found) == 2


def test_graphs_without_a_name_get_one() -> None:
    (name,) = nodes(named("_:g { <x:s> <x:p> 1 }"))
    assert name.startswith(skolemise.GENID)
