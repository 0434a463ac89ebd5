from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.rdf import terms
from ccn_graph.rdf.terms import Term

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LITERALS = st.one_of(
    st.builds(ox.Literal, TEXTS),
    st.builds(lambda text, language: ox.Literal(text, language=language), TEXTS, st.sampled_from(["ja", "en-GB"])),
    st.builds(lambda text: ox.Literal(text, datatype=ox.NamedNode("https://example.org/type")), TEXTS),
)


@given(LITERALS | st.just(ox.NamedNode("https://example.org/神戸")) | st.none())
def test_a_term_comes_back_from_json_as_it_was(term: Term | None) -> None:
    assert terms.to_term(json.loads(json.dumps(terms.from_term(term)))) == term


def test_a_blank_node_has_no_plain_form() -> None:
    with pytest.raises(ValueError, match="no plain form"):
        terms.from_term(ox.BlankNode("x"))


@pytest.mark.parametrize(
    "wrong", [1, True, {}, [], ["x"], ["x", "ja", "y"], ["x", None, None], "no iri", ["x", "?", None]]
)
def test_anything_else_is_no_term(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"term|IRI|language|tag"):
        terms.to_term(wrong)
