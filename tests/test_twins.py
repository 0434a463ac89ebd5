"""Before a new thing is made, those on record under a like name are shown."""

from __future__ import annotations

import pytest

from ccn_graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver, identifier
from ccn_graph.sheets.twins import Twins
from tests.test_import import Door, door

__all__ = ["door"]

NAMES = "name (Japanese),name (English)"


@pytest.fixture(scope="module")
def twins(graph: Graph) -> Twins:
    return Twins(Resolver(Facts(graph)))


@pytest.mark.parametrize(
    ("class_", "name", "twin"),
    [
        ("Body", "国連教育科学文化機関", "body:unesco"),
        ("Body", "United Nations Educational, Scientific and Cultural Organization", "body:unesco"),
        ("Body", "U.N.E.S.C.O.", "body:unesco"),
        ("Body", "文化廳", "body:bunka-cho"),
        ("Body", "Agency for Cultural Affairs, Government of Japan", "body:bunka-cho"),
        ("Person", "Yuriko Koike", "person:koike-yuriko"),
        ("Person", "KOIKE, Yuriko", "person:koike-yuriko"),
        ("Person", "Governor Yuriko Koike", "person:koike-yuriko"),
        ("Person", "小池百合子氏", "person:koike-yuriko"),
        ("Network", "Creative Cities Network of Japan", "net:ccnj"),
        ("Network", "UNESCO Creative City Network", "net:uccn"),
        ("Network", "Urban20", "net:u20"),
        ("City", "Hamamatu", "city:hamamatsu"),
        ("City", "旭川市役所市", ""),
        ("Body", "Zzyzx Society", ""),
    ],
)
def test_a_name_that_is_a_little_other_shows_what_it_may_be(twins: Twins, class_: str, name: str, twin: str) -> None:
    found = [namespaces.curie(iri) for iri in twins.of([name], [namespaces.CCN + class_], [], set())]
    assert found[:1] == ([twin] if twin else [])


def test_hardly_any_thing_on_record_is_taken_for_another(graph: Graph, twins: Twins) -> None:
    facts = Facts(graph)
    cities = [thing for thing in facts.things.values() if namespaces.CCN + "City" in thing.classes]
    assert len(cities) > 500
    taken = []
    for city in cities:
        match = city.said.get(namespaces.PREFIXES["skos"] + "exactMatch", ())
        codes = {identifier(said.value) for said in match}
        names, near = city.texts(namespaces.PREF_LABEL), facts.around(city.iri)[1:]
        taken += [iri for iri in twins.of(names, [namespaces.CCN + "City"], near, codes) if iri != city.iri]
    assert len(taken) <= len(cities) // 100


def test_a_twin_must_be_settled_in_the_sheet_or_by_an_option(door: Door) -> None:
    state = door.state()
    text = f"{NAMES}\n例事務局,Example Offices\n"
    result = door("bodies", text)
    assert (door.found(result)[0], result.exit_code, door.state()) == ((2, "near-twin"), 1, state)
    assert "(body:example-office)" in result.stdout
    assert door("bodies", text, "--different-from", "example-office", "--dry-run").exit_code == 0
    settled = f"{NAMES},different from\n例事務局,Example Offices,example-office\n"
    assert door("bodies", settled, "--dry-run").exit_code == 0
    same = f"id,{NAMES.replace('name', 'other name')}\nexample-office,例事務局,Example Offices\n"
    assert door("bodies", same).exit_code == 0
    assert "body:example-offices" not in door.text("registers/body.ttl")


def test_a_person_whose_names_change_places_is_no_new_one(door: Door) -> None:
    result = door("persons", f"{NAMES}\n花子 例,Hanako Example\n")
    assert (2, "near-twin") in door.found(result)
    assert result.exit_code == 1


def test_cities_of_two_countries_or_identifiers_are_no_twins(door: Door) -> None:
    head = f"{NAMES},country,GeoNames id,latitude,longitude\n"
    assert door("cities", f"{head}レオーン,León,XA,999,10.5,20.5\n", "--dry-run").exit_code == 0


def test_a_city_at_the_place_of_another_may_be_that(door: Door) -> None:
    result = door("cities", f"{NAMES},country,latitude,longitude\n新名,Newname,japan,34.501,135.501\n")
    assert (result.exit_code, (2, "near-twin") in door.found(result)) == (1, True)


def test_twins_within_one_sheet_are_told_but_do_not_forbid(door: Door) -> None:
    text = f"{NAMES}\n甲会,Cultural Forum of Alpha\n甲乙会,Cultural Forums of Alpha\n"
    result = door("bodies", text)
    assert (result.exit_code, (3, "near-twin") in door.found(result)) == (0, True)


EVENTS = "id,host,start,name (Japanese),name (English),locator"


def test_an_event_on_record_under_a_like_name_is_shown_unless_day_or_host_is_another(door: Door) -> None:
    first = f"{EVENTS}\nexample-talks,例丘,2025-05-01,例丘創造都市対談,Example Hill Creative City Talks,p. 1\n"
    assert (done := door("events", first)).exit_code == 0, done.stdout
    again = f"{EVENTS}\nhill-talks,例丘,2025-05,例丘・創造都市対談会,Creative City Talks of Example Hill,p. 1\n"
    result = door("events", again)
    assert (result.exit_code, door.found(result)[0]) == (1, (2, "near-twin")), result.stdout
    assert "(event:example-talks)" in result.stdout
    other = again.replace("2025-05", "2024-05")
    assert "near-twin" not in door("events", other, "--dry-run").stdout


HEADS = (
    "id,title of the document (Japanese),title of the document (English),publisher,issued,language,URL,retrieved,"
    "how read"
)


def test_a_document_on_record_by_title_or_address_is_shown(door: Door) -> None:
    url = "https://news.example/talks/"
    first = f"{HEADS}\nexample-talks,例丘の対談について,,例丘,2025-05-01,ja,{url},2026-01-01,in-full\n"
    assert (done := door("documents", first)).exit_code == 0, done.stdout
    like = f"{HEADS}\nhill-talks,例丘の対談に就いて,,例丘,2025-05-01,ja,https://a.example/,2026-01-01,in-full\n"
    assert (2, "near-twin") in door.found(door("documents", like))
    elsewhere = f"{HEADS}\nhill-talks,全く別の題,,例丘,,ja,http://www.news.example/talks,2026-01-01,in-full\n"
    result = door("documents", elsewhere)
    assert (2, "near-twin") in door.found(result)
    assert "(doc:example-talks)" in result.stdout
    assert door("documents", like.replace("2025-05-01", "2024-05-01"), "--dry-run").exit_code == 0
