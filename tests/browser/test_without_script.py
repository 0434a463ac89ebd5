"""Everything but the map and the editor's comforts works without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import Reader


@pytest.fixture
def page(reader: Reader) -> Page:
    return reader.tab(script=False)


def test_search_and_its_finds_work(page: Page) -> None:
    page.goto("/")
    page.locator("form.search input[type=search]").fill("神戸")
    page.locator("form.search input[type=search]").press("Enter")
    page.locator("main").get_by_role("link", name="Kobe", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Kobe")


def test_a_question_is_asked_with_its_form(page: Page) -> None:
    page.goto("/questions/fields-on-date")
    page.get_by_label("Date", exact=True).fill("2012-01-01")
    page.get_by_role("button", name="Show the answer").click()
    expect(page).to_have_url(re.compile("date=2012-01-01"))
    expect(page.locator(".answer svg.chart")).to_be_visible()
    expect(page.locator(".answer tbody tr")).to_have_count(8)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_map_is_a_picture_and_a_list(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".map-picture")).to_be_visible()
    page.locator(".map-list summary").click()
    page.locator(".map-list a").first.click()
    expect(page).to_have_url(re.compile("/city/"))


def test_a_query_is_sent_as_a_form(page: Page) -> None:
    page.goto("/sparql")
    page.locator("textarea").fill("SELECT (1 AS ?one) {}")
    page.locator("#format").select_option("json")
    page.locator("form.query button.primary").click()
    expect(page.locator("body")).to_contain_text('"one"')
