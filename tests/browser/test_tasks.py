"""Ten tasks of an official and ten of a researcher, by clicks only: none is more than four clicks from the first page.

Typing and choosing from a list are no clicks of their own; what a link of a file leads to is asked for, not kept.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

MOST = 4

#: The language, the task, and what is clicked, from the first page on.
OFFICIAL = {
    "my city": ["nav >> text=都市", "table.lines th a >> nth=0"],
    "my partners": ["nav >> text=都市", "table.lines th a >> nth=0", "#neighbours"],
    "partners to Excel": ["nav >> text=都市", "table.lines th a >> nth=0", "[aria-label*='つながり'] >> text=Excel"],
    "compare and print": ["nav >> text=都市", "table.lines th a >> nth=0",
                          "form[action='/compare'] button", "button[data-print]"],
    "next meetings": ["text=これからの会議を知る", "#coming"],
    "meetings to my calendar": ["text=カレンダー(.ics) >> nth=0"],
    "member cities as Excel": ["text=加盟都市の表をExcelで受け取る", "a[href^='/network/uccn.html'] >> nth=0",
                               "[aria-label*='会員'] >> text=Excel"],
    "what changed": ["#changed ~ ul >> text=すべて見る"],
    "who is in my field": [".bars a >> nth=0"],
    "what is missing": ["text=分かっている欠落の一覧"],
}  # fmt: skip

RESEARCHER = {
    "dataset as CSV": ["text=Get data for research", "a[href*='table-of-memberships.labelled.csv']"],
    "network file": ["text=Get data for research", "a[href*='members.graphml'] >> nth=0"],
    "Gephi": ["text=Get data for research", "a[href*='co-attendance.gexf'] >> nth=0"],
    "map as GeoJSON": ["text=Get data for research", "a[href*='cities.geojson']"],
    "overlap of networks": ["text=Get data for research", "#pairs"],
    "growth with its table": [".coverage a[href^='/network/uccn.html']", "figure.wide summary"],
    "how to cite": ["#cite ~ details summary >> nth=0"],
    "the whole graph": ["text=Download all of the data", "dl.facts"],
    "a question with SPARQL": [".asked a >> nth=0", "text=SPARQL >> nth=0"],
    "coverage as Excel": ["[aria-labelledby='networks'] >> text=Excel"],
}


@pytest.mark.parametrize(
    ("language", "path"),
    [*(("ja", path) for path in OFFICIAL.values()), *(("en", path) for path in RESEARCHER.values())],
    ids=[*OFFICIAL, *RESEARCHER],
)
def test_a_task_takes_at_most_four_clicks_from_the_first_page(page: Page, language: str, path: list[str]) -> None:
    assert len(path) <= MOST
    page.goto(f"/?lang={language}")
    for selector in path:
        place = page.locator(selector).first
        place.scroll_into_view_if_needed()
        address = place.get_attribute("href")
        if address and (
            "as=" in address or address.split("?")[0].endswith((".xlsx", ".csv", ".graphml", ".gexf", ".geojson"))
        ):
            answer = page.request.get(address)
            assert answer.status == 200, address
            assert answer.headers["content-disposition"].startswith("attachment")
        else:
            place.click()
            page.wait_for_load_state("domcontentloaded")
    assert page.locator("h1").count() == 1
