"""Where networks overlap, and the same as files that other programs read."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from typing import Any

import pytest

from ccn_graph import Graph
from ccn_graph.pages import roll, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from tests import markup
from tests.conftest import some

networkx: Any = importlib.import_module("networkx") if importlib.util.find_spec("networkx") else None
assert networkx or not os.environ.get("CI"), "install the extra 'dev': networkx is missing"


def ask(site: Site, path: str, language: str = "en", **parameters: str) -> Page:
    return routes.make(site, PageRequest(path, tuple(parameters.items()), language))


@pytest.mark.skipif(networkx is None, reason="networkx is not installed")
@pytest.mark.parametrize("name", ["members", "co-membership", "co-attendance"])
def test_both_formats_are_read_by_networkx_and_say_the_same(site: Site, name: str) -> None:
    graphml = networkx.parse_graphml(ask(site, f"/analysis/{name}.graphml").body.decode(), force_multigraph=True)
    gexf = networkx.read_gexf(io.BytesIO(ask(site, f"/analysis/{name}.gexf").body), version="1.3")
    assert set(graphml.nodes) == set(gexf.nodes) != set()
    pairs = [{frozenset(pair) for pair in graph.edges()} for graph in (graphml, gexf)]
    assert pairs[0] == pairs[1] != set()
    assert {data["label"] for _, data in graphml.nodes(data=True)} == {d["label"] for _, d in gexf.nodes(data=True)}


@pytest.mark.skipif(networkx is None, reason="networkx is not installed")
def test_the_network_of_members_has_an_edge_for_each_membership_and_its_document(site: Site) -> None:
    read = networkx.parse_graphml(ask(site, "/analysis/members.graphml").body.decode(), force_multigraph=True)
    assert read.number_of_edges() == len(roll.memberships(site))
    kobe, uccn = f"{namespaces.BASE}city/kobe", f"{namespaces.BASE}network/uccn"
    edge = next(iter(read.get_edge_data(kobe, uccn).values()))
    assert edge["since"].startswith("2008")
    assert edge["source"].startswith(f"{namespaces.BASE}graph/")
    assert read.nodes[kobe]["country"] == "Japan"


def test_what_two_networks_share_is_what_a_query_counts(site: Site, graph: Graph) -> None:
    (count,) = next(
        iter(
            graph.query(
                f"""PREFIX org: <http://www.w3.org/ns/org#> PREFIX net: <{namespaces.BASE}network/>
        SELECT (COUNT(DISTINCT ?who) AS ?n) {{ ?a org:member ?who ; org:organization net:uccn .
          ?b org:member ?who ; org:organization net:anmc21 }}"""
            ).rows()
        )
    )
    table = markup.read(ask(site, "/analysis")).find(".//table[@class='mx']")
    assert table is not None
    heads = [markup.text(head) for head in table.iterfind(".//thead//th")]
    row = next(row for row in table.iterfind(".//tbody/tr") if "Major Cities" in markup.text(row.find("th")))
    cells = [markup.text(cell) for cell in row.iterfind("td")]
    assert cells[heads.index("UNESCO Creative Cities Network")].removeprefix("≥ ") == str(getattr(count, "value", ""))


def test_on_a_day_only_those_count_that_were_members_on_it(site: Site) -> None:
    def of_members(**parameters: str) -> str:
        return markup.text(markup.read(ask(site, "/analysis", **parameters)).find(".//p[@class='lead']"))

    assert of_members(asOf="2010-01-01") != of_members()
    assert ask(site, "/analysis", asOf="nonsense").status == 400


@pytest.mark.parametrize("language", ["ja", "en"])
def test_member_cities_are_points_in_geojson(site: Site, language: str) -> None:
    page = ask(site, "/analysis/cities.geojson", language)
    assert page.content_type == "application/geo+json"
    for feature in some(json.loads(page.body)["features"]):
        long, lat = feature["geometry"]["coordinates"]
        assert -180 <= long <= 180
        assert -90 <= lat <= 90
        assert feature["properties"]["memberships"]


@pytest.mark.parametrize("path", ["/analysis/cities.gexf", "/analysis/members.geojson", "/analysis/people.csv"])
def test_what_there_is_not_is_not_found(site: Site, path: str) -> None:
    assert ask(site, path).status == 404
