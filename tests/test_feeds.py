"""Feeds have the changes that the page has; a reader of feeds takes them."""

from __future__ import annotations

import json

import pytest

from ccn_graph.pages import routes, what_changed
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.text.today import today
from tests.conftest import some

BASE = "http://127.0.0.1:8000"


def get(site: Site, path: str, language: str = "en") -> bytes:
    page = routes.make(site, PageRequest(path, (), language, base=BASE))
    assert page.status == 200, path
    return page.body


@pytest.mark.parametrize("stem", ["/changes", "/network/uccn", "/city/kanazawa"])
def test_a_reader_of_feeds_takes_both_forms(site: Site, stem: str) -> None:
    feedparser = pytest.importorskip("feedparser")
    for language in ("ja", "en"):
        read = feedparser.parse(get(site, f"{stem}.atom", language))
        assert not read.bozo
        assert read.feed.language == language
        told = json.loads(get(site, f"{stem}.feed.json", language))
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        ids = [one["id"] for one in some(told["items"])]
        assert ids == [entry.id for entry in read.entries]
        assert len(set(ids)) == len(ids)
        for one, entry in zip(told["items"], read.entries, strict=True):
            assert one["title"] == entry.title
            assert "<" not in one["title"] + one["content_text"]
            assert one["url"].startswith(f"{BASE}/")


def test_a_city_has_its_own_changes_and_no_others(site: Site) -> None:
    kanazawa = namespaces.BASE + "city/kanazawa"
    wanted = [one for one in what_changed.every(site, today()) if kanazawa in (*one.things, one.network)]
    items = json.loads(get(site, "/city/kanazawa.feed.json"))["items"]
    assert len(items) == min(len(wanted), 50)
    joined = next(one for one in items if "joined" in one["id"])
    assert joined["title"].startswith("Kanazawa joined")


def test_what_is_not_there_has_no_feed(site: Site) -> None:
    assert routes.make(site, PageRequest("/city/nowhere.atom")).status == 404
