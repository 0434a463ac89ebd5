"""What changed, by year, network and name, in sentences."""

from __future__ import annotations

import re

import pytest

from ccn_graph import Graph
from ccn_graph.pages import routes, what_changed
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import PageRequest
from tests.conftest import TODAY, some


def text(site: Site, language: str = "en", **parameters: str) -> str:
    page = routes.make(site, PageRequest("/changes", tuple(parameters.items()), language))
    assert page.status == 200
    return page.body.decode()


def test_members_that_joined_on_a_day_are_those_of_a_query(site: Site, graph: Graph) -> None:
    rows = graph.query(
        f"""PREFIX ccn: <{namespaces.CCN}> PREFIX org: <http://www.w3.org/ns/org#>
        PREFIX net: <{namespaces.BASE}network/>
        SELECT DISTINCT ?member {{ GRAPH <{namespaces.BASE}graph/preferred> {{
          ?m a ccn:Membership ; org:organization net:uccn ; org:member ?member ; ccn:since ?day }}
          FILTER(STR(?day) = "2025-10-31") }}"""
    ).rows()
    wanted = {str(getattr(member, "value", "")) for (member,) in rows}
    found = [one for one in what_changed.every(site, TODAY) if one.kind == "joined" and one.day == "2025-10-31"]
    assert [set(one.things) for one in found if one.network.endswith("/uccn")] == [wanted]
    assert f"{len(wanted)} members joined the" in text(site, year="2025")


def test_what_is_to_come_has_not_changed_yet(site: Site) -> None:
    changes = some(what_changed.every(site, TODAY))
    assert max(one.day[:10] for one in changes) <= TODAY.isoformat()
    assert {one.detail for one in changes if one.kind == "met"} <= {"held", "unconfirmed", "cancelled"}
    assert [one.day for one in changes] == sorted((one.day for one in changes), reverse=True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_changes_are_narrowed_by_network_and_by_name(site: Site, language: str) -> None:
    kobe = text(site, language, q={"ja": "神戸", "en": "kobe"}[language], year="2008")
    listed = kobe.partition('class="rows"')[2].partition("</ul>")[0]
    assert "/city/kobe.html" in listed
    of_ccnj = text(site, language, network="ccnj", year="2013").partition('class="rows"')[2].partition("</ul>")[0]
    assert "/network/uccn.html" not in of_ccnj
    assert of_ccnj.count("<li>") > 1


def test_a_year_that_is_none_is_the_last_and_nothing_is_repeated_unescaped(site: Site) -> None:
    years = re.findall(r'<a href="[^"]*year=(\d+)"', text(site))
    assert years == sorted(set(years), reverse=True)
    assert f'year={years[0]}" aria-current="true"' in text(site, year="<script>alert(1)</script>")
    assert "<script>alert" not in text(site, q="<script>alert(1)</script>")
