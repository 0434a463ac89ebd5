"""Forms whose address is their state: conditions of questions, dates of pages."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.reader import Reader


def state(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def rows(page: Page) -> list[str]:
    return page.locator(".answer tbody tr").all_inner_texts()


def test_the_address_of_an_answer_holds_its_conditions(reader: Reader) -> None:
    page = reader.tab()
    page.goto("/questions/fields-on-date?lang=en")
    today = rows(page)
    page.get_by_label("Date", exact=True).fill("2010-01-01")
    page.get_by_role("button", name="Show the answer").click()
    expect(page).to_have_url(re.compile("2010-01-01"))
    assert state(page) == {"network": ["uccn"], "date": ["2010-01-01"], "lang": ["en"]}
    then = rows(page)
    assert then != today
    other = reader.tab()
    other.goto(page.url)
    expect(other.get_by_label("Date", exact=True)).to_have_value("2010-01-01")
    assert rows(other) == then


def test_a_value_that_does_not_fit_stays_and_is_explained(reader: Reader) -> None:
    reader.expected.append("status of 400")
    page = reader.tab()
    page.goto("/questions/fields-on-date?date=2010-13-45&lang=en")
    field = page.get_by_label("Date", exact=True)
    expect(field).to_have_value("2010-13-45")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby")
    expect(page.locator(f"#{described}")).to_contain_text("2010-13-45")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_title(re.compile("^Conditions to mend"))
    field.fill("2010-12-31")
    page.get_by_role("button", name="Show the answer").click()
    expect(page.locator(".answer tbody tr").first).to_be_visible()


def test_a_network_shows_its_members_on_a_day(page: Page) -> None:
    page.goto("/network/ccnj.html?lang=en")
    today = page.locator("section[aria-labelledby=members]").inner_text()
    page.locator("form.as-of input[type=date]").fill("2014-01-01")
    page.locator("form.as-of button").click()
    expect(page).to_have_url(re.compile("asOf=2014-01-01"))
    assert state(page) == {"asOf": ["2014-01-01"], "lang": ["en"]}
    expect(page.locator("form.as-of input[type=date]")).to_have_value("2014-01-01")
    assert page.locator("section[aria-labelledby=members]").inner_text() != today
    expect(page.locator(".summary")).to_contain_text("2014")


def test_a_city_says_what_held_on_a_day(page: Page) -> None:
    page.goto("/city/kobe.html")
    state_now = page.locator("section[aria-labelledby=memberships] tbody tr td:last-child").all_inner_texts()
    page.locator("form.as-of input[type=date]").fill("2000-01-01")
    page.locator("form.as-of button").click()
    expect(page).to_have_url(re.compile("asOf=2000-01-01"))
    assert page.locator("section[aria-labelledby=memberships] tbody tr td:last-child").all_inner_texts() != state_now


def test_the_other_language_is_one_step_away_and_stays(page: Page) -> None:
    page.goto("/city/kobe.html")
    expect(page.locator("h1")).to_have_text("Kobe")
    page.locator(".languages").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("神戸市")
    page.locator("section[aria-labelledby=memberships] tbody th a").first.click()
    assert page.evaluate("document.documentElement.lang") == "ja"


def test_code_is_copied(page: Page) -> None:
    page.goto("/questions/fields-on-date")
    page.locator("summary", has_text="BibTeX").click()
    page.locator("details[open]").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@")
