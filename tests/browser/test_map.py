"""Maps of cities: points, filter, and the same by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

NETWORK = "https://w3id.org/ccn/network/ccnj"


def test_all_cities_are_points_on_land(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    listed = page.locator(".map-list li")
    expect(page.locator(".map .dot")).to_have_count(listed.count())
    expect(page.locator(".map path.land")).to_have_count(1)
    expect(page.locator(".map-count")).to_contain_text(str(listed.count()))


def test_the_filter_takes_points_and_entries_away(page: Page) -> None:
    page.goto("/")
    points, entries = page.locator(".map .dot"), page.locator(".map-list li:not([hidden])")
    every = points.count()
    page.locator(".map-choice select[name=network]").select_option(NETWORK)
    assert 0 < points.count() < every
    assert entries.count() == points.count()
    expect(page.locator(".map-count")).to_contain_text(str(points.count()))
    members = points.count()
    page.locator(".map-choice input[name=asOf]").fill("2013-06-01")
    assert points.count() < members
    page.locator(".map-choice input[name=asOf]").fill("")
    page.locator(".map-choice select[name=network]").select_option("https://w3id.org/ccn/network/uccn")
    members = points.count()
    page.locator(".map-legend label:visible").first.click()
    assert 0 < points.count() < members


def test_a_point_is_reached_and_opened_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.locator(".map .dot[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.getAttribute('aria-label')") != first:
            break
    chosen = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert chosen != first
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup a.map-name")
    expect(link).to_have_text(chosen)
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == chosen
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/city/[a-z-]+\.html"))
    expect(page.locator("h1")).to_have_text(chosen)


def test_the_map_of_a_network_has_its_fields_as_legend(page: Page) -> None:
    page.goto("/network/uccn.html?lang=ja")
    legend = page.locator(".map-legend label:visible")
    expect(legend.filter(has_text="音楽")).to_be_visible()
    before = page.locator(".map .dot").count()
    legend.filter(has_text="音楽").click()
    assert page.locator(".map .dot").count() < before
