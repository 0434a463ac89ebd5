"""A walk along every link of the pages and every file of data behind them.

By default of one thing of every class, some questions and, of lists in other orders, the first pages; with
CCN_CRAWL=full of everything that can be reached.
"""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, urlsplit

from ccn_graph.rdf import namespaces
from tests.conftest import some
from tests.crawl import LANGUAGES, THING, Crawl, differences
from tests.serving import Server

FULL = os.environ.get("CCN_CRAWL") == "full"

_ONE_OF_EACH = """
SELECT (MIN(STR(?thing)) AS ?first) WHERE {
  ?thing a ?class
  FILTER(REGEX(STR(?thing), "^https://w3id.org/ccn/[a-z]+/[^/#]+$"))
} GROUP BY ?class
"""
_EVERY_ONE = """
SELECT DISTINCT ?thing WHERE {
  { ?thing ?property ?value } UNION { GRAPH ?thing { ?any ?property ?value } }
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/ccn/"))
}
"""

#: Every so many questions are asked by default.
EVERY = 8


#: Of a list in another order than its own, so many pages are read by default: the first, and one that is no first.
PAGES = 2


def test_every_link_leads_somewhere_and_pages_say_what_their_data_say(site_server: Server) -> None:
    chosen = {iri.removeprefix(namespaces.BASE) for iri in site_server.select(_ONE_OF_EACH).split()}
    listed = sorted(set(re.findall(r'href="(/questions/[^"?]+)', site_server.http.get("/questions").text)))
    asked = set(listed[::EVERY])
    assert len(chosen) > 30
    assert len(asked) > 5

    def wanted(address: str) -> bool:
        path = urlsplit(address).path
        if path == "/correct":
            # One for each statement; a test of its own opens them.
            return FULL
        if path.startswith("/questions/"):
            return FULL or path.partition(".")[0] in asked
        settings = dict(parse_qsl(urlsplit(address).query))
        if "sort" in settings and int(settings.get("page", 1)) > PAGES:
            return FULL
        thing = THING.fullmatch(path)
        return FULL or not thing or thing[1] in chosen

    crawl = Crawl(site_server.http, wanted)
    starts = [f"{path}?lang={language}" for language in LANGUAGES for path in ("/", *_pages(chosen))]
    for _ in crawl.run(*starts):
        pass
    assert not crawl.faults
    assert len(crawl.documents) > 10 * len(chosen)
    known = {iri.removeprefix(namespaces.BASE) for iri in site_server.select(_EVERY_ONE).split()}
    for address, source in some(
        {
            urlsplit(address).path: source
            for address, source in crawl.passed.items()
            if not address.startswith("/correct?")
        }.items()
    ):
        thing = THING.fullmatch(address)
        if not (thing and thing[1] in known) and address not in listed:
            assert site_server.http.head(address).status_code == 200, f"{source} leads to {address}"
    assert not list(differences(crawl.documents))


def _pages(things: set[str]) -> list[str]:
    return [f"/{thing}.html" for thing in sorted(things)]
