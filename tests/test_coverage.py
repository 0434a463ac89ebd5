"""How much of each network is held, and on what the records lean: counted from the data, on every page alike."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from ccn_graph import Graph, ask
from ccn_graph.graph import questions
from ccn_graph.pages import coverage, routes
from ccn_graph.pages.coverage import ENOUGH, Holding, Spread
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from tests import markup
from tests.conftest import TODAY

NETWORK = namespaces.BASE + "network/"


@pytest.fixture(scope="module")
def frozen_site(frozen: Graph) -> Site:
    assert frozen.project
    statistics = Statistics.of(frozen.engine, frozen.version, union=True)
    return Site(frozen.engine, frozen.labels, statistics, questions.read_all(frozen.project))


def show(site: Site, path: str, language: str = "en", **parameters: str) -> Page:
    return routes.make(site, PageRequest(path, tuple(parameters.items()), language))


def test_every_respect_counts_every_membership_of_a_network_once(frozen: Graph) -> None:
    every = Counter(
        str(getattr(network, "value", ""))
        for (network,) in frozen.query(
            """PREFIX ccn: <https://w3id.org/ccn/ns#> PREFIX org: <http://www.w3.org/ns/org#>
            SELECT ?network { { SELECT DISTINCT ?m ?network { ?m a ccn:Membership ; org:organization ?network .
              ?network a ccn:Network } } }"""
        ).rows()
    )
    counted: Counter[tuple[str, str]] = Counter()
    for network, aspect, _, _, count, _ in ask(frozen, "coverage-and-bias"):
        counted[network.value, aspect.value] += int(count.value)  # type: ignore[union-attr]
    assert counted == {(network, aspect): n for network, n in every.items() for aspect in coverage._ASPECTS}
    assert len(counted) >= 14


@pytest.mark.parametrize(
    ("certain", "stated", "lacks", "in_part"),
    [(80, 100, False, False), (79, 100, False, True), (80, 100, True, False), (5, None, False, False),
     (5, None, True, True)],
)  # fmt: skip
def test_a_network_is_held_in_part_below_the_named_share(
    certain: int, stated: int | None, lacks: bool, in_part: bool
) -> None:
    assert Holding("urn:n", certain, 0, stated, lacks_members=lacks).in_part is in_part
    assert ENOUGH == 0.8


def test_years_stand_in_their_order_and_the_unknown_last() -> None:
    assert [key for key, _ in Spread("year", {"2020": 9, "": 20, "2004": 1}).shown] == ["2004", "2020", ""]
    many = Spread("document", {"": 99} | {str(n): n for n in range(1, 30)})
    assert many.shown[0] == ("29", 29)
    assert many.hidden == 30 - len(many.shown)
    assert Spread("through", {}).largest == ("", 0)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_tells_the_numbers_of_the_questions(site: Site, language: str) -> None:
    page = show(site, coverage.PATH, language)
    text = page.body.decode()
    held = coverage.holdings(site, TODAY)
    assert held
    for one in held.values():
        assert f"/network/{namespaces.slug(one.network)}.html" in text
    table = markup.read(page).find(".//section[@aria-labelledby='lists']//tbody")
    assert table is not None
    told = [[markup.text(cell) for cell in row] for row in table]
    for network, spreads in coverage._spreads(site).items():
        _, count = next(one for one in spreads if one.aspect == "through").largest
        (row,) = (row for row in told if row[0] == site.labels.of(network, language))
        assert f"{count:,}" in re.findall(r"[\d,]+", row[2])[:2], network
    assert f"{round(100 * ENOUGH)}" in text, "the share from which networks are broken down is told"


def test_one_network_can_be_chosen_and_an_unknown_one_is_none(site: Site) -> None:
    chosen = next(iter(coverage._spreads(site)))
    one = show(site, coverage.PATH, network=namespaces.slug(chosen)).body.decode()
    assert 'aria-current="true"' in one[one.index('id="lists"') :]
    nothing = show(site, coverage.PATH, network="<script>").body.decode()
    assert "<script>" not in nothing[nothing.index("<main") :]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_a_network_and_the_question_say_the_same(frozen_site: Site, language: str) -> None:
    asked = coverage.holdings(frozen_site, TODAY)
    partly = 0
    for iri, one in asked.items():
        page = show(frozen_site, f"/network/{namespaces.slug(iri)}.html", language, asOf=TODAY.isoformat())
        text = page.body.decode()
        if 'id="members"' not in text:
            continue
        summary = markup.text(markup.read(page).find(".//p[@class='summary']"))
        if one.stated:
            assert f"{one.stated:,}" in summary
            assert f"{one.percent}" in summary
        breakdown = 'id="fields-title"' in text or 'id="countries-title"' in text
        assert not (one.in_part and breakdown), iri
        if one.in_part:
            partly += 1
            assert text.count('class="warning"') >= 2, "said where members are listed, and where they are counted"
        assert f"/coverage?network={namespaces.slug(iri)}" in text
    assert partly
