"""The query editor: complete, run, share, and see what is wrong."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.reader import Reader

QUERY = """\
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?city WHERE { ?city a ccn:City } ORDER BY ?city LIMIT 3
"""


def write(page: Page, query: str) -> None:
    page.evaluate("query => document.querySelector('.CodeMirror').CodeMirror.setValue(query)", query)


def test_a_query_runs_and_its_answer_has_labels_and_downloads(page: Page) -> None:
    page.goto("/sparql?lang=ja")
    write(page, QUERY)
    page.locator("form.query button.primary").click()
    cells = page.locator(".query-results tbody td a")
    expect(cells).to_have_count(3)
    expect(cells.first).to_have_text("アベリストウィス")
    expect(page.locator(".query-results small").first).to_have_text("city:aberystwyth")
    assert (cells.first.get_attribute("href") or "").startswith("/city/aberystwyth")
    with page.expect_download() as download:
        page.locator(".query-downloads a").first.click()
    assert download.value.path().read_text(encoding="utf-8").splitlines()[1] == "https://w3id.org/ccn/city/aberystwyth"


def test_terms_of_ours_are_completed_by_keyboard(page: Page) -> None:
    page.goto("/sparql")
    write(page, "PREFIX ccn: <https://w3id.org/ccn/ns#>\nSELECT * WHERE { ?x a ")
    page.locator(".CodeMirror textarea").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("ccn:Membersh")
    page.keyboard.press("Control+Space")
    hints = page.locator(".CodeMirror-hints li")
    expect(hints.filter(has_text="ccn:Membership").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-hints")).to_have_count(0)
    assert "ccn:Membership" in page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")


def test_a_link_to_a_query_runs_it_for_others(reader: Reader) -> None:
    page = reader.tab()
    page.goto("/sparql")
    write(page, QUERY)
    page.locator(".query-link").click()
    expect(page).to_have_url(re.compile("#query="))
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    other = reader.tab()
    other.goto(link)
    expect(other.locator(".query-results tbody tr")).to_have_count(3)


def test_a_mistake_is_shown_with_its_line(reader: Reader) -> None:
    reader.expected.append("status of 400")
    page = reader.tab()
    page.goto("/sparql?lang=en#query=" + quote("SELECT ?a WHERE {\n  ?a ?b\n}"))
    expect(page.locator(".query-results .warning")).to_be_visible()
    expect(page.locator(".query-results .query-detail")).to_contain_text("3")
    line = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor().line")
    assert line == 2
    expect(page.locator(".query-status")).not_to_be_empty()


def test_a_question_is_taken_over_as_an_example(page: Page) -> None:
    page.goto("/sparql")
    page.locator("#example").select_option("fields-on-date")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".query-results tbody tr")).to_have_count(8)


def test_the_tab_key_leaves_the_editor(page: Page) -> None:
    page.goto("/sparql")
    page.locator(".CodeMirror textarea").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') === null")
