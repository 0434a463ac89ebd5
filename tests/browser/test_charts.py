"""Charts: their values by the arrow keys and on hovering, and as pictures to keep."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("path", ["/network/ccnj.html", "/questions/fields-on-date"])
def test_the_values_of_a_chart_are_told_by_keys_and_on_hovering(page: Page, path: str) -> None:
    page.goto(path)
    figure = page.locator("figure").filter(has=page.locator("svg.chart")).first
    value = figure.locator(".chart-told")
    figure.locator(".chart-frame").focus()
    page.keyboard.press("ArrowDown")
    first = value.text_content() or ""
    assert first in (figure.locator("[data-value]").first.get_attribute("data-value") or "")
    assert any(character.isdigit() for character in first)
    page.keyboard.press("ArrowUp")
    expect(value).not_to_have_text(first)
    figure.locator("[data-value]").first.hover()
    expect(value).to_have_text(first)


def test_a_chart_is_kept_as_svg_and_as_png(page: Page) -> None:
    page.goto("/network/uccn.html")
    figure = page.locator("figure.wide")
    with page.expect_download() as kept:
        figure.locator("button[data-keep=svg]").click()
    assert kept.value.suggested_filename == "uccn-growth.svg"
    root = ET.fromstring(kept.value.path().read_text(encoding="utf-8"))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert any("ccn-graph" in text for text in texts), "it says where it comes from"
    assert len(list(root.iter(f"{SVG}circle"))) > 20
    assert all(element.get("class") is None and element.get("stroke") for element in root.iter(f"{SVG}circle"))
    assert len(texts) > 10
    with page.expect_download() as drawn:
        figure.locator("button[data-keep=png]").click()
    image = drawn.value.path().read_bytes()
    assert image.startswith(b"\x89PNG")
    width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (round(2 * float(root.get("width", 0))), round(2 * float(root.get("height", 0))))
