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
    page.evaluate("query => navigator.clipboard.writeText(query)", query)
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")


def written(page: Page) -> str:
    return page.locator(".cm-content").inner_text()


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
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("ccn:Membersh")
    page.keyboard.press("Control+Space")
    hints = page.locator(".cm-tooltip-autocomplete li")
    expect(hints.filter(has_text="ccn:Membership").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    assert "ccn:Membership" in written(page)


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
    expect(page.locator(".cm-activeLine")).to_have_text("}")
    expect(page.locator(".cm-lintRange-error, .cm-lintPoint-error")).to_have_count(1)
    expect(page.locator(".query-status")).not_to_be_empty()


def test_a_question_is_taken_over_as_an_example(page: Page) -> None:
    page.goto("/sparql")
    page.locator("#example").select_option("fields-on-date")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".query-results tbody tr")).to_have_count(8)


def test_the_tab_key_leaves_the_editor(page: Page) -> None:
    page.goto("/sparql")
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.query-text') === null")


def test_prefixes_that_are_known_are_declared_when_the_query_runs(page: Page) -> None:
    page.goto("/sparql?lang=en")
    write(page, "SELECT ?city WHERE { ?city a ccn:City ; skos:prefLabel ?name } LIMIT 2")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".query-results tbody tr")).to_have_count(2)
    assert "PREFIX ccn: <https://w3id.org/ccn/ns#>\nPREFIX skos:" in written(page)


def test_a_class_that_is_none_is_named_and_mended_by_one_click(page: Page) -> None:
    page.goto("/sparql?lang=en")
    write(page, "SELECT ?city WHERE {\n  ?city a ccn:Citty }\nLIMIT 2")
    page.keyboard.press("Control+Enter")
    told = page.locator(".query-results .warning").filter(has_text="ccn:Citty")
    told.get_by_role("button").click()
    expect(page.locator(".query-results tbody tr")).to_have_count(2)
    assert "a ccn:City }" in written(page)


def test_the_pattern_that_leaves_nothing_is_shown(page: Page) -> None:
    page.goto("/sparql?lang=ja")
    pattern = "?city a ccn:City ; ccn:within place:hyogo ; ccn:host ?nothing .\n ?city skos:prefLabel ?name"
    write(page, f"SELECT * WHERE {{ {pattern} }}")
    page.keyboard.press("Control+Enter")
    rows = page.locator(".query-patterns tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("ccn:host ?nothing")
    expect(rows.nth(2).locator(".warning")).to_contain_text("0")
    assert int(rows.nth(1).locator(".number").inner_text()) > 0


def test_a_missing_brace_is_told_on_leaving_the_line_and_added_by_one_click(page: Page) -> None:
    page.goto("/sparql?lang=ja")
    write(page, "SELECT ?city WHERE { ?city a ccn:City")
    page.locator("#example").focus()
    status = page.locator(".query-status")
    expect(status).to_contain_text("SPARQL")
    status.get_by_role("button").click()
    expect(page.locator(".query-results tbody tr").first).to_be_visible()


def test_after_a_subject_the_properties_of_its_class_come_first(page: Page) -> None:
    page.goto("/sparql?lang=en")
    write(page, "SELECT * WHERE {\n  ?m a ccn:Membership .\n  ?m ")
    page.keyboard.press("Control+Space")
    hints = page.locator(".cm-tooltip-autocomplete li")
    expect(hints.first).to_be_visible()
    first = hints.all_inner_texts()[:8]
    assert any(text.startswith("org:member") for text in first), first


def test_queries_that_were_run_are_kept_in_the_browser(page: Page) -> None:
    page.goto("/sparql")
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".query-results tbody tr")).to_have_count(3)
    page.goto("/sparql")
    assert "LIMIT 3" in written(page)
    expect(page.locator("#past option")).to_have_count(2)
