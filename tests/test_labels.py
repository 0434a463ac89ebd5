from __future__ import annotations

import pytest

from ccn_graph import Graph
from ccn_graph.rdf.namespaces import BASE
from ccn_graph.text.normalisation import folded


@pytest.mark.parametrize(
    ("thing", "ja", "en"),
    [
        ("city/kobe", "神戸市", "Kobe"),
        ("place/japan", "日本", "Japan"),
        ("event/uccn-japan-9", "第9回 ユネスコ創造都市国内ネットワーク会議", "UCCN domestic meeting (Japan) no. 9"),
        ("membership/uccn-kobe", "神戸市 · ユネスコ創造都市ネットワーク", "Kobe · UNESCO Creative Cities Network"),
        ("act/ccnj-founding", "設立 · 創造都市ネットワーク日本", "Founding · Creative City Network of Japan"),
        ("ns#Membership", "加盟", "Membership"),
        ("city/nowhere", "city:nowhere", "city:nowhere"),
    ],
)
def test_things_are_named_for_people(graph: Graph, thing: str, ja: str, en: str) -> None:
    assert graph.labels.of(BASE + thing, "ja") == ja
    assert graph.labels.of(BASE + thing, "en").lower() == en.lower()


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("city", "kobe", "city/kobe"),
        ("city", "神戸市", "city/kobe"),
        ("network", "CCNJ", "network/ccnj"),
        ("country", "JP", "place/japan"),
        ("prefecture", "兵庫県", "place/hyogo"),
        ("thing", "event:uccn-japan-9", "event/uccn-japan-9"),
        ("city", "髙松市", "city/takamatsu"),
        ("city", "神⼾市", "city/kobe"),
        ("city", "KŌBE", "city/kobe"),
        ("city", "Nuku‘alofa", "city/nukualofa"),
        ("city", "Nowhere", None),
        ("city", "・", None),
        ("network", "神戸市", None),
    ],
)
def test_names_lead_back_to_things(graph: Graph, kind: str, name: str, found: str | None) -> None:
    assert graph.labels.find(kind, name) == (BASE + found if found else None)


def test_a_slip_of_the_pen_is_forgiven(graph: Graph) -> None:
    assert "kobe" in [name.lower() for name in graph.labels.near("city", "kobbe")]


def test_no_two_things_of_a_kind_become_one_by_folding_their_names(graph: Graph) -> None:
    called: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for iri in graph.labels._known:
        for name in graph.labels._names(iri):
            called.setdefault((iri.rpartition("/")[0], folded(name)), set()).add((iri, name))
    spelled = {key: named for key, named in called.items() if key[0] == BASE + "city"}
    assert len(spelled) > 1000
    for key, named in spelled.items():
        assert len({iri for iri, _ in named}) == 1 or len({name.casefold() for _, name in named}) == 1, key


def test_letters_that_unicode_does_not_take_apart_stand_beside_their_plain_ones(graph: Graph) -> None:
    cities = sorted(
        (BASE + f"city/{slug}" for slug in ("wroclaw", "lodz", "krakow")), key=lambda iri: order(graph, iri)
    )
    assert [iri.rpartition("/")[2] for iri in cities] == ["krakow", "lodz", "wroclaw"]


def order(graph: Graph, iri: str) -> tuple[str, str]:
    return graph.labels.order(iri, "en")
