"""What programs find at fixed places and in the heads of pages: each as the reader of its kind takes it."""

from __future__ import annotations

import json
import re
import urllib.robotparser
from pathlib import Path
from xml.etree import ElementTree as ET

import yaml

from ccn_graph import __version__
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.releases.read_release import DATASET
from tests import markup
from tests.conftest import ROOT, some

BASE = "http://127.0.0.1:8000"


def get(site: Site, path: str, language: str = "en", wanted: str = "html") -> Page:
    page = routes.make(site, PageRequest(path, (), language, format=wanted, base=BASE))
    assert page.status == 200, path
    return page


def test_the_sitemap_has_pages_that_are_there_and_no_people(site: Site) -> None:
    root = ET.fromstring(get(site, "/sitemap.xml").body)
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    listed = [place.text or "" for place in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(listed) == len(set(listed)) > 1_000
    assert {f"{BASE}/", f"{BASE}/city/kobe.html", f"{BASE}/city/", f"{BASE}/questions/hosting-order"} <= set(listed)
    assert not [url for url in listed if "/person/" in url]
    for url in some(listed[:: len(listed) // 10]):
        assert routes.make(site, PageRequest(url.removeprefix(BASE), base=BASE)).status == 200, url


def test_crawlers_are_kept_from_what_costs_much_and_from_nothing_else(site: Site) -> None:
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(get(site, "/robots.txt").body.decode().splitlines())
    assert rules.can_fetch("any", f"{BASE}/city/kobe.html")
    assert not rules.can_fetch("any", f"{BASE}/search?q=kobe")
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]


def test_language_models_are_told_the_ways_to_ask_in_both_languages(site: Site) -> None:
    for language in ("ja", "en"):
        lines = get(site, "/llms.txt", language).body.decode().splitlines()
        assert lines[0].startswith("# ")
        assert lines[2].startswith("> ")
        links = [link for line in lines if (link := re.match(r"- \[[^\]]+\]\((\S+)\): \S", line))]
        assert f"{BASE}/mcp" in {link[1] for link in links}
        assert len(links) == len(site.questions) + 8


def test_search_engines_find_the_dataset(site: Site) -> None:
    for path in ("/", "/data/"):
        page = get(site, path)
        (script,) = (one for one in markup.read(page).iter("script") if one.get("type") == "application/ld+json")
        told = json.loads(script.text or "")
        assert (told["@type"], told["@id"], told["version"]) == ("Dataset", DATASET, site.statistics.version)
    assert f'<{DATASET}>; rel="cite-as"' in dict(get(site, "/").headers)["link"]


def test_every_page_has_a_card_and_a_thing_points_to_what_is_to_be_cited(site: Site) -> None:
    page = get(site, "/city/kobe.html")
    cards = {one.get("property"): one.get("content") for one in markup.read(page).iter("meta") if one.get("property")}
    assert (cards["og:title"] or "").startswith("Kobe")
    assert cards["og:url"] == f"{BASE}/city/kobe.html"
    link = dict(page.headers)["link"]
    assert '<https://w3id.org/ccn/city/kobe>; rel="cite-as"' in link
    assert '</city/kobe.ttl>; rel="describedby"; type="text/turtle"' in link


def test_the_citation_file_names_this_version() -> None:
    told = yaml.safe_load(Path(ROOT, "CITATION.cff").read_text(encoding="utf-8"))
    assert (told["cff-version"], told["version"], told["type"]) == ("1.2.0", __version__, "dataset")
    assert told["identifiers"][0]["value"] == DATASET
