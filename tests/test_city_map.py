from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ccn_graph.graph import questions
from ccn_graph.graph.graph import Graph
from ccn_graph.pages import city_map, routes
from ccn_graph.pages.city_map import Belonging, CityMap, Point
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.rdf.statistics import Statistics
from tests.conftest import some
from tests.test_frontend import run

UCCN, CCNJ = namespaces.PREFIXES["net"] + "uccn", namespaces.PREFIXES["net"] + "ccnj"
KOBE, LYON = namespaces.PREFIXES["city"] + "kobe", namespaces.PREFIXES["city"] + "lyon"
DESIGN, MUSIC = namespaces.PREFIXES["field"] + "design", namespaces.PREFIXES["field"] + "music"


@pytest.fixture(scope="module")
def site(graph: Graph) -> Site:
    assert graph.project
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    return Site(graph.engine, graph.labels, statistics, questions.read_all(graph.project))


@pytest.fixture
def voices(site: Site) -> dict[str, RenderContext]:
    return {language: RenderContext(site, PageRequest("/", language=language)) for language in ("ja", "en")}


def two(context: RenderContext) -> CityMap:
    kobe = Point(KOBE, 34.69, 135.18, "", (Belonging(UCCN, DESIGN, "2008"), Belonging(CCNJ)))
    lyon = Point(LYON, 45.75, 4.85, "", (Belonging(UCCN, MUSIC, "2008-05", "2020"),))
    return CityMap(context, "test", [kobe, lyon])


def unpacked(drawn: CityMap, *, listed: bool = True) -> dict[str, Any]:
    """Return what the script makes of the data of a map, by name."""
    context = drawn.context
    entries = [{"label": context.label(one.iri), "url": context.address(one.iri)} for one in drawn.sorted if listed]
    points = run("map/unpack.js", f"m.unpack({json.dumps(drawn.data())}, {json.dumps(entries)})")
    return {point["label"]: point for point in points}


def test_the_world_begins_where_readers_expect_it(voices: dict[str, RenderContext]) -> None:
    assert two(voices["en"]).west < -160
    assert -30 < two(voices["ja"]).west < -20
    # What lies west of the edge comes in at the other side.
    hawaii = Point("https://example.org/hawaii", 20.0, -156.0)
    assert two(voices["ja"]).place(hawaii)[0] == 204
    assert two(voices["en"]).place(hawaii)[0] == -156


def test_a_map_shows_the_part_of_the_world_that_it_needs(voices: dict[str, RenderContext]) -> None:
    everywhere = two(voices["en"])
    kobe, lyon = everywhere.points
    asahikawa = Point(namespaces.PREFIXES["city"] + "asahikawa", 43.77, 142.37)
    assert everywhere.extent == "world"
    assert CityMap(voices["en"], "test", [kobe, asahikawa]).extent == "part"
    assert CityMap(voices["en"], "test", [lyon]).extent == "near"
    for drawn in (everywhere, CityMap(voices["ja"], "test", [kobe, asahikawa]), CityMap(voices["en"], "test", [lyon])):
        left, top, width, height = map(float, drawn.view_box.split())
        for point in some(drawn.points):
            x, y = drawn.place(point)
            assert left < x < left + width
            assert top < y < top + height


def test_networks_and_fields_have_tones_of_their_own(voices: dict[str, RenderContext]) -> None:
    groups = two(voices["en"]).groups
    assert [(group.iri, group.parent) for group in groups] == [
        (UCCN, None),
        (CCNJ, None),
        (DESIGN, UCCN),
        (MUSIC, UCCN),
    ]
    assert len({group.tone for group in groups if group.parent is None}) == 2
    assert len({group.tone for group in groups if group.parent == UCCN}) == 2


def test_dates_of_a_membership_are_written_out(voices: dict[str, RenderContext]) -> None:
    drawn = two(voices["ja"])
    told = unpacked(drawn)
    assert [one["dates"] for one in told["神戸市"]["groups"]] == ["2008年から", ""]
    assert told["リヨン"]["groups"][0]["dates"] == "2008年5月から 2020年まで"
    assert [one["field"] for one in told["神戸市"]["groups"]] == [DESIGN, None]
    assert told["リヨン"]["url"] == "/city/lyon.html"
    only = CityMap(voices["ja"], "test", drawn.points[:1])
    assert unpacked(only, listed=False)["神戸市"]["url"] == "/city/kobe.html"


def test_the_map_of_members_has_every_city_with_a_place_and_its_networks(
    site: Site, voices: dict[str, RenderContext]
) -> None:
    drawn = city_map.of_members(site, voices["en"])
    assert drawn
    (wanted,) = site.select(
        "PREFIX ccn: <https://w3id.org/ccn/ns#> PREFIX org: <http://www.w3.org/ns/org#> "
        "PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> SELECT (COUNT(DISTINCT ?c) AS ?n) "
        "{ ?m org:member ?c ; org:organization ?n2 . ?n2 a ccn:Network . ?c wgs:lat ?lat }"
    )
    assert len(drawn.points) == int(wanted["n"]) > 400
    kobe = next(point for point in drawn.points if point.iri == KOBE)
    assert {one.group for one in kobe.groups} >= {UCCN}
    assert any(one.field == DESIGN and (one.since or "").startswith("2008") for one in kobe.groups)


def test_without_a_script_there_is_a_picture_with_a_dot_for_each_city_and_a_list(site: Site) -> None:
    page = routes.make(site, PageRequest("/", language="en", format="html")).body.decode()
    figure = page[page.index('<figure class="map"') : page.index("</figure>")]
    block = re.search(r'<script type="application/json">(.*?)</script>', figure, re.DOTALL)
    assert block
    points = json.loads(block[1])["points"]
    assert figure.partition('class="dots"')[2].partition("</g>")[0].count("h0") == len(points)
    assert figure.partition('class="map-list"')[2].count("<li>") == len(points)
    assert 'role="img"' in figure
    assert "style=" not in figure


def test_no_place_means_no_map() -> None:
    assert CityMap(None, "none", []).networks == []  # type: ignore[arg-type]
