"""Pages by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.reader import Reader

#: What has the focus, and whether that shows: the browser itself marks the parts of a date.
_FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return {place: one.outerHTML.slice(0, 80), shown: marked || one.matches("body, [type=date]")};
}"""


def test_the_first_key_offers_to_skip_to_the_content(page: Page) -> None:
    page.goto("/city/kobe.html")
    link = page.locator(".skip-link")
    expect(link).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_focus_can_be_seen_wherever_it_is(page: Page) -> None:
    for path in ("/", "/city/kobe.html", "/questions/fields-on-date", "/sparql"):
        page.goto(path)
        places = set()
        for _ in range(25):
            page.keyboard.press("Tab")
            focus = page.evaluate(_FOCUS)
            assert focus["shown"], focus
            places.add(focus["place"])
        assert len(places) > 10


def test_finds_are_chosen_with_arrows_and_opened_with_enter(page: Page) -> None:
    page.goto("/questions")
    field = page.locator("#site-search")
    expect(field).to_have_role("combobox")
    field.press_sequentially("kobe")
    options = page.get_by_role("option")
    expect(options.filter(has_text="Kobe").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    first = options.first
    expect(first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("ArrowDown")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/city/kobe\.html$"))


def test_a_reading_finds_in_japanese_and_the_last_place_leads_to_all_finds(reader: Reader) -> None:
    page = reader.tab("ja")
    page.goto("/?lang=ja")
    field = page.locator("#site-search")
    field.press_sequentially("こうべ")
    expect(page.get_by_role("option").filter(has_text="神戸市").first).to_be_visible()
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?"))
    expect(page.locator("main").get_by_role("link", name="神戸市", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "ja"


def test_enter_without_a_choice_leads_to_all_finds(page: Page) -> None:
    page.goto("/")
    page.locator("#site-search").press_sequentially("music")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=music"))
    expect(page.locator("main").get_by_role("link", name="Music", exact=True)).to_be_visible()


def test_a_table_is_sorted_by_its_headings(page: Page) -> None:
    page.goto("/questions/fields-on-date")
    heading = page.get_by_role("columnheader", name=re.compile("^members", re.IGNORECASE))
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    counts = [int(text) for text in page.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert counts == sorted(counts)
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert [int(text) for text in page.locator("tbody td:nth-child(2)").all_inner_texts()] == counts[::-1]
