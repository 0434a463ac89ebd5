from __future__ import annotations

import pytest

from ccn_graph.pages import form
from ccn_graph.pages.form import Form
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.text.today import today as date_of_today
from tests.conftest import some


def read(site: Site, question: str, *parameters: tuple[str, str], language: str = "en") -> Form:
    request = PageRequest(f"/questions/{question}", parameters, language, base="http://localhost")
    return form.read(site, RenderContext(site, request), site.questions[question], reserved=("page",))


def test_what_is_not_given_is_the_default(site: Site) -> None:
    filled = read(site, "members-on-date")
    assert filled.valid
    assert filled.address == (("network", "uccn"), ("date", "2025-10-31"))
    assert filled.settings["network"].endswith("/network/uccn")
    assert read(site, "members-on-date", ("network", ""), ("date", " ")).address == filled.address


def test_today_is_written_out(site: Site) -> None:
    assert dict(read(site, "networks-of-city").address)["today"] == date_of_today().isoformat()


@pytest.mark.parametrize(
    "written", ["kobe", "city:kobe", "神戸市", "Kobe", "ＫＯＢＥ", "Kōbe", "https://w3id.org/ccn/city/kobe"]
)
def test_a_city_is_named_in_any_way_and_known_by_its_slug(site: Site, written: str) -> None:
    filled = read(site, "networks-of-city", ("city", written), ("today", "2026-11-21"))
    assert filled.address == (("city", "kobe"), ("today", "2026-11-21"))


def test_few_things_are_chosen_from_and_many_are_suggested(site: Site) -> None:
    network, city = read(site, "members-on-date").fields[0], read(site, "networks-of-city").fields[0]
    assert network.control == "select"
    assert len(network.choices) == site.statistics.classes["https://w3id.org/ccn/ns#Network"]
    assert city.control == "suggest"
    assert len(city.choices) > 400
    assert city.value == "Tokyo"
    assert read(site, "evidence-of-thing").fields[0].control == "text"


def test_japanese_lists_follow_the_readings(site: Site) -> None:
    cities = [choice.value for choice in read(site, "networks-of-city", language="ja").fields[0].choices]
    # あさひかわ, かなざわ, こうべ, たかまつ, やまがた
    wanted = ["asahikawa", "kanazawa", "kobe", "takamatsu", "yamagata"]
    assert sorted(wanted, key=cities.index) == wanted


@pytest.mark.parametrize(
    ("question", "name", "value", "part"),
    [
        ("networks-of-city", "city", "kobbe", "knows no city"),
        ("networks-of-city", "city", "network:uccn", "knows no city"),
        ("networks-of-city", "city", "https://w3id.org/ccn/network/uccn", "knows no city"),
        ("members-of-both-networks", "network", "city:kobe", "knows no first network"),
        ("cities-in-several-networks", "country", "osaka", "knows no country"),
        ("members-on-date", "date", "yesterday", "is no date"),
        ("members-on-date", "date", "2025-02-30", "is no date"),
        ("cities-in-several-networks", "least", "three", "is no whole number"),
        ("cities-in-several-networks", "least", "9" * 19, "is no whole number"),
        ("networks-of-city", "city", "x" * 100_000, "more than 200 characters"),
        ("evidence-of-thing", "thing", "city:nowhere", "knows no thing"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(site: Site, question: str, name: str, value: str, part: str) -> None:
    filled = read(site, question, (name, value))
    (wrong,) = [field for field in filled.fields if field.error]
    assert not filled.valid
    assert wrong.name == name
    assert part in wrong.error
    assert wrong.given == wrong.term == ""
    assert len(wrong.value) <= 200


def test_an_unknown_thing_has_near_names(site: Site) -> None:
    (wrong,) = [field for field in read(site, "networks-of-city", ("city", "asahikwa")).fields if field.error]
    assert wrong.near[0].value == "asahikawa"
    (wrong,) = [field for field in read(site, "members-on-date", ("network", "ccm")).fields if field.error]
    assert all(choice.iri.startswith("https://w3id.org/ccn/network/") for choice in some(wrong.near))


def test_near_names_of_things_name_no_person(site: Site) -> None:
    (wrong,) = [field for field in read(site, "evidence-of-thing", ("thing", "Aoyagi Masanor")).fields if field.error]
    assert not any("/person/" in choice.iri for choice in wrong.near)


def test_a_parameter_given_twice_is_refused_unless_both_agree(site: Site) -> None:
    assert not read(site, "networks-of-city", ("city", "kobe"), ("city", "tokyo")).valid
    assert read(site, "networks-of-city", ("city", "kobe"), ("city", "kobe")).valid


def test_the_day_of_other_pages_is_that_of_the_question(site: Site) -> None:
    for question, name in (("members-on-date", "date"), ("networks-of-city", "today")):
        filled = read(site, question, ("asOf", "2019-01-01"))
        assert filled.valid
        assert dict(filled.address)[name] == "2019-01-01"
    assert not read(site, "members-on-date", ("asOf", "2019-01-01"), ("date", "2020-01-01")).valid
    assert not read(site, "departures", ("asOf", "2019-01-01")).valid


def test_unknown_parameters_are_refused_but_those_of_tracking_are_not(site: Site) -> None:
    filled = read(site, "networks-of-city", ("town", "kobe"))
    assert filled.errors == ("This question has no condition “town”. It has: city, today",)
    assert read(site, "networks-of-city", ("utm_source", "x"), ("fbclid", "y"), ("page", "1")).valid


@pytest.mark.parametrize(
    "hostile",
    [
        "kobe> } SERVICE <http://evil.example/> { ?s ?p ?o",
        'kobe" } #',
        "'; DROP ALL; #",
        "{{ 7 * 7 }}",
        "<script>alert(1)</script>",
        "city:kobe } UNION { ?a ?b ?c",
        "\0",
        "kobe\0",
        "file:///etc/passwd",
        "http://evil.example/> <http://evil.example/",
        "‮ebok",
        "$" * 100_000,
    ],
)
@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("networks-of-city", "city"),
        ("networks-of-city", "today"),
        ("members-on-date", "network"),
        ("members-on-date", "date"),
        ("cities-in-several-networks", "least"),
        ("evidence-of-thing", "thing"),
    ],
)
def test_of_hostile_values_nothing_goes_on_but_a_known_iri(site: Site, question: str, name: str, hostile: str) -> None:
    filled = read(site, question, (name, hostile))
    field = next(field for field in filled.fields if field.name == name)
    # A name is compared without signs, so that some of these name a city; what goes on is its IRI.
    assert field.term in ("", "https://w3id.org/ccn/city/kobe")
    assert bool(field.error) != bool(field.term)
