from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph import Graph
from ccn_graph.errors import CellError
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text.endings import stem
from ccn_graph.text.normalisation import folded
from tests.conftest import ROOT

CITY, PLACE = (namespaces.CCN + "City",), (namespaces.CCN + "Place",)


@pytest.fixture(scope="session")
def resolver(graph: Graph) -> Resolver:
    return Resolver(Facts(graph))


@pytest.fixture
def homonyms(lists: Path) -> Resolver:
    return Resolver(Facts(Graph.load(Project(ROOT, lists))))


@pytest.mark.parametrize(
    "name",
    [
        "https://w3id.org/ccn/city/kobe", "city:kobe", "kobe", "Kobe", "KOBE", "Kōbe", "Kobe City", "City of Kobe",
        "Kobe-shi", "kobe shi", "神戸", "神戸市", "神 戸 市", "ｋｏｂｅ", "こうべし", "281000", "28100", "1859171",
        "geonames:1859171", "https://www.geonames.org/1859171/kobe.html", "兵庫県神戸市", "Kobe, Japan",
        "神戸市（日本）",
        "Kobe (JP)",
    ],
)  # fmt: skip
def test_a_city_answers_to_all_it_is_called(resolver: Resolver, name: str) -> None:
    assert resolver.find(name, CITY) == namespaces.expand("city:kobe")


@pytest.mark.parametrize(
    ("name", "scheme", "slug"),
    [
        ("篠山市", "city", "tamba-sasayama"),
        ("12041", "city", "asahikawa"),
        ("ENGHIEN LES BAINS", "city", "enghien-les-bains"),
        ("JP", "place", "japan"),
        ("兵庫", "place", "hyogo"),
        ("In-person", "mode", "on-site"),
        ("工芸", "field", "crafts"),
        ("UCCN", "net", "uccn"),
        ("創造都市ネットワーク日本(CCNJ)", "net", "ccnj"),
        ("第9回 ユネスコ創造都市国内ネットワーク会議", "event", "uccn-japan-9"),
        ("第9回UCCN国内都市会議", "event", "uccn-japan-9"),
    ],
)
def test_former_names_codes_concepts_and_editions_are_found(
    resolver: Resolver, name: str, scheme: str, slug: str
) -> None:
    classes = {"city": CITY, "place": PLACE, "net": (namespaces.CCN + "Network",), "event": (namespaces.CCN + "Event",)}
    assert (
        resolver.find(name, classes.get(scheme, (namespaces.PREFIXES[scheme],))) == namespaces.PREFIXES[scheme] + slug
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("山形市", "yamagata"), ("山形", "yamagata"), ("Yamagata-shi", "yamagata"), ("京都府", "kyoto-prefecture"),
        ("Kyoto-fu", "kyoto-prefecture"), ("Kyoto", "kyoto"), ("京都市", "kyoto"), ("東京都", "tokyo"),
        ("Tokyo Metropolitan Government", "tokyo"), ("静岡県", "shizuoka-prefecture"), ("Jeju Province", "jeju"),
        ("Ville de Paris", "paris"), ("Municipality of Kobe", "kobe"), ("石川県金沢市", "kanazawa"),
        ("髙松市", "takamatsu"), ("横濱", "yokohama"), ("神⼾市", "kobe"), ("Nukuʻalofa", "nukualofa"),
    ],
)  # fmt: skip
def test_an_ending_agrees_with_what_the_thing_is(resolver: Resolver, name: str, slug: str) -> None:
    assert resolver.find(name, CITY) == namespaces.PREFIXES["city"] + slug


@pytest.mark.parametrize(
    "name",
    [
        "山形県", "Yamagata Prefecture", "Yamagata-ken", "大阪府", "Osaka Prefecture", "新潟県", "神戸町", "神戸区",
        "Kobe Village", "Jeju City", "Mexico", "兵庫", "Tottori", "City of Tokyo", "Kobe Prefecture", "札幌道",
    ],
)  # fmt: skip
def test_a_prefecture_is_no_city_and_a_town_is_none_either(resolver: Resolver, name: str) -> None:
    with pytest.raises(CellError) as caught:
        resolver.find(name, CITY)
    assert caught.value.rule == "unknown"
    # A place of another kind is nothing to write instead.
    if name in ("山形県", "Yamagata Prefecture"):
        assert caught.value.suggestion == ""


