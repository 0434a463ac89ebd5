"""The page of what outside judges say shows every row; every item can be named and is one that is known."""

from __future__ import annotations

import json

from ccn_graph.pages import conformance, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import PageRequest
from tests.conformance.__main__ import all_items
from tests.conformance.judging import Verdict
from tests.conftest import some


def test_every_row_is_of_an_item_and_is_shown_in_both_languages(site: Site) -> None:
    written = json.loads(conformance.ROWS.read_text(encoding="utf-8"))
    assert [row["name"] for row in written] == list(all_items())
    for language in ("ja", "en"):
        page = routes.make(site, PageRequest("/about/conformance", language=language))
        assert page.status == 200
        for row in some(written):
            assert row["command"] in page.body.decode()
            assert row["title"][language] in page.body.decode()


def test_a_verdict_is_what_the_numbers_say() -> None:
    words = [Verdict(passed, of, "1").word for passed, of in ((3, 3), (2, 3), (0, 3), (0, 0))]
    assert words == ["passed", "in-part", "failed", "failed"]
