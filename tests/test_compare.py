"""Cities side by side: who is compared, what stands in the table, what is taken away."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest

from ccn_graph.pages import compare, roll, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from tests.conftest import some


def ask(site: Site, *cities: str, language: str = "en", **parameters: str) -> Page:
    pairs = (*(("city", city) for city in cities), *parameters.items())
    return routes.make(site, PageRequest("/compare", tuple(pairs), language))


def compared(page: Page) -> list[str]:
    head = page.body.decode().partition('class="compared"')[2].partition("</thead>")[0]
    return re.findall(r"/city/([\w-]+)\.html", head)


@pytest.mark.parametrize(
    ("written", "slug"), [("kobe", "kobe"), ("神戸市", "kobe"), ("Kobe", "kobe"), ("こうべ", "kobe")]
)
def test_a_city_is_named_by_any_of_its_names(site: Site, written: str, slug: str) -> None:
    assert compared(ask(site, "kanazawa", written)) == ["kanazawa", slug]


def test_no_more_than_five_are_compared_and_each_once(site: Site) -> None:
    cities = ["kobe", "nagoya", "kobe", "sapporo", "kanazawa", "asahikawa", "lyon"]
    page = ask(site, *cities)
    assert compared(page) == list(dict.fromkeys(cities))[: compare.MOST]
    assert "No more than 5 cities" in page.body.decode()


def test_what_is_no_city_is_told_with_near_names_and_is_no_markup(site: Site) -> None:
    text = ask(site, "kobe", "Kanazwa", "<script>alert(1)</script>").body.decode()
    assert "city=kanazawa" in text.partition('role="alert"')[2]
    assert "<script>alert" not in text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_table_has_each_network_of_each_city_and_the_file_says_the_same(site: Site, language: str) -> None:
    cities = ("kanazawa", "lyon", "tokyo")
    page = ask(site, *cities, language=language)
    table = page.body.decode().partition('class="compared"')[2].partition("</table>")[0]
    networks = {one.network for one in roll.memberships(site) if namespaces.slug(one.member) in cities}
    for network in some(networks):
        assert f"/{network.rpartition('/')[2]}.html" in table
    rows = list(csv.DictReader(io.StringIO(ask(site, *cities, language=language, **{"as": "csv"}).body.decode())))
    assert list(rows[0]) == ["item", *cities]
    assert {site.labels.of(network, language) for network in networks} <= {row["item"] for row in rows}


def test_events_of_two_of_them_are_those_that_name_both(site: Site) -> None:
    page = ask(site, "kanazawa", "tamba-sasayama").body.decode()
    listed = set(re.findall(r"/event/([\w-]+)\.html", page.partition('id="shared"')[2].partition("</ul>")[0]))
    both = {f"{namespaces.BASE}city/{name}" for name in ("kanazawa", "tamba-sasayama")}
    every = roll.meetings(site, datetime.date.today())
    assert listed == {namespaces.slug(one.iri) for one in every if both <= {*one.hosts, *one.participants}} != set()


def test_one_city_alone_is_asked_for_another(site: Site) -> None:
    page = ask(site, "kobe")
    assert page.status == 200
    assert 'name="city" value="kobe"' in page.body.decode()
    assert compared(page) == []