def test_a_short_name_serves_in_every_column(resolver: Resolver) -> None:
    country, prefecture = (namespaces.CCN + "Country",), (namespaces.CCN + "Prefecture",)
    assert resolver.find("japan", country) == namespaces.PREFIXES["place"] + "japan"
    assert resolver.find("hyogo", prefecture) == namespaces.PREFIXES["place"] + "hyogo"
    assert resolver.find("uccn-japan-9", ()) == namespaces.PREFIXES["event"] + "uccn-japan-9"
    assert resolver.find("design", (namespaces.PREFIXES["field"],)) == namespaces.PREFIXES["field"] + "design"


def test_a_name_that_fits_two_things_is_not_guessed(homonyms: Resolver) -> None:
    for name in ("León", "LEON", "レオン", "City of Leon"):
        with pytest.raises(CellError) as caught:
            homonyms.find(name, CITY)
        assert caught.value.rule == "ambiguous"
        assert caught.value.suggestion == "レオン / León (city:leon), レオン(メキシコ) / León (Mexico) (city:leon-mx)"


@pytest.mark.parametrize("name", ["León (Mexico)", "Leon, MX", "レオン（メキシコ）", "city:leon-mx", "3998655"])
def test_a_country_in_the_name_tells_homonyms_apart(homonyms: Resolver, name: str) -> None:
    assert homonyms.find(name, CITY) == namespaces.expand("city:leon-mx")


def test_a_country_beside_the_name_tells_homonyms_apart_and_is_never_ignored(homonyms: Resolver) -> None:
    mexico, japan = (namespaces.PREFIXES["place"] + name for name in ("mexico", "japan"))
    assert homonyms.find("leon", CITY, [mexico]) == namespaces.expand("city:leon-mx")
    for name in ("León", "city:leon-mx", "3998655"):
        with pytest.raises(CellError, match="on record"):
            homonyms.find(name, CITY, [japan])


def test_an_exact_name_is_taken_before_a_forgiving_one(homonyms: Resolver) -> None:
    both = (*CITY, *PLACE)
    assert homonyms.find("例県", both) == namespaces.expand("place:example-ken")
    assert homonyms.find("例港", both) == namespaces.expand("city:example-minato")


def test_what_is_unknown_gets_up_to_three_suggestions(resolver: Resolver) -> None:
    with pytest.raises(CellError) as caught:
        resolver.find("Asahikwa", CITY)
    assert caught.value.suggestion.startswith("旭川市 / Asahikawa (city:asahikawa)")
    with pytest.raises(CellError) as caught:
        resolver.find("𒀀" * 10_000, CITY)
    assert (caught.value.suggestion, len(caught.value.value)) == ("", 61)


def test_a_thing_of_another_class_is_not_found(resolver: Resolver) -> None:
    with pytest.raises(CellError):
        resolver.find("UCCN", CITY)
    assert resolver.find("UCCN", ()) == namespaces.expand("net:uccn")


def test_the_same_thing_is_known_by_identifier_and_by_name_in_its_country(homonyms: Resolver) -> None:
    mexico = [namespaces.PREFIXES["place"] + "mexico"]
    assert homonyms.known(["Leon de los Aldama"], ["geonames:3998655"], CITY, mexico) == namespaces.expand(
        "city:leon-mx"
    )
    assert homonyms.known(["Leon"], [], CITY, mexico) == namespaces.expand("city:leon-mx")
    assert homonyms.known(["Leon"], ["geonames:1"], CITY, mexico) is None
    assert homonyms.known(["例港"], [], CITY, []) is None, "forgiving spellings are no proof"


@given(st.text(max_size=40))
def test_folding_is_stable(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert isinstance(stem(text), str)


@given(st.text(max_size=60))
def test_any_text_is_found_or_a_fault(resolver: Resolver, text: str) -> None:
    try:
        assert resolver.find(text, CITY).startswith(namespaces.PREFIXES["city"])
    except CellError as fault:
        assert fault.rule in ("unknown", "ambiguous")


@pytest.mark.parametrize(
    ("name", "city"), [("Wien", "vienna"), ("München", "munich"), ("Munchen", "munich"), ("Lisboa", "lisbon")]
)
def test_a_city_is_found_by_the_name_it_has_at_home(graph: Graph, name: str, city: str) -> None:
    resolver = Resolver(Facts(graph))
    assert resolver.find(name, (namespaces.CCN + "City",)) == f"{namespaces.BASE}city/{city}"
