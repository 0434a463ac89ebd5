from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.graph.search import KINDS, LONGEST, Hit, Index
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import OxigraphEngine
from tests.conftest import some


@pytest.fixture(scope="module")
def index(graph: Graph) -> Index:
    assert graph.project
    return Index.of(OxigraphEngine(graph.store), graph.labels, questions.read_all(graph.project).values())


def found(index: Index, text: str, language: str = "ja") -> list[str]:
    return [namespaces.curie(hit.thing).strip("<>") for hit in index.find(text, language)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("kobe", "city:kobe"),
        ("ＫＯＢＥ", "city:kobe"),
        ("Kōbe", "city:kobe"),
        ("神戸", "city:kobe"),
        ("こうべ", "city:kobe"),
        ("ｺｳﾍﾞ", "city:kobe"),
        ("たんば", "city:tamba-sasayama"),
        ("タンバササヤマ", "city:tamba-sasayama"),
        ("tanba", "city:tamba-sasayama"),
        ("tamba-sasayama", "city:tamba-sasayama"),
        ("篠山市", "city:tamba-sasayama"),
        ("toukyou", "city:tokyo"),
        ("oosaka", "city:osaka"),
        ("sao paulo", "city:sao-paulo"),
        ("Zahle", "city:zahle"),
        ("riodejaneiro", "city:rio-de-janeiro"),
        ("uccn", "net:uccn"),
        ("創造都市ネットワーク日本", "net:ccnj"),
        ("JP", "place:japan"),
        ("design", "field:design"),
        ("members-on-date", "members-on-date"),
        ("ある日の会員", "members-on-date"),
        ("event/uccn-japan-9"[6:], "event:uccn-japan-9"),
        ("髙松", "city:takamatsu"),
        ("金澤", "city:kanazawa"),
        ("横濱", "city:yokohama"),
        ("濵松市", "city:hamamatsu"),
        ("神⼾市", "city:kobe"),
        ("札幌市", "city:sapporo"),
        ("Nukuʻalofa", "city:nukualofa"),
        ("Goeteborg", "city:gothenburg"),
    ],
)
def test_a_thing_is_found_in_every_spelling(index: Index, text: str, first: str) -> None:
    assert found(index, text)[0] == first


def test_a_name_in_another_language_is_nearer_to_its_own_city_than_to_one_that_looks_like_it() -> None:
    names = [("munich", "Munich", "en"), ("suncheon", "Suncheon", "en"), ("vienna", "Vienna", "en")]
    index = Index([Hit(f"{namespaces.BASE}city/{slug}", "city", name, tag, "label") for slug, name, tag in names])
    assert index.near("München", "en")[0].matched == "Munich"
    local = Hit(f"{namespaces.BASE}city/munich", "city", "München", "de", "other")
    assert Index([*index._names, local]).find("muenchen", "en")[0].thing.endswith("munich")


def test_a_hit_says_which_name_matched_and_in_which_language(index: Index) -> None:
    (former, *_) = index.find("篠山", "ja")
    (reading, *_) = index.find("ささやま", "en")
    assert (former.matched, former.language, former.relation, former.kind) == ("篠山市", "ja", "former", "city")
    assert (reading.matched, reading.language, reading.relation) == ("ささやまし", "ja-Hira", "former")
    assert index.find("أبو ظبي", "en")[0].language == "ar"


def test_of_several_names_the_one_in_the_readers_language_is_told(index: Index) -> None:
    assert index.find("uccn", "en")[0].matched == index.find("uccn", "ja")[0].matched == "UCCN"
    japanese = next(hit for hit in index.find("uccn", "ja") if hit.thing.endswith("series/uccn-japan-meeting"))
    assert japanese.language in ("ja", "en")


def test_cities_and_networks_come_before_documents(index: Index) -> None:
    kinds = [hit.kind for hit in index.find("asahikawa", "en")]
    assert kinds[0] == "city"
    assert "document" in kinds
    assert kinds.index("document") > kinds.index("city")


