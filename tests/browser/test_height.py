"""No page is longer on a phone than a reader scrolls, unless everything has been asked for."""

from __future__ import annotations

import re

import pytest

from tests.browser.catalogue import LANGUAGES, PAGES, address
from tests.browser.reader import Reader
from tests.browser.test_every_page import NARROW

#: In pixels: nine screens of a phone.
HIGHEST = 8_000

#: Answers with many rows, or high ones.
QUESTIONS = {name: f"/questions/{name}" for name in ("shared-members", "members-by-country", "disagreements")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_too_high_or_too_wide_for_a_phone(reader: Reader, language: str) -> None:
    page = reader.tab(language, width=NARROW)
    # Only pages and what gives them their shape: their maps load more, and have their height without it.
    page.route(re.compile(r"/static/(?!.*\.(?:css|js)$)"), lambda route: route.fulfill(body="{}"))
    reader.expected += ["status of 4"]
    beyond = {}
    for name, path in (PAGES | QUESTIONS).items():
        page.goto(address(path, language))
        root = page.evaluate("(({scrollWidth, scrollHeight}) => [scrollWidth, scrollHeight])(document.documentElement)")
        if root[0] > NARROW or root[1] > HIGHEST:
            beyond[name] = root
    assert not beyond


def test_a_phone_shows_all_rows_when_they_are_asked_for(reader: Reader) -> None:
    page = reader.tab(width=NARROW)
    for path in (QUESTIONS["members-by-country"], PAGES["network"]):
        page.goto(address(path, "en"))
        last = page.locator("#rows tbody tr").last
        assert not last.is_visible()
        page.click(".all-rows a")
        assert last.is_visible()
        assert not page.locator(".all-rows").is_visible()


def test_a_term_of_the_vocabulary_is_open_where_a_link_leads_to_it(reader: Reader) -> None:
    page = reader.tab(width=NARROW)
    page.goto("/ns?lang=en")
    assert not page.locator("#City").is_visible()
    page.goto("/ns?lang=en#City")
    assert page.locator("#City").is_visible()
