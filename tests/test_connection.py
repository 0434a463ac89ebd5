"""A server elsewhere answers the calls that a graph on this machine answers, with the same rows and the same errors."""

from __future__ import annotations

import pytest

import ccn_graph
from ccn_graph import Graph
from ccn_graph.errors import EngineError, QueryError, QuestionError
from tests.serving import Server


def test_a_server_answers_as_the_graph_does(site_server: Server, graph: Graph) -> None:
    with ccn_graph.connect(site_server.url + "/") as connection:
        here, there = (ccn_graph.ask(one, "networks-of-city", city="神戸市") for one in (graph, connection))
        assert there == here
        assert there.columns == here.columns
        assert there.to_pandas().equals(here.to_pandas())
        assert there.to_pandas(labels="ja").equals(here.to_pandas(labels="ja"))
        query = "SELECT ?o { <https://w3id.org/ccn/city/kobe> <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"
        assert {*connection.query(query).rows()} == {*graph.query(query).rows()}
        assert [*connection.query("ASK { ?s ?p ?o }").rows()] == [*graph.query("ASK { ?s ?p ?o }").rows()]
        construct = "CONSTRUCT { ?s a ?c } WHERE { VALUES ?s { <https://w3id.org/ccn/city/kobe> } ?s a ?c }"
        assert {*connection.query(construct).rows()} == {*graph.query(construct).rows()}
        assert connection.version == graph.version


def test_what_does_not_fit_is_refused_with_a_hint(site_server: Server) -> None:
    with ccn_graph.connect(site_server.url) as connection:
        with pytest.raises(QuestionError, match="kobbe"):
            ccn_graph.ask(connection, "networks-of-city", city="kobbe")
        with pytest.raises(QuestionError, match="did you mean networks-of-city"):
            ccn_graph.ask(connection, "networks-of-cty")
        with pytest.raises(QueryError) as caught:
            connection.query("SELECT nonsense")
        assert caught.value.code == "syntax"


def test_where_nobody_answers_it_says_so() -> None:
    with pytest.raises(EngineError) as caught:
        ccn_graph.connect("http://127.0.0.1:9").query("ASK {}")
    assert caught.value.code == "engine-unavailable"
    with pytest.raises(ValueError, match="no address of a server"):
        ccn_graph.connect("example.org")