def test_what_begins_so_comes_before_what_merely_holds_it() -> None:
    names = [
        Hit("c", "city", "Bakobe", "en", "label"),
        Hit("b", "city", "New Kobe", "en", "label"),
        Hit("a", "city", "Kobe Town", "en", "label"),
        Hit("d", "document", "Kobe", "en", "label"),
    ]
    assert [hit.thing for hit in Index(names).find("kobe", "en")] == ["d", "a", "b", "c"]


def test_all_words_of_a_name_are_enough_in_any_order(index: Index) -> None:
    assert "event:uccn-japan-7-kobe-tour" in found(index, "tour kobe", "en")


def test_editions_without_a_name_are_found_by_number_and_series(index: Index) -> None:
    assert "event:anmc21-plenary-9" in found(index, "第9回 アジア大都市")


def test_persons_are_found_by_their_full_name_only(graph: Graph, index: Index) -> None:
    query = f"SELECT ?p ?l WHERE {{ ?p a <{namespaces.CCN}Person> ; <{namespaces.PREF_LABEL}> ?l }}"
    persons = [(row[0].value, row[1].value) for row in graph.query(query).rows()]  # type: ignore[union-attr]
    assert len(persons) > 20
    for iri, name in persons:
        assert any(hit.thing == iri for hit in index.find(name, "en"))
        assert not any(hit.kind == "person" for hit in index.find(name[: len(name) // 2], "en", 500))
        assert not any(hit.kind == "person" for hit in index.find(name.split()[0] + " x", "en", 500))
        assert not any(hit.kind == "person" for hit in index.near(name + "x", "en"))


def test_the_family_name_may_come_first_or_last(index: Index) -> None:
    assert found(index, "Masanori Aoyagi") == found(index, "aoyagi masanori") == ["person:aoyagi-masanori"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Asahikwa", "city/asahikawa"),
        ("hamamatu", "city/hamamatsu"),
        ("神戸氏", "city/kobe"),
        ("あさひがわ", "city/asahikawa"),
    ],
)
def test_what_is_not_found_has_near_names(index: Index, text: str, first: str) -> None:
    assert not index.find(text, "ja")
    assert index.near(text, "ja")[0].thing == namespaces.BASE + first


def test_near_names_can_be_of_some_kinds_only(index: Index) -> None:
    assert {hit.kind for hit in index.near("japam", "en", ("place",))} == {"place"}


@pytest.mark.parametrize("text", ["", " ", "・", "-", "\0", "ー", "%", "  \n "])
def test_signs_alone_find_nothing(index: Index, text: str) -> None:
    assert index.find(text, "ja") == index.near(text, "ja") == []


def test_long_requests_are_cut(index: Index) -> None:
    assert index.find("kobe" + " " * LONGEST + "x" * 100_000, "ja")[0].thing.endswith("city/kobe")
    assert index.find("k" * 100_000, "ja") == []


@given(st.text(max_size=30), st.integers(0, 5))
def test_any_text_at_all_is_answered_within_the_limit(index: Index, text: str, limit: int) -> None:
    hits = index.find(text, "ja", limit)
    assert len(hits) <= limit
    assert len({hit.thing for hit in hits}) == len(hits)


def test_every_thing_is_found_by_each_of_its_labels(graph: Graph, index: Index) -> None:
    query = f"SELECT ?t ?l WHERE {{ ?t <{namespaces.PREF_LABEL}> ?l }} ORDER BY ?t ?l"
    rows = [(row[0].value, row[1].value) for row in graph.query(query).rows()]  # type: ignore[union-attr]
    kinds = tuple(f"{namespaces.BASE}{kind}/" for kind in KINDS)
    wanted = [row for row in rows if row[0].startswith(kinds) and namespaces.slug(row[0])]
    assert len(wanted) > 2000
    for iri, label in some(random.Random(5).sample(wanted, 400)):
        assert iri in {hit.thing for hit in index.find(label, "ja", 50)}, label


def test_an_index_can_be_handed_to_another_process(index: Index) -> None:
    copy = pickle.loads(pickle.dumps(index))
    assert copy.find("神戸", "ja") == index.find("神戸", "ja")
    assert len(copy) == len(index)
