"""Every type of page in both languages, wide and narrow, light and dark: sound, without barriers, within its width.

By default each page is seen in one language, wide and light, then narrow and dark, the languages taking turns,
pages of the same make are seen once, and axe looks at a few rows and entries of one make. With CCN_BROWSER=full each is
seen in all eight ways, and axe looks at more of it. CCN_SCREENSHOTS=DIR keeps pictures for people to look at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.catalogue import LANGUAGES, LIKE_OTHERS, PAGES, STATUS, address
from tests.browser.reader import Reader

FULL = os.environ.get("CCN_BROWSER") == "full"

WIDE, NARROW = 1280, 390

#: Width in pixels, whether it is dark.
WAYS = [*product((WIDE, NARROW), (False, True))] if FULL else [(WIDE, False), (NARROW, True)]

#: What axe examines where a page is seen for the first time.
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: And where it is seen again: only this depends on width and colours.
LOOKS = ["color-contrast", "link-in-text-block", "meta-viewport", "scrollable-region-focusable", "target-size"]

#: As many rows or entries beside each other axe examines; it takes minutes over thousands.
MOST = 25 if FULL else 12

#: The rest are of the same make. Of sections of one kind, such as the terms of a vocabulary, fewer will do.
_SHORTEN = """(most) => {
  for (const list of document.querySelectorAll("main, main *:not(svg *)")) {
    const alike = [...list.children].filter((child) => child.matches("section.term, section.a-record"));
    [...list.children].slice(most).concat(alike.slice(most / 3)).forEach((child) => child.remove());
  }
}"""

_MAKE = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  headings: document.querySelectorAll("h1").length,
  landmarks: ["body > header", "nav", "main#main", "body > footer"].filter((name) => !document.querySelector(name)),
  beyond: document.documentElement.scrollWidth - innerWidth,
  sticking: [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
    && !one.closest(".table-frame, .scroll, pre, svg, .map-frame, .visually-hidden"))
    .slice(0, 5).map((one) => one.outerHTML.slice(0, 120)),
})"""


@pytest.mark.parametrize("name", PAGES if FULL else [name for name in PAGES if name not in LIKE_OTHERS])
def test_a_page_is_sound_and_without_barriers(reader: Reader, axe: str, name: str) -> None:
    reader.expected += [f"status of {STATUS[name]}"] if name in STATUS else []
    found: dict[str, list[str]] = {}
    for language in LANGUAGES if FULL else [LANGUAGES[list(PAGES).index(name) % 2]]:
        page = reader.tab(language)
        response = page.goto(address(PAGES[name], language))
        assert response
        assert response.status == STATUS.get(name, 200)
        for seen in ways(page):
            reader.picture(page, f"{name}-{language}-{seen}")
            made = page.evaluate(_MAKE)
            assert made.pop("title")
            assert made == {"lang": language, "headings": 1, "landmarks": [], "beyond": 0, "sticking": []}, seen
        page.evaluate(_SHORTEN, MOST)
        page.evaluate(axe)
        for rules, seen in zip([EVERYTHING, *[LOOKS] * len(WAYS)], ways(page), strict=False):
            found |= {f"{language} {seen} {rule}": where for rule, where in barriers(page, rules).items()}
        page.close()
    assert not found


def ways(page: Page) -> Iterator[str]:
    """Show a page in one way after the other; give the name of each."""
    for width, dark in WAYS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        yield f"{width}-{'dark' if dark else 'light'}"


def barriers(page: Page, rules: list[str]) -> dict[str, list[str]]:
    """Give what axe-core, which the page has loaded, finds: rule -> where, and why."""
    wanted = {"runOnly": rules, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate(f"axe.run({json.dumps(wanted)})")
    return {
        rule["id"]: [f"{node['target']} {node['html'][:150]} {node['failureSummary']}" for node in rule["nodes"][:4]]
        for rule in found["violations"]
    }


def test_axe_finds_a_barrier(page: Page, axe: str) -> None:
    page.goto("/questions")
    page.evaluate("document.querySelector('main').append(document.createElement('h1'), document.createElement('img'))")
    page.evaluate(axe)
    found = barriers(page, EVERYTHING)
    assert "image-alt" in found


def test_a_request_to_others_and_a_complaint_are_noticed(reader: Reader) -> None:
    page = reader.tab()
    page.goto("/questions")
    page.evaluate("fetch('https://example.org/x').catch(() => console.error('lost'))")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    page.wait_for_timeout(200)
    told = "\n".join(reader.faults)
    reader.faults.clear()
    for fault in ("https://example.org/x", "lost", "thrown", "Content Security Policy"):
        assert fault in told
